"""One person twice is a mistake; two people at one address share a mailbox."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailer.model.audience import Contact

Fault = tuple[Contact, str, str, str]
"""The later person of the two, the column, what is wrong, and what to do."""


def person_key(contact: Contact) -> tuple[str, ...]:
    """The words of the name, whatever their order and capitals: the same for the same person."""
    return tuple(sorted(unicodedata.normalize("NFKC", contact.name).casefold().split()))


def shared_mailboxes(contacts: Iterable[Contact]) -> dict[str, list[Contact]]:
    """Address → those whose main address it is, where there are several, in their order."""
    first: dict[str, Contact] = {}
    several: dict[str, list[Contact]] = {}
    for contact in contacts:
        known = first.setdefault(contact.address, contact)
        if known is not contact:
            several.setdefault(contact.address, [known]).append(contact)
    return several


def duplicates(contacts: Sequence[Contact]) -> Iterator[Fault]:
    """Each person who is there twice, and each second address that is somebody else's main one.

    Who shares an address with another must have a name of their own: without one, they cannot be told apart.
    """
    shared = shared_mailboxes(contacts)
    for address, people in shared.items():
        yield from _twice(address, people)
    if any(contact.other_emails for contact in contacts):
        yield from _second_addresses(contacts, shared)


def _twice(address: str, people: Sequence[Contact]) -> Iterator[Fault]:
    named: dict[tuple[str, ...], Contact] = {}
    for contact in people:
        key = person_key(contact)
        if key in named:
            yield _fault(address, named[key], contact, "Keep one of the two rows.")
        elif named and (not key or () in named):
            hint = "Keep one of the two rows; if two people share the address, write both names."
            yield _fault(address, named.get((), people[0]), contact, hint)
        named.setdefault(key, contact)


def _fault(address: str, first: Contact, second: Contact, hint: str) -> Fault:
    return second, "email", f'"{address}" is in rows {first.row} and {second.row}.', hint


def _second_addresses(
    contacts: Sequence[Contact], shared: Mapping[str, Sequence[Contact]]
) -> Iterator[Fault]:
    mains: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        mains[contact.address].append(contact)
    seconds: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        for address in contact.other_emails:
            owners = mains.get(address, [])
            known = [*owners, *seconds[address]]
            twin = next((other for other in known if person_key(other) == person_key(contact)), None)
            seconds[address].append(contact)
            if twin is not None and twin is not contact:
                message = f'"{address}" is in rows {twin.row} and {contact.row}, of the same person.'
                yield contact, "other_emails", message, "Make one row of the two."
            elif owners and address not in shared:
                message = (
                    f'"{address}" is the main address of {owners[0].name or "somebody"}, row {owners[0].row}.'
                )
                hint = "Remove it here; if they share the mailbox, make it the main address of both."
                yield contact, "other_emails", message, hint
