"""What a sheet says beyond its values: sizes, what is hidden, merged or struck out within a cell or by a rule.

It is read piece by piece, and first, so that nothing large is ever loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from mailer.audience.exchange.striking_rules import (
    NEWER_RULES,
    RULES,
    rows_within,
    strikes,
    struck_cells,
)
from mailer.source.packed import DAMAGE, refuse

MAX_ROWS = 100_000
MAX_ROW_MARKS = 300_000
"""Rows that the file mentions, also those in which nothing stands."""
MAX_ROW_NUMBER = 1_048_576
"""The last row that a sheet can have."""
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
MAX_MERGES = 20_000
LEAST_HEIGHT = 2
"""Points; of lower rows nobody can read a word."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _COLUMN, _MERGE = f"{_MAIN}row", f"{_MAIN}col", f"{_MAIN}mergeCell"
_VALUE, _INLINE, _FORMULA = f"{_MAIN}v", f"{_MAIN}is", f"{_MAIN}f"
_TAKEN = (_ROW, _COLUMN, _MERGE, f"{_MAIN}filterColumn", RULES, NEWER_RULES)

_SPLIT = "Copy the rows that count into a new workbook, or save the sheet as CSV UTF-8."
_END = re.compile(r"\$?([A-Z]{1,3})?\$?([0-9]{1,7})?")
_REF = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")

Pieces = list[tuple[str, bool | None]]
"""The words of a cell, each with whether they are struck out; None: as the whole cell is."""


