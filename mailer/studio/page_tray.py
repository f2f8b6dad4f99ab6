"""The practice tray as an inbox: what a rehearsal would have sent, mail by mail."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from nicegui import run, ui

from mailer.errors import MailerError
from mailer.relay import Tray, TrayDetail
from mailer.studio.context import Studio
from mailer.studio.kit import (
    arguments,
    el,
    emit_value,
    empty,
    heading,
    on_choice,
    remember_address,
    set_attribute,
    svg,
)
from mailer.studio.shell import page_frame
from mailer.studio.tray_reader import TrayReader
from mailer.studio.views_proofs import many
from mailer.studio.views_tray import TrayList, TrayRow, tray_list


@dataclass
class TrayPage:
    """One open tray: what is searched for and which mail is open."""

    studio: Studio
    sending: str = ""
    words: str = ""
    mail: str = ""

    async def build(self) -> None:
        """Lay the page out and fill it."""
        self.frame = el("div", "tray-grid")
        with self.frame:
            with el("section", "tray-side", aria_label="Mails"):
                with el("div", "tray-head"):
                    heading(1, "Practice tray")
                    el("span", "chip quiet", "not sent")
                self._search_field()
                self.filters = el("div", "filters")
                self.list = el("div", "tray-list", data_list=True)
                on_choice(self.list, "data-mail", self.open)
            self.reader = TrayReader(self)
        await self.reload()
        await self.open(self.mail)

    def _search_field(self) -> None:
        with el("div", "combo"):
            svg("search")
            field = el(
                "input",
                "",
                type="search",
                placeholder="Search: address, subject",
                aria_label="Search the tray",
                data_search=True,
                autocomplete="off",
                spellcheck="false",
            )

            async def search(event: object) -> None:
                self.words = arguments(event)
                await self.reload()

            field.on("input", search, js_handler=emit_value(), throttle=0.1)

    def tray(self) -> Tray:
        """The tray on disk."""
        return Tray(self.studio.desk.workspace().outbox)

    async def reload(self) -> None:
        """List what lies in the tray now."""
        tray = self.tray()
        listed = await run.io_bound(lambda: tray_list(tray.list(), self.sending, self.words))
        if listed is None:
            return
        self._show_filters(listed)
        self.list.clear()
        with self.list:
            if not listed.total:
                empty(
                    "Nothing in the practice tray yet",
                    "A rehearsal puts mail here instead of sending it:",
                    "mailer send SLUG --to GROUP",
                    mark="tray",
                )
            elif not listed.rows:
                el("p", "quiet pad", "No mail has these words.")
            for row in listed.rows:
                self._row(row)
            if listed.found > len(listed.rows):
                el(
                    "p",
                    "quiet pad",
                    f"The newest {len(listed.rows)} of {listed.found:,}. Search to see others.",
                )

    def _show_filters(self, listed: TrayList) -> None:
        self.filters.clear()
        if not listed.total:
            return
        with self.filters:

            async def chosen(event: object) -> None:
                self.sending = arguments(event)
                await self.reload()

            with el("select", "select", aria_label="Sending").on("change", chosen, js_handler=emit_value()):
                el("option", "", "Every sending", value="", selected=not self.sending)
                for name, count in listed.sendings:
                    words = f"Sending {name} ({count:,})"
                    el("option", "", words, value=name, selected=name == self.sending)
            el("span", "quiet", many(listed.found, "mail"))

    def _row(self, row: TrayRow) -> None:
        link = el("a", "mail-row", href=f"/tray?mail={quote(row.id)}", data_row=True, data_mail=row.id)
        set_attribute(link, "aria_current", "true" if row.id == self.mail else None)
        with link:
            with el("span", "mail-row-top"):
                el("span", "mail-to", row.to)
                el(
                    "time",
                    "",
                    row.when,
                    datetime=row.at.isoformat(),
                    title=f"{row.at:%d %B %Y, %H:%M:%S} UTC",
                )
            el("span", "mail-subject", row.subject)
            with el("span", "mail-row-foot"):
                el("span", "", f"from {row.sender}")
                el("span", "", row.size)

    async def open(self, mail: str) -> None:
        """Show that mail; "" for none."""
        detail = await run.io_bound(self._parse, mail) if mail else None
        self.mail = mail if detail else ""
        for link in self.list.default_slot.children:
            if link.props.get("data-mail"):
                set_attribute(link, "aria_current", "true" if link.props["data-mail"] == self.mail else None)
        self.frame.classes(add="reading" if detail else "", remove="" if detail else "reading")
        self.reader.open(detail)
        if mail:
            remember_address(f"/tray?mail={quote(self.mail)}" if self.mail else "/tray")

    def _parse(self, mail: str) -> TrayDetail | None:
        try:
            return self.studio.desk.tray_mail(mail)
        except MailerError:
            return None

    async def close(self) -> None:
        """Back to the list, where there is room for one of the two."""
        self.mail = ""
        self.frame.classes(remove="reading")
        await self.reload()
        remember_address("/tray")


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/tray", response_timeout=60)
    async def tray_page(mail: str = "", sending: str = "") -> None:
        page = TrayPage(studio, sending=sending, mail=mail)
        with page_frame(studio, "tray", "Practice tray", "tray"):
            await page.build()
        studio.on_change(frozenset({"tray", "settings"}), page.reload)
