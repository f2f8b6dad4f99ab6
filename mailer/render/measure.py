"""How wide text is where every sign takes whole columns, and lines that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from wcwidth import iter_graphemes
from wcwidth import width as _width

WIDTH = 72
MAX_OCTETS = 990
"""RFC 5322 2.1.1 allows 998 octets a line; a mark may still be put around it."""
ADDRESS = re.compile(r"://|^[<(]?(?:mailto|tel):|\S@\S|%[0-9A-Fa-f]{2}|%%slot:")
NOT_FIRST = frozenset(
    "、。，．！？：；）］｝」』】〉》〕〗〙〛”’…‥・ー々ゝゞヽヾァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ"
)
"""Signs that no line of Chinese or Japanese begins with."""


ROOM: Mapping[str, int] = {
    "days_left": 14,
    "due": 46,
    "due_day": 15,
    "due_before": 15,
    "due_time": 30,
    "owed": 36,
    "addressee": 36,
    "holders": 20,
    "code": 24,
}
"""Columns that reckon with what a personal field is filled with later: far more than its token has."""
_FIELD = re.compile(r"%%slot:([a-z_]+?)(?:__[a-z0-9_]+)?%%")


def columns(text: str) -> int:
    """Columns that the text takes: two for wide signs, none for combining ones, joiners and direction marks."""
    if "%%slot:" in text:
        text = _FIELD.sub(lambda field: "x" * ROOM.get(field[1], len(field[0])), text)
    return len(text) if text.isascii() else _width(text, control_codes="ignore")


def wrap(text: str, first: str = "", then: str | None = None, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` columns, broken at spaces. Addresses stay whole; other long words are cut.

    No-break spaces hold words together. No line has more than MAX_OCTETS, whatever it holds.
    """
    return list(_wrapped(text, first, first if then is None else then, width))


@lru_cache(maxsize=4096)
def _wrapped(text: str, first: str, then: str, width: int) -> tuple[str, ...]:
    filling = _Filling(first, then, width)
    for paragraph in text.split("\n"):
        for word in re.split(r"[ \t]+", paragraph):
            filling.add(word)
        filling.end()
    return tuple(filling.lines)


class _Filling:
    """Lines on their way: those that are full, and the one that is being filled."""

    def __init__(self, first: str, then: str, width: int) -> None:
        self.lines: list[str] = []
        self.indent, self.then = first, then
        self.width = width
        self.line = ""
        self.columns = columns(first)
        self.octets = len(first.encode())

    def add(self, word: str) -> None:
        """One more word, on this line where it fits, else on the next."""
        between = " "
        for piece in self._pieces(word):
            if self.line and not self._fits(between + piece):
                self.end()
            self._put(between + piece if self.line else piece)
            between = ""

    def end(self) -> None:
        """Nothing more comes on this line."""
        if self.line:
            self.lines.append(self.indent + self.line)
            self.indent, self.line = self.then, ""
            self.columns, self.octets = columns(self.then), len(self.then.encode())

    def _fits(self, text: str) -> bool:
        within = self.columns + columns(text) <= self.width
        return within and self.octets + len(text.encode()) <= MAX_OCTETS

    def _put(self, text: str) -> None:
        self.line += text
        self.columns += columns(text)
        self.octets += len(text.encode())

    def _pieces(self, word: str) -> Iterator[str]:
        """The word, or what it may be cut into: as little as possible, so that it fills its lines."""
        indent = max(len(self.indent.encode()), len(self.then.encode()))
        if len(word.encode()) + indent <= MAX_OCTETS and (
            ADDRESS.search(word) or columns(word) <= self.width - columns(self.then)
        ):
            if word:
                yield word
        elif ADDRESS.search(word):
            yield from _by_octets(word, MAX_OCTETS - indent)
        else:
            yield from _graphemes(word, MAX_OCTETS - indent)


def _graphemes(word: str, most: int) -> Iterator[str]:
    """Signs that belong together, with what must not begin a line; none of more than `most` octets."""
    held = ""
    for grapheme in iter_graphemes(word):
        if held and (grapheme not in NOT_FIRST or len((held + grapheme).encode()) > most):
            yield from _by_octets(held, most)
            held = ""
        held += grapheme
    yield from _by_octets(held, most)


def _by_octets(text: str, most: int) -> Iterator[str]:
    if len(text.encode()) <= most:
        yield text
        return
    size = most if text.isascii() else most // 4
    for begin in range(0, len(text), size):
        yield text[begin : begin + size]
