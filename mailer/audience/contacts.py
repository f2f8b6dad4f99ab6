"""contacts.csv: the people who may be written to, read and written back."""

from __future__ import annotations

import csv
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from mailer.audience.addresses import normalise
from mailer.audience.contact_cells import COLUMNS, FIRST_COLUMNS, contact_cells
from mailer.audience.contact_rows import RULE, ContactRows
from mailer.audience.duplicates import duplicates
from mailer.audience.table import head_of, rows_of, text_of
from mailer.config.workspace import shown
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.audience import Contact
from mailer.model.register import Registers
from mailer.source import read_bytes, write_atomically
from mailer.source.formulas import guarded

__all__ = ["COLUMNS", "contact_cells", "read_contacts", "write_contacts"]

MAX_BYTES = 64_000_000
MAX_PROBLEMS = 200
BOM = "\ufeff"


def read_contacts(
    path: Path, root: Path, registers: Registers, form_of: Callable[[str], str] = normalise
) -> tuple[Contact, ...]:
    """Everybody in a contacts file, in its order. ProblemsError with every problem at its row.

    UTF-8 with or without a byte order mark, commas; columns may stand in any order, only `email` must be there.
    Countries are tested against the register, where it knows any. `form_of` gives the one form of an address.
    """
    file = shown(path, root)
    return _people(text_of(read_bytes(path, file, MAX_BYTES), file), file, registers, form_of)


def write_contacts(path: Path, contacts: Iterable[Contact]) -> None:
    """Write these people, in their order, in place of the file: all of them, or nothing.

    A row that says the same as before stays as it stands, as do the order of the columns, the byte order mark and
    the line ends; a column is added where somebody needs it. Cells that a spreadsheet would run are guarded.
    ProblemsError where the file that is there cannot be read, or where these people could not be read back from
    what would be written; MailerError where they would be others.
    """
    people = tuple(contacts)
    file = path.name
    before = text_of(read_bytes(path, file, MAX_BYTES), file) if path.exists() else ""
    text = _text(people, before, file)
    if _people(text, file, Registers()) != people:
        raise MailerError(f"{file} was not written: what was to be written is not what would be read.")
    mark = BOM if path.exists() and path.read_bytes().startswith(BOM.encode()) else ""
    write_atomically(path, (mark + text).encode("utf-8"))


def _people(
    text: str, file: str, registers: Registers, form_of: Callable[[str], str] = normalise
) -> tuple[Contact, ...]:
    reading = ContactRows(file, registers, form_of)
    with _no_collecting():
        contacts = tuple(reading.contacts(rows_of(text, file, COLUMNS, ("email",))))
    twice = [
        Problem(message, hint, file, contact.row, field, RULE)
        for contact, field, message, hint in duplicates(contacts)
    ]
    problems = [*reading.problems, *twice]
    if problems:
        raise ProblemsError(_at_most(sorted(problems, key=lambda problem: problem.line or 0), file))
    return contacts


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Within, nobody looks for garbage: reading makes none, and each look would walk everybody read so far."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _text(people: Sequence[Contact], before: str, file: str) -> str:
    """The new text; `before` is the old one, or ""."""
    lines = list(StringIO(before, newline=""))
    ends = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    old = {contact.row: contact for contact in _people(before, file, Registers())} if before else {}
    there = head_of(before, file, COLUMNS, ("email",)) if before else list(FIRST_COLUMNS)
    cells = [contact_cells(contact) for contact in people]
    head = there + [name for name in COLUMNS if name not in there and any(row[name] for row in cells)]
    out = StringIO()
    writer = csv.writer(out, lineterminator=ends)
    added = "," * (len(head) - len(there))
    if before and not added:
        out.write(lines[0].rstrip("\r\n") + ends)
    else:
        writer.writerow(head)
    for contact, row in zip(people, cells, strict=True):
        values = [guarded(row[name]) for name in head]
        if contact.row is not None and old.get(contact.row) == contact and values == [*map(row.get, head)]:
            # Every row that can be read is one line: a line break in a cell is refused.
            out.write(lines[contact.row - 1].rstrip("\r\n") + added + ends)
        else:
            writer.writerow(values)
    return out.getvalue()


def _at_most(problems: list[Problem], file: str) -> list[Problem]:
    if len(problems) <= MAX_PROBLEMS:
        return problems
    rest = len(problems) - MAX_PROBLEMS
    more = Problem(f"and {rest} more problems.", "Mend these first.", file, rule=RULE)
    return [*problems[:MAX_PROBLEMS], more]
