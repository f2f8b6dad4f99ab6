"""The registers: countries.yaml and species.yaml as dated facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.base import Noun
from mailer.model.files import CountriesFile, SpeciesFile
from mailer.model.register import Registers
from mailer.source import Document, Loc, field_path, is_zone, nearest_zone, read_noun

COUNTRIES_FILE = "countries.yaml"
SPECIES_FILE = "species.yaml"

File = TypeVar("File", bound=Noun)


def read_registers(folder: Path, root: Path) -> Registers:
    """Both registers of a recipients folder; a register without a file is empty.

    ProblemsError with every problem of both: countries or species named twice, States that no register knows.
    """
    problems: list[Problem] = []
    countries = _read(CountriesFile, folder / COUNTRIES_FILE, root, problems)
    species = _read(SpeciesFile, folder / SPECIES_FILE, root, problems)
    if countries:
        problems += _about_countries(*countries)
    if species:
        known = {entry.iso2 for entry in countries[0].countries} if countries else None
        problems += _about_species(*species, known)
    if problems:
        raise ProblemsError(problems)
    return Registers(
        {entry.iso2: entry for entry in countries[0].countries} if countries else {},
        {entry.slug: entry for entry in species[0].species} if species else {},
    )


def _read(model: type[File], path: Path, root: Path, problems: list[Problem]) -> tuple[File, Document] | None:
    if not path.exists():
        return None
    try:
        return read_noun(model, path, shown(path, root))
    except ProblemsError as error:
        problems += error.problems
        return None


def _about_countries(file: CountriesFile, document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(file.countries):
        loc: Loc = ("countries", index)
        if entry.iso2 in seen:
            yield _problem(
                document, (*loc, "iso2"), f'"{entry.iso2}" is there twice.', "Keep one of the two."
            )
        seen.add(entry.iso2)
        if entry.timezone and not is_zone(entry.timezone):
            message = f'"{entry.timezone}" is not a time zone.'
            yield _problem(document, (*loc, "timezone"), message, nearest_zone(entry.timezone))
        yield from _unknown_sources(document, loc, entry.sources, file.sources)


def _about_species(file: SpeciesFile, document: Document, known: set[str] | None) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, entry in enumerate(file.species):
        loc: Loc = ("species", index)
        if entry.slug in seen:
            yield _problem(
                document, (*loc, "slug"), f'"{entry.slug}" is there twice.', "Keep one of the two."
            )
        seen.add(entry.slug)
        for position, code in enumerate(entry.range_states):
            if known is not None and code not in known:
                message = f'"{code}" is not in {COUNTRIES_FILE}.'
                yield _problem(document, (*loc, "range_states", position), message, nearest(code, known))
        yield from _unknown_sources(document, loc, entry.sources, file.sources)


def _unknown_sources(
    document: Document, loc: Loc, named: tuple[str, ...], known: dict[str, str]
) -> Iterator[Problem]:
    for position, name in enumerate(named):
        if name not in known:
            message = f'"{name}" is not among the sources.'
            yield _problem(document, (*loc, "sources", position), message, nearest(name, known))


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), "file.value")
