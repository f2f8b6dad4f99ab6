"""Mail html made ready for a sandboxed frame: pictures of ours, links that lead nowhere, one colour scheme."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from mailer.render.preview import always_light, framed

__all__ = ["LinkShown", "always_light", "framed", "links_in", "with_pictures"]

CID = re.compile(r"""(?<=["'(=\s])cid:([^"'()\s<>]+)""", re.IGNORECASE)


def with_pictures(html: str, address_of: Callable[[str], str | None]) -> str:
    """`cid:` addresses replaced by what `address_of` gives for the Content-ID; unknown ones stay."""

    def replace(match: re.Match[str]) -> str:
        return address_of(unquote(match[1])) or match[0]

    return CID.sub(replace, html)


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link in a mail: its words, where it leads, and what kind it is."""

    words: str
    address: str
    kind: str
    """web, mail, phone, place in this mail, or other."""


KINDS = {
    "https:": "web",
    "http:": "web, not encrypted",
    "mailto:": "mail",
    "tel:": "phone",
    "#": "in this mail",
}


def links_in(html: str) -> tuple[LinkShown, ...]:
    """Every link of a mail, in reading order. An empty tuple for what cannot be read as html."""
    try:
        tree = lxml_html.document_fromstring(html)
    except (etree.ParserError, ValueError):
        return ()
    return tuple(_links(tree))


def _links(tree: lxml_html.HtmlElement) -> Iterator[LinkShown]:
    for link in tree.iter("a"):
        address = (link.get("href") or "").strip()
        if not address:
            continue
        words = " ".join(link.text_content().split())
        if not words:
            words = next((f"picture: {img.get('alt')}" for img in link.iter("img") if img.get("alt")), "")
        kind = next((kind for begin, kind in KINDS.items() if address.lower().startswith(begin)), "other")
        yield LinkShown(words or "no words", address, kind)
