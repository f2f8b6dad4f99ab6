"""Everything that is known of a person, or of a country's people: who they are, what was sent, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mailer.audience import AddressError, normalise
from mailer.audience.clocks import Clock, clock_in
from mailer.audience.submissions import country_named
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError, nearest
from mailer.evidence.rows import Around, answered, became, bounced, later, what_of
from mailer.flow.deadlines import obligations, read_deadline_files
from mailer.flow.evidence import around_of
from mailer.flow.people import People, read_people
from mailer.ledger import Attempt, Event, EventKind, Ledger, Notice
from mailer.model.audience import Contact
from mailer.model.deadline import Deadline, Obligation
from mailer.model.dispatch import Dispatch, State
from mailer.model.suppression import Suppression

LISTED = (EventKind.SUPPRESSED, EventKind.UNSUPPRESSED, EventKind.FORGOTTEN)
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that was really sent, or was to be, and what became of it in words."""

    at: datetime
    dispatch: Dispatch
    person: str
    email: str
    language: str
    what: str
    state: State
    """As it stands now."""
    became: str
    answer: str
    later: str
    bounced: str
    answered: str
    message_id: str
    delivery_id: int
    variant: str
    address: str
    """Normalised."""
    country: str
    tries: tuple[Attempt, ...]
    clock: Clock | None
    """`at` as clocks in their country show it; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What they owe, or have handed in, under one deadline."""

    deadline: Deadline
    obligation: Obligation


@dataclass(frozen=True, slots=True)
class History:
    """What is known of an address, or of a country."""

    address: str
    """Normalised; "" where a country was asked for."""
    country: str
    """The code asked for; "" where an address was."""
    title: str
    contacts: tuple[Contact, ...]
    """Those who are in contacts.csv now."""
    suppressions: tuple[Suppression, ...]
    owed: tuple[Owed, ...]
    mails: tuple[Mail, ...]
    """Newest first; of those who have left, too."""
    events: tuple[Event, ...]
    """What was done to the addresses, newest first."""
    notes: tuple[Event, ...] = ()
    """What colleagues wrote down about them, newest first."""

    @property
    def former(self) -> tuple[str, ...]:
        """Addresses that were written to and are in contacts.csv no more."""
        known = {address for contact in self.contacts for address in contact.addresses}
        return tuple(dict.fromkeys(m.email for m in self.mails if _plain(m.email) not in known))


def history_of(workspace: Workspace, ledger: Ledger, wanted: str, day: date | None = None) -> History:
    """All about an address, a country by code or name, or the one contact of that name.

    UsageError where nothing in contacts.csv, the send record or the register answers to it, or several do.
    """
    people = read_people(workspace)
    address, country = _meant(people, wanted.strip())
    contacts = tuple(
        contact
        for contact in people.recipients.contacts
        if (address and address in contact.addresses) or (country and contact.country == country)
    )
    addresses = tuple(
        dict.fromkeys([a for one in contacts for a in one.addresses] + [address] * bool(address))
    )
    notices = ledger.notices_to(addresses, country)
    if address and not contacts and not notices and not ledger.events(address=address):
        close = nearest(address, [one.address for one in people.recipients.contacts])
        raise MailerError(
            f"{address} is neither in contacts.csv nor in the send record: nothing was ever sent there.",
            close if close.startswith("Did") else "",
        )
    around = around_of(workspace, ledger, people.recipients.contacts, people.registers)
    told = [event for one in addresses for event in ledger.events(address=one)]
    known = people.registers.countries.get(country)
    return History(
        address,
        country,
        (known.name("en") if known else "") or country or _title(contacts, notices, address),
        contacts,
        tuple(entry for one in addresses for entry in around.suppressions.get(one, ())),
        tuple(_owed(workspace, people, contacts, country, day or datetime.now(UTC).date())),
        tuple(_mails(ledger, notices, around, people)),
        _newest(event for event in told if event.kind in LISTED),
        _newest(event for event in told if event.kind is EventKind.NOTED),
    )