@dataclass(frozen=True, slots=True)
class Block:
    """A merged block of cells; rows from 1, columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int


@dataclass(slots=True)
class Anatomy:
    """One sheet's form."""

    columns: int = 0
    """How many have anything in them."""
    last_row: int = 0
    """The last in which anything stands."""
    row: int = 0
    """The last that was read."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    blocks: list[Block] = field(default_factory=list)
    rich: dict[tuple[int, int], Pieces] = field(default_factory=dict)
    """Cells whose words are of several kinds, where the sheet itself holds them."""
    filtered: bool = False
    struck_by_rule: list[Block] = field(default_factory=list)
    """What a rule may strike out."""
    filled_rows: set[int] = field(default_factory=set)
    cells: int = 0
    marks: int = 0
    merged: int = 0
    """How many rows merged cells reach into, added up."""

    @property
    def doubtful_rows(self) -> frozenset[int]:
        """Rows of which something may be struck out by a rule."""
        spans = ((b.first_row, b.last_row) for b in self.struck_by_rule if b.first_column < self.columns)
        return frozenset(rows_within(spans, self.last_row))


def read_anatomy(
    opened: Callable[[], IO[bytes]], file: str, sheet: str, striking: frozenset[str] = frozenset()
) -> Anatomy:
    """The form of a sheet; `striking` are the styles by which rules strike out.

    ProblemsError where it is too large, or no sheet.
    """
    from lxml import etree

    found = Anatomy()
    try:
        with opened() as part:
            # The parts' beginnings have been read: there is no DOCTYPE in any, so nothing to resolve.
            for _, element in etree.iterparse(
                part, tag=_TAKEN, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
            ):
                if element.tag in (RULES, NEWER_RULES):
                    refs = struck_cells(element, striking)
                    found.struck_by_rule += filter(None, map(cells_of, refs))
                else:
                    _take(found, element, file, sheet)
                element.clear()
                around = element.getparent()
                while around is not None and len(around) > 1:
                    del around[0]
    except (etree.LxmlError, *DAMAGE) as error:
        raise refuse(
            file, f'is damaged: the sheet "{sheet}" cannot be read.', "Open and save it again."
        ) from error
    return found


def _take(found: Anatomy, element: Any, file: str, sheet: str) -> None:
    name = element.tag
    if name == _ROW:
        found.marks += 1
        _row(found, element)
        _bound(found, file, sheet)
    elif name == _COLUMN:
        if _is_hidden(element):
            first, last = int(element.get("min", 1)), int(element.get("max", 1))
            found.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS + 1)))
    elif name == _MERGE:
        if block := block_of(element.get("ref", "")):
            found.blocks.append(block)
            found.merged += max(block.last_row - block.first_row, 0)
            if len(found.blocks) > MAX_MERGES or found.merged > 2_000_000:  # noqa: PLR2004
                raise refuse(file, f'has too many merged cells in the sheet "{sheet}".', _SPLIT)
    else:
        found.filtered = True


def _bound(found: Anatomy, file: str, sheet: str) -> None:
    for number, most, what in (
        (len(found.filled_rows), MAX_ROWS, "rows"),
        (max(found.marks, found.last_row), MAX_ROW_MARKS, "rows, most of them empty,"),
        (found.columns, MAX_COLUMNS, "columns"),
        (found.cells, MAX_CELLS, "cells"),
    ):
        if number > most:
            raise refuse(file, f'has more than {most:,} {what} in the sheet "{sheet}".', _SPLIT)


def _row(found: Anatomy, row: Any) -> None:
    number = int(row.get("r") or found.row + 1)
    if number <= found.row:
        raise ValueError(number)  # What stands in a row that is out of its order would be passed over.
    found.row = number
    column = -1
    filled = 0
    for cell in row:
        given = _REF.fullmatch(cell.get("r") or "")
        column = column_number(given[1]) if given else column + 1
        tags = [child.tag for child in cell]
        if _VALUE in tags or _INLINE in tags or _FORMULA in tags:
            filled += 1
            found.columns = max(found.columns, column + 1)
        if _INLINE in tags and (pieces := list(_inline(cell))):
            found.rich[number, column] = pieces
    found.cells += filled
    if filled:
        found.filled_rows.add(number)
        found.last_row = max(found.last_row, number)
    if row.get("hidden") in ("1", "true") or _is_flat(row):
        found.hidden_rows.add(number)


def _inline(cell: Any) -> Iterator[tuple[str, bool | None]]:
    for text in cell:
        for run in text:
            if run.tag == f"{_MAIN}r":
                words = "".join(part.text or "" for part in run if part.tag == f"{_MAIN}t")
                own = [part for part in run if part.tag == f"{_MAIN}rPr"]
                yield words, strikes(own[0]) if own else None


def _is_hidden(column: Any) -> bool:
    # A column of no width is hidden by hand.
    try:
        flat = float(column.get("width", 1)) == 0
    except ValueError:
        flat = False
    return flat or column.get("hidden", "0") in ("1", "true")


def _is_flat(row: Any) -> bool:
    """Whether a row is too low to show anybody a word, by its height in points (ISO/IEC 29500-1 18.3.1.73)."""
    height = row.get("ht")
    if height is None:
        # What openpyxl writes of a height of 0: that somebody set it, and not to what.
        return row.get("customHeight") in ("1", "true")
    try:
        return float(height) < LEAST_HEIGHT
    except ValueError:
        return False


def block_of(ref: str) -> Block | None:
    """The block that `B3:B6` names; None where it names none."""
    found = _REF.fullmatch(ref)
    if not found or not found[3]:
        return None
    return Block(int(found[2]), int(found[4]), column_number(found[1]))


def cells_of(ref: str) -> Block | None:
    """The same, also of a single cell, of whole columns and of whole rows: `B3`, `A:F`, `4:9`."""
    first, _, last = ref.partition(":")
    ends = [_END.fullmatch(first), _END.fullmatch(last or first)]
    if ends[0] is None or ends[1] is None:
        return None
    return Block(int(ends[0][2] or 1), int(ends[1][2] or MAX_ROW_NUMBER), column_number(ends[0][1] or "A"))


def column_number(letters: str) -> int:
    """The column that a spreadsheet calls A, B, … counted from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
