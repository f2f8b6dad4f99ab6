"""What differs in words between two texts, paragraph by paragraph, and within one word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["same", "gone", "new"], str]
"""Words, and whether both texts have them, or only the first, or only the second."""

PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
ENTRY = re.compile(r"(?m)^\s*(?:\d{1,3}\.|[*•])\s+")
"""How an entry of a list, or a numbered heading, begins. Numbers move whenever something is taken out."""
UNDERLINE = re.compile(r"(?m)^\s*([=\-~*_])\1{2,}\s*$")
ALIKE = 0.5
"""From here two paragraphs are the same one, changed."""
MOST_PARAGRAPHS = 4_000
MOST_TRIED = 12
"""Paragraphs among which the one that another has come from is looked for."""
MOST_WORDS = 1_500
"""More than these are not compared one by one: that would take long, and nobody would read it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that is gone, new, or in other words."""

    pieces: tuple[Piece, ...]

    @property
    def kind(self) -> str:
        """gone, new or changed."""
        kinds = {kind for kind, _ in self.pieces}
        return next(iter(kinds)) if len(kinds) == 1 else "changed"


def changes(old: str, new: str) -> tuple[Change, ...]:
    """What is gone, new and changed, in reading order; nothing where the texts say the same."""
    before, after = _paragraphs(old), _paragraphs(new)
    if max(len(before), len(after)) > MOST_PARAGRAPHS:
        whole = (Change((("gone", " ".join(before)),)), Change((("new", " ".join(after)),)))
        return whole if before != after else ()
    found: list[Change] = []
    matcher = SequenceMatcher(None, before, after)
    for tag, begin, end, start, stop in matcher.get_opcodes():
        if tag != "equal":
            found += _between(before[begin:end], after[start:stop])
    return tuple(found)


def _between(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Paragraphs that take each other's place: in other words where they are alike, else gone and new."""
    begin, known = 0, [Counter(words.split()) for words in before]
    for words in after:
        counted = Counter(words.split())
        near = range(begin, min(begin + MOST_TRIED, len(before)))
        twin = next((n for n in near if _likeness(known[n], counted) > ALIKE), None)
        if twin is None:
            yield Change((("new", words),))
            continue
        yield from (Change((("gone", gone),)) for gone in before[begin:twin])
        yield Change(tuple(word_pieces(before[twin], words)))
        begin = twin + 1
    yield from (Change((("gone", gone),)) for gone in before[begin:])


def _likeness(before: Counter[str], after: Counter[str]) -> float:
    """The share of words that both have, wherever they stand; 1 where they have the same."""
    return 2 * (before & after).total() / max(before.total() + after.total(), 1)


def word_pieces(before: str, after: str) -> Iterator[Piece]:
    """The words of both, in order."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield from (("gone", before), ("new", after))
        return
    for tag, begin, end, start, stop in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[begin:end])
            continue
        if end > begin:
            yield "gone", "".join(old[begin:end])
        if stop > start:
            yield "new", "".join(new[start:stop])


def _paragraphs(text: str) -> list[str]:
    """Without line breaks, which move with every word, without numbers and the lines under headings."""
    parts = (
        " ".join(part.split()) for part in PARAGRAPHS.split(ENTRY.sub("\n\n", UNDERLINE.sub("\n", text)))
    )
    return [part for part in parts if part]
