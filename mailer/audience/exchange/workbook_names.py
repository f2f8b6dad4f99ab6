"""What our workbook calls its sheets, columns, roles and subjects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailer.audience.exchange.meanings import readable, slug_of
from mailer.model.audience import Contact

CONTACTS, ROLES, SUBSCRIPTIONS, READ_ME_SHEET = "Contacts", "Roles", "Subscriptions", "Read me"
CONTACT_HEADINGS = {
    "email": ("Email", 34),
    "other_emails": ("Other addresses", 28),
    "title": ("Title", 8),
    "given_name": ("Given name", 18),
    "family_name": ("Family name", 20),
    "salutation": ("Salutation", 22),
    "language": ("Language", 16),
    "country": ("Country", 26),
    "organization": ("Organization", 44),
    "messages": ("Messages", 32),
    "since": ("On file since", 14),
    "note": ("Note", 40),
}
"""Field → heading and width."""
ROLE_HEADINGS = {
    "Email": 34,
    "Name": 26,
    "Role": 26,
    "Subject": 20,
    "From": 12,
    "To": 12,
    "Alternate": 11,
    "Letter": 30,
}
SUBSCRIPTION_HEADINGS = {"Email": 34, "Name": 26, "List": 24, "From": 12, "To": 12, "Source": 40}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Names in our files and what people read for them; each is found again from the other."""

    names: frozenset[str]

    def of(self, name: str) -> str:
        """What people read; the name itself where it would not be found again."""
        words = readable(name)
        return words if slug_of(words) == name and (words == name or words not in self.names) else name

    def back(self, words: str) -> str:
        """The name for what people read, or typed."""
        return words if words in self.names else slug_of(words)


def spoken_roles(contacts: Iterable[Contact]) -> Spoken:
    """Names of roles."""
    return Spoken(frozenset(role.name for contact in contacts for role in contact.roles))


def spoken_subjects(contacts: Iterable[Contact]) -> Spoken:
    """Names of what roles are about."""
    return Spoken(frozenset(role.subject for contact in contacts for role in contact.roles if role.subject))
