"""What an import would do to each person, and field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.audience.contact_cells import contact_cells
from mailer.audience.entries import split_entries
from mailer.audience.exchange.found import Left, Refused
from mailer.audience.exchange.grid import Told
from mailer.model.audience import Contact


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a person: what it was, and what it would be."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Added:
    """Somebody new."""

    rows: tuple[int, ...]
    contact: Contact


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody whom the list says something new of."""

    rows: tuple[int, ...]
    old: Contact
    new: Contact
    changes: tuple[Change, ...]
    guess: str = ""
    """Why they are taken for the same person, where that is not their address."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody of the standing file who is not in the list."""

    contact: Contact
    why: str = ""
    """"struck out in row 7", where the list says so."""
    asks: bool = True
    """They hold a role or get a newsletter still: it is asked whether that ended."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an import would do."""

    added: tuple[Added, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: tuple[Contact, ...] = ()
    gone: tuple[Gone, ...] = ()
    refused: tuple[Refused, ...] = ()
    told: tuple[Told, ...] = ()
    remarks: tuple[Told, ...] = ()
    left: tuple[Left, ...] = ()
    """Rows that are struck out or hidden, and were not taken."""
    standing: tuple[Contact, ...] = field(default=(), repr=False)

    @property
    def result(self) -> tuple[Contact, ...]:
        """Everybody as they would be: in the order of the standing file, the new ones at the end."""
        new = {id(entry.old): entry.new for entry in self.changed}
        return (*(new.get(id(c), c) for c in self.standing), *(entry.contact for entry in self.added))

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.added or self.changed)


def changes(old: Contact, new: Contact) -> Iterator[Change]:
    """Field by field; of roles and subscriptions only those that differ."""
    before, after = contact_cells(old), contact_cells(new)
    for name, text in after.items():
        if before[name] == text:
            continue
        if name in ("roles", "subscriptions"):
            first, second = list(split_entries(before[name])), list(split_entries(text))
            lost = "; ".join(part for part in first if part not in second)
            won = "; ".join(part for part in second if part not in first)
            yield Change(name, lost, won) if lost or won else Change(name, before[name], text)
        else:
            yield Change(name, before[name], text)
