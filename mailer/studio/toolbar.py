"""Above the preview: which version or whose copy is shown, and in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import run

from mailer.model.audience import Reader
from mailer.studio.kit import Choice, arguments, button, el, emit_value, on_choice, set_attribute, svg
from mailer.studio.views_issue import version_rows
from mailer.studio.views_proofs import many
from mailer.studio.views_readers import find_readers, reader_words

if TYPE_CHECKING:
    from mailer.studio.page_issue import IssuePage

LOOKS = (
    ("light", "Light", "sun", "Light"),
    ("dark", "Dark", "moon", "Dark, as Apple Mail shows it"),
    ("forced", "Forced dark", "moon", "Forced dark: roughly what Gmail's app and Outlook make of it"),
)
NEXT_LOOK = {"light": "dark", "dark": "forced", "forced": "light"}


class Toolbar:
    """Version, reader, kind of view, width, colours, images."""

    def __init__(self, page: IssuePage) -> None:
        self._page = page
        with el("div", "toolbar", role="toolbar", aria_label="What to show"):
            with el("div", "bar-row"):
                self._picker()
                self._reader_search()
            with el("div", "bar-row wrap"):
                self._tabs = Choice("Kind of view", self._choose_tab)
                for value, text, key in (
                    ("mail", "Mail", "m"),
                    ("text", "Plain text", "t"),
                    ("source", "Source", "u"),
                    ("links", "Links", "l"),
                ):
                    self._tabs.add(value, text, key=key, title=f"{text} ({key})")
                self._sight()

    def _picker(self) -> None:
        self._current = el(
            "button",
            "btn picker",
            type="button",
            popovertarget="versions",
            data_key="v",
            aria_haspopup="true",
        )
        self._list = el("div", "popover versions", id="versions", popover="auto", aria_label="Versions")
        on_choice(self._list, "data-version", self._choose_version)

    def _sight(self) -> None:
        with el("div", "sight"):
            with el("div", "choice", role="group", aria_label="Width"):
                for value, mark, key, words in (
                    ("360", "phone", "p", "Phone, 360 pixels (p)"),
                    ("720", "desktop", "w", "Desktop, 720 pixels (w)"),
                    ("full", "full", "f", "All the room there is (f)"),
                ):
                    button("seg", mark=mark, data_width=value, data_key=key, title=words, aria_label=words)
                el("output", "width-now", "", data_width_now=True)
            self._looks = Choice("Colours", self._choose_look)
            for value, text, mark, words in LOOKS:
                self._looks.add(value, text if value == "forced" else "", mark=mark, title=words)
            turn = button("hidden-key", data_key="d", tabindex="-1", aria_hidden="true")
            turn.on("click", self._next_look, [])
            self._images = button(
                "toggle", mark="picture", data_key="i", aria_pressed="true", title="Images (i)"
            )
            set_attribute(self._images, "aria_label", "Images")
            self._images.on("click", self._turn_images, [])
            self._alone = el("a", "btn icon-only", href="#", target="_blank", rel="noopener")
            set_attribute(self._alone, "aria_label", "Open the mail in a window of its own")
            with self._alone:
                svg("open")

    def _reader_search(self) -> None:
        with el("div", "combo", data_combo=True):
            svg("search")
            self._field = el(
                "input",
                "",
                type="search",
                placeholder="As a reader: name, address, country",
                aria_label="Show the copy of a reader",
                role="combobox",
                aria_expanded="false",
                aria_controls="readers",
                aria_autocomplete="list",
                autocomplete="off",
                spellcheck="false",
                data_search=True,
            )
            self._asked = 0
            self._field.on("input", self._search, js_handler=emit_value(), throttle=0.08)
            self._field.on("focus", self._search, js_handler=emit_value())
            self._hits = el("div", "popover-list", id="readers", role="listbox", aria_label="Readers")
            on_choice(self._hits, "data-address", self._choose_reader)

    async def _search(self, event: object) -> None:
        look = self._page.state
        if look is None or look.composed is None:
            return
        words = arguments(event)
        self._asked += 1
        asked = self._asked
        found = await run.io_bound(find_readers, look.composed, words)
        if asked != self._asked:
            return  # a later question was asked meanwhile; its answer must not be overwritten by this one
        set_attribute(self._hits, "data_words", words)
        self._hits.clear()
        with self._hits:
            for number, reader in enumerate(found or ()):
                self._hit(number, reader)
            if not found:
                el("p", "quiet", "Nobody in this group has these words.")

    def _hit(self, number: int, reader: Reader) -> None:
        contact = reader.contact
        option = el(
            "div", "option", role="option", id=f"reader-{number}", tabindex="-1", aria_selected="false"
        )
        with option:
            set_attribute(option, "data_address", reader.address)
            el("strong", "", contact.name or contact.email)
            el("span", "", contact.email)
            el("span", "quiet", reader_words(contact, self._country(reader)))

    async def _choose_reader(self, address: str) -> None:
        look = self._page.state
        reader = look.composed.reader(address) if look and look.composed else None
        if reader:
            await self._page.choose(reader=reader.address, version=reader.variant)

    async def _choose_version(self, key: str) -> None:
        await self._page.choose(version=key, reader="")

    def _country(self, reader: Reader) -> str:
        composed = self._page.state.composed if self._page.state else None
        country = composed.people.registers.countries.get(reader.contact.country or "") if composed else None
        return country.names.get("en", "") if country else reader.contact.country or ""

    async def _choose_tab(self, tab: str) -> None:
        await self._page.choose(tab=tab)

    async def _choose_look(self, look: str) -> None:
        await self._page.choose(look=look, tab="mail")

    async def _next_look(self) -> None:
        await self._page.choose(look=NEXT_LOOK[self._page.shown.look], tab="mail")

    async def _turn_images(self) -> None:
        await self._page.choose(images=not self._page.shown.images, tab="mail")

    def show(self) -> None:
        """Fill the list of versions anew."""
        look = self._page.state
        self._list.clear()
        with self._list:
            for row in version_rows(look.composed) if look and look.composed else ():
                made = el(
                    "button",
                    "version",
                    type="button",
                    popovertarget="versions",
                    popovertargetaction="hide",
                    data_key=str(row.number) if row.number < 10 else None,  # noqa: PLR2004
                    data_version=row.key,
                )
                with made:
                    el("kbd", "", str(row.number))
                    with el("span", "version-words"):
                        el("span", "block", row.words)
                        if row.without:
                            el("span", "quiet block", "Not in it: " + "; ".join(row.without))
                    el("span", "head-count", many(row.readers, "reader"))
        self.mark()

    def mark(self) -> None:
        """Show what is chosen."""
        page, shown = self._page, self._page.shown
        self._tabs.show(shown.tab)
        self._looks.show(shown.look)
        self._images.props["aria-pressed"] = "true" if shown.images else "false"
        self._alone.props["href"] = page.stage.address() or "#"
        self._current.clear()
        composed = page.state.composed if page.state else None
        rows = version_rows(composed) if composed else ()
        row = next((row for row in rows if row.key == shown.version), None)
        with self._current:
            el("span", "picker-name", f"Version {row.number} of {len(rows)}" if row else "Version")
            el("span", "picker-words", row.words if row else "none", title=row.words if row else None)
            el("span", "head-count", many(row.readers, "reader") if row else "")
            svg("down")
