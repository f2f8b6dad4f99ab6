"""The standing file of contacts: what is wrong or odd in it, and erasing somebody who asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr

from mailer.audience import AddressError, normalise, read_recipients, read_registers, write_contacts
from mailer.audience.groups import rules_in
from mailer.audience.oddities import odd_contacts
from mailer.audience.recipients import CONTACTS_FILE, SEGMENTS_FILE
from mailer.audience.telling import Asked
from mailer.config import Workspace
from mailer.errors import ProblemsError, UsageError, nearest
from mailer.flow import known_addresses
from mailer.flow.deadlines import read_deadline_files
from mailer.flow.erased_logs import erase_from_logs, require_readable_logs
from mailer.flow.people import People, read_people
from mailer.flow.records import ledger_of
from mailer.ledger import Ledger
from mailer.ledger.records import Forgotten
from mailer.model.audience import Contact, HoldsRole, Recipients
from mailer.model.finding import Finding, Severity
from mailer.model.register import Registers
from mailer.model.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong, which stops everything, and what is odd, in the files of the recipients folder."""

    people: int
    """0 where contacts.csv cannot be read."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What forgetting somebody comes to, before it is done."""

    contact: Contact | None
    """None where contacts.csv does not have them: then only the send record may."""
    addresses: tuple[str, ...]
    """Addresses that are theirs alone: the send record will not name them any more."""
    shared: Mapping[str, tuple[str, ...]]
    """Addresses that others use too, with the names of those: what was sent there stays on record."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What forgetting somebody came to."""

    records: tuple[Forgotten, ...]
    """What the send record says, for each of their addresses."""
    logs: Mapping[str, int] = field(default_factory=dict)
    """Logs of deadlines that named them, each with the number of rows."""

    @property
    def is_known(self) -> bool:
        """Whether the send record or a log had them."""
        return bool(self.logs) or any(each.known_as for each in self.records)


def check_contacts(workspace: Workspace, day: date) -> Checked:
    """Every problem of contacts, groups, registers and deadlines; what is odd about the people, as of the day."""
    folder, root = workspace.recipients, workspace.root
    path = folder / CONTACTS_FILE
    addresses = known_addresses.recall(workspace, path)
    registers: Registers | None = None
    with suppress(ProblemsError):  # Told below, together with the problems of the other files.
        registers = read_registers(folder, root)
    try:
        recipients = read_recipients(folder, root, registers, addresses.form_of)
    except ProblemsError as error:
        return Checked(0, _as_findings(error))
    known_addresses.remember(workspace, path, addresses)
    people = People(recipients, registers or Registers())
    asked = Asked(people.registers, day, _suppressed(workspace, recipients.contacts), workspace.shown(path))
    odd = (*_unheld(recipients, workspace), *odd_contacts(recipients.contacts, asked))
    try:
        read_deadline_files(workspace, people)
    except ProblemsError as error:
        odd = (*_as_findings(error), *odd)
    return Checked(len(recipients.contacts), odd)


def _unheld(recipients: Recipients, workspace: Workspace) -> Iterator[Finding]:
    """Groups that ask for a role which nobody has, or ever had."""
    held = {role.name for contact in recipients.contacts for role in contact.roles}
    for name, segment in recipients.segments.items():
        for rule in rules_in(segment.rule):
            if isinstance(rule, HoldsRole) and rule.role not in held:
                yield Finding(
                    rule="contacts.role-unheld",
                    severity=Severity.WARN,
                    message=f'The group "{name}" asks for the role "{rule.role}", which nobody has.',
                    hint="Give it to somebody, or correct the name.",
                    field=f"segments.{name}",
                    file=workspace.shown(workspace.recipients / SEGMENTS_FILE),
                )


def plan_erasure(workspace: Workspace, who: str) -> Erasure:
    """What forgetting `who`, an address or `Name <address>`, comes to. Changes nothing.

    UsageError where it is no address, or one of several people and it does not say which.
    """
    name, address = _asked_for(who)
    contacts = read_people(workspace).recipients.contacts
    theirs = [contact for contact in contacts if address in contact.addresses]
    named = [contact for contact in theirs if contact.name.casefold() == name.casefold()]
    if name and not named:
        known = [contact.name for contact in theirs]
        raise UsageError(f"Nobody at {address} is called {name}.", nearest(name, known))
    if len(theirs) > 1 and not name:
        people = " and ".join(contact.name or "somebody without a name" for contact in theirs)
        example = f'mailer contacts forget "{theirs[0].name} <{address}>"'
        raise UsageError(f"{address} is shared by {people}.", f"Say which of them: `{example}`.")
    contact = named[0] if name else next(iter(theirs), None)
    addresses = contact.addresses if contact else (address,)
    shared = {
        each: users
        for each in addresses
        if (users := tuple(c.name or c.email for c in contacts if c is not contact and each in c.addresses))
    }
    return Erasure(contact, tuple(each for each in addresses if each not in shared), shared)


def erase(workspace: Workspace, ledger: Ledger, erasure: Erasure, *, because: str, by: str) -> Erased:
    """Take them out of the send record, the logs of deadlines, and last out of contacts.csv.

    Done again, it does what was left undone. LedgerError where a mail to them is being sent right now;
    ProblemsError where contacts.csv or a log cannot be read.
    """
    require_readable_logs(workspace)

    def forget(*, on_file: bool) -> tuple[Forgotten, ...]:
        return tuple(
            ledger.forget(address, by=by, why=because, on_file=on_file) for address in erasure.addresses
        )

    records = forget(on_file=erasure.contact is not None)
    logs = erase_from_logs(workspace, ledger, erasure.addresses, erasure.contact)
    if logs and not any(each.known_as for each in records):
        records = forget(on_file=True)  # Only a log had them.
    if erasure.contact is not None:
        staying = [c for c in read_people(workspace).recipients.contacts if c != erasure.contact]
        write_contacts(workspace.recipients / CONTACTS_FILE, staying)
    known_addresses.forget(workspace)
    return Erased(records, logs)


def _asked_for(who: str) -> tuple[str, str]:
    name, address = parseaddr(who) if "<" in who else ("", who.strip())
    try:
        return name, normalise(address)
    except AddressError as error:
        raise UsageError(f'"{who}" is not an address: {error}.') from error


def _suppressed(workspace: Workspace, contacts: Sequence[Contact]) -> Mapping[str, Suppression]:
    """What the do-not-mail list says against official messages; nothing where there is no send record."""
    if not workspace.ledger_path.exists():
        return {}
    with ledger_of(workspace) as ledger:
        return ledger.suppressed((a for contact in contacts for a in contact.addresses), "notice")


def _as_findings(error: ProblemsError) -> tuple[Finding, ...]:
    return tuple(Finding.from_problem(problem) for problem in error.problems)
