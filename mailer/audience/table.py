"""A CSV file as rows of text under known columns, with every fault of its form."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from mailer.errors import Problem, ProblemsError, nearest
from mailer.source.formulas import unguarded

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what follows them (UAX #9): by them a name or an address shows as another. The
marks U+200E and U+200F turn nothing, and stand in Arabic and Hebrew names by right.
"""

_MAX_ROW = 10_000
_BOMS = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """A row's cells by column, each without the space around it. `number` is its line, the head being 1.

    An apostrophe that only keeps a spreadsheet from running the cell is no part of it.
    """

    number: int
    cells: dict[str, str]


def text_of(content: bytes, file: str) -> str:
    """UTF-8 bytes as text. ProblemsError naming the row, and the encoding that it looks like."""
    if content.startswith(_BOMS):
        raise ProblemsError([_problem(file, 1, "is UTF-16 text.", "Save it as CSV UTF-8.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text; it looks like {_likely_encoding(content)}."
        hint = "Save it again as CSV UTF-8, and look whether names with accents are right."
        raise ProblemsError([_problem(file, row, message, hint)]) from error


def rows_of(
    text: str, file: str, columns: Sequence[str], needed: Sequence[str], *, delimiter: str = ","
) -> Iterator[Row | Problem]:
    """Every row in order, or what is wrong with it. ProblemsError where the head cannot be used."""
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=delimiter)
    line = 1
    head: list[str] | None = None
    try:
        for cells in reader:
            if head is None:
                head = _head(cells, file, columns, needed)
            elif any(cells):
                yield _row(line, cells, head, file)
            line = reader.line_num + 1
    except csv.Error as error:
        yield _problem(file, line, f"is not valid CSV: {error}.", "Look at the quotes in this row.")
    if head is None:
        raise ProblemsError([_problem(file, 1, "is empty.", f"Its first row is: {','.join(columns)}")])


def head_of(text: str, file: str, columns: Sequence[str], needed: Sequence[str]) -> list[str]:
    """The columns in the order of the file. ProblemsError where the head cannot be used."""
    cells = next(csv.reader(StringIO(text, newline=""), strict=True), [])
    return _head(cells, file, columns, needed)


def _row(line: int, cells: list[str], head: list[str], file: str) -> Row | Problem:
    if len(cells) != len(head):
        message = f"has {len(cells)} cells, where the head has {len(head)}."
        return _problem(file, line, message, "Put a cell with a comma in it in quotes.")
    whole = "".join(cells)
    # Whatever is a control sign is not printable either, and that is the quicker question.
    if len(whole) > _MAX_ROW or (not whole.isprintable() and CONTROL.search(whole)):
        return _bad_cell(line, cells, head, file)
    values = map(str.strip, cells)
    return Row(line, dict(zip(head, map(unguarded, values) if "'" in whole else values, strict=True)))


def _bad_cell(line: int, cells: list[str], head: list[str], file: str) -> Problem:
    # Space around a cell is nobody's wish; a line break within is somebody's mistake, or worse.
    for name, cell in zip(head, cells, strict=True):
        if CONTROL.search(cell):
            what = "a line break" if "\n" in cell or "\r" in cell else "a control sign"
            hint = "Write it on one line; see that every quote is closed."
            if what != "a line break" and TURNING.search(cell):
                what, hint = "an unseen sign that turns the direction of the text", "Type the cell anew."
            return _problem(file, line, f"holds {what}.", hint, name)
    longest = max(zip(head, cells, strict=True), key=lambda pair: len(pair[1]))[0]
    return _problem(file, line, "is far too long.", "See that every quote is closed.", longest)


def _head(cells: list[str], file: str, columns: Sequence[str], needed: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(cells) == 1 and sign in cells[0]:
            problem = _problem(file, 1, f"has {called} between its columns.", "Save it with commas.")
            raise ProblemsError([problem])
    problems = []
    for name in dict.fromkeys(names):
        if name not in columns:
            shown = name if len(name) <= 40 else name[:39] + "…"  # noqa: PLR2004
            hint = _nearest_column(name, [column for column in columns if column not in names])
            problems.append(_problem(file, 1, f'"{shown}" is not a column here.', hint))
        elif names.count(name) > 1:
            problems.append(_problem(file, 1, f'the column "{name}" is there twice.', "Keep one of them."))
    for name in needed:
        if name not in names:
            hint = f"The first row is: {','.join(columns)}"
            problems.append(_problem(file, 1, f'the column "{name}" is missing.', hint))
    if problems:
        raise ProblemsError(problems)
    return names


_OFTEN = {
    "first_name": "given_name",
    "firstname": "given_name",
    "forename": "given_name",
    "last_name": "family_name",
    "lastname": "family_name",
    "surname": "family_name",
    "mail": "email",
    "address": "email",
}
"""What other tools call columns, where spelling alone would lead astray."""


def _nearest_column(name: str, free: Sequence[str]) -> str:
    meant = _OFTEN.get(name.replace(" ", "_"), "")
    return f'Did you mean "{meant}"?' if meant in free else nearest(name, free)


def _likely_encoding(content: bytes) -> str:
    """A guess between the two that spreadsheets write: Cyrillic words are runs of high bytes, accents are not."""
    high = re.findall(rb"[\x80-\xff]+", content[:1_000_000])
    in_runs = sum(len(run) for run in high if len(run) > 1)
    if in_runs * 2 > sum(len(run) for run in high):
        return "Windows-1251 (Cyrillic)"
    return "Windows-1252 (Western European)"


def _problem(file: str, line: int, message: str, hint: str, field: str = "") -> Problem:
    return Problem(message, hint, file, line, field, "file.csv")
