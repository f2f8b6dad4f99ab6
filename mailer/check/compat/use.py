"""A use of a feature, and the collecting of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Reach = Literal["all", "web", "word", "darkened"]
"""Who sees it: every program; all but Word's engine; Word's engine; those that mark what they darken."""


class Key(NamedTuple):
    """What a use comes down to."""

    slug: str
    """caniemail's name of the feature."""
    trait: str = ""
    """A way of using it that some programs mind, such as `negative` margins; "" for the use itself."""
    gates: frozenset[str] = frozenset()
    """Features without which a program never comes to see this one: a rule in @media needs @media."""
    darkened: bool = False
    """Only where a program says that it has darkened the mail (`[data-ogsc]`)."""


class Way(NamedTuple):
    """A way of using a feature, and who sees it."""

    slug: str
    trait: str
    reach: Reach
    gates: frozenset[str]


@dataclass(frozen=True, slots=True)
class Use:
    """A feature that the HTML uses, and how it is written."""

    way: Way
    words: str
    """The tag, declaration or selector where it comes first."""

    @property
    def slug(self) -> str:
        """caniemail's name of the feature."""
        return self.way.slug

    @property
    def trait(self) -> str:
        """The way of using it that some programs mind; "" for the use itself."""
        return self.way.trait


class Collected:
    """Uses as they are found in one view of the HTML, each with the words where it comes first."""

    def __init__(self) -> None:
        self.first: dict[Key, str] = {}

    def add(self, key: Key, words: str) -> None:
        """One use."""
        self.first.setdefault(key, words)

    def add_all(self, found: Iterable[tuple[Key, str]]) -> None:
        """Several uses."""
        for key, words in found:
            if key not in self.first:
                self.first[key] = words


def merged(web: Collected, word: Collected) -> tuple[Use, ...]:
    """What both views, or one of them, use; sorted, so that the same HTML gives the same list."""
    uses = []
    for key in sorted(
        {*web.first, *word.first}, key=lambda k: (k.slug, k.trait, sorted(k.gates), k.darkened)
    ):
        of_web = key in web.first
        first = web if of_web else word
        reach: Reach = "word" if not of_web else "all" if key in word.first else "web"
        way = Way(key.slug, key.trait, "darkened" if key.darkened else reach, key.gates)
        uses.append(Use(way, first.first[key]))
    return tuple(uses)
