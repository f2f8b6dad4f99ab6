"""The preview itself: inbox row, size, and the mail in its frame, or its text, source and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nicegui import run

from mailer.model.audience import Reader
from mailer.model.rendition import TEXT_SLOTS, Rendition
from mailer.render.preview import fill
from mailer.studio.frames import preview_address
from mailer.studio.framing import LinkShown, links_in
from mailer.studio.kit import button, el, empty
from mailer.studio.sight import sight_notes
from mailer.studio.views_issue import inbox_row, size_meter
from mailer.studio.views_proofs import many

if TYPE_CHECKING:
    from mailer.studio.page_issue import IssuePage


class Stage:
    """Shows what the page's `shown` asks for."""

    def __init__(self, page: IssuePage) -> None:
        self._page = page
        self._notes = el("div", "notes", role="status", aria_live="polite")
        self._envelope = el("div", "envelope")
        self._frame = el("div", "stage", data_title="The mail as readers get it")
        self._pane = el("div", "pane", tabindex="0", aria_label="Contents")

    def address(self, revision: int | None = None) -> str:
        """Where the frame finds what is shown; "" where there is nothing."""
        page, shown = self._page, self._page.shown
        if page.state is None or not shown.version:
            return ""
        return preview_address(
            page.slug,
            shown.version,
            shown.audience,
            reader=shown.reader,
            look=shown.look,
            images=shown.images,
            revision=page.state.revision if revision is None else revision,
        )

    def hurry(self, revision: int, changed: tuple[str, ...]) -> None:
        """Load the mail of a revision that is not whole yet, at the first item that changed."""
        if self._page.shown.tab == "mail":
            self._frame.props["data-anchor"] = f"item-{changed[0]}" if changed else ""
            self._frame.props["data-src"] = self.address(revision)

    async def show(self) -> None:
        """Bring everything to what is chosen and to how the files are."""
        page, shown = self._page, self._page.shown
        rendition = page.rendition()
        self._show_notes()
        self._envelope.clear()
        self._pane.clear()
        is_mail = shown.tab == "mail" and rendition is not None
        self._frame.set_visibility(is_mail)
        self._pane.set_visibility(not is_mail)
        if rendition is None:
            with self._pane:
                empty(
                    "No preview yet", "The findings on the left say what must be mended first.", mark="issues"
                )
            return
        with self._envelope:
            reader = page.reader()
            sender = page.state.composed.sender.name if page.state and page.state.composed else ""
            limit = page.studio.desk.workspace().config.clip_bytes
            show_envelope(rendition, sender, reader.slots if reader else {}, limit)
        if is_mail:
            # The address comes last: the frame loads when it changes, and jumps to the anchor set before.
            self._frame.props["data-anchor"] = f"item-{shown.anchor}" if shown.anchor else ""
            self._frame.props["data-look"] = shown.look
            self._frame.props["data-src"] = self.address()
            shown.anchor = ""
            return
        with self._pane:
            reader = page.reader()
            await show_pane(shown.tab, rendition, reader.slots if reader else {})

    def _show_notes(self) -> None:
        page, shown = self._page, self._page.shown
        self._notes.clear()
        with self._notes:
            if page.state and page.state.is_stale:
                with el("p", "notice bad"):
                    el("strong", "", "Last good state. ")
                    el(
                        "span",
                        "",
                        f"The files cannot be used now: {many(len(page.state.problems), 'problem')}, on the left.",
                    )
            sight_notes(shown)
            if reader := page.reader():
                self._show_reader(reader)

    def _show_reader(self, reader: Reader) -> None:
        with el("div", "notice reader"):
            with el("div", ""):
                el("strong", "", f"The copy of {reader.contact.name or reader.contact.email}")
                el("span", "quiet", reader.contact.email)

            async def anybody() -> None:
                await self._page.choose(reader="")

            button("ghost", "Show the version again").on("click", anybody, [])
            with el("dl", "fields"):
                for name in TEXT_SLOTS:
                    el("dt", "", name)
                    el("dd", "", reader.slots.get(name) or "–")


def show_envelope(rendition: Rendition, sender: str, slots: Mapping[str, str], limit: int) -> None:
    """A mail as lists of mails show it, and its size against the line at which Gmail clips."""
    row = inbox_row(rendition, sender, slots)
    with el("div", "inbox-row"):
        el("span", "avatar", row.initial, aria_hidden="true")
        with el("div", "inbox-lines"):
            el("span", "inbox-sender", row.sender)
            with el("span", "inbox-subject"):
                el("span", "", row.subject or "No subject")
                if row.subject_rest:
                    el("span", "cut", row.subject_rest, title="A phone cuts this off")
            with el("span", "inbox-preheader"):
                el("span", "", row.preheader or "No preheader")
                if row.preheader_rest:
                    el("span", "cut", row.preheader_rest, title="A phone cuts this off")
        if row.warning:
            el("span", "hint", row.warning)
    meter = size_meter(rendition, limit)
    with el("div", f"meter {meter.level}", title=f"{meter.bytes:,} bytes of html"):
        el("span", "meter-words", meter.words)
        with el("span", "meter-track", aria_hidden="true"):
            el("i", "").style(f"width: {meter.share * 100:.1f}%")


async def show_pane(tab: str, rendition: Rendition, slots: Mapping[str, str]) -> None:
    """A mail's plain text, its source or its links, filled with these personal fields; all as text."""
    match tab:
        case "text":
            el("pre", "plain", fill(rendition.text, slots, rendition.defaults, escape=False), tabindex="0")
        case "source":
            source = fill(rendition.html, slots, rendition.defaults, escape=True)
            el("pre", "source", source, tabindex="0", translate="no")
        case _:
            html = fill(rendition.html, slots, rendition.defaults, escape=True)
            _link_table(await run.io_bound(links_in, html) or ())


def _link_table(links: tuple[LinkShown, ...]) -> None:
    if not links:
        empty("No links", "This version leads nowhere.", mark="open")
        return
    with el("table", "table"):
        with el("thead", ""), el("tr", ""):
            for name in ("Words", "Leads to", "Kind"):
                el("th", "", name, scope="col")
        with el("tbody", ""):
            for link in links:
                with el("tr", ""):
                    el("td", "", link.words)
                    with el("td", ""):
                        el("code", "", link.address, translate="no")
                    el("td", "quiet", link.kind)
