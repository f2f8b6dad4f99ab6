"""A list as it was found: rows of cells, with what a spreadsheet says beyond its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MARK, GROUP_MARK, CHOICES = "mailer-contacts", "mailer-group", "Lists"
"""How we know our own workbook: two properties of it (the second names the group that it was made for), and the
hidden sheet of choices."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what stands in it, and what was struck out of it."""

    text: str = ""
    """Without what is struck out, and without the space around it."""
    day: date | None = None
    """The day, where the cell is a date and no text that looks like one."""
    struck: str = ""
    """The words that are struck out."""
    fault: str = ""
    """Why the cell cannot be taken: "is a formula"."""

    @property
    def gone(self) -> bool:
        """Whether all that stood in it is struck out."""
        return bool(self.struck) and not self.text


NO_CELL = Cell()


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list, under its own number."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    doubtful: bool = False
    """Whether a rule of the sheet may strike it out."""

    def cell(self, column: int) -> Cell:
        """The cell of that column, counted from 0; an empty one beyond the end."""
        return self.cells[column] if column < len(self.cells) else NO_CELL

    @property
    def filled(self) -> tuple[int, ...]:
        """The columns in which anything stands."""
        return tuple(index for index, cell in enumerate(self.cells) if cell.text or cell.struck or cell.fault)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a person should know about how the list was read."""

    text: str
    row: int | None = None
    guess: bool = False
    """Taken to be so, and worth a look."""
    sheet: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.sheet, f"row {self.row}" if self.row else "") if part)
        return f"{place}: {self.text}" if place else self.text


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet, or a whole CSV file."""

    lines: tuple[Line, ...]
    name: str = ""
    """The sheet's name; "" of a CSV file."""
    hidden_columns: frozenset[int] = frozenset()
    told: tuple[Told, ...] = ()
    filtered: bool = False
    """A filter is on, which hides rows too."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was read: its sheets, and how its bytes were understood."""

    grids: tuple[Grid, ...]
    kind: str
    """In words: "CSV, UTF-8, semicolons"; "Excel workbook"."""
    told: tuple[Told, ...] = ()
    group: str = ""
    """The group that the workbook was exported for, where it is ours and says so."""


def column_letter(column: int) -> str:
    """What a spreadsheet calls the column, counted from 0: A, B, … Z, AA."""
    letters = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def short(text: str, most: int = 60) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def rows_in_words(rows: Sequence[int]) -> str:
    """`row 4`; `rows 4 and 9`; `rows 4, 9 and 12`."""
    numbers = [str(row) for row in rows]
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    return f"rows {', '.join(numbers[:-1])} and {numbers[-1]}"
