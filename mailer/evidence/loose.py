"""What a file that says it is a record of notice holds, whether or not it is as it was exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.errors import MailerError
from mailer.evidence.record import COLUMNS, TITLES, VERSION, Linked, Record

MOST_BYTES = 80_000_000
"""Of a CSV or JSON file: a hundred thousand mails make some sixty million."""
MOST_ROWS = 200_000
WIDTH = len(TITLES)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: what stands in it, or why it cannot be read."""

    place: str
    """"line 6", "row 6"."""
    linked: Linked | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Loose:
    """A file taken apart, with all that is wrong with its form."""

    lines: tuple[Line, ...]
    statement: Mapping[str, str]
    signature: str
    troubles: tuple[str, ...] = ()
    """What is wrong besides the rows: in words, with the place."""
    content: bytes | None = None
    """The file's bytes, where exactly these bytes were exported; None for a workbook."""
    summary: tuple[tuple[str, ...], ...] = field(default=())
    """As the file shows it; empty where this form has none."""

    @property
    def record(self) -> Record | None:
        """What was exported, where every row could be read."""
        rows = tuple(line.linked for line in self.lines if line.linked is not None)
        if len(rows) < len(self.lines):
            return None
        return Record(rows, self.summary, self.statement, self.signature)


def linked_of(values: list[str]) -> Linked | None:
    """The row of so many cells; None where they are too few or too many."""
    if len(values) != WIDTH:
        return None
    return Linked(tuple(values[: len(COLUMNS)]), values[-2], values[-1])


def no_record(shown: str, why: str, hint: str = "") -> MailerError:
    """That the file is not what `mailer evidence` writes."""
    return MailerError(
        f"{shown} is not a whole record of notice: {why}.",
        hint or f"Only what `mailer evidence` wrote can be verified (form {VERSION}).",
    )
