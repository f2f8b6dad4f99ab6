"""From style elements, attributes and styles to the look of an element's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mailer.check.page.declarations import Declaration, colour_of, declarations, ground_of, pixels
from mailer.check.page.look import Leading, Look
from mailer.check.page.selectors import State, Step
from mailer.check.page.sheets import Sheet, StyleRule, read_sheets
from mailer.check.tree import Element

HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67}
"""Sizes that headings have where nothing says another, as shares of the text's."""
BOLD = frozenset({"b", "strong", "th", *HEADINGS})
WORDS_FOR_SIZES = {"smaller": 0.833, "larger": 1.2}
NAMED_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
BOLD_FROM = 600
MOST_STATES = 50_000
"""What is kept of pages with the same styles."""

Paint = tuple[str | None, str | None]
"""Colour and ground."""


class Cascade:
    """Works out looks, each once: pages with the same styles share them, as the versions of an issue do."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._named = tuple({name for rule in sheet.rules for name in rule.selector.named})
        self._asks_ids = any(each.ident for rule in sheet.rules for each in rule.selector.compounds)
        self._asks_before = any(rule.selector.asks_before for rule in sheet.rules)
        self._by_end: dict[Step, list[StyleRule]] = {}
        self._states = 0
        self._look = Look(
            colour="#000000",
            ground="#ffffff",
            dark_colour=None,
            dark_ground=None,
            size=16.0,
            leading=None,
            is_bold=False,
            is_underlined=False,
            is_justified=False,
            is_hidden=False,
            has_edge=False,
            is_block=False,
            padding=0.0,
        )
        self._start: dict[tuple[object, ...], State] = {}

    def state(self, parent: State | None, element: Element) -> State:
        """The state of an element whose parent is in that one."""
        if self._states > MOST_STATES:
            self._start.clear()
            self._states = 0
        get = element.get
        before = element.getprevious() if self._asks_before else None
        while before is not None and not isinstance(before.tag, str):
            before = before.getprevious()
        key = (
            element.tag,
            get("class"),
            get("style"),
            get("id") if self._asks_ids else None,
            get("href") is None,
            get("bgcolor"),
            get("align"),
            get("background"),
            get("color"),
            None if before is None else (before.tag, before.get("class")),
            tuple(map(get, self._named)),
        )
        known = self._start if parent is None else parent.below
        if key not in known:
            self._states += 1
            step = self._step(element, None if before is None else self._step(before, None))
            rules = [rule for rule in self._ending_in(step) if rule.selector.stands(parent, step)]
            look = self._worked_out(self._look if parent is None else parent.look, element, rules)
            known[key] = State(parent, step, look)
        return known[key]

    def _step(self, element: Element, before: Step | None) -> Step:
        attributes = tuple((name, element.get(name)) for name in self._named)
        classes = frozenset((element.get("class") or "").split())
        ident = element.get("id", "") if self._asks_ids else ""
        return Step(str(element.tag), classes, ident, attributes, before)

    def _ending_in(self, step: Step) -> list[StyleRule]:
        """The rules whose selectors mean the element by itself."""
        alone = step._replace(before=None)
        if alone not in self._by_end:
            self._by_end[alone] = [rule for rule in self.sheet.rules if rule.selector.last.means(step)]
        return self._by_end[alone]

    def _worked_out(self, parent: Look, element: Element, rules: Sequence[StyleRule]) -> Look:
        hints = tuple(_hints(element))
        own = declarations(element.get("style") or "")
        light = _in_order(hints, [rule for rule in rules if not rule.is_dark], own)
        look = _changed(parent, element, light)
        if not self.sheet.is_sure:
            return look._replace(colour=None, ground=None)
        if not self.sheet.has_dark or not self.sheet.is_sure_in_dark:
            return look
        dark = _in_order(hints, rules, own) if any(rule.is_dark for rule in rules) else light
        colour, ground = _painted((parent.dark_colour, parent.dark_ground), element, dark)
        said = {each.name: each.value for each in dark}
        if said.get("display") != {each.name: each.value for each in light}.get("display"):
            colour = ground = None  # Shown in one mode and not in the other: no words to judge.
        return look._replace(dark_colour=colour, dark_ground=ground)


@lru_cache(maxsize=16)
def cascade_of(styles: tuple[tuple[str, str], ...]) -> Cascade:
    """The cascade of style elements, each with its media attribute."""
    return Cascade(read_sheets(styles))


def _in_order(
    hints: Iterable[Declaration], rules: Sequence[StyleRule], own: Sequence[Declaration]
) -> tuple[Declaration, ...]:
    """What is said of an element, the strongest last (CSS Cascade 4, section 6)."""
    ranked = sorted(rules, key=lambda rule: (rule.selector.weight, rule.order))
    said = [each for rule in ranked for each in rule.says]
    return (
        *hints,
        *(each for each in said if not each.is_important),
        *(each for each in own if not each.is_important),
        *(each for each in said if each.is_important),
        *(each for each in own if each.is_important),
    )


def _hints(element: Element) -> Iterable[Declaration]:
    for attribute, name in (("bgcolor", "background-color"), ("align", "text-align")):
        if value := element.get(attribute):
            yield Declaration(name, value, False)
    if address := element.get("background"):
        yield Declaration("background-image", f"url({address})", False)
    if element.tag == "font" and (value := element.get("color")):
        yield Declaration("color", value, False)


def _changed(parent: Look, element: Element, says: Sequence[Declaration]) -> Look:
    said = {each.name: each.value.lower() for each in says}
    tag = str(element.tag)
    is_link = tag == "a" and element.get("href") is not None
    colour, ground = _painted((parent.colour, parent.ground), element, says)
    size = _size(parent, tag, said.get("font-size", ""))
    decoration = said.get("text-decoration")
    underlined = "underline" in decoration if decoration else is_link or tag in ("u", "ins")
    display = said.get("display", "")
    return Look(
        colour=colour,
        ground=ground,
        dark_colour=parent.dark_colour,
        dark_ground=parent.dark_ground,
        size=size,
        leading=_leading(parent.leading, said.get("line-height", ""), size),
        is_bold=_is_bold(parent.is_bold, tag, said.get("font-weight", "")),
        is_underlined=parent.is_underlined or underlined,
        is_justified=said["text-align"] == "justify" if "text-align" in said else parent.is_justified,
        is_hidden=parent.is_hidden or _hides(said),
        has_edge=_has_edge(said),
        is_block=display in ("block", "inline-block", "table", "table-cell"),
        padding=_padding(said, size),
    )


def _painted(parent: Paint, element: Element, says: Sequence[Declaration]) -> Paint:
    """Colour and ground of an element's words in one mode; None where they are not certain."""
    colour, under = parent
    if element.tag == "a" and element.get("href") is not None:
        colour = None  # Each program has its own colour for links that have none.
    solid: tuple[str, float] | None = None
    has_picture = is_faded = False
    for name, value, _ in says:
        match name:
            case "color" if value.lower() not in ("inherit", "currentcolor"):
                found = colour_of(value)
                colour = found[0] if found and found[1] == 1 else None
            case "color":
                colour = parent[0]
            case "background":
                solid, has_picture = ground_of(value)
            case "background-color":
                solid = colour_of(value)
            case "background-image":
                has_picture = value.lower() not in ("none", "initial", "unset")
            case "opacity":
                is_faded = value.strip() not in ("1", "1.0", "100%")
    ground = None if has_picture else _laid_on(under, solid)
    return (None, ground) if is_faded else (colour, ground)


