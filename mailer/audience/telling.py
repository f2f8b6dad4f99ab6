"""How something odd about people is told: at whose row, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailer.model.audience import Contact, Role
from mailer.model.finding import Finding, Severity
from mailer.model.register import Registers
from mailer.model.suppression import Suppression

MOST = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What people are looked at with."""

    registers: Registers
    day: date
    suppressed: Mapping[str, Suppression]
    """What the do-not-mail list says against official messages, by address."""
    file: str
    """contacts.csv as people know it."""

    def tell(  # noqa: PLR0917
        self,
        contact: Contact,
        rule: str,
        message: str,
        hint: str,
        field: str = "",
        severity: Severity = Severity.NOTE,
    ) -> Finding:
        """A finding at the contact's row."""
        return Finding(
            rule=f"contacts.{rule}",
            severity=severity,
            message=message,
            hint=hint,
            field=field or None,
            file=self.file,
            line=contact.row,
        )


def name_of(contact: Contact) -> str:
    """What to call somebody: the name, else the address."""
    return contact.name or contact.email


def office_words(role: Role) -> str:
    """Such as `national-focal-point of cms`."""
    return f"{role.name} of {role.subject}" if role.subject else role.name


def listed(words: Iterable[str]) -> str:
    """`a, b and c`; the first few, and how many more."""
    known = list(words) or [""]
    if len(known) > MOST + 1:
        known = [*known[:MOST], f"{len(known) - MOST} more"]
    *others, last = known
    return f"{', '.join(others)} and {last}" if others else last


def rows_of(contacts: Sequence[Contact]) -> str:
    """`rows 2, 3 and 7`; the first few, and how many more."""
    return f"row{'s' if len(contacts) > 1 else ''} {listed(str(contact.row) for contact in contacts)}"
