"""segments.yaml: the groups, every name in them known and none going round in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Contact,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    PartyTo,
    RangeStateOf,
    Rule,
    Segment,
    SpeciesChoice,
)
from mailer.model.files import SegmentsFile
from mailer.model.register import Registers
from mailer.source import Document, Loc, field_path, read_noun

RULE = "file.segments"


@dataclass(frozen=True, slots=True)
class Known:
    """The names that rules may use. None: cannot be told, so anything goes."""

    countries: Collection[str] | None = None
    regions: Collection[str] | None = None
    species: Collection[str] | None = None
    treaties: Collection[str] | None = None
    roles: Collection[str] | None = None
    subjects: Collection[str] | None = None

    @classmethod
    def from_files(cls, registers: Registers, contacts: tuple[Contact, ...] | None) -> Known:
        """What the registers name and, where there are contacts, the roles that they hold."""
        countries = registers.countries.values()
        treaties = {treaty for country in countries for treaty in country.parties}
        held = {(role.name, role.subject) for contact in contacts or () for role in contact.roles}
        subjects = {subject for _, subject in held if subject} | treaties | registers.species_names()
        return cls(
            countries=frozenset(registers.countries),
            regions={country.region for country in countries if country.region},
            species=registers.species_names(),
            treaties=treaties,
            roles={name for name, _ in held} or None,
            subjects=subjects if held else None,
        )


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
    problems += _circles(document, segments)
    if problems:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    return segments


def _rules(rule: Rule | None, loc: Loc) -> Iterator[tuple[Loc, Rule]]:
    """The rule and every rule within it, each with its place."""
    if rule is None:
        return
    yield loc, rule
    for key, parts in _parts(rule):
        for index, part in enumerate(parts):
            yield from _rules(part, (*loc, key, index))


def _parts(rule: Rule) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    match rule:
        case AllOf():
            yield "all", rule.all
        case AnyOf():
            yield "any", rule.any
        case NoneOf():
            yield "none", rule.none
        case _:
            return


def _unknown(
    document: Document, loc: Loc, rule: Rule, segments: Collection[str], known: Known
) -> Iterator[Problem]:
    for place, what, name, choices in _named(rule, segments, known):
        if choices is not None and name not in choices:
            hint = nearest(name, choices) or f"No {what} is known at all."
            yield _problem(document, (*loc, *place), f'"{name}" is not a known {what}.', hint)


def _named(
    rule: Rule, segments: Collection[str], known: Known
) -> Iterator[tuple[Loc, str, str, Collection[str] | None]]:
    """Every name in one rule: its place, what it is called, the name, and what it may be."""
    match rule:
        case InSegment():
            yield ("segment",), "group", rule.segment, segments
        case InRegion():
            yield ("region",), "region", rule.region, known.regions
        case PartyTo():
            yield ("party_to",), "treaty", rule.party_to, known.treaties
        case HoldsRole():
            yield ("role",), "role", rule.role, known.roles
            if rule.of:
                yield ("of",), "subject of a role", rule.of, known.subjects
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


def _circles(document: Document, segments: Mapping[str, Segment]) -> Iterator[Problem]:
    """Each chain of groups that comes back to where it began, told once, at its first group."""
    told: set[frozenset[str]] = set()
    for name in segments:
        chain = _chain_back(name, segments)
        if chain and frozenset(chain) not in told:
            told.add(frozenset(chain))
            message = f"the groups go round in a circle: {' → '.join(chain)}."
            yield _problem(
                document, ("segments", name, "rule"), message, "Take one of these out of the rules."
            )


def _chain_back(name: str, segments: Mapping[str, Segment]) -> list[str]:
    """The shortest way from a group through others back to itself; empty where there is none."""
    ways = [[name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        segment = segments.get(way[-1])
        for _, rule in _rules(segment.rule if segment else None, ()):
            if isinstance(rule, InSegment):
                if rule.segment == name:
                    return [*way, name]
                if rule.segment not in seen:
                    seen.add(rule.segment)
                    ways.append([*way, rule.segment])
    return []


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), RULE)
