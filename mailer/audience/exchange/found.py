"""What is found in a list: people, rows that are refused, and those who are struck out or hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailer.audience.exchange.grid import Told, rows_in_words


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows that cannot be taken, and why."""

    rows: tuple[int, ...]
    field: str
    reason: str
    hint: str = ""
    sheet: str = ""
    email: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.sheet, rows_in_words(self.rows)) if part)
        named = f"{self.field.replace('_', ' ')}: " if self.field else ""
        return f"{where}: {named}{self.reason}. {self.hint}".rstrip()


@dataclass(frozen=True, slots=True)
class Incoming:
    """One person of the list, as the cells that a contacts file would have."""

    rows: tuple[int, ...]
    cells: dict[str, str]
    """Field → cell, for those fields that the list has something to say of."""


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who stands in the list, but struck out or hidden: never taken as live."""

    row: int
    words: str
    """The row, for people to know it by."""
    how: str
    """"struck out", "hidden"."""
    emails: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f'row {self.row} is {self.how}: "{self.words}"'


@dataclass(slots=True)
class People:
    """All that a list says of people."""

    found: list[Incoming] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    remarks: list[Told] = field(default_factory=list)
    """Words between the rows that are about nobody."""
