"""Where in a mail a feature is used: worked out only for what is reported."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree, html

from mailer.check.compat.markup import element_features, picture_format, pictures_of
from mailer.check.compat.use import Use

ANCHOR = "item-"
"""How the ids of items' anchors begin."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def items_using(page: str, use: Use, embedded: Mapping[str, str]) -> tuple[str, ...]:
    """The items whose anchors stand beside a use of that feature, in reading order; none where it is elsewhere."""
    try:
        root = html.document_fromstring(_CONTROL.sub("", page))
    except (etree.ParserError, ValueError):
        return ()
    owners = _owners(root)
    found: dict[str, None] = {}
    for element in root.iter(etree.Element):
        given = (str(element.tag), tuple(element.attrib.items()))
        uses = {(slug, trait) for slug, trait, _ in element_features(*given)}
        for address in pictures_of(*given):
            slug, trait = picture_format(address, embedded)
            uses |= {(slug, ""), (slug, trait)}
        if (use.slug, use.trait) in uses and (owner := _owner(element, owners)):
            found[owner] = None
    return tuple(found)


def _owner(element: html.HtmlElement, owners: Mapping[html.HtmlElement, str | None]) -> str | None:
    node: html.HtmlElement | None = element
    while node is not None:
        if node in owners:
            return owners[node]
        node = node.getparent()
    return None


def _owners(root: html.HtmlElement) -> dict[html.HtmlElement, str | None]:
    """Element → the one item whose anchor is in it; None where there are several."""
    owners: dict[html.HtmlElement, str | None] = {}
    for anchor in root.xpath(f"//*[starts-with(@id, '{ANCHOR}')]"):
        name = str(anchor.get("id")).removeprefix(ANCHOR)
        node = anchor
        while node is not None and node.tag != "body" and node.get("role") != "article":
            owners[node] = name if node not in owners else None
            node = node.getparent()
    return owners
