"""Where in a mail a feature is used: worked out only for what is reported."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from mailer.check.compat.markup import element_features, picture_format, pictures_of
from mailer.check.compat.use import Use
from mailer.check.tree import owner, tree


def items_using(page: str, use: Use, embedded: Mapping[str, str]) -> tuple[str, ...]:
    """The items whose anchors stand beside a use of that feature, in reading order; none where it is elsewhere."""
    root = tree(page)
    if root is None:
        return ()
    found: dict[str, None] = {}
    for element in root.iter(etree.Element):
        given = (str(element.tag), tuple(element.attrib.items()))
        uses = {(slug, trait) for slug, trait, _ in element_features(*given)}
        for address in pictures_of(*given):
            slug, trait = picture_format(address, embedded)
            uses |= {(slug, ""), (slug, trait)}
        if (use.slug, use.trait) in uses and (item := owner(page, element)):
            found[item] = None
    return tuple(found)
