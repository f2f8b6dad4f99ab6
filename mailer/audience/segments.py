"""segments.yaml: the groups, every name in them known and none going round in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mailer.audience.groups import chain_back, chain_lengths, next_groups, parts_of
from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.audience import (
    Contact,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NotReceived,
    Outstanding,
    PartyTo,
    RangeStateOf,
    Reads,
    Received,
    Rule,
    Segment,
    SpeciesChoice,
    Submitted,
    Subscribed,
)
from mailer.model.files import SegmentsFile
from mailer.model.register import Registers
from mailer.source import Document, Loc, field_path, is_language, nearest_language, read_noun

RULE = "file.segments"
OPEN = ("newsletter", "issue", "role", "subject of a role")
"""What may well be named before there is one, or after it has gone: told only where it looks like a slip."""
SLIP = 0.85
"""How alike two names of roles are where one is a slip: a vacant office is not one of another office."""
MAX_CHAIN = 50
"""Groups that may lead from one to the next: nobody can follow more, and rules are worked out one within another."""


@dataclass(frozen=True, slots=True)
class Known:
    """The names that rules may use. None: cannot be told, so anything goes."""

    countries: Collection[str] | None = None
    regions: Collection[str] | None = None
    species: Collection[str] | None = None
    treaties: Collection[str] | None = None
    roles: Collection[str] | None = None
    subjects: Collection[str] | None = None
    newsletters: Collection[str] | None = None
    deadlines: Mapping[str, str] | None = None
    """Deadline → the group that owes it; "" where its file does not say."""
    issues: Collection[str] | None = None

    @classmethod
    def from_files(
        cls,
        registers: Registers,
        contacts: tuple[Contact, ...] | None,
        deadlines: Mapping[str, str] | None = None,
        issues: Collection[str] | None = None,
    ) -> Known:
        """What registers, deadlines and issues name and, where there are contacts, their roles and newsletters."""
        held = {(role.name, role.subject) for cell in _cells(contacts, "roles") for role in cell}
        lists = {entry.list for cell in _cells(contacts, "subscriptions") for entry in cell}
        treaties, species = registers.treaty_names(), registers.species_names()
        return cls(
            countries=frozenset(registers.countries),
            regions={country.region for country in registers.countries.values() if country.region},
            species=species,
            treaties=treaties,
            roles={name for name, _ in held} or None,
            subjects={subject for _, subject in held if subject} | treaties | species if held else None,
            newsletters=lists or None,
            deadlines=deadlines,
            issues=issues,
        )


def _cells(contacts: tuple[Contact, ...] | None, name: str) -> Iterable[tuple[Any, ...]]:
    """What the contacts have in a column, each once: very many have the very same."""
    found = {id(cell): cell for contact in contacts or () if (cell := getattr(contact, name))}
    return found.values()


def read_segments(path: Path, root: Path, known: Known | None = None) -> dict[str, Segment]:
    """All groups by name, in file order. ProblemsError with every problem at its line."""
    file, document = read_noun(SegmentsFile, path, shown(path, root))
    segments = {
        name: Segment(name=name, title=entry.title, rule=entry.rule) for name, entry in file.segments.items()
    }
    problems: list[Problem] = []
    for segment in segments.values():
        for place, rule in _rules(segment.rule, ("segments", segment.name, "rule")):
            problems += _unknown(document, place, rule, segments, known or Known())
    problems += _circles(document, segments, (known and known.deadlines) or {})
    if problems:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    return segments


def _rules(rule: Rule | None, loc: Loc) -> Iterator[tuple[Loc, Rule]]:
    """The rule and every rule within it, each with its place."""
    if rule is None:
        return
    yield loc, rule
    for index, part in enumerate(parts_of(rule)):
        yield from _rules(part, (*loc, next(iter(type(rule).model_fields)), index))


def _unknown(
    document: Document, loc: Loc, rule: Rule, segments: Collection[str], known: Known
) -> Iterator[Problem]:
    if isinstance(rule, Reads) and not is_language(rule.language):
        hint = nearest_language(rule.language)
        yield _problem(document, (*loc, "language"), f'"{rule.language}" is not a language.', hint)
    for place, what, name, choices in _named(rule, segments, known):
        if choices is not None and name not in choices:
            hint = nearest(name, choices) or f"No {what} is known at all."
            if what in OPEN and not (hint.startswith("Did") and _is_slip(what, name, choices)):
                continue
            yield _problem(document, (*loc, *place), f'"{name}" is not a known {what}.', hint)


def _is_slip(what: str, name: str, choices: Collection[str]) -> bool:
    return "role" not in what or bool(get_close_matches(name, choices, n=1, cutoff=SLIP))


Named = tuple[Loc, str, str, Collection[str] | None]
"""A name in a rule: its place, what it is called, the name, and what it may be."""


def _named(rule: Rule, segments: Collection[str], known: Known) -> Iterator[Named]:
    """Every name in one rule."""
    match rule:
        case InSegment():
            yield ("segment",), "group", rule.segment, segments
        case Submitted():
            yield ("submitted",), "deadline", rule.submitted, known.deadlines
        case Outstanding():
            yield ("outstanding",), "deadline", rule.outstanding, known.deadlines
        case Received():
            yield ("received",), "issue", rule.received, known.issues
        case NotReceived():
            yield ("not_received",), "issue", rule.not_received, known.issues
        case Subscribed():
            yield ("subscribed",), "newsletter", rule.subscribed, known.newsletters
        case HoldsRole():
            yield ("role",), "role", rule.role, known.roles
            if rule.of:
                yield ("of",), "subject of a role", rule.of, known.subjects
        case _:
            yield from _places(rule, known)


def _places(rule: Rule, known: Known) -> Iterator[Named]:
    match rule:
        case InRegion():
            yield ("region",), "region", rule.region, known.regions
        case PartyTo():
            yield ("party_to",), "treaty", rule.party_to, known.treaties
        case InCountry():
            for place, code in _one_or_more("country", rule.country):
                yield place, "country", code, known.countries
        case RangeStateOf():
            for place, name in _species(rule.range_state_of):
                yield place, "species", name, known.species


def _one_or_more(key: str, given: str | tuple[str, ...]) -> list[tuple[Loc, str]]:
    if isinstance(given, str):
        return [((key,), given)]
    return [((key, index), name) for index, name in enumerate(given)]


def _species(choice: str | SpeciesChoice) -> list[tuple[Loc, str]]:
    key = "range_state_of"
    if isinstance(choice, str):
        return [((key,), choice)]
    found = _one_or_more("any", choice.any or ()) + _one_or_more("all", choice.all or ())
    return [((key, *place), name) for place, name in found]


def _circles(
    document: Document, segments: Mapping[str, Segment], obliged: Mapping[str, str]
) -> Iterator[Problem]:
    """Each chain of groups that comes back to where it began, told once, at its first group; and each too long."""
    told: set[frozenset[str]] = set()
    ways = {name: tuple(next_groups(segment.rule, obliged)) for name, segment in segments.items()}
    lengths = chain_lengths(ways)
    for name in segments:
        if lengths.get(name) == MAX_CHAIN + 1:
            message = f"leads to more than {MAX_CHAIN} groups, one within the other."
            hint = "Write the rule that is meant, in place of a group that names another."
            yield _problem(document, ("segments", name, "rule"), message, hint)
        # A group whose chains all end is in no circle.
        chain = [] if name in lengths else chain_back(name, ways)
        groups = frozenset(group for group, _ in chain)
        if chain and groups not in told:
            told.add(groups)
            message = f"the groups go round in a circle: {name}{''.join(way for _, way in chain)}."
            yield _problem(
                document, ("segments", name, "rule"), message, "Take one of these out of the rules."
            )


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), RULE)
