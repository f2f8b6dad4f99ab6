"""One mail of the practice tray, taken apart: html in a frame, text, headers, raw, files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from mailer.relay import TrayDetail
from mailer.studio.kit import Choice, button, el, empty, heading, set_attribute, svg
from mailer.studio.sight import width_buttons
from mailer.studio.views_issue import kilobytes

if TYPE_CHECKING:
    from mailer.studio.page_tray import TrayPage

MOST_RAW = 400_000


class TrayReader:
    """The reading pane."""

    def __init__(self, page: TrayPage) -> None:
        self._detail: TrayDetail | None = None
        self._tab = "mail"
        self._look = "light"
        self._images = True
        with el("section", "tray-reader", aria_label="Mail"):
            self._head = el("header", "mail-head")
            self._bar = el("div", "toolbar", role="toolbar", aria_label="What to show")
            with self._bar, el("div", "bar-row wrap"):
                back = button("only-narrow", "Back to the list", data_key="b")
                back.on("click", page.close, [])
                self._tabs = Choice("Kind of view", self._choose_tab)
                for value, text, key in (
                    ("mail", "Mail", "m"),
                    ("text", "Plain text", "t"),
                    ("headers", "Headers", "h"),
                    ("raw", "Raw", "r"),
                ):
                    self._tabs.add(value, text, key=key, title=f"{text} ({key})")
                self._sight()
            self._frame = el("div", "stage", data_title="The mail")
            self._pane = el("div", "pane", tabindex="0", aria_label="Contents")
            self._none = el("div", "tray-none")
            with self._none:
                empty(
                    "No mail is open",
                    "Choose one from the list. j and k go down and up in it, Enter opens.",
                    mark="tray",
                )

    def _sight(self) -> None:
        with el("div", "sight"):
            with el("div", "choice", role="group", aria_label="Width"):
                width_buttons()
            self._dark = button("toggle", mark="moon", data_key="d", aria_pressed="false", title="Dark (d)")
            set_attribute(self._dark, "aria_label", "Dark, as Apple Mail shows it")
            self._dark.on("click", self._turn_dark, [])
            self._pictures = button(
                "toggle", mark="picture", data_key="i", aria_pressed="true", title="Images (i)"
            )
            set_attribute(self._pictures, "aria_label", "Images")
            self._pictures.on("click", self._turn_images, [])
            with el("a", "btn", href="#", title="Save the mail as it is kept") as self._save:
                svg("save")
                el("span", "", ".eml")

    def open(self, detail: TrayDetail | None) -> None:
        """Show that mail, or that none is open."""
        self._detail = detail
        if detail and self._tab == "mail" and not detail.html:
            self._tab = "text"
        self._show()

    async def _choose_tab(self, tab: str) -> None:
        self._tab = tab
        self._show()

    async def _turn_dark(self) -> None:
        self._look = "light" if self._look == "dark" else "dark"
        await self._choose_tab("mail")

    async def _turn_images(self) -> None:
        self._images = not self._images
        await self._choose_tab("mail")

    def _show(self) -> None:
        detail = self._detail
        is_mail = detail is not None and self._tab == "mail" and bool(detail.html)
        for part, visible in (
            (self._head, detail is not None),
            (self._bar, detail is not None),
            (self._none, detail is None),
            (self._frame, is_mail),
            (self._pane, detail is not None and not is_mail),
        ):
            part.set_visibility(visible)
        self._pane.clear()
        if detail is None:
            return
        self._tabs.show(self._tab)
        self._dark.props["aria-pressed"] = "true" if self._look == "dark" else "false"
        self._pictures.props["aria-pressed"] = "true" if self._images else "false"
        self._save.props["href"] = f"/tray-raw/{quote(detail.message.id)}"
        self._show_head(detail)
        if is_mail:
            address = f"/tray-html/{quote(detail.message.id)}?look={self._look}&images={int(self._images)}"
            self._frame.props["data-look"] = self._look
            self._frame.props["data-src"] = address
            return
        with self._pane:
            self._show_pane(detail)

    def _show_head(self, detail: TrayDetail) -> None:
        message = detail.message
        self._head.clear()
        with self._head:
            heading(2, message.subject or "No subject")
            with el("dl", "mail-lines"):
                for name, words in (("From", message.sender), ("To", message.delivered_to)):
                    el("dt", "", name)
                    el("dd", "", words or "–")
                el("dt", "", "Kept")
                el("dd", "", f"{message.received_at:%d %B %Y, %H:%M:%S} UTC, {kilobytes(message.size)}")
                if message.group:
                    el("dt", "", "Sending")
                    with el("dd", ""):
                        el("a", "", message.group, href=f"/sendings/{quote(message.group)}")
            if detail.trouble:
                el("p", "notice bad", f"This file is {detail.trouble}. Its raw form is all there is.")
            for number, file in enumerate(detail.files):
                with el("a", "file", href=f"/tray-file/{number}/{quote(message.id)}"):
                    svg("save")
                    el("span", "", f"{file.name} ({kilobytes(len(file.content))})")

    def _show_pane(self, detail: TrayDetail) -> None:
        match self._tab:
            case "headers":
                with el("table", "table headers"), el("tbody", ""):
                    for name, value in detail.headers:
                        with el("tr", ""):
                            el("th", "", name, scope="row")
                            el("td", "", value)
            case "raw":
                raw = detail.raw.decode("utf-8", "backslashreplace")
                el("pre", "source", raw[:MOST_RAW], tabindex="0", translate="no")
                if len(raw) > MOST_RAW:
                    el("p", "quiet", "The rest is left out here; .eml has it whole.")
            case "mail":
                el("p", "quiet pad", "This mail has no html part.")
            case _:
                el("pre", "plain", detail.text or "This mail has no text part.", tabindex="0")
