"""What is odd about the people of a file without being wrong: each a finding at its row, as of a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from mailer.audience.duplicates import person_key, shared_mailboxes
from mailer.audience.offices import homeless, odd_offices
from mailer.audience.reach import address_for
from mailer.audience.resolve import roles_on
from mailer.audience.telling import Asked, listed, name_of, office_words, rows_of
from mailer.model.audience import Contact
from mailer.model.finding import Finding, Severity, worst_first

MOST = 100
"""Findings of one rule; a file that has more is odd in a way that the first hundred show."""
ALIKE = 0.88
"""How alike two names are that differ by a slip of the pen: "partner" and "partnr", not "kiang" and "kulan"."""
FREQUENT, RARE = 5, 2
"""A name that so many people have, and one that so few have that it may be a slip of it."""


def odd_contacts(contacts: Sequence[Contact], asked: Asked) -> tuple[Finding, ...]:
    """Everything odd, worst first, and of each kind the first hundred; none of it keeps anything from being sent."""
    rules: tuple[Callable[[Sequence[Contact], Asked], Iterator[Finding]], ...] = (
        _shared,
        _unreachable,
        _same_names,
        _without_purpose,
        odd_offices,
        homeless,
        _slips,
        _languages,
    )
    return tuple(worst_first([finding for rule in rules for finding in islice(rule(contacts, asked), MOST)]))


def _shared(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    for address, people in shared_mailboxes(contacts).items():
        names = listed(f"{name_of(each)} (row {each.row})" for each in people)
        hint = "In a sending it gets one mail, made for the first of them who may get it."
        yield asked.tell(people[0], "shared", f"{address} is shared by {names}.", hint, "email")


def _unreachable(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    for contact in contacts if asked.suppressed else ():
        if not contact.messages or asked.suppressed.keys().isdisjoint(contact.addresses):
            continue
        address, why = address_for(contact, contact.messages[-1], asked.suppressed)
        if not address:
            held = listed(office_words(role) for role in roles_on(contact, asked.day))
            message = f"Nothing reaches {name_of(contact)}{f', {held}' if held else ''}: {why}."
            hint = "Ask for another address, and write it in other_emails."
            severity = Severity.WARN if held else Severity.NOTE
            yield asked.tell(contact, "unreachable", message, hint, "email", severity)


def _same_names(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    known: dict[tuple[object, ...], Contact] = {}
    for contact in contacts:
        if not (contact.given_name and contact.family_name):
            continue
        key = contact.country, contact.organization.casefold(), person_key(contact)
        first = known.setdefault(key, contact)
        if first is not contact:
            message = f"{name_of(contact)} is in rows {first.row} and {contact.row}, at two addresses."
            hint = "If it is one person, keep one row and write the other address in other_emails."
            yield asked.tell(contact, "same-name", message, hint)


def _without_purpose(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    idle = [contact for contact in contacts if not contact.roles and not contact.subscriptions]
    if idle:
        message = f"{_have(idle)} no role and no newsletter: {rows_of(idle)}."
        hint = "Only groups that ask for neither reach them. Say what they are on file for, or forget them."
        yield asked.tell(idle[0], "no-purpose", message, hint, "roles")


def _slips(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    """Names of roles and newsletters that few have, and that look like one that many have."""
    named: dict[str, Callable[[Contact], set[str]]] = {
        "roles": lambda contact: {role.name for role in contact.roles},
        "subscriptions": lambda contact: {entry.list for entry in contact.subscriptions},
    }
    for field, names_of in named.items():
        counts = Counter(name for contact in contacts for name in names_of(contact))
        frequent = [name for name, count in counts.items() if count >= FREQUENT]
        for name in (name for name, count in counts.items() if count <= RARE):
            if close := get_close_matches(name, frequent, n=1, cutoff=ALIKE):
                contact = next(each for each in contacts if name in names_of(each))
                message = f'"{name}" stands here, where {counts[close[0]]} people have "{close[0]}".'
                hint = "If it is a slip of the pen, mend it."
                yield asked.tell(contact, "slip", message, hint, field, Severity.WARN)


def _languages(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    stated: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        if contact.language:
            stated[contact.language].append(contact)
    countries = asked.registers.countries.values()
    for tag, people in stated.items():
        if countries and not any(country.name(tag) or country.language == tag for country in countries):
            message = f'{_have(people)} the language "{tag}", {rows_of(people)}, of which the countries know nothing.'
            hint = "The names of countries stand in English for them. See that the language is meant."
            yield asked.tell(people[0], "language", message, hint, "language")


def _have(contacts: Sequence[Contact]) -> str:
    return f"{len(contacts)} people have" if len(contacts) > 1 else f"{name_of(contacts[0])} has"
