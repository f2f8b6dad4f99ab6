"""Which column of a list is which of ours: by its heading, in several languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailer.audience.exchange.grid import Grid, Line, Told, column_letter, short
from mailer.audience.exchange.heading_words import EITHER, WORDS

IGNORE = "ignore"
FULL_NAME = "full_name"
FIELDS = (
    "email",
    "other_emails",
    "title",
    "given_name",
    "family_name",
    FULL_NAME,
    "salutation",
    "language",
    "country",
    "organization",
    "roles",
    "subscriptions",
    "messages",
    "since",
    "note",
)
"""What `--map` may name, beside `ignore`."""
_SEARCHED = 40
"""Rows among which the head is looked for."""


def folded(heading: str) -> str:
    """A heading as it is compared: small letters and digits, without accents, brackets and what is in them."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", heading) if heading[:1] not in "([" else heading
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


_KNOWN: Mapping[str, str] = {
    **{folded(word): field for field, words in WORDS.items() for word in words.split("|")},
    **{folded(field): field for field in FIELDS},
}
_FAMILY_FIRST = frozenset(map(folded, ("ФИО", "Фамилия Имя Отчество", "Фамилия и имя", "Фамилия Имя")))
_OPEN = {folded(word): field for word, field in EITHER.items()}


def is_heading(text: str) -> bool:
    """Whether a column may be called so."""
    return len(text) <= 80 and field_of(text) is not None  # noqa: PLR2004


def field_of(heading: str) -> str | None:
    """The field that a heading names; of two languages ("Country / Pays") where both name the same."""
    key = folded(heading)
    if key in _KNOWN:
        return _KNOWN[key]
    if key in _OPEN:
        return FULL_NAME
    parts = {_KNOWN.get(folded(part), "") for part in re.split(r"[/|\n·–-]", heading) if part.strip()}
    return next(iter(parts)) or None if len(parts) == 1 else None


@dataclass(frozen=True, slots=True)
class Head:
    """The row of headings, and what each column holds."""

    row: int
    headings: tuple[str, ...]
    fields: Mapping[int, str]
    """Column, counted from 0 → field."""
    ignored: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def family_first(self) -> bool:
        """Whether the heading of whole names says that the family name stands first."""
        return any(folded(self.headings[column]) in _FAMILY_FIRST for column in self.columns_of(FULL_NAME))

    def columns_of(self, field: str) -> tuple[int, ...]:
        """The columns that hold it, from left to right."""
        return tuple(column for column, name in self.fields.items() if name == field)


def find_head(grid: Grid, given: Mapping[str, str]) -> Head | None:
    """The row among the first ones in which most headings are known, an address among them; None where there is none.

    `given` says which field a heading means, and wins over what the words mean.
    """
    asked = {folded(heading): field for heading, field in given.items()}
    best: tuple[int, Line] | None = None
    for line in grid.lines[:_SEARCHED]:
        if line.hidden:
            continue
        fields = _fields(line, asked)
        known = sum(1 for field in fields.values() if field != IGNORE)
        if "email" in fields.values() and (best is None or known > best[0]):
            best = known, line
    return _head(best[1], asked, grid) if best else None


def _fields(line: Line, asked: Mapping[str, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, cell in enumerate(line.cells):
        if not cell.text or len(cell.text) > 80 or "@" in cell.text:  # noqa: PLR2004
            continue
        field = asked.get(folded(cell.text)) or field_of(cell.text)
        if field:
            found[column] = field
    return found


def _head(line: Line, asked: Mapping[str, str], grid: Grid) -> Head:
    fields = _fields(line, asked)
    told: list[Told] = []
    _settle_names(line, fields, asked)
    for column in [column for column in fields if column in grid.hidden_columns]:
        told.append(Told(f"the column {_called(line, column)} is hidden: nothing in it was read."))
        del fields[column]
    for field in dict.fromkeys(fields.values()):
        columns = [column for column, name in fields.items() if name == field]
        for column in columns[1:] if field != IGNORE else ():
            if field in ("email", "other_emails"):
                fields[column] = "other_emails"
                text = f"the column {_called(line, column)} is taken for further addresses."
                told.append(Told(text, guess=True))
            else:
                del fields[column]
                text = (
                    f"the columns {_called(line, columns[0])} and {_called(line, column)} both say {field}: "
                    f"only the first is read. Say --map to choose."
                )
                told.append(Told(text, guess=True))
    if "roles" in fields.values():
        for column in [column for column, name in fields.items() if name == "since"]:
            text = f"{_called(line, column)} is taken for the day from which they are on file, not that of a role."
            told.append(Told(text, guess=True))
    headings = tuple(cell.text for cell in line.cells)
    skipped = {column for column in fields if fields[column] == IGNORE}
    ignored = tuple(
        short(text, 40)
        for column, text in enumerate(headings)
        if text and (column not in fields or column in skipped) and column not in grid.hidden_columns
    )
    kept = {column: field for column, field in fields.items() if column not in skipped}
    return Head(line.number, headings, kept, ignored, tuple(told))


def _settle_names(line: Line, fields: dict[int, str], asked: Mapping[str, str]) -> None:
    """ "Nom" is the family name where there is a "Prénom", and the whole name where there is none."""
    for column, field in list(fields.items()):
        key = folded(line.cell(column).text)
        if field == FULL_NAME and key in _OPEN and key not in asked:
            part = _OPEN[key]
            other = "given_name" if part == "family_name" else "family_name"
            if other in fields.values():
                fields[column] = part


def _called(line: Line, column: int) -> str:
    return f'{column_letter(column)} "{short(line.cell(column).text, 40)}"'


def columns_with_addresses(grid: Grid) -> list[tuple[int, int]]:
    """Columns in which addresses stand, and in how many rows; the fullest first."""
    counts: dict[int, int] = {}
    for line in grid.lines:
        for column, cell in enumerate(line.cells):
            if "@" in cell.text:
                counts[column] = counts.get(column, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])


def heading_above(grid: Grid, column: int) -> str:
    """The nearest words above the first address of a column: most likely its heading."""
    above = ""
    for line in grid.lines:
        text = line.cell(column).text
        if "@" in text:
            return above
        above = text or above
    return above


def unknown_fields(fields: Iterable[str]) -> Sequence[str]:
    """Those of the names that are no field."""
    return [field for field in fields if field not in FIELDS and field != IGNORE]
