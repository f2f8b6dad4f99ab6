"""A record of notice: its rows, the chain through them, and the statement that is signed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

FORM = "Record of notice"
VERSION = "1"
LIMIT = 8_000
"""Signs of a cell; a spreadsheet holds 32,767."""
CHECK_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One mail as the record tells it. Every cell is text, on one line, as a reader of the file sees it."""

    number: str
    """From 1, without a gap: a row that is taken out leaves one."""
    sending: str
    country: str
    role: str
    """The role that the person held on the day of the sending."""
    person: str
    address: str
    language: str
    what: str
    """The issue; or the deadline, its due date, the step and what was owed."""
    when: str
    """When the mail service answered, in UTC."""
    became: str
    """"taken over by NAME", refused, in doubt, left out …; as it stood when the sending was finished."""
    answer: str
    """What the mail service answered."""
    later: str
    """What people decided after the sending was finished, of a mail in doubt."""
    bounced: str
    answered: str
    """What the reader answered, when, and who recorded it."""
    handed_in: str
    """When that of which a reminder spoke came in."""
    message_id: str
    """Made by the ledger's key from the address and what the mail was for: it stands for both."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells in the order of `COLUMNS`."""
        return tuple(getattr(self, column) for column in COLUMNS)

    @property
    def lasting(self) -> tuple[str, ...]:
        """What never changes once the sending is finished, in the order of `LASTING`."""
        return lasting_of(self.cells)

    @property
    def was_reached(self) -> bool:
        """Whether the mail was taken over, then or later, and nothing has been heard to the contrary."""
        return self.was_taken_over and not self.bounced

    @property
    def was_taken_over(self) -> bool:
        """Whether the mail service took it over, at once or when it was sent again."""
        return self.became.startswith(TAKEN_OVER) or TAKEN_OVER in self.later


TAKEN_OVER = "taken over"
COLUMNS = tuple(field.name for field in fields(Row))
LASTING = ("message_id", "language", "when", "became", "answer")
"""What a forgotten person leaves. Their address goes, and the Message-ID, a keyed hash of it, stays; of the answer
only the code counts, since its words may quote the address."""
_CODE = re.compile(r"\d{3}(?: \d\.\d{1,3}\.\d{1,3})?(?!\S)")
TITLES: Mapping[str, str] = {
    "number": "No.",
    "sending": "Sending",
    "country": "Country",
    "role": "Role on the day",
    "person": "Person",
    "address": "Address",
    "language": "Language",
    "what": "What",
    "when": "When (UTC)",
    "became": "What became of it",
    "answer": "The mail service's answer",
    "later": "Decided later",
    "bounced": "Bounced",
    "answered": "Answered",
    "handed_in": "Handed in",
    "message_id": "Message-ID",
    "checks": "Checks",
    "hash": "Hash",
}
"""Column → what stands above it. The last two are for `mailer verify`."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A row as the file has it: with what finds a changed cell, and with its link of the chain."""

    cells: tuple[str, ...]
    checks: str
    """Four digits a cell: they find the cell that was changed. What proves it is the hash."""
    hash: str

    @property
    def values(self) -> tuple[str, ...]:
        """All that stands in the row, in the order of `TITLES`."""
        return (*self.cells, self.checks, self.hash)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of notice, signed."""

    rows: tuple[Linked, ...]
    summary: tuple[tuple[str, ...], ...]
    """A line a country, for the first sheet of a workbook."""
    statement: Mapping[str, str]
    """What is signed: which sendings, how many rows, the chain's head, and what dispatches.yaml notes."""
    signature: str


def clean(text: str) -> str:
    """The text on one line, without signs that a file or a spreadsheet could lose."""
    if text.isprintable():
        return " ".join(text.split())[:LIMIT]
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:LIMIT]


def lasting_of(cells: Sequence[str]) -> tuple[str, ...]:
    """What never changes of a row, of its cells."""
    named = dict(zip(COLUMNS, cells, strict=True))
    return (*(named[column] for column in LASTING[:-1]), code_of(named["answer"]))


def code_of(answer: str) -> str:
    """The code that a mail service's answer begins with: `250 2.0.0`; "" where there is none."""
    found = _CODE.match(answer)
    return found[0] if found else ""


def link(rows: Iterable[Row]) -> Iterator[Linked]:
    """The rows with their checks and the chain of their hashes."""
    previous = ""
    for row in rows:
        checks = checks_of(row.cells)
        previous = hash_of(previous, row.cells, checks)
        yield Linked(row.cells, checks, previous)


def checks_of(cells: Sequence[str]) -> str:
    """Four digits a cell."""
    marks = (_sha256(f"{place} {cell}") for place, cell in enumerate(cells))
    return "".join(mark[:CHECK_DIGITS] for mark in marks)


def changed_cells(cells: Sequence[str], checks: str) -> tuple[str, ...]:
    """The columns of which the cell does not agree with its check."""
    right = checks_of(cells)
    width = CHECK_DIGITS
    return tuple(
        column
        for place, column in enumerate(COLUMNS)
        if right[place * width : (place + 1) * width] != checks[place * width : (place + 1) * width]
    )


def hash_of(previous: str, cells: Sequence[str], checks: str) -> str:
    """SHA-256 over the hash of the row before and this row's cells."""
    return _sha256(f"{previous}\n{canonical([*cells, checks])}")


def lasting_head(lasting: Iterable[Sequence[str]]) -> str:
    """SHA-256 over what never changes of a finished sending's mails, in the order of their Message-IDs.

    It is noted in dispatches.yaml when a sending ends, and a record made a year later must agree with it.
    """
    place = LASTING.index("message_id")
    return head_in_order(sorted(lasting, key=lambda values: (values[place], tuple(values))))


def head_in_order(lasting: Iterable[Sequence[str]]) -> str:
    """The same where they come in that order."""
    head = hashlib.sha256()
    for one in lasting:
        head.update(f"{canonical(list(one))}\n".encode("utf-8", "surrogatepass"))
    return head.hexdigest()


def summary_digest(summary: Iterable[Sequence[str]]) -> str:
    """SHA-256 over the summary's lines; empty cells at the end of one do not count, as spreadsheets drop them."""
    lines = [list(line) for line in summary]
    for line in lines:
        while line and not line[-1]:
            line.pop()
    return _sha256(canonical(lines))


def canonical(value: object) -> str:
    """JSON in the one form that is hashed and signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    # A file that was tampered with may hold half of a surrogate pair; it is hashed like anything else.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
