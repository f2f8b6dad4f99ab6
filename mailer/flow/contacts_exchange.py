"""Contacts out to a workbook, and lists in from other people: compared, and written only when somebody agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailer.audience import AddressError, normalise, read_contacts, read_registers, resolve
from mailer.audience.contacts import write_contacts
from mailer.audience.exchange import (
    Choices,
    Comparison,
    Ending,
    Listing,
    Meanings,
    Terms,
    compare,
    contacts_csv,
    contacts_workbook,
    read_list,
    read_maps,
    remember,
    with_ending,
)
from mailer.audience.recipients import CONTACTS_FILE
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow.people import read_people
from mailer.flow.records import ledger_of
from mailer.model.audience import Contact
from mailer.model.register import Registers
from mailer.render.strings import ROLES


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an import would do to the standing file, as it was when it was read."""

    comparison: Comparison
    listing: Listing
    choices: Choices
    seen: str
    """SHA-256 of the standing file."""
    group: str = ""
    """The group of which the list is meant to hold everybody; "" for all contacts."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The contacts to be exported, and what their workbook offers for choice."""

    contacts: tuple[Contact, ...]
    standing: tuple[Contact, ...]
    registers: Registers
    group: str = ""


def choose_contacts(workspace: Workspace, group: str, day: date) -> Chosen:
    """Everybody, or those of a group on that day. UsageError where there is no such group.

    Groups are read only where one is named: they may name roles that nobody has before a list is in.
    """
    if not group:
        registers, standing = _standing(workspace)
        return Chosen(standing, standing, registers)
    people = read_people(workspace)
    known = people.recipients.segments
    if group not in known:
        raise UsageError(f'There is no group "{group}".', nearest(group, known))
    chosen = {id(contact) for contact in resolve((group,), people.recipients, people.scene(day))}
    everybody = people.recipients.contacts
    members = tuple(contact for contact in everybody if id(contact) in chosen)
    return Chosen(members, everybody, people.registers, group)


def export_workbook(chosen: Chosen, day: date) -> bytes:
    """A workbook of these contacts, for people to edit."""
    return contacts_workbook(chosen.contacts, chosen.standing, chosen.registers, day, chosen.group)


def export_csv(contacts: Iterable[Contact]) -> bytes:
    """The same as CSV, UTF-8 with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    return contacts_csv(contacts).encode("utf-8-sig")


def compare_contacts(
    workspace: Workspace, path: Path, choices: Choices, day: date, within: str = ""
) -> Proposed:
    """The people of a list beside contacts.csv; changes nothing. ProblemsError where a file cannot be read.

    `within` names the group of which the list is meant to hold everybody: only who is in it can be gone. Our own
    workbook says itself what it was made for.
    """
    seen = _fingerprint(workspace)
    registers, standing = _standing(workspace)
    roles = frozenset(role.name for contact in standing for role in contact.roles)
    newsletter = workspace.config.newsletter.list
    newsletters = {entry.list for contact in standing for entry in contact.subscriptions} | {newsletter}
    meanings = Meanings(registers, roles | frozenset(ROLES), newsletter, frozenset(newsletters))
    listing = read_list(path, choices, meanings, standing, read_maps(workspace.recipients, workspace.root))
    group = within or listing.group
    inside = _members(workspace, group, day, asked=bool(within)) if group else None
    addresses = {address for contact in standing for address in contact.addresses}
    addresses |= {
        _normal(email)
        for person in listing.people.found
        for email in (person.cells["email"], *person.cells.get("other_emails", "").split(";"))
        if email.strip()
    }
    never, forgotten = _never_and_forgotten(workspace, addresses)
    terms = Terms(registers, day, path.name, listing.whole, never, newsletter, inside, forgotten)
    return Proposed(
        compare(standing, listing.people, terms), listing, choices, seen, group if inside is not None else ""
    )


def apply_comparison(
    workspace: Workspace, proposed: Proposed, endings: Iterable[Ending] = (), *, with_refused: bool = False
) -> int:
    """Write what was agreed to, whole or not at all; how many people are new or differ.

    MailerError where rows were refused and nobody said to go on without them, or where contacts.csv has changed
    since it was compared.
    """
    comparison = proposed.comparison
    if comparison.refused and not with_refused:
        raise MailerError(
            f"{len(comparison.refused)} refused: nothing was written.",
            "Mend the rows, or go on without them: --skip-refused.",
        )
    by_contact = {id(ending.contact): ending for ending in endings}
    result = tuple(
        with_ending(contact, by_contact[id(contact)]) if id(contact) in by_contact else contact
        for contact in comparison.result
    )
    path = workspace.recipients / CONTACTS_FILE
    standing = comparison.standing
    differ = sum(1 for before, after in zip(standing, result, strict=False) if before != after)
    differ += len(result) - len(standing)
    if differ:
        if _fingerprint(workspace) != proposed.seen:
            hint = "Run the import again: it compares with the file as it is now."
            raise MailerError(f"{CONTACTS_FILE} has changed meanwhile: nothing was written.", hint)
        write_contacts(path, result)
    _remember(workspace, proposed)
    return differ


def _standing(workspace: Workspace) -> tuple[Registers, tuple[Contact, ...]]:
    registers = read_registers(workspace.recipients, workspace.root)
    path = workspace.recipients / CONTACTS_FILE
    return registers, read_contacts(path, workspace.root, registers)


def _members(workspace: Workspace, group: str, day: date, *, asked: bool) -> frozenset[str] | None:
    """Addresses of a group. None where a workbook names a group that is not there any more."""
    try:
        return frozenset(contact.address for contact in choose_contacts(workspace, group, day).contacts)
    except UsageError:
        if asked:
            raise
        return None


def _remember(workspace: Workspace, proposed: Proposed) -> None:
    choices, head = proposed.choices, proposed.listing.head
    if head is not None and (choices.columns or choices.days):
        remember(workspace.recipients, workspace.root, head.headings, choices.columns, choices.days)


def _normal(email: str) -> str:
    try:
        return normalise(email.strip())
    except AddressError:
        return email.strip().casefold()  # Its row is refused later on.


def _never_and_forgotten(
    workspace: Workspace, addresses: set[str]
) -> tuple[frozenset[str], Mapping[str, date]]:
    """Who of them is on the do-not-mail list, and who was forgotten, with the day."""
    # A dry run makes nothing, a send record neither; where there is none, nobody is on its list.
    if not workspace.ledger_path.exists():
        return frozenset(), {}
    with ledger_of(workspace) as ledger:
        never = frozenset(ledger.suppressed(sorted(addresses), "newsletter"))
        return never, {address: at.date() for address, at in ledger.forgotten(addresses).items()}


def _fingerprint(workspace: Workspace) -> str:
    path = workspace.recipients / CONTACTS_FILE
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MailerError(f"{CONTACTS_FILE} cannot be read: {error.strerror}.") from error
