"""A stranger's file made people: opened, its columns mapped, its rows read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailer.audience.contact_cells import COLUMNS
from mailer.audience.exchange.bounds import kind_of
from mailer.audience.exchange.delimited import read_delimited
from mailer.audience.exchange.doubles import join_doubles
from mailer.audience.exchange.found import People
from mailer.audience.exchange.grid import Found, Grid, Told, short
from mailer.audience.exchange.headings import (
    Head,
    columns_with_addresses,
    field_of,
    find_head,
    folded,
    heading_above,
    is_heading,
)
from mailer.audience.exchange.incoming import read_rows
from mailer.audience.exchange.meanings import Meanings
from mailer.audience.exchange.memory import DayOrder, RememberedMap, remembered
from mailer.audience.exchange.own_workbook import is_ours, read_own
from mailer.audience.exchange.sheets import read_workbook
from mailer.errors import UsageError, nearest
from mailer.model.audience import Contact
from mailer.source import read_bytes
from mailer.source.packed import MAX_FILE, refuse

_OURS = frozenset({"email", "given_name", "family_name", "roles", "subscriptions"})
"""A file with all of these columns, and none that is not ours, was written by us."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said about the list."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Heading → our field, or `ignore`."""
    sheet: str = ""
    days: DayOrder | None = None
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it was read."""

    people: People
    kind: str
    """In words: "CSV, UTF-8, semicolons"."""
    whole: bool
    """It is ours: an empty cell says that there is nothing."""
    group: str = ""
    """The group that it was exported for."""
    sheet: str = ""
    head: Head | None = None
    """None of our own workbook."""
    days: DayOrder | None = None


def read_list(
    path: Path,
    choices: Choices,
    meanings: Meanings,
    standing: Sequence[Contact],
    maps: Sequence[RememberedMap] = (),
) -> Listing:
    """The people of a CSV or XLSX file, ours or a stranger's.

    ProblemsError where the file cannot be read at all; UsageError where somebody has to say which sheet or which
    column is meant. What concerns single rows is in the result.
    """
    file = path.name
    found = _open(path, choices, maps)
    if is_ours(found) and not choices.sheet:
        meant = replace(meanings, day_first=_day_first(choices.days))
        people = read_own(found, meant, standing)
        if people is not None:
            people.told[:0] = found.told
            return Listing(join_doubles(people, ours=True), "our own workbook", whole=True, group=found.group)
    grid, head, known = _choose(found, choices, maps, file)
    days = choices.days or (known.days if known else None)
    whole = _is_our_csv(head, grid)
    people = read_rows(grid, head, replace(meanings, day_first=_day_first(days)), whole=whole)
    people.told[:0] = [*found.told, *head.told]
    if known and (known.columns or known.days):
        people.told.insert(0, Told("columns are read as the last time (import-maps.yaml)."))
    return Listing(join_doubles(people, ours=whole), found.kind, whole, "", grid.name, head, days)


def _day_first(days: DayOrder | None) -> bool | None:
    return None if days is None else days == "day-first"


def _open(path: Path, choices: Choices, maps: Sequence[RememberedMap]) -> Found:
    content = read_bytes(path, path.name, MAX_FILE)
    if kind_of(content, path.name) == "xlsx":
        return read_workbook(content, path.name)
    asked = {folded(heading) for heading in choices.columns}
    asked |= {folded(heading) for entry in maps for heading in entry.columns}
    return read_delimited(
        content, path.name, lambda text: is_heading(text) or folded(text) in asked, choices.encoding
    )


def _choose(
    found: Found, choices: Choices, maps: Sequence[RememberedMap], file: str
) -> tuple[Grid, Head, RememberedMap | None]:
    """The sheet that holds the list, its head, and what is remembered of such a list."""
    grids = [grid for grid in found.grids if choices.sheet in ("", grid.name)]
    if not grids and choices.sheet:
        raise UsageError(
            f'{file} has no visible sheet "{choices.sheet}" with anything in it.',
            nearest(choices.sheet, [grid.name for grid in found.grids]),
        )
    fitting = []
    for grid in grids:
        known = _remembered(grid, maps)
        head = find_head(grid, {**(known.columns if known else {}), **choices.columns})
        if head is not None:
            fitting.append((grid, head, known))
    if len(fitting) > 1:
        names = ", ".join(f'"{grid.name}"' for grid, _, _ in fitting)
        raise UsageError(
            f"{file} has several sheets with addresses: {names}.", "Say which with --sheet NAME."
        )
    if not fitting:
        raise _no_head(grids, file)
    grid, head, known = fitting[0]
    _all_there(head, choices)
    return grid, head, known


def _remembered(grid: Grid, maps: Sequence[RememberedMap]) -> RememberedMap | None:
    for line in grid.lines[:40]:
        texts = [cell.text for cell in line.cells if cell.text]
        if texts and (entry := remembered(maps, texts)):
            return entry
    return None


def _no_head(grids: Sequence[Grid], file: str) -> Exception:
    for grid in grids:
        for column, count in columns_with_addresses(grid)[:1]:
            heading = heading_above(grid, column)
            if heading and not (count == 1 and field_of(heading)):
                called = short(heading, 40)
                message = f'{file}: addresses stand under "{called}", which is not known to be their heading.'
                return UsageError(message, f'Say so: --map "{called}=email".')
            hint = "Put a row of headings above the list: Email, Given name, Family name, Country, …"
            return refuse(
                file, "has addresses, but no row of headings above them.", hint, grid.lines[0].number
            )
    return refuse(file, "has no addresses in it, on any visible sheet.", "See that it is the right file.")


def _all_there(head: Head, choices: Choices) -> None:
    there = {folded(text): text for text in head.headings if text}
    for heading in choices.columns:
        if folded(heading) not in there:
            raise UsageError(f'The list has no column "{heading}".', nearest(heading, there.values()))


def _is_our_csv(head: Head, grid: Grid) -> bool:
    names = {text for text in head.headings if text}
    return not grid.name and names >= _OURS and names <= set(COLUMNS)
