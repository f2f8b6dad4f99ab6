"""Names of people and bodies: as the register has them, and in one spelling throughout."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from mailer.check.likeness import different_words, is_slip, without_possessive, words_in_order, words_of
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import OWN, WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.name import KnownName

Pair = tuple[str, str]
"""A given and a family name."""

LIKE_A_GIVEN_NAME = 0.75
MOST_COMPARED = 20_000
"""Pairs of names that share a half; the longest issues have some hundreds."""
FEWEST_WORDS = 3
"""Of a body's name, without the small ones: two words in another order are too often meant so."""
SMALL = frozenset("and the of for und der für et la le les de du des и".split())
"""Words that a body's name may have or lack."""

_IN_BRACKETS = re.compile(r"\s{0,9}\([^()]{0,60}\)")
_PERSON = re.compile(r"(?:^|[.\]])(?:person|contact|people\[\d+\])\.name$")
_TITLES = frozenset("mr mrs ms dr prof sir dame mme mlle herr frau".split())
_TITLED = re.compile(
    r"(?<!\w)(?:(?:Mr|Mrs|Ms|Dr|Prof|Mme|Mlle|Herr|Frau)\.?|M\.|[Гг]-(?:н|жа)|[Дд]-р)\s{1,3}(?:(?:Dr|Prof)\.?\s{1,3})?"
    r"([^\W\d_][\w’'-]{1,40})\s{1,3}([^\W\d_][\w’'-]{1,40})"
)
_OFFICES = frozenset(
    """
    president vice minister ministers prime foreign deputy ambassador executive general secretary director
    chair chairman chairperson under acting senior head national focal point state
    """.split()
)
"""What stands after a title too, and is no name."""


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
    people = _ByHalf(known)
    for start, written in _pairs(prose, known):
        near = None if written in known else people.near(written)
        if near is not None:
            yield start, " ".join(written), known[near]


def _pairs(prose: str, people: Collection[Pair]) -> Iterator[tuple[int, Pair]]:
    """Two words in a row of which one is half of a person's name, and where the first begins."""
    there = different_words(prose)
    halves = {half for pair in people for half in pair if half in there}
    for first, second in pairwise(words_in_order(prose)) if halves else ():
        one, other = first[0], without_possessive(second[0]) if second[0][-1] in "s'’" else second[0]
        if (one in halves or other in halves) and prose[first.end() : second.start()].isspace():
            yield first.start(), (one, other)


def _pairs_of(people: Sequence[KnownName]) -> Mapping[Pair, str]:
    """Given and family name → the name as it is to be written."""
    return {pair: entry.name for entry in people for right in entry.right if (pair := _two_of(right))}


def _two_of(name: str) -> Pair | None:
    """The given and the family name, where it has just these."""
    words = _IN_BRACKETS.sub("", name).split()
    return (words[0], words[1]) if len(words) == len(("given", "family")) else None


class _ByHalf:
    """People, found by half of their name: no other is near it."""

    def __init__(self, people: Collection[Pair]) -> None:
        self._order = {pair: number for number, pair in enumerate(people)}
        self._sharing: dict[tuple[int, str], list[Pair]] = defaultdict(list)
        self._near: dict[Pair, Pair | None] = {}
        for pair in people:
            for half in enumerate(pair):
                self._sharing[half].append(pair)

    def sharing(self, written: Pair) -> list[Pair]:
        """Those with one half of that name, in their order."""
        found = {pair for half in enumerate(written) for pair in self._sharing.get(half, ())}
        return sorted(found, key=self._order.__getitem__)

    def near(self, written: Pair) -> Pair | None:
        """The first of whose name that is a slip."""
        if written not in self._near:
            self._near[written] = next((p for p in self.sharing(written) if _is_near(written, p)), None)
        return self._near[written]


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
    words: list[tuple[str, int, int]] = []
    for body in bodies:
        length = len(body.words)
        if length < FEWEST_WORDS or not there.issuperset(body.words):
            continue
        words = words or [
            (folded, *found.span())
            for found in words_in_order(prose)
            if (folded := found[0].casefold()) not in SMALL
        ]
        own = [number for number, word in enumerate(words) if word[0] in body.words]
        for first, last in zip(own, own[length - 1 :], strict=False):
            several = words[first : last + 1]
            if len(several) != length or tuple(sorted(word[0] for word in several)) != body.words:
                continue
            start, end = several[0][1], several[-1][2]
            shown = " ".join(prose[start:end].split())
            # A comma or bracket between them: two things, not one name.
            if _plain(shown) not in body.right and re.fullmatch(r"[\w\s&’'-]+", shown):
                yield start, shown, body.name


