"""The plain text and the html of one mail side by side: which of them says more, and what only one of them says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

_LINK = re.compile(
    r"\]\((https?://[^\s()<>]{1,1000})|<(https?://[^\s<>]{1,1000})>|(https?://[^\s()<>\[\]]{1,1000})"
)
_ENTRY = re.compile(r"(?m)^[ \t]{0,3}(?:[-*+•–]|\d{1,3}[.)])[ \t]+\S")
_TABLE = re.compile(r"(?m)^\|(?: --- \|)+$")
_NO_WORDS = re.compile(
    r"\]\([^\s()<>]{1,2000}\)|<?(?:https?://|mailto:)[^\s<>()]{1,2000}>?"
    r"|\[(?:cid:|image:|inline image)[^\]\n]{0,300}\]|(?m:^[ \t>]{0,20}\d{1,3}[.)](?=\s))"
)
"""Addresses, what stands for pictures, and numbers of lists."""
_MARKS = re.compile(r"[\\*_~`]")
_WORD = re.compile(r"\w+")
_FEW = 20
"""Words that the html may lack beyond those that it has besides: "your program cannot show HTML" is no text."""


def why_html(plain: str, rich: str, more_plain: str, more_rich: str) -> str:
    """Why the html's Markdown is the better one, as the rest of a sentence; "" where the plain text is.

    `more_plain` and `more_rich`: the words that only one of them has.
    """
    fewer, more = len(more_plain.split()), len(more_rich.split())
    if fewer > more + _FEW:
        return ""
    if more:
        return "it has words that the text lacks"
    if links_only_in(rich, plain):
        return "it has links that the text lacks"
    if _TABLE.search(rich) and "|" not in plain:
        return "it has tables that the text lacks"
    if _ENTRY.search(rich) and not _ENTRY.search(plain):
        return "it has lists that the text lacks"
    return ""


def words_only_in(text: str, other: str) -> str:
    """The words of one that the other has not, in order; what stands between them is left out: "…"."""
    return " ".join(_passages(text, other))


def links_only_in(text: str, other: str) -> list[str]:
    """Addresses to which one links and which the other does not say."""
    there = set(map(_same, _links(other)))
    return [link for link in dict.fromkeys(_links(text)) if _same(link) not in there]


def _links(text: str) -> list[str]:
    return ["".join(parts) for parts in _LINK.findall(text)]


def _same(link: str) -> str:
    """An address as it is alike in text and html."""
    return unquote(link).rstrip("/.,;:!?'\"\\")


def _passages(text: str, other: str) -> Iterator[str]:
    last = -1
    for at, word in _only(text, other):
        if last >= 0 and at != last + 1:
            yield "…"
        yield word
        last = at


def _only(text: str, other: str) -> list[tuple[int, str]]:
    """Place among its words, and the word, of each that the other has less often."""
    left = Counter(map(_key, _words(other)))
    found = []
    for at, word in enumerate(_words(text)):
        key = _key(word)
        if left[key] > 0:
            left[key] -= 1
        else:
            found.append((at, word))
    return found


def _words(text: str) -> list[str]:
    bare = _MARKS.sub("", _NO_WORDS.sub(" ", unescape(text)))
    return _WORD.findall(unicodedata.normalize("NFKC", bare))


def _key(word: str) -> str:
    return word.casefold()
