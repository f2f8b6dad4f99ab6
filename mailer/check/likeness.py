"""Words of a text, and how near two spellings are: near enough for a slip, or the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

ENDING = 3
"""Letters in which a Russian name differs from case to case."""
SHORTEST = 4
"""Letters: shorter names are too like one another."""

_WORD = re.compile(r"(?<![\w’'-])[^\W\d_][\w’'-]{0,40}")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SIGNS = re.compile(r"[\W_]+")
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and where it stands."""

    word: str
    folded: str
    """In small letters."""
    start: int
    end: int


@lru_cache(maxsize=2048)
def words_of(prose: str) -> tuple[Word, ...]:
    """Its words in order, each with where it stands. An edit changes one text: the others are known already."""
    return tuple(Word(found[0], found[0].casefold(), *found.span()) for found in _WORD.finditer(prose))


def words_in_order(prose: str) -> Iterator[re.Match[str]]:
    """Each of its words, for rules that go through all of a long text: making a `Word` of each takes much longer."""
    return _WORD.finditer(prose)


@lru_cache(maxsize=4096)
def is_slip(one: str, other: str, at_least: float = 0.8) -> bool:
    """Whether the two are not the same word, and so like each other that one is a slip of the other.

    Cyrillic words that differ in their endings only are cases of one word.
    """
    if one.casefold() == other.casefold() or min(len(one), len(other)) < SHORTEST:
        return False
    if _CYRILLIC.search(one) and _same_but_the_ending(one.casefold(), other.casefold()):
        return False
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= at_least


@lru_cache(maxsize=2048)
def letters_of(words: str) -> str:
    """Its letters and digits only, in small: what is broken, and marked, in several ways is alike in these."""
    return _SIGNS.sub("", words).casefold()


@lru_cache(maxsize=2048)
def different_words(prose: str) -> frozenset[str]:
    """Its words, each once: as they stand, in small letters, and without the 's.

    Most of what is asked of a text is whether words are there at all.
    """
    words = set(_WORD.findall(prose))
    possessive = {without_possessive(word) for word in words if word[-1] in "s'’"}
    return frozenset(words | {word.casefold() for word in words} | possessive)


def without_possessive(word: str) -> str:
    """The word without the 's or ' at its end."""
    return _POSSESSIVE.sub("", word)


def _same_but_the_ending(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    same = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    return same >= shorter - ENDING
