"""The registers: countries, species and treaties as dated facts, over the names of the UN; names.yaml."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from mailer.audience.names import read_names
from mailer.audience.un_countries import un_countries
from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.base import Noun
from mailer.model.files import CountriesFile, NamesFile, SpeciesFile, TreatiesFile
from mailer.model.register import Country, Registers
from mailer.source import Document, Loc, field_path, is_zone, nearest_zone, read_noun

COUNTRIES_FILE = "countries.yaml"
SPECIES_FILE = "species.yaml"
TREATIES_FILE = "treaties.yaml"

MERGED = ("names", "formal", "in_text", "of", "in_", "parties", "confidence")
"""Fields of a country of which countries.yaml says only what it adds or changes."""

File = TypeVar("File", bound=Noun)


def read_registers(folder: Path, root: Path) -> Registers:
    """All registers of a recipients folder.

    Countries are those of the United Nations and the territories of ISO 3166-1; countries.yaml adds to them, and
    what it says of one wins, field by field. The others are empty where there is no file.

    ProblemsError with every problem of all: entries named twice, States, treaties and sources that nothing knows.
    """
    problems: list[Problem] = []
    treaties = _read(TreatiesFile, folder / TREATIES_FILE, root, problems)
    countries = _read(CountriesFile, folder / COUNTRIES_FILE, root, problems)
    species = _read(SpeciesFile, folder / SPECIES_FILE, root, problems)
    known = {entry.slug for entry in treaties[0].treaties} if treaties else None
    if treaties:
        problems += _about_treaties(*treaties)
    if countries:
        problems += _about_countries(*countries, known)
    merged = with_countries(countries[0].countries if countries else ())
    if species:
        problems += _about_species(*species, merged)
    names = _names(folder, root, problems)
    if problems:
        raise ProblemsError(problems)
    return Registers(
        merged,
        {entry.slug: entry for entry in species[0].species} if species else {},
        {entry.slug: entry for entry in treaties[0].treaties} if treaties else {},
        names.people,
        names.bodies,
    )


def _names(folder: Path, root: Path, problems: list[Problem]) -> NamesFile:
    try:
        return read_names(folder, root)
    except ProblemsError as error:
        problems += error.problems
        return NamesFile()


def with_countries(entries: Iterable[Country]) -> Mapping[str, Country]:
    """The countries of the United Nations with what `entries` say of them, and those that they add."""
    known = dict(un_countries())
    for entry in entries:
        base = known.get(entry.iso2)
        known[entry.iso2] = _laid_over(base, entry) if base else entry
    return known


def _laid_over(base: Country, entry: Country) -> Country:
    said = {name: getattr(entry, name) for name in entry.model_fields_set}
    for name in MERGED:
        if name in said:
            said[name] = {**getattr(base, name), **said[name]}
    return base.model_copy(update=said)


def _read(model: type[File], path: Path, root: Path, problems: list[Problem]) -> tuple[File, Document] | None:
    if not path.exists():
        return None
    try:
        return read_noun(model, path, shown(path, root))
    except ProblemsError as error:
        problems += error.problems
        return None


def _about_treaties(file: TreatiesFile, document: Document) -> Iterator[Problem]:
    names = [entry.slug for entry in file.treaties]
    for index, entry in enumerate(file.treaties):
        loc: Loc = ("treaties", index)
        yield from _twice(document, (*loc, "slug"), entry.slug, names[:index])
        if entry.under is not None:
            yield from _unknown_treaty(document, (*loc, "under"), entry.under, set(names) - {entry.slug})
        yield from _unknown_sources(document, loc, entry.sources, file.sources)


def _about_countries(
    file: CountriesFile, document: Document, treaties: Collection[str] | None
) -> Iterator[Problem]:
    codes = [entry.iso2 for entry in file.countries]
    for index, entry in enumerate(file.countries):
        loc: Loc = ("countries", index)
        yield from _twice(document, (*loc, "iso2"), entry.iso2, codes[:index])
        if entry.iso2 not in un_countries() and not (entry.iso3 and entry.names.get("en")):
            message = f'"{entry.iso2}" is no code of ISO 3166-1, and has no iso3 or no English name here.'
            hint = nearest(entry.iso2, un_countries())
            yield _problem(
                document, (*loc, "iso2"), message, hint or "Correct it, or give it iso3 and names.en."
            )
        if entry.timezone and not is_zone(entry.timezone):
            message = f'"{entry.timezone}" is not a time zone.'
            yield _problem(document, (*loc, "timezone"), message, nearest_zone(entry.timezone))
        for treaty, membership in entry.parties.items():
            place: Loc = (*loc, "parties", treaty)
            if treaties is not None:
                yield from _unknown_treaty(document, place, treaty, treaties)
            yield from _unknown_sources(document, place, membership.sources, file.sources)
        yield from _unknown_sources(document, loc, entry.sources, file.sources)


def _about_species(file: SpeciesFile, document: Document, known: Collection[str]) -> Iterator[Problem]:
    slugs = [entry.slug for entry in file.species]
    for index, entry in enumerate(file.species):
        loc: Loc = ("species", index)
        yield from _twice(document, (*loc, "slug"), entry.slug, slugs[:index])
        for position, held in enumerate(entry.range_states):
            place: Loc = (*loc, "range_states", position)
            if held.state not in known:
                message = f'"{held.state}" is not a country in the register.'
                yield _problem(document, place, message, nearest(held.state, known))
            yield from _unknown_sources(document, place, held.sources, file.sources)
        yield from _unknown_sources(document, loc, entry.sources, file.sources)


def _twice(document: Document, loc: Loc, name: str, before: Collection[str]) -> Iterator[Problem]:
    if name in before:
        yield _problem(document, loc, f'"{name}" is there twice.', "Keep one of the two.")


def _unknown_treaty(document: Document, loc: Loc, name: str, known: Collection[str]) -> Iterator[Problem]:
    if name not in known:
        yield _problem(document, loc, f'"{name}" is not in {TREATIES_FILE}.', nearest(name, known))


def _unknown_sources(
    document: Document, loc: Loc, named: tuple[str, ...], known: Mapping[str, str]
) -> Iterator[Problem]:
    for position, name in enumerate(named):
        if name not in known:
            message = f'"{name}" is not among the sources.'
            yield _problem(document, (*loc, "sources", position), message, nearest(name, known))


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), "file.value")
