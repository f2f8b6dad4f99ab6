"""The archive's news feed: Atom (RFC 4287), the same bytes for the same issues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from mailer.model.base import Language

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An issue in one language."""

    id: str
    """Its name for ever (4.2.6)."""
    title: str
    summary: str
    day: date
    updated: date
    href: str


@dataclass(frozen=True, slots=True)
class Feed:
    """All issues in one language, newest first; there must be one at least."""

    id: str
    title: str
    author: str
    language: Language
    entries: Sequence[FeedEntry]
    index: str
    """Address of the page that lists the same."""
    own: str = ""
    """The feed's own address; "" where it is not known."""


def atom_feed(feed: Feed) -> bytes:
    """The feed as a file. Days are given as midnight UTC, for an issue has a day and no hour.

    Addresses may be relative: then they count from where the feed lies (RFC 4287 2, RFC 3986 5.1.3).
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", feed.language)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max(entry.updated for entry in feed.entries)))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="alternate", type="text/html", hreflang=feed.language, href=feed.index)
    if feed.own:
        _add(root, "link", rel="self", type="application/atom+xml", href=feed.own)
    for entry in feed.entries:
        each = _add(root, "entry")
        _add(each, "id", entry.id)
        _add(each, "title", entry.title)
        _add(each, "published", _moment(entry.day))
        _add(each, "updated", _moment(entry.updated))
        _add(each, "link", rel="alternate", type="text/html", hreflang=feed.language, href=entry.href)
        if entry.summary:
            _add(each, "summary", entry.summary)
    etree.indent(root, " ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _add(parent: etree._Element, name: str, words: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = words or None
    return element


def _moment(day: date) -> str:
    """RFC 3339, as 3.3 wants it."""
    return f"{day.isoformat()}T00:00:00Z"
