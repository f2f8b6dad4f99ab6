"""Names of people and bodies: as the register has them, and in one spelling throughout."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailer.check.likeness import different_words, is_slip, without_possessive, words_of
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import OWN, WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.name import KnownName

Pair = tuple[str, str]
"""A given and a family name."""

LIKE_A_GIVEN_NAME = 0.75
FEWEST_WORDS = 3
"""Of a body's name, without the small ones: two words in another order are too often meant so."""
SMALL = frozenset("and the of for und der für et la le les de du des и".split())
"""Words that a body's name may have or lack."""

_IN_BRACKETS = re.compile(r"\s{0,9}\([^()]{0,60}\)")
_PERSON = re.compile(r"(?:^|[.\]])(?:person|contact|people\[\d+\])\.name$")
_TITLES = frozenset("mr mrs ms dr prof sir dame mme mlle herr frau".split())


def misspelt(checked: CheckedIssue) -> Iterator[Finding]:
    """A name otherwise than the register has it."""
    if checked.registers is None:
        return
    people, bodies = checked.registers.people, checked.registers.bodies
    wrong = {spelling: entry.name for entry in (*people, *bodies) for spelling in entry.wrong}
    pairs, long_names = _pairs_of(people), [_Body.of(entry) for entry in bodies]
    for text in texts(checked.issue):
        found = dict(_listed(text.prose, wrong))
        for start, found_as, name in (*_near_people(text.prose, pairs), *_turned(text.prose, long_names)):
            found.setdefault(start, (found_as, name))
        for start, (written, name) in sorted(found.items()):
            yield checked.finding(
                "name.misspelt",
                Severity.WARN,
                f'"{written}" is "{name}" in the register of names.',
                f'Write "{name}"; or, if this is right too, put it under `also` in recipients/names.yaml.',
                at=text.at(start),
                words=written,
            )


def _listed(prose: str, wrong: Mapping[str, str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Where a spelling that is known to be wrong begins, as it stands, and the right one."""
    for spelling, name in wrong.items():
        words = spelling.split()
        if all(word in prose for word in words):
            pattern = r"\s{1,9}".join(map(re.escape, words))
            for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", prose):
                yield found.start(), (" ".join(found[0].split()), name)


def _near_people(prose: str, known: Mapping[Pair, str]) -> Iterator[tuple[int, str, str]]:
    """Two words of which one is a person's, and the other nearly so."""
    for start, written in _pairs(prose, known):
        name = next((name for pair, name in known.items() if _is_near(written, pair)), None)
        if written not in known and name is not None:
            yield start, " ".join(written), name


def _pairs(prose: str, people: Collection[Pair]) -> Iterator[tuple[int, Pair]]:
    """Two words in a row of which one is half of a person's name, and where the first begins."""
    there = different_words(prose)
    halves = {half for pair in people for half in pair if half in there}
    for first, second in pairwise(words_of(prose)) if halves else ():
        one, other = first.word, without_possessive(second.word) if second.word[-1] in "s'’" else second.word
        if (one in halves or other in halves) and prose[first.end : second.start].isspace():
            yield first.start, (one, other)


def _pairs_of(people: Sequence[KnownName]) -> Mapping[Pair, str]:
    """Given and family name → the name as it is to be written."""
    return {pair: entry.name for entry in people for right in entry.right if (pair := _two_of(right))}


def _two_of(name: str) -> Pair | None:
    """The given and the family name, where it has just these."""
    words = _IN_BRACKETS.sub("", name).split()
    return (words[0], words[1]) if len(words) == len(("given", "family")) else None


def _is_near(written: Pair, right: Pair) -> bool:
    """Whether one half is the same, and the other a slip of it."""
    if not written[0][0].isupper() or not written[1][0].isupper() or written[0].casefold() in _TITLES:
        return False
    if written[1] == right[1]:
        return is_slip(written[0], right[0], LIKE_A_GIVEN_NAME)
    return written[0] == right[0] and is_slip(written[1], right[1])


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    words: tuple[str, ...]
    """Those of its name that are not small, in the order of the alphabet."""
    right: frozenset[str]

    @classmethod
    def of(cls, entry: KnownName) -> _Body:
        words = sorted(word.folded for word in words_of(entry.name) if word.folded not in SMALL)
        return cls(entry.name, tuple(words), frozenset(map(_plain, entry.right)))


def _turned(prose: str, bodies: Sequence[_Body]) -> Iterator[tuple[int, str, str]]:
    """A body's words in another order."""
    there = different_words(prose)
    for body in bodies:
        length = len(body.words)
        if length < FEWEST_WORDS or not there.issuperset(body.words):
            continue
        words = [word for word in words_of(prose) if word.folded not in SMALL]
        for first in range(len(words) - length + 1):
            several = words[first : first + length]
            if tuple(sorted(word.folded for word in several)) != body.words:
                continue
            shown = " ".join(prose[several[0].start : several[-1].end].split())
            # A comma or bracket between them: two things, not one name.
            if _plain(shown) not in body.right and re.fullmatch(r"[\w\s&’'-]+", shown):
                yield several[0].start, shown, body.name


def _plain(name: str) -> str:
    return " ".join(name.replace("&", "and").casefold().split())


def two_spellings(checked: CheckedIssue) -> Iterator[Finding]:
    """A person of the issue whose name stands otherwise in another place."""
    right = _pairs_of(checked.registers.people if checked.registers else ()).keys()
    people = {pair: text for text in texts(checked.issue) if (pair := _person_in(text)) is not None}
    told: set[frozenset[Pair]] = set()
    for text in texts(checked.issue):
        for start, pair in _pairs(text.prose, people):
            for other, where in people.items():
                both = frozenset((pair, other))
                if both in told or not _is_near(pair, other) or both <= right:
                    continue
                told.add(both)
                yield checked.finding(
                    "name.two-spellings",
                    Severity.WARN,
                    f'"{" ".join(pair)}" stands here, and "{" ".join(other)}" '
                    f'in "{where.item or "the head"}"; they look like one person.',
                    "Write the name one way, or leave it if they are two people.",
                    at=text.at(start),
                    words=" ".join(pair),
                )


def _person_in(text: TextPlace) -> Pair | None:
    if not _PERSON.search(text.field):
        return None
    words = [
        word for word in _IN_BRACKETS.sub("", text.text).split() if word.rstrip(".").casefold() not in _TITLES
    ]
    return _two_of(" ".join(words))


RULES = (
    Rule(
        "name.misspelt",
        "A person or body spelt otherwise than in names.yaml",
        WARN,
        OWN,
        misspelt,
        reads_words=True,
        needs=Needs("names of people and bodies", (Register.NAMES,)),
    ),
    Rule(
        "name.two-spellings",
        "One person spelt in two ways",
        WARN,
        "a reader's eye",
        two_spellings,
        reads_words=True,
        is_strict=True,
    ),
)
