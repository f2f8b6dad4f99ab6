"""What a text says of species, held to the register: where they live, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from mailer.check.likeness import different_words, is_slip, words_in_order
from mailer.check.naming import REACH, Calling, species_at, species_before, states_called
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity
from mailer.model.register import Registers

LONG = 7
"""Letters of a word of which two, changed about, are a slip and no other word."""

_RANGE_OF = {
    "en": re.compile(r"Range\s{1,3}State(?P<many>s?)\s{1,9}(?:of|for)\s{1,9}(?:the\s{1,9})?"),
    "fr": re.compile(
        r"[ÉEée]tat(?P<many>s?)\s{1,9}de\s{1,3}l['’]aire\s{1,3}de\s{1,3}répartition\s{1,9}"
        r"(?:de\s{1,3}la\s{1,9}|de\s{1,3}l['’]|du\s{1,9}|des\s{1,9})"
    ),
    "ru": re.compile(r"государств(?P<many>ами|а|ом|о)\s{1,9}ареала\s{1,9}"),
}
_LEAD = {
    "en": re.compile(
        r"(?:\s{0,3},\s{1,9}|\s{1,9}(?:is|are)\s{1,9})(?:(?:an?|the|both|all)\s{1,9})?"
        r"(?:(?!not\b|no\b|never\b|former\b)[\w-]{2,20}\s{1,9})?$"
    ),
    "fr": re.compile(r"(?:\s{0,3},\s{1,9}|\s{1,9}(?:est|sont)\s{1,9})(?:un\s{1,9})?$"),
    "ru": re.compile(r"(?:\s{0,3},|\s{1,9}[-–—]|\s{1,9}является|\s{1,9}являются)\s{1,9}$"),
}
_RANGE_STATES = re.compile(r"Range\s{1,3}States?\s{1,9}(?:such\s{1,3}as\s{1,3}|including\s{1,3})?(?=[A-Z])")
_BINOMIAL = re.compile(r"([A-Z](?<![\w-].)[a-z]{2,30})\s{1,9}([a-z]{4,30})(?![\w-])")


_CALLED = Calling(
    sign={"en": "Range", "fr": "répartition", "ru": "ареала"},
    words=_RANGE_OF,
    lead=_LEAD,
    one=frozenset({"", "о", "ом"}),
    listing=_RANGE_STATES,
)


def not_a_range_state(checked: CheckedIssue) -> Iterator[Finding]:
    """A State called a Range State of a species that by the register does not live there."""
    registers, tag = checked.registers, primary(checked.issue.language)
    if registers is None:
        return

    at_start = cache(lambda words: species_at(words, registers, tag))
    at_end = cache(lambda words: species_before(words, registers, tag))
    range_states = cache(lambda species: registers.range_states(species, checked.day))

    def named(_: TextPlace, after: str, __: int) -> str | None:
        return at_start(after)

    def listed(prose: str, found: re.Match[str]) -> Iterable[str]:
        species = at_end(prose[max(0, found.start() - REACH) : found.start()])
        return () if species is None else (species,)

    known = registers.all_range_states(checked.day)
    for text, at, species, code in states_called(checked, _CALLED, named, listed):
        # Of a State where it knows no species, the register says nothing.
        if code not in known or code in range_states(species):
            continue
        name = registers.countries[code].name(tag)
        yield checked.finding(
            "fact.not-a-range-state",
            Severity.WARN,
            f'"{name}" is called a Range State of the {species} here; by the register it is none.',
            "Correct the text; or the range_states in recipients/species.yaml.",
            at=text.at(at),
            words=name,
        )


def misspelt(checked: CheckedIssue) -> Iterator[Finding]:
    """A species' name with a slip in it: scientific names letter by letter, others where letters changed places."""
    if checked.registers is None or not checked.registers.species:
        return
    scientific = _scientific(checked.registers)
    long_words = _long_words(checked.registers, primary(checked.issue.language))
    for text in texts(checked.issue):
        slips = [*_scientific_slips(text.prose, scientific), *_turned_letters(text.prose, long_words)]
        for start, written, right in sorted(slips):
            yield checked.finding(
                "fact.species-name",
                Severity.WARN,
                f'"{written}" is "{right}" in the register of species.',
                f'Write "{right}".',
                at=text.at(start),
                words=written,
            )


def _scientific(registers: Registers) -> Mapping[str, frozenset[str]]:
    """Genus → what follows it, in names and in the notes that give other names."""
    found: dict[str, set[str]] = {}
    for species in registers.species.values():
        for genus, epithet in _BINOMIAL.findall(f"{species.scientific_name}. {species.note}"):
            found.setdefault(genus, set()).add(epithet)
    own = {species.scientific_name.split()[0] for species in registers.species.values()}
    return {genus: frozenset(epithets) for genus, epithets in found.items() if genus in own}


def _scientific_slips(prose: str, known: Mapping[str, frozenset[str]]) -> Iterator[tuple[int, str, str]]:
    halves = {*known, *(epithet for epithets in known.values() for epithet in epithets)}
    if not any(half in prose for half in halves):
        return
    for found in _BINOMIAL.finditer(prose):
        genus, epithet = found[1], found[2]
        if epithet in known.get(genus, ()):
            continue
        for right, epithets in known.items():
            if genus == right:
                near = next((each for each in sorted(epithets) if is_slip(epithet, each, 0.75)), None)
            else:
                near = (
                    epithet
                    if epithet in epithets and is_slip(genus, right, 0.75) and genus not in known
                    else None
                )
            if near is not None:
                yield found.start(), " ".join(found[0].split()), f"{right} {near}"
                break


def _long_words(registers: Registers, tag: str) -> Mapping[tuple[str, ...], str]:
    """The letters of each long word of the species' names, sorted → the word."""
    words = {
        word.replace("’", "'")
        for species in registers.species.values()
        for word in species.names.get(tag, "").split()
        if len(word) >= LONG
    }
    return {tuple(sorted(word.casefold())): word for word in words}


def _turned_letters(prose: str, known: Mapping[tuple[str, ...], str]) -> Iterator[tuple[int, str, str]]:
    lengths = {len(letters) for letters in known}
    slips = {}
    for word in different_words(prose):
        if len(word) in lengths:
            written = word.casefold().replace("’", "'")
            right = known.get(tuple(sorted(written)))
            if right and _differ_by_a_turn(written, right.casefold()):
                slips[word] = right
    for found in words_in_order(prose) if slips else ():
        if found[0] in slips:
            yield found.start(), found[0], slips[found[0]]


def _differ_by_a_turn(one: str, other: str) -> bool:
    """Whether two neighbouring letters have changed places, and nothing else."""
    places = [i for i, (here, there) in enumerate(zip(one, other, strict=False)) if here != there]
    return len(one) == len(other) and 0 not in places and len(places) == 2 and places[1] == places[0] + 1  # noqa: PLR2004


RULES = (
    Rule(
        "fact.not-a-range-state",
        "A State called a Range State that by the register is none",
        WARN,
        "the registers",
        not_a_range_state,
        reads_words=True,
        needs=Needs("Range States", (Register.SPECIES,), tuple(_RANGE_OF)),
    ),
    Rule(
        "fact.species-name",
        "A species' name with a slip in it",
        WARN,
        "the registers",
        misspelt,
        reads_words=True,
        needs=Needs("names of species", (Register.SPECIES,)),
    ),
)
