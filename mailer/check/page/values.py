"""What the declarations that mean an element make of its parent's look."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.check.page.declarations import Declaration, colour_of, ground_of, pixels
from mailer.check.page.look import Leading, Look
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

Paint = tuple[str | None, str | None]
"""Colour and ground."""


def changed(parent: Look, element: Element, says: Sequence[Declaration]) -> Look:
    said = {each.name: each.value.lower() for each in says}
    tag = str(element.tag)
    is_link = tag == "a" and element.get("href") is not None
    colour, ground = painted((parent.colour, parent.ground), element, says)
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


def painted(parent: Paint, element: Element, says: Sequence[Declaration]) -> Paint:
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
