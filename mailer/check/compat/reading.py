"""From a finished HTML to the features that it uses.

The HTML is cut before the tables that are written for Outlook, and every piece and every different opening tag is
read once: versions of an issue share most of their pieces, and an edit changes one. That makes it cheap enough to
run at every keystroke.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from lxml import etree, html

from mailer.check.compat.markup import element_features, picture_format, pictures_of
from mailer.check.compat.sheets import sheet_features
from mailer.check.compat.support import support_table
from mailer.check.compat.use import Collected, Key, Use, merged
from mailer.check.compat.word import holds, word_view

GHOSTED = ("css-max-width", "on a block")
Found = tuple[Key, str]
"""A use, and how it is written."""

_CUT = re.compile(r"<!--\[if [^\]]{0,80}\]><table ")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLAIN_COMMENT = re.compile(r"<!--(?!\[if|<!\[endif|>)")
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)</style>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_MEDIA = re.compile(r"""media\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_GHOST = re.compile(r"<!--\[if ([^\]]{0,200})\]>(.*?)<!\[endif\]-->\s*(<[A-Za-z][^<>]*>)", re.DOTALL)
_JUMP = re.compile(r"""<a\b[^<>]*\bhref="#([^"]+)\"""")
_NAMED = re.compile(r"""<a\b[^<>]*\bname="([^"]+)\"""")
_FIXED = re.compile(r"""\bwidth\s*(=\s*["']?|:\s*)\d+(px|["'])""")


def used_features(page: str, embedded: Mapping[str, str] | None = None) -> tuple[Use, ...]:
    """The features that a finished HTML uses. The same HTML is read once.

    `embedded` says what the pictures with a Content-ID are: `image/jpeg`, or `image/gif; animated`.
    """
    return _used(page, tuple(sorted((embedded or {}).items())))


@lru_cache(maxsize=256)
def style_elements(page: str) -> tuple[str, ...]:
    """What stands in the style elements that programs other than Outlook read."""
    return tuple(css for _, css in _STYLE.findall(_COMMENT.sub("", page)))


@lru_cache(maxsize=256)
def nested_rules(page: str) -> tuple[str, ...]:
    """The at-rules that stand inside others, each with what it is in."""
    return tuple(words for css in style_elements(page) for words in sheet_features(css).nested)


class _Seen(NamedTuple):
    """What one way of reading a piece finds: as Word does, or as all others do."""

    found: tuple[Found, ...]
    pictures: tuple[tuple[str, str], ...]
    """Address and tag name of each picture."""
    jumps: tuple[str, ...]
    names: tuple[str, ...]


@lru_cache(maxsize=64)
def _used(page: str, embedded: tuple[tuple[str, str], ...]) -> tuple[Use, ...]:
    pieces = [_piece(piece) for piece in _cut(_CONTROL.sub("", page))]
    pictures = dict(embedded)
    web = _whole([web for web, _ in pieces], pictures)
    word = _whole([word for _, word in pieces], pictures)
    known = support_table().features
    return tuple(use for use in merged(web, word) if use.slug in known)


def _cut(page: str) -> list[str]:
    """The page, cut before each table that is written for Outlook."""
    starts = [0, *(found.start() for found in _CUT.finditer(page)), len(page)]
    return [page[start:end] for start, end in pairwise(starts)]


def _whole(pieces: list[_Seen], pictures: Mapping[str, str]) -> Collected:
    found = Collected()
    for piece in pieces:
        found.add_all(piece.found)
        for address, tag in piece.pictures:
            found.add_all(_formats(address, tag, pictures))
    names = {name for piece in pieces for name in piece.names}
    if lost := {jump for piece in pieces for jump in piece.jumps} - names:
        found.add(Key("html-anchor-links", "to an id"), f'<a href="#{min(lost)}">')
    return found


def _formats(address: str, tag: str, pictures: Mapping[str, str]) -> Iterator[Found]:
    slug, trait = picture_format(address, pictures)
    words = f"<{tag} {address[:60]}>"
    if slug:
        yield Key(slug), words
    if slug and trait:
        yield Key(slug, trait), words


@lru_cache(maxsize=2048)
def _piece(text: str) -> tuple[_Seen, _Seen]:
    """A piece as most programs read it, and as Word does."""
    ghosts = frozenset(
        tag
        for condition, content, tag in _GHOST.findall(text)
        if "max-width" in tag and holds(condition) and _FIXED.search(content)
    )
    return _view(text, None), _view(word_view(text), ghosts)


def _view(text: str, ghosts: frozenset[str] | None) -> _Seen:
    """One view. `ghosts` are the blocks with a table of fixed width around them; None for all but Word."""
    found = Collected()
    pictures: dict[tuple[str, str], None] = {}
    if text[:20].lstrip().lower().startswith("<!doctype"):
        found.add(Key("html-doctype"), "<!DOCTYPE html>")
    if _PLAIN_COMMENT.search(text):
        found.add(Key("html-comments"), "<!-- … -->")
    shown = _COMMENT.sub("", text)
    for opening, css in _STYLE.findall(shown):
        media = _MEDIA.search(opening)
        found.add_all(sheet_features(css, media[1] if media else "").found)
    # A dictionary, not a set: the first of its kind is the one that is shown.
    for tag in dict.fromkeys(_TAG.findall(_STYLE.sub("", shown))):
        uses, addresses = _tag(tag, ghosts is not None and tag in ghosts)
        found.add_all(uses)
        pictures.update(dict.fromkeys(addresses))
    return _Seen(
        tuple(found.first.items()),
        tuple(pictures),
        tuple(set(_JUMP.findall(shown))),
        tuple(set(_NAMED.findall(shown))),
    )


@lru_cache(maxsize=8192)
def _tag(tag: str, ghosted: bool) -> tuple[tuple[Found, ...], tuple[tuple[str, str], ...]]:
    """The uses of an opening tag, and the addresses of its pictures."""
    element = _element(tag)
    if element is None:
        return (), ()
    name, attributes = str(element.tag), tuple(element.attrib.items())
    found = tuple(
        (Key(slug, "in a table" if ghosted and (slug, trait) == GHOSTED else trait), words)
        for slug, trait, words in element_features(name, attributes)
    )
    return found, tuple((address, name) for address in pictures_of(name, attributes))


def _element(tag: str) -> html.HtmlElement | None:
    """An opening tag as an element, its references resolved."""
    name = tag[1:].split(None, 1)[0].rstrip("/>").lower()
    try:
        if name in ("html", "body"):
            root = html.document_fromstring(f"{tag}<p>.</p>" if name == "body" else tag + "<p>.")
            return root if name == "html" else root.find("body")
        made = etree.fromstring(tag, _FRAGMENT)
    except (etree.LxmlError, ValueError):
        return None
    return None if made is None else next(made.iter(name), None)


_FRAGMENT = html.HTMLParser()
