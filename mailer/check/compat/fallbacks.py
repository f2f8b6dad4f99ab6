"""What readers see where their program lacks something that our templates use.

Every row is a promise: where the feature is missing, nothing is lost but what the row says. A test renders every
kind of item in every layout, template, theme and direction, and fails where something is used that a program lacks
and no row answers for, and where a row answers for something that is no longer used. What is not listed here has no
fallback: an author who uses it is told which programs lose it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Fallback(NamedTuple):
    """What stands in for a feature."""

    slug: str
    """The feature, as caniemail calls it."""
    instead: str
    """What readers see, or why they miss nothing."""
    trait: str = ""
    """The way of using it that some programs mind; "" for the feature itself."""


IN_THE_HEAD = "it only stands in the head, for phones and dark mode: light colours and the wide layout there"

FALLBACKS: tuple[Fallback, ...] = (
    # What stands in the head: every style that a mail needs is copied onto its elements.
    Fallback("html-style", "every style that matters stands on the elements too: light colours, wide layout"),
    Fallback(
        "css-at-media",
        "the wide layout, which a phone shows smaller",
    ),
    Fallback(
        "css-at-media-prefers-color-scheme", "light colours, or those that the program darkens by itself"
    ),
    Fallback("html-meta-color-scheme", "light colours, or those that the program darkens by itself"),
    Fallback("css-important", IN_THE_HEAD),
    Fallback("css-selector-child", IN_THE_HEAD),
    Fallback("css-selector-class", IN_THE_HEAD),
    Fallback("css-selector-descendant", IN_THE_HEAD),
    Fallback("css-selector-grouping", IN_THE_HEAD),
    Fallback("css-selector-id", "a correction for old Outlooks, which others need not know"),
    Fallback("css-selector-type", IN_THE_HEAD),
    Fallback("css-outline", "takes away a frame around linked pictures that these programs do not draw"),
    # Width and room.
    Fallback("css-max-width", "a table of fixed width around it, written for Word only", "in a table"),
    Fallback("css-max-width", "the width of the picture's attribute", "beside the attribute"),
    Fallback("css-width", "the width of the picture's attribute", "beside the attribute"),
    Fallback("css-width", "tables as wide as their contents, up to the width of the letter"),
    Fallback(
        "html-width",
        "the width of the style or of the contents; where Windows enlarges all, pictures stay",
    ),
    Fallback("html-height", "the height that goes with the width; where Windows enlarges all, pictures stay"),
    Fallback("css-margin", "margins are only on words, which have no ground colour of their own"),
    Fallback("css-margin", "a centred table around it, written for Word only", "auto"),
    Fallback("css-margin", "the program's own edge around the whole letter", "on span or body"),
    Fallback("css-padding", "cells beside each other begin at the same height all the same", "in a cell"),
    Fallback(
        "css-padding",
        "lists indented by the program's own measure, links and lines nearer to words",
        "outside a cell",
    ),
    Fallback("css-line-height", "only on the hidden preheader and on empty cells", "in em or px"),
    Fallback("css-word-break", "a very long address runs over the edge, or is broken elsewhere"),
    Fallback("css-white-space", "lines of text set as typed are joined"),
    Fallback("css-word-spacing", "only says that words stand as usual"),
    Fallback("css-overflow", "corners are square, and nothing is wider than the letter"),
    Fallback("css-display", "pictures on lines of their own, as each stands alone in its paragraph", "block"),
    Fallback(
        "css-display", "columns are cells of a table for Word; links are a little less high", "inline-block"
    ),
    # The hidden preheader.
    Fallback(
        "css-display-none", "the preheader is out of sight all the same: it has no height", "without height"
    ),
    Fallback("css-max-height", "the preheader is hidden by display:none"),
    Fallback("css-opacity", "the preheader is hidden by its display and its height"),
    # Ornament.
    Fallback("css-border-radius", "square corners"),
    Fallback(
        "css-border", "the line beside a quotation or above a heading may be missing", "outside a table"
    ),
    Fallback("css-text-decoration", "the words on a button are underlined"),
    Fallback("css-list-style", "a list with the program's own dots or numbers"),
    Fallback("html-blockquote", "a quotation folded up, which a click opens"),
    Fallback("html-code", "code in the letters of the text"),
    # Structure and language, for those who listen.
    Fallback("html-doctype", "the layout is of tables, which look the same by the old rules"),
    Fallback(
        "html-body", "the ground colour, language and direction stand on the element around everything too"
    ),
    Fallback(
        "html-role", "a screen reader may read the layout tables as tables; their order is that of reading"
    ),
    Fallback(
        "html-role", "the letter is not announced as an article; headings and order stay", "outside a table"
    ),
    Fallback("html-aria-label", "the letter is not announced by its title, which is its first heading"),
    Fallback("html-lang", "the words are read out in the reader's own voice"),
    Fallback("html-dir", "the direction stands in the style of every cell too"),
    Fallback("html-dir", "the whole letter from right to left, which it is", "right to left"),
    Fallback("css-direction", "the whole letter from right to left, which it is", "right to left"),
    Fallback(
        "html-dir", "an item in another language has its cells in the order of the letter", "on a table"
    ),
    Fallback("html-dir", "addresses and numbers run as their signs do, from left to right", "on a link"),
    # Links.
    Fallback(
        "html-anchor-links",
        "the contents tell what there is and in which order; the link does not lead there",
    ),
    Fallback("html-mailto-links", "the program's own card of that address, which is also written out"),
)


@lru_cache(maxsize=1)
def _by_use() -> dict[tuple[str, str], Fallback]:
    return {(row.slug, row.trait): row for row in FALLBACKS}


def fallback_for(slug: str, trait: str) -> Fallback | None:
    """The fallback for a way of using a feature; None where there is none."""
    return _by_use().get((slug, trait))
