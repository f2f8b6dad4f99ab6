"""Above the preview: which version or whose copy is shown, and in which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import run

from mailer.model.audience import Reader
from mailer.studio.kit import arguments, el, emit_value, on_choice, set_attribute, svg
from mailer.studio.sight import Sight, VersionPicker
from mailer.studio.views_issue import VersionRow, version_rows
from mailer.studio.views_readers import find_readers, reader_words

if TYPE_CHECKING:
    from mailer.studio.page_issue import IssuePage


class Toolbar:
    """Version, reader, kind of view, width, colours, images."""

    def __init__(self, page: IssuePage) -> None:
        self._page = page
        with el("div", "toolbar", role="toolbar", aria_label="What to show"):
            with el("div", "bar-row"):
                self._picker = VersionPicker("Version", "reader", self._choose_version)
                self._reader_search()
            self._sight = Sight(page.shown, page.choose)

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
            set_attribute(option, "data_address", self._key_of(reader))
            el("strong", "", contact.name or contact.email)
            el("span", "", contact.email)
            el("span", "quiet", reader_words(contact, self._country(reader)))

    async def _choose_reader(self, address: str) -> None:
        look = self._page.state
        reader = look.composed.reader(address) if look and look.composed else None
        if reader:
            await self._page.choose(reader=self._key_of(reader), version=reader.variant)

    def _key_of(self, reader: Reader) -> str:
        composed = self._page.state.composed if self._page.state else None
        return composed.key_of(reader) if composed else reader.address

    async def _choose_version(self, key: str) -> None:
        await self._page.choose(version=key, reader="")

    def _country(self, reader: Reader) -> str:
        composed = self._page.state.composed if self._page.state else None
        country = composed.people.registers.countries.get(reader.contact.country or "") if composed else None
        return country.names.get("en", "") if country else reader.contact.country or ""

    def show(self) -> None:
        """Fill the list of versions anew."""
        self._picker.fill(self._rows())
        self.mark()

    def mark(self) -> None:
        """Show what is chosen."""
        self._sight.mark(self._page.stage.address())
        self._picker.mark(self._rows(), self._page.shown.version)

    def _rows(self) -> tuple[VersionRow, ...]:
        composed = self._page.state.composed if self._page.state else None
        return version_rows(composed) if composed else ()
