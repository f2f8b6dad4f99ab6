"""A CSV file as a grid, with its delimiter found out."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import islice

from mailer.audience.exchange.anatomy import MAX_COLUMNS, MAX_ROWS
from mailer.audience.exchange.encodings import KNOWN, text_in
from mailer.audience.exchange.grid import Cell, Found, Grid, Line, Told, column_letter
from mailer.source.formulas import unguarded
from mailer.source.packed import refuse

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

_SAMPLE = 60
_FORMULA = re.compile(
    r"""[\s"]*(?:[=\uFF1D]|(?![+-][\d\s().,/+–-]*(?:(?:ext|x|доб)\b[.\s]*\d+)?\s*$|-[\s-])[+\-@\uFF0B\uFF0D\uFF20])"""
)
"""What a spreadsheet would run; but not a telephone number, a lone dash, or words between dashes."""
_NAMED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


def read_delimited(content: bytes, file: str, knows: Callable[[str], bool], encoding: str = "") -> Found:
    """A CSV file's rows, numbered by the line on which each begins.

    `knows` says whether a word is the heading of a column: it helps to find the delimiter. ProblemsError where the
    text cannot be read, or is too large.
    """
    text, used, example = text_in(content, file, encoding)
    told = []
    if example:
        words = f'looks like {KNOWN[used]}: it has "{example}". Say --encoding if that is wrong.'
        told.append(Told(words, guess=True))
    first_line = 1
    if named := _NAMED.match(text):
        text, first_line = text[named.end() :], 2
    delimiter = named[1] if named else _delimiter(text, knows)
    lines = tuple(_lines(text, delimiter, first_line, file))
    kind = f"CSV, {KNOWN[used]}, {DELIMITERS[delimiter]}"
    return Found((Grid(lines),), kind, tuple(told))


def _delimiter(text: str, knows: Callable[[str], bool]) -> str:
    """The one under which most headings are known, then most rows are as long as one another, then longest."""
    return max(DELIMITERS, key=lambda sign: _fit(text, sign, knows))


def _fit(text: str, delimiter: str, knows: Callable[[str], bool]) -> tuple[int, float, int]:
    try:
        rows = [row for row in islice(_reader(text, delimiter), _SAMPLE) if any(row)]
    except csv.Error:
        return 0, 0.0, 0
    if not rows:
        return 0, 0.0, 0
    named = max(sum(1 for cell in row if knows(cell)) for row in rows)
    lengths = [len(row) for row in rows]
    usual = max(set(lengths), key=lengths.count)
    even = lengths.count(usual) / len(lengths) if usual > 1 else 0.0
    return named, even, usual


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _lines(text: str, delimiter: str, first: int, file: str) -> Iterator[Line]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, filled = first, 0
    try:
        for row in reader:
            if any(row):
                filled += 1
                _bound(filled, len(row), number, file)
            yield Line(number, _cells(row, number))
            number = first + reader.line_num
    except csv.Error as error:
        message = f"is not valid CSV: {error}."
        raise refuse(file, message, "Look at the quotes in this row and above.", number) from error


def _cells(row: Sequence[str], number: int) -> tuple[Cell, ...]:
    return tuple(
        _cell(words.strip(" "), f"{column_letter(index)}{number}") for index, words in enumerate(row)
    )


def _cell(text: str, place: str) -> Cell:
    plain = unguarded(text)
    # Our own guard before it says that it is text. ="0042" is a program's way of writing text, and refused too.
    if plain == text and _FORMULA.match(text):
        return Cell(fault=f"{place} is a formula")
    return Cell(plain.strip())


def _bound(rows: int, columns: int, number: int, file: str) -> None:
    if rows > 2 * MAX_ROWS:
        raise refuse(file, f"has more than {2 * MAX_ROWS:,} rows.", "Split it.", number)
    if columns > MAX_COLUMNS:
        raise refuse(
            file, f"has more than {MAX_COLUMNS} columns.", "Take out those that are not needed.", number
        )
