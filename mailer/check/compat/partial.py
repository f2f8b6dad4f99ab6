"""Partial support: which ways of using a feature a note of caniemail is about.

A note that is not listed here counts for every use of its feature. `says` is a piece of the note's own words: a
test looks whether it is still what that number says, since a renewal of the data may count its notes anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from mailer.check.compat.support import Answer

WHOLE = frozenset({"", "alone", "no colour", "without height"})
"""Traits that stand for the feature as such: whoever lacks it lacks them."""


class Note(NamedTuple):
    """What a numbered note is about."""

    slug: str
    number: str
    says: str
    traits: frozenset[str]


def _note(slug: str, number: int, says: str, *traits: str) -> Note:
    return Note(slug, str(number), says, frozenset(traits))


NOTES: tuple[Note, ...] = (
    _note("css-at-media", 1, "nested media queries", "nested"),
    _note("css-at-media", 2, "Only supports `screen`", "unusual query", "by height", "landscape"),
    _note("css-at-media", 7, "height based", "by height"),
    _note("css-at-media", 8, "landscape", "landscape"),
    _note("css-at-media", 10, "Nested media queries", "nested"),
    _note("css-background", 1, "multiple values", "several"),
    _note("css-background", 2, "shorthand for `background-size`", "with a size"),
    _note("css-background", 3, "Only `background-color`", "with a picture"),
    _note("css-background", 5, "multiple values", "several"),
    _note("css-background", 6, "shorthand for `background-size`", "with a size"),
    _note("css-background-color", 1, "Only supports [color keywords", "by a newer name"),
    _note("css-border", 1, "bigger than 8px", "over 8px"),
    _note("css-border", 2, "Unreliable if used on a", "outside a table"),
    _note("css-border-radius", 2, "elliptical", "elliptical"),
    _note("css-comments", 3, "Comment inside `style` attribute", "in an attribute"),
    _note("css-direction", 1, "entire email if it contains", "right to left"),
    _note("css-display", 1, "`flex`, `grid`", "new"),
    _note("css-display", 2, "`inline-flex`", "new"),
    _note("css-display", 3, "two-value syntax", "two words"),
    _note("css-display", 4, "does not inherit to inner tables", "none around a table"),
    _note("css-display", 5, "Only supports `display:none`", "inline-block", "block", "new"),
    _note("css-display", 6, "`flow-root`", "new"),
    _note("css-display", 7, "Two-value syntax", "two words"),
    _note("css-display-none", 2, "directly to an `<img>`", "on a picture"),
    _note("css-font-size", 1, "`rem` values", "in rem"),
    _note("css-font-size", 2, "`relative` and `percentage`", "relative"),
    _note("css-font-weight", 1, "`<number>` values are not supported", "as an odd number"),
    _note("css-font-weight", 2, "between 0 and 599", "as a number"),
    _note("css-height", 1, "by `min-height`", "fixed", "on a block"),
    _note("css-height", 2, "Not supported on", "on a block"),
    _note("css-important", 1, "Only supported in lowercase", "capitals"),
    _note("css-important", 3, "no space before", "no space"),
    _note("css-important", 4, "with a space before", "no space"),
    _note("css-important", 5, "Not supported inline", "inline"),
    _note("css-important", 7, "Removed if there is no space before", "no space"),
    _note("css-important", 8, "Only supported in lowercase", "capitals"),
    _note("css-letter-spacing", 1, "Big negative", "negative"),
    _note("css-letter-spacing", 2, "Values set in `em`", "in em"),
    _note("css-line-height", 1, "`em` and `px` units", "in em or px"),
    _note("css-line-height", 2, "`normal` value", "normal"),
    _note("css-list-style", 1, "`list-style-image`", "with a picture"),
    _note("css-list-style", 2, "Only `list-style-type`", "with a picture", "with a position"),
    _note("css-list-style", 3, "`list-style-image`", "with a picture"),
    _note("css-list-style", 4, "`url()`", "with a picture"),
    _note("css-margin", 1, "Negative values", "negative"),
    _note("css-margin", 2, "`<span>` and `<body>`", "on span or body"),
    _note("css-margin", 4, "`auto` value", "auto"),
    _note("css-max-width", 1, "Only works on `<table>`", "on a block", "in a table", "beside the attribute"),
    _note("css-overflow", 1, "Cannot scroll", "scrolling"),
    _note("css-overflow", 3, "`overflow-block`", "along the text"),
    _note("css-overflow", 4, "`overflow-block`", "along the text"),
    _note("css-padding", 1, "Only supported on table cells", "outside a cell"),
    _note("css-padding", 2, "same for all cells of a same row", "in a cell"),
    _note("css-rgb", 1, "Whitespace syntax", "without commas"),
    _note("css-rgb", 2, "Alpha value", "with alpha"),
    _note("css-rgb", 3, "whitespace syntax", "without commas"),
    _note("css-selector-attribute", 1, "with a class selector", "with a class"),
    _note("css-selector-attribute", 2, "Only supports `[attr]`", "part"),
    _note("css-selector-attribute", 3, "prefixed", "equal", "part"),
    _note("css-selector-attribute", 4, "Only supports `[attr=value]`", "by name", "one word", "part"),
    _note("css-selector-attribute", 5, "Only supports `[attr~=value]`", "by name", "equal", "part"),
    _note("css-text-align", 1, "`start` and `end`", "start or end"),
    _note("css-text-align", 5, "-webkit-match-parent", "as its parent"),
    _note("css-text-align", 3, "`match-parent`", "as its parent"),
    _note("css-text-decoration", 2, "multiple values", "several"),
    _note("css-text-decoration", 3, "`overline`", "overline"),
    _note("css-text-decoration", 4, "Only supports the line", "several"),
    _note("css-text-decoration", 5, "long hand selectors", "several"),
    _note("css-text-transform", 1, "`lowercase`", "lowercase"),
    _note("css-white-space", 2, "`pre` value", "pre"),
    _note("css-width", 1, "Not supported on", "on a block", "on a picture", "beside the attribute"),
    _note("css-word-spacing", 1, "`rem` and `ch`", "in rem or ch"),
    _note("html-anchor-links", 7, "with the corresponding `name`", "to an id"),
    _note("html-align", 1, "`<img>` elements are wrapped", "on a picture"),
    _note("html-align", 2, "`<img>` elements", "on a picture"),
    _note("html-align", 3, "`<table>` elements", "table to a side"),
    _note("html-dir", 1, "entire email if it contains", "right to left"),
    _note("html-dir", 2, "`<table>` and `<td>`", "on a table"),
    _note("html-dir", 3, "anchor `<a>`", "on a link"),
    _note("html-lang", 1, "`<td>` elements", "on a cell"),
    _note("html-lists", 1, "`reversed`", "reversed"),
    _note("html-lists", 2, "`value` attribute", "numbered anew"),
    _note("html-mailto-links", 1, "`cc` and `bcc`", "cc", "bcc"),
    _note("html-mailto-links", 3, "`bcc`", "bcc"),
    _note("html-role", 2, "Only works on the `<table>`", "outside a table"),
    _note("html-style", 1, "inside the `<body>`", "in the body"),
    _note("html-style", 4, "before their rules are used", "in the body"),
    _note("html-style", 6, "limited to 16 KB", "over 16 KB"),
    _note("html-width", 1, "Percentage width on `<img>`", "picture in percent"),
    _note("image-gif", 1, "animated gif", "animated"),
    _note("image-gif", 2, "3 times then stops", "animated"),
)


@lru_cache(maxsize=1)
def _about() -> Mapping[tuple[str, str], frozenset[str]]:
    return {(note.slug, note.number): note.traits for note in NOTES}


def lacks(slug: str, trait: str, answer: Answer) -> bool:
    """Whether a program that gives this answer lacks this way of using the feature."""
    about = [_about().get((slug, number)) for number in answer.notes]
    if trait in WHOLE:
        return answer.letter in ("a", "n") and (not about or any(traits is None for traits in about))
    return any(traits is not None and trait in traits for traits in about)
