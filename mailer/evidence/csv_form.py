"""The record as CSV (RFC 4180): UTF-8 with a byte order mark, a line a row, and the statement at its end.

Spreadsheets read UTF-8 in CSV only behind the mark. No cell has a line break, so a broken line is one broken row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from mailer.evidence.loose import MOST_ROWS, Line, Loose, linked_of, no_record
from mailer.evidence.record import FORM, TITLES, VERSION, Record
from mailer.source.formulas import guarded, unguarded

MARK = b"\xef\xbb\xbf"
END = b"\r\n"
SIGNATURE = "Signature"
HEAD = ",".join(TITLES.values()).encode()
STATEMENT = f"{FORM},{VERSION}".encode()
"""The line at which the statement begins."""
PAIR = 2


def to_csv(record: Record) -> bytes:
    """The record's bytes. `from_csv` reads exactly these."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(TITLES.values())
    writer.writerows([guarded(value) for value in row.values] for row in record.rows)
    writer.writerow(())
    writer.writerow((FORM, VERSION))
    pairs = (*record.statement.items(), (SIGNATURE, record.signature))
    writer.writerows((guarded(name), guarded(value)) for name, value in pairs)
    return MARK + written.getvalue().encode("utf-8")


def from_csv(content: bytes, shown: str) -> Loose:
    """What the bytes hold. MailerError where there is no statement: another file, or one that is cut off."""
    troubles: list[str] = []
    lines = content.removeprefix(MARK).split(END)
    if not content.startswith(MARK):
        troubles.append("line 1: its first three bytes are not those that were exported")
    start = _statement_at(lines, shown)
    if lines[0] != HEAD:
        troubles.append("line 1: the names of the columns are not those that were exported")
    end = start - 1 if start > 1 and not lines[start - 1] else start
    if end == start:
        troubles.append(f"line {start}: the empty line before the statement is not there")
    if end > MOST_ROWS:
        raise no_record(shown, f"it has {end:,} rows")
    rows = tuple(_line(number, lines[number - 1]) for number in range(2, end + 1))
    pairs: dict[str, str] = {}
    for number, line in enumerate(lines[start + 1 :], start + 2):
        values = _cells(line)
        if values is None or len(values) != PAIR or values[0] in pairs:
            if line or number < len(lines):
                troubles.append(f"line {number}: the statement was changed here")
        else:
            pairs[values[0]] = values[1]
    signature = pairs.pop(SIGNATURE, "")
    return Loose(rows, pairs, signature, tuple(troubles), content)


def _statement_at(lines: list[bytes], shown: str) -> int:
    for number, line in enumerate(lines):
        if line == STATEMENT:
            return number
    if lines[0] == HEAD:
        raise no_record(
            shown,
            f"it has rows and no statement after them; it ends at line {len(lines)}, cut off or changed",
            "Ask for the whole file; nothing in this one can be verified.",
        )
    raise no_record(shown, "it has neither its head nor its statement")


def _line(number: int, line: bytes) -> Line:
    values = _cells(line)
    linked = linked_of(values) if values is not None else None
    if linked is not None:
        return Line(f"line {number}", linked)
    what = "is not text" if values is None else f"has {len(values)} cells and not {len(TITLES)}"
    return Line(f"line {number}", None, what)


def _cells(line: bytes) -> list[str] | None:
    try:
        rows = list(csv.reader([line.decode("utf-8")], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(rows) > 1:
        return None
    return [unguarded(value) for value in _first(rows)]


def _first(rows: Iterable[list[str]]) -> list[str]:
    return next(iter(rows), [])