def _laid_on(under: str | None, solid: tuple[str, float] | None) -> str | None:
    if solid is None or solid[1] == 0:
        return under
    if solid[1] == 1 or under is None:
        return solid[0] if solid[1] == 1 else None
    mixed = (
        round(int(solid[0][at : at + 2], 16) * solid[1] + int(under[at : at + 2], 16) * (1 - solid[1]))
        for at in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _size(parent: Look, tag: str, value: str) -> float | None:
    if value in ("", "inherit"):
        share = HEADINGS.get(tag, 0.833 if tag == "small" else 1.0)
        return None if parent.size is None else parent.size * share
    if value in NAMED_SIZES:
        return NAMED_SIZES[value]
    if value in WORDS_FOR_SIZES:
        return None if parent.size is None else parent.size * WORDS_FOR_SIZES[value]
    return pixels(value, parent.size)


def _leading(parent: Leading | None, value: str, size: float | None) -> Leading | None:
    if value in ("", "inherit"):
        return parent
    try:
        return float(value), True
    except ValueError:
        height = pixels(value, size)
        return None if height is None else (height, False)


def _is_bold(parent: bool, tag: str, value: str) -> bool:
    if value in ("", "inherit"):
        return parent or tag in BOLD
    return value in ("bold", "bolder") or (value.isdecimal() and len(value) < 5 and int(value) >= BOLD_FROM)  # noqa: PLR2004


def _hides(said: dict[str, str]) -> bool:
    return (
        said.get("display") == "none"
        or said.get("visibility") in ("hidden", "collapse")
        or said.get("opacity", "1").strip() in ("0", "0.0", "0%")
        or said.get("max-height", "") in ("0", "0px")
    )


def _has_edge(said: dict[str, str]) -> bool:
    edge = said.get("border-bottom") or said.get("border") or ""
    return bool(edge) and not edge.startswith(("0", "none"))


def _padding(said: dict[str, str], size: float | None) -> float:
    """Above and below together: the last of shorthand and single sides that speaks of each."""
    parts = said.get("padding", "0").split()
    top, bottom = (parts[0], parts[2] if len(parts) > 2 else parts[0]) if parts else ("0", "0")  # noqa: PLR2004
    top, bottom = said.get("padding-top", top), said.get("padding-bottom", bottom)
    return (pixels(top, size) or 0.0) + (pixels(bottom, size) or 0.0)
