"""Ways of using a CSS feature that some programs mind, though they have the feature: negative margins and such."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

Token = Any
"""A node of tinycss2, which has no types of its own."""
Finder = Callable[[list[Token], str], Iterator[str]]
"""Takes a declaration's value and the element's tag; yields traits."""

NEW_DISPLAYS = frozenset("inline-flex inline-grid flex grid flow-root contents initial revert unset".split())
OLD_COLOURS = frozenset(
    "aqua black blue fuchsia gray green lime maroon navy olive purple red silver teal white yellow "
    "transparent inherit initial unset none currentcolor".split()
)
"""The colour names of CSS 1, and words that name none."""
BLOCKS = frozenset({"body", "span", "div", "p"})
CELLS = frozenset({"td", "th"})
TABLES = frozenset({"table", "td", "th", "tr"})
ODD_WEIGHT = 100


def is_function(token: Token, name: str) -> bool:
    """Whether a part of a value is a call of that function."""
    return bool(token.type == "function" and token.lower_name == name)


def _of_margin(tokens: list[Token], tag: str) -> Iterator[str]:
    if any(token.type in ("dimension", "number", "percentage") and token.value < 0 for token in tokens):
        yield "negative"
    if _says(tokens, "auto"):
        yield "auto"
    if tag in ("span", "body"):
        yield "on span or body"


def _of_padding(tokens: list[Token], tag: str) -> Iterator[str]:
    if _lengths(tokens):
        yield "in a cell" if tag in CELLS else "outside a cell"


def _of_width(tokens: list[Token], tag: str) -> Iterator[str]:
    # A block is as wide as what it stands in anyhow: 100% and auto say nothing new.
    is_whole = all(t.type == "ident" or (t.type == "percentage" and t.value == 100) for t in tokens)  # noqa: PLR2004
    if tag == "img":
        yield "on a picture"
    elif tag in BLOCKS and not is_whole:
        yield "on a block"


def _of_height(tokens: list[Token], tag: str) -> Iterator[str]:
    if _lengths(tokens):
        yield "on a block" if tag in BLOCKS else "fixed"


def _of_max_width(tokens: list[Token], tag: str) -> Iterator[str]:
    if _lengths(tokens):
        yield "on a table" if tag in TABLES else "on a block"


def _of_background(tokens: list[Token], _: str) -> Iterator[str]:
    if any(token.type in ("url", "function") and not is_function(token, "rgb") for token in tokens):
        yield "with a picture"
    if _sign(tokens, ","):
        yield "several"
    if _sign(tokens, "/"):
        yield "with a size"


def _of_background_color(tokens: list[Token], _: str) -> Iterator[str]:
    if any(token.type == "ident" and token.lower_value not in OLD_COLOURS for token in tokens):
        yield "by a newer name"


def _of_display(tokens: list[Token], _: str) -> Iterator[str]:
    if _says(tokens, *NEW_DISPLAYS):
        yield "new"
    if len(tokens) > 1:
        yield "two words"
    if _says(tokens, "none"):
        yield "none"
    else:
        yield "inline-block" if _says(tokens, "inline-block", "inline-table") else "block"


def _of_display_none(_: list[Token], tag: str) -> Iterator[str]:
    if tag == "img":
        yield "on a picture"


def _of_weight(tokens: list[Token], _: str) -> Iterator[str]:
    numbers = [token.value for token in tokens if token.type == "number"]
    if numbers:
        yield "as a number"
    if any(number % ODD_WEIGHT for number in numbers):
        yield "as an odd number"


def _of_font_size(tokens: list[Token], _: str) -> Iterator[str]:
    if _units(tokens) & {"rem"}:
        yield "in rem"
    if _says(tokens, "larger", "smaller") or any(token.type == "percentage" for token in tokens):
        yield "relative"


def _of_border(tokens: list[Token], tag: str) -> Iterator[str]:
    if any(t.type == "dimension" and t.lower_unit == "px" and t.value > 8 for t in tokens):  # noqa: PLR2004
        yield "over 8px"
    if tag and tag not in TABLES and _lengths(tokens):
        yield "outside a table"


def _of_line_height(tokens: list[Token], _: str) -> Iterator[str]:
    if any(token.type == "dimension" for token in tokens):
        yield "in em or px"
    if _says(tokens, "normal"):
        yield "normal"


def _of_list_style(tokens: list[Token], _: str) -> Iterator[str]:
    if any(token.type == "url" or is_function(token, "url") for token in tokens):
        yield "with a picture"
    if _says(tokens, "inside", "outside"):
        yield "with a position"


def _of_decoration(tokens: list[Token], _: str) -> Iterator[str]:
    if _says(tokens, "overline"):
        yield "overline"
    if len(tokens) > 1:
        yield "several"


def _of_spacing(tokens: list[Token], _: str) -> Iterator[str]:
    if _units(tokens) & {"rem", "ch"}:
        yield "in rem or ch"
    if _units(tokens) & {"em"}:
        yield "in em"
    if any(token.type == "dimension" and token.value < 0 for token in tokens):
        yield "negative"


def _when(trait: str, *words: str) -> Finder:
    """Finds a trait by words of the value."""

    def find(tokens: list[Token], _: str) -> Iterator[str]:
        if _says(tokens, *words):
            yield trait

    return find


def _when_sign(trait: str, sign: str) -> Finder:
    """Finds a trait by a sign in the value."""

    def find(tokens: list[Token], _: str) -> Iterator[str]:
        if _sign(tokens, sign):
            yield trait

    return find


def _says(tokens: Iterable[Token], *words: str) -> bool:
    return any(token.type == "ident" and token.lower_value in words for token in tokens)


def _sign(tokens: Iterable[Token], sign: str) -> bool:
    return any(token.type == "literal" and token.value == sign for token in tokens)


def _lengths(tokens: Iterable[Token]) -> bool:
    return any(token.type in ("dimension", "percentage") and token.value for token in tokens)


def _units(tokens: Iterable[Token]) -> set[str]:
    return {token.lower_unit for token in tokens if token.type == "dimension"}


_TRAITS: Mapping[str, tuple[Finder, ...]] = {
    "css-background": (_of_background,),
    "css-background-color": (_of_background_color,),
    "css-border": (_of_border,),
    "css-border-radius": (_when_sign("elliptical", "/"),),
    "css-direction": (_when("right to left", "rtl"),),
    "css-display": (_of_display,),
    "css-display-none": (_of_display_none,),
    "css-font-size": (_of_font_size,),
    "css-font-weight": (_of_weight,),
    "css-height": (_of_height,),
    "css-letter-spacing": (_of_spacing,),
    "css-line-height": (_of_line_height,),
    "css-list-style": (_of_list_style,),
    "css-margin": (_of_margin,),
    "css-max-width": (_of_max_width,),
    "css-overflow": (_when("scrolling", "auto", "scroll"),),
    "css-padding": (_of_padding,),
    "css-text-align": (_when("start or end", "start", "end"), _when("as its parent", "match-parent")),
    "css-text-decoration": (_of_decoration,),
    "css-text-transform": (_when("lowercase", "lowercase"),),
    "css-white-space": (_when("pre", "pre"),),
    "css-width": (_of_width,),
    "css-word-spacing": (_of_spacing,),
}


def traits_of(slug: str, tokens: list[Token], tag: str) -> Iterator[str]:
    """The ways in which a declaration uses a feature; `tag` is the element that has it, "" if not known."""
    for find in _TRAITS.get(slug, ()):
        yield from find(tokens, tag)