def _plain(name: str) -> str:
    return " ".join(name.replace("&", "and").casefold().split())


def two_spellings(checked: CheckedIssue) -> Iterator[Finding]:
    """A person of the issue whose name stands otherwise in another place."""
    right = _pairs_of(checked.registers.people if checked.registers else ()).keys()
    listed, people = _people_of(checked)
    told: set[frozenset[Pair]] = set()
    odd: set[Pair] = set()
    for text, start, pair, other in islice(_to_compare(checked, people), MOST_COMPARED):
        both = frozenset((pair, other))
        # Of three spellings of one name two are odd, not each beside each.
        if both in told or pair in odd or both <= right or not _is_another(pair, other, listed):
            continue
        told.add(both)
        odd |= both - listed.keys()
        where = people[other]
        place = "in this item" if where.item == text.item else f'in "{where.item or "the head"}"'
        yield checked.finding(
            "name.two-spellings",
            Severity.WARN,
            f'"{" ".join(pair)}" stands here, and "{" ".join(other)}" {place}; they look like one person.',
            "Write the name one way, or leave it if they are two people.",
            at=text.at(start),
            words=" ".join(pair),
        )


def too_many_names(checked: CheckedIssue) -> str:
    """Why not all names are compared; "" where they are."""
    more = islice(_to_compare(checked, _people_of(checked)[1]), MOST_COMPARED, None)
    return "" if next(more, None) is None else f"beyond the first {MOST_COMPARED:,} pairs of names"


def _people_of(checked: CheckedIssue) -> tuple[Mapping[Pair, TextPlace], Mapping[Pair, TextPlace]]:
    """Whom fields name, and these with all whom a title shows; and where."""
    listed = {pair: text for text in texts(checked.issue) if (pair := _person_in(text)) is not None}
    return listed, {pair: text for text in texts(checked.issue) for pair in _titled(text.prose)} | listed


def _to_compare(
    checked: CheckedIssue, people: Collection[Pair]
) -> Iterator[tuple[TextPlace, int, Pair, Pair]]:
    """Names of the texts, each once, with each of the people who have one half of it."""
    known, seen = _ByHalf(people), set()
    for text in texts(checked.issue):
        for start, pair in _pairs(text.prose, people):
            if pair not in seen:
                seen.add(pair)
                yield from ((text, start, pair, other) for other in known.sharing(pair))


def _is_another(written: Pair, person: Pair, listed: Collection[Pair]) -> bool:
    """Whether it is another spelling of a person: one whom only a title shows must have the same given name."""
    if not _is_near(written, person):
        return False
    one, other = written[1].casefold(), person[1].casefold()
    return person in listed or (written[0] == person[0] and one not in (f"{other}s", other.removesuffix("s")))


def _titled(prose: str) -> Iterator[Pair]:
    """Given and family names that stand after a title."""
    for found in _TITLED.finditer(prose):
        given, family = found[1], without_possessive(found[2])
        if (
            given[0].isupper()
            and family[0].isupper()
            and not _OFFICES & {given.casefold(), family.casefold()}
        ):
            yield given, family


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
        needs=Needs("names in two spellings", not_all=too_many_names),
    ),
)