def one_address(found: History) -> str:
    """The one address that a history is of. UsageError where a country was asked for that has several people."""
    if found.address:
        return found.address
    if len(found.contacts) == 1:
        return found.contacts[0].address
    if not found.contacts:
        raise UsageError(f"Nobody of {found.title} is in contacts.csv.", "Give the address.")
    shown = ", ".join(f"{one.name} {one.address}" for one in found.contacts[:MOST_NAMED])
    more = ", …" if len(found.contacts) > MOST_NAMED else ""
    raise UsageError(f"{found.title} has several people. Which one: {shown}{more}?", "Give the address.")


def mail_of(found: History, dispatch: str = "") -> Mail | None:
    """The last mail of a history, or that of one sending; None where there is none.

    UsageError where they have no mail in a sending of that id, or of one that begins so.
    """
    mails = [mail for mail in found.mails if mail.dispatch.id.startswith(dispatch)]
    if dispatch and not mails:
        known = [mail.dispatch.id for mail in found.mails]
        raise UsageError(
            f'{found.address or found.title} has no mail in a real sending "{dispatch}".',
            nearest(dispatch, known) or "Nothing was really sent there.",
        )
    return mails[0] if mails else None


def _meant(people: People, wanted: str) -> tuple[str, str]:
    """The address or the country that is asked for; the other one is ""."""
    if "@" in wanted:
        try:
            return normalise(wanted), ""
        except AddressError as error:
            raise UsageError(f'"{wanted[:80]}" is not an address: {error}.') from error
    countries = people.registers.countries
    if wanted.upper() in countries:
        return "", wanted.upper()
    named = [one for one in people.recipients.contacts if wanted and wanted.casefold() in one.name.casefold()]
    if len({one.address for one in named}) == 1:
        return named[0].address, ""
    if named:
        shown = ", ".join(f"{one.name} {one.address}" for one in named[:MOST_NAMED])
        more = ", …" if len(named) > MOST_NAMED else ""
        raise UsageError(f'Several people are called "{wanted}": {shown}{more}.', "Give the address.")
    code, sure = country_named(wanted, countries) if wanted else ("", False)
    if sure:
        return "", code
    hint = f'Did you mean "{code}"?' if code else "Give an address, a country such as KZ, or a name."
    raise UsageError(f'"{wanted[:80]}" is no address, no country and nobody\'s name.', hint)


def _owed(
    workspace: Workspace, people: People, contacts: tuple[Contact, ...], country: str, day: date
) -> list[Owed]:
    codes = {country} if country else {one.country for one in contacts}
    who = codes | {address for one in contacts for address in one.addresses}
    return [
        Owed(file.deadline, one)
        for file in read_deadline_files(workspace, people).values()
        for one in obligations(file, people, day)
        if one.who in who
    ]


def _newest(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _mails(ledger: Ledger, notices: list[Notice], around: Around, people: People) -> list[Mail]:
    dispatches = {one.id: one for one in ledger.dispatches(include_rehearsals=False)}
    return [
        _mail(
            notice,
            dispatches[notice.delivery.dispatch_id],
            around,
            tuple(ledger.attempts(notice.delivery.id)),
            clock_in(notice.delivery.country, people.registers.countries, notice.at),
        )
        for notice in notices
    ]


def _mail(
    notice: Notice, dispatch: Dispatch, around: Around, tries: tuple[Attempt, ...], clock: Clock | None
) -> Mail:
    delivery = notice.delivery
    return Mail(
        at=notice.at,
        dispatch=dispatch,
        person=delivery.name,
        email=delivery.email,
        language=delivery.language,
        what=what_of(delivery.occasions or (dispatch.occasion,), dispatch, around),
        state=delivery.state,
        became=became(notice, dispatch),
        answer=notice.answer,
        later=later(notice, dispatch),
        bounced=bounced(delivery.address, notice.at, around),
        answered=answered(notice),
        message_id=delivery.message_id,
        delivery_id=delivery.id,
        variant=delivery.variant,
        address=delivery.address,
        country=delivery.country,
        tries=tries,
        clock=clock,
    )


def _title(contacts: tuple[Contact, ...], notices: list[Notice], address: str) -> str:
    names = [one.name for one in contacts] or [one.delivery.name for one in notices[:1]]
    return ", ".join(filter(None, dict.fromkeys(names))) or address


def _plain(email: str) -> str:
    try:
        return normalise(email)
    except AddressError:
        return email
