"""Writing to SLUG.submissions.csv: lines at its end, or single cells, and nothing else in it changed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path

from mailer.audience.contradictions import contradictions
from mailer.audience.submissions import (
    COLUMNS,
    delimiter_of,
    log_bytes,
    names_of,
    submissions_in,
)
from mailer.audience.table import text_of
from mailer.config.workspace import shown
from mailer.errors import MailerError
from mailer.model.deadline import Deadline, Submission
from mailer.model.register import Country
from mailer.source import alone_in, write_atomically
from mailer.source.formulas import guarded, unguarded


def append_submissions(
    path: Path,
    root: Path,
    deadline: Deadline,
    new: Sequence[Submission],
    *,
    countries: Mapping[str, Country] | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Submission, ...]:
    """Add lines to a log, all or none of them, and return the whole log as it stands then.

    What was in the file stays byte for byte; two programs that add at once both have their say. MailerError where
    a line contradicts what is there, ProblemsError where the file cannot be read; nothing is written then.
    """
    with alone_in(path.parent):
        file = shown(path, root)
        content = log_bytes(path, file) or b""
        there = submissions_in(content, file, deadline, countries) if content else ()
        called = {**names_of(countries), **(names or {})}
        # What is in the file was found free of contradictions: all there are come from the new lines.
        told = list(contradictions((*there, *new), names=called))
        if told:
            message = " ".join(_capital(problem.message) for problem in told)
            raise MailerError(message, f"Nothing was written. What is recorded so far stands in {file}.")
        whole = content + _added(content, new, file)
        read = submissions_in(whole, file, deadline, countries)
        write_atomically(path, whole)
        return read


def change_cells(path: Path, root: Path, change: Callable[[str, str], str]) -> int:
    """Put in place of each cell what `change` makes of its column and words; in how many rows that is something new.

    All else stays byte for byte. ProblemsError where the file cannot be read; nothing is written then.
    """
    with alone_in(path.parent):
        file = shown(path, root)
        content = log_bytes(path, file) or b""
        text = text_of(content, file)
        mark = content[: len(content) - len(text.encode())]
        whole, rows = _changed(text, change)
        if rows:
            write_atomically(path, mark + whole.encode())
        return rows


def _changed(text: str, change: Callable[[str, str], str]) -> tuple[str, int]:
    delimiter = delimiter_of(text)
    # A cell, in quotes or not, and what ends it.
    cells = re.compile(rf'("(?:[^"]|"")*"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    head: list[str] = []
    out: list[str] = []
    row = at = 0
    rows: set[int] = set()
    for raw, end in (found.groups() for found in cells.finditer(text)):
        words = unguarded(_unquoted(raw).strip())
        if row == 0:
            head.append(words.lower())
        elif at < len(head) and (new := change(head[at], words)) != words:
            raw = _quoted(guarded(new), delimiter, always=raw.startswith('"'))  # noqa: PLW2901
            rows.add(row)
        out += (raw, end)
        row, at = (row, at + 1) if end == delimiter else (row + 1, 0)
    return "".join(out), len(rows)


def _unquoted(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') and raw.endswith('"') and len(raw) > 1 else raw


def _quoted(words: str, delimiter: str, *, always: bool) -> str:
    if always or any(sign in words for sign in (delimiter, '"', "\r", "\n")):
        return '"' + words.replace('"', '""') + '"'
    return words


def _added(content: bytes, new: Sequence[Submission], file: str) -> bytes:
    """The bytes to put after the content, written as it is written."""
    text = text_of(content, file)
    delimiter = delimiter_of(text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    head = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
    columns = [name.strip().lower() for name in head] or list(COLUMNS)
    rows = [_cells(entry) for entry in new]
    for name in COLUMNS:
        if name not in columns and any(cells[name] for cells in rows):
            raise MailerError(f'{file} has no column "{name}".', "Add it at the end of the first row.")
    out = StringIO()
    if text and not text.endswith(("\n", "\r")):
        out.write(line_end)
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    if not head:
        writer.writerow(COLUMNS)
    writer.writerows([guarded(cells.get(name, "")) for name in columns] for cells in rows)
    return out.getvalue().encode()


def _cells(entry: Submission) -> dict[str, str]:
    until = entry.until.isoformat() if entry.until else ""
    return {
        "who": entry.who,
        "what": entry.what.value,
        "on": entry.on.isoformat(),
        "until": until,
        "by": _one_line(entry.by),
        "note": _one_line(entry.note),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
