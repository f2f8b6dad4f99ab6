"""How a mail is looked at: which version, kind of view, width, colours, images."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from mailer.studio.kit import Choice, button, el, on_choice, set_attribute, svg
from mailer.studio.views_issue import VersionRow
from mailer.studio.views_proofs import many

TABS = (
    ("mail", "Mail", "m"),
    ("text", "Plain text", "t"),
    ("source", "Source", "u"),
    ("links", "Links", "l"),
)
LOOKS = (
    ("light", "Light", "sun", "Light"),
    ("dark", "Dark", "moon", "Dark, as Apple Mail shows it"),
    ("forced", "Forced dark", "moon", "Forced dark: roughly what Gmail's app and Outlook make of it"),
)
NEXT_LOOK = {"light": "dark", "dark": "forced", "forced": "light"}
APPROXIMATION = {
    "dark": "Dark as Apple Mail and others show it that follow the mail's own dark colours.",
    "forced": "An approximation: Gmail's app and Outlook each turn colours by sums of their own.",
}
IMAGES_OFF = "Images off, as mail programs show a mail whose pictures were not asked for."


class Seen(Protocol):
    """What of a mail is being looked at."""

    version: str
    tab: str
    look: str
    images: bool


def tab_asked(tab: str) -> str:
    """The kind of view that an address asks for; the mail itself where there is none such."""
    return tab if tab in {name for name, _, _ in TABS} else "mail"


def look_asked(look: str) -> str:
    """The colours that an address asks for; light where there are none such."""
    return look if look in NEXT_LOOK else "light"


def sight_notes(seen: Seen) -> None:
    """What is to be said of colours and images as they are chosen."""
    if seen.tab != "mail":
        return
    if seen.look in APPROXIMATION:
        el("p", "notice", APPROXIMATION[seen.look])
    if not seen.images:
        el("p", "notice", IMAGES_OFF)


def width_buttons() -> None:
    """A button for each width that a mail is looked at in, within a choice that is open."""
    for value, mark, key, words in (
        ("360", "phone", "p", "Phone, 360 pixels (p)"),
        ("720", "desktop", "w", "Desktop, 720 pixels (w)"),
        ("full", "full", "f", "All the room there is (f)"),
    ):
        button("seg", mark=mark, data_width=value, data_key=key, title=words, aria_label=words)


class Sight:
    """Kind of view, width, colours and images; `choose` is told what changes."""

    def __init__(self, seen: Seen, choose: Callable[..., Awaitable[None]]) -> None:
        self._seen = seen
        self._choose = choose
        with el("div", "bar-row wrap"):
            self._tabs = Choice("Kind of view", self._choose_tab)
            for value, text, key in TABS:
                self._tabs.add(value, text, key=key, title=f"{text} ({key})")
            self._sight()

    def mark(self, address: str) -> None:
        """Show what is chosen; `address` is where the mail itself is."""
        self._tabs.show(self._seen.tab)
        self._looks.show(self._seen.look)
        self._images.props["aria-pressed"] = "true" if self._seen.images else "false"
        self._alone.props["href"] = address or "#"

    def _sight(self) -> None:
        with el("div", "sight"):
            with el("div", "choice", role="group", aria_label="Width"):
                width_buttons()
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

    async def _choose_tab(self, tab: str) -> None:
        await self._choose(tab=tab)

    async def _choose_look(self, look: str) -> None:
        await self._choose(look=look, tab="mail")

    async def _next_look(self) -> None:
        await self._choose(look=NEXT_LOOK[self._seen.look], tab="mail")

    async def _turn_images(self) -> None:
        await self._choose(images=not self._seen.images, tab="mail")


class VersionPicker:
    """A button that says which version is shown, and the list of all that there are."""

    def __init__(self, called: str, counted: str, choose: Callable[[str], Awaitable[None]]) -> None:
        self._called = called
        self._counted = counted
        self._current = el(
            "button",
            "btn picker",
            type="button",
            popovertarget="versions",
            data_key="v",
            aria_haspopup="true",
        )
        self._list = el("div", "popover versions", id="versions", popover="auto", aria_label=f"{called}s")
        on_choice(self._list, "data-version", choose)

    def fill(self, rows: Iterable[VersionRow]) -> None:
        """List these."""
        self._list.clear()
        with self._list:
            for row in rows:
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
                    el("span", "head-count", many(row.readers, self._counted))

    def mark(self, rows: tuple[VersionRow, ...], key: str) -> None:
        """Say which of these is shown."""
        self._current.clear()
        row = next((row for row in rows if row.key == key), None)
        with self._current:
            el("span", "picker-name", f"{self._called} {row.number} of {len(rows)}" if row else self._called)
            el("span", "picker-words", row.words if row else "none", title=row.words if row else None)
            el("span", "head-count", many(row.readers, self._counted) if row else "")
            svg("down")
