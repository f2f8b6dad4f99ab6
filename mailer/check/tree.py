"""A finished HTML as a tree, parsed once for all rules that read it, and the item that each part of it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lxml import etree, html

Element = html.HtmlElement

ANCHOR = "item-"
"""How the ids of items' anchors begin."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@lru_cache(maxsize=64)
def tree(page: str) -> Element | None:
    """The page's html element; None where there is nothing to parse. Nobody changes it."""
    # Null and control signs stop the parser; they cannot be in finished HTML but by mistake.
    try:
        return html.document_fromstring(_CONTROL.sub("", page))
    except (etree.ParserError, ValueError):
        return None


def own(table: Element, *tags: str) -> Iterator[Element]:
    """The elements of these tags that are the table's, not those of a table inside it."""
    return (each for each in table.iter(*tags) if next(each.iterancestors("table"), None) is table)


def holds_data(table: Element) -> bool:
    """Whether the table has heads or a caption of its own."""
    return any(True for _ in own(table, "th", "caption"))


def owner(page: str, element: Element) -> str | None:
    """The item that an element of the page's tree belongs to; None: to several, or to the letter."""
    known = owners(page)
    node: Element | None = element
    while node is not None:
        if node in known:
            return known[node]
        node = node.getparent()
    return None


@lru_cache(maxsize=64)
def owners(page: str) -> Mapping[Element, str | None]:
    """Element → the one item whose anchor is in it; None where there are several."""
    found: dict[Element, str | None] = {}
    root = tree(page)
    for anchor in [] if root is None else root.xpath(f"//*[starts-with(@id, '{ANCHOR}')]"):
        name = str(anchor.get("id")).removeprefix(ANCHOR)
        node = anchor
        while node is not None and node.tag != "body" and node.get("role") != "article":
            found[node] = name if found.get(node, name) == name else None
            node = node.getparent()
    return found
