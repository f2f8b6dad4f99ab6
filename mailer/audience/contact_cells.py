"""A person as the cells of a row: the columns of a contacts file, and what stands in each."""

from __future__ import annotations

from mailer.audience.roles import write_roles
from mailer.audience.subscriptions import write_subscriptions
from mailer.model.audience import Contact
from mailer.model.issue import MessageClass

FIRST_COLUMNS = (
    "email",
    "title",
    "given_name",
    "family_name",
    "salutation",
    "language",
    "country",
    "organization",
    "roles",
    "subscriptions",
)
"""What a new file starts with."""
COLUMNS = (*FIRST_COLUMNS, "other_emails", "messages", "since", "note")

EVERY_MESSAGE: tuple[MessageClass, ...] = ("newsletter", "notice")
NO_MESSAGE = "none"


def contact_cells(contact: Contact) -> dict[str, str]:
    """Column → cell of one person, for every column; reading the cells gives the same person.

    The cells are as a person would type them: whoever writes CSV guards them against running as formulas.
    """
    return {
        "email": contact.email,
        "title": contact.title,
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "salutation": contact.salutation,
        "language": contact.language or "",
        "country": contact.country or "",
        "organization": contact.organization,
        "roles": write_roles(contact.roles),
        "subscriptions": write_subscriptions(contact.subscriptions),
        "other_emails": "; ".join(contact.other_emails),
        "messages": "" if contact.messages == EVERY_MESSAGE else "; ".join(contact.messages) or NO_MESSAGE,
        "since": contact.since.isoformat() if contact.since else "",
        "note": contact.note,
    }


def messages_of(cell: str) -> tuple[MessageClass, ...]:
    """The classes of message that the cell allows, both where it is empty. ValueError where it names another."""
    if not cell:
        return EVERY_MESSAGE
    names = {name.strip() for name in cell.split(";")} - {""}
    if names == {NO_MESSAGE}:
        return ()
    if not names or not names.issubset(EVERY_MESSAGE):
        raise ValueError(cell)
    return tuple(name for name in EVERY_MESSAGE if name in names)
