"""Offices that nobody holds, that several hold, or that are held for no country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mailer.audience.resolve import roles_on
from mailer.audience.telling import Asked, listed, name_of, office_words
from mailer.model.audience import Contact, Role
from mailer.model.finding import Finding, Severity

FOCAL_POINT = "national-focal-point"

Term = tuple[Contact, Role]
"""Somebody in an office, and the role that says from when to when."""


def odd_offices(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    """Each office of each country that is vacant on the day, or that people hold in an odd way."""
    held: dict[tuple[str, str, str], list[Term]] = defaultdict(list)
    for contact in contacts:
        for role in contact.roles if contact.country else ():
            held[contact.country or "", role.name, role.subject].append((contact, role))
    for (country, name, _), terms in held.items():
        now = [term for term in terms if term[1].held_on(asked.day)]
        if not now:
            yield _vacant(terms, country, asked)
        elif name == FOCAL_POINT:
            yield from _focal_points(now, country, asked)


def homeless(contacts: Sequence[Contact], asked: Asked) -> Iterator[Finding]:
    """National Focal Points of no country."""
    for contact in contacts:
        if contact.country is None and any(role.name == FOCAL_POINT for role in roles_on(contact, asked.day)):
            message = f"{name_of(contact)} is a National Focal Point of no country."
            hint = "Write the country: no rule about Parties finds them without."
            yield asked.tell(contact, "no-country", message, hint, "country", Severity.WARN)


def _vacant(terms: Sequence[Term], country: str, asked: Asked) -> Finding:
    ended = [(role.end, contact) for contact, role in terms if role.end and role.end < asked.day]
    starts = sorted(role.start for _, role in terms if role.start and role.start > asked.day)
    contact, role = terms[-1]
    message = f"{country}: nobody is {office_words(role)} on {asked.day}"
    if ended:
        end, contact = max(ended, key=lambda term: term[0])
        message += f"; {name_of(contact)} was, until {end}"
    if starts:
        message += f"; somebody will be, from {starts[0]}"
    hint = "Ask who has taken over, and by which letter; leave it as it is where the office has ended."
    severity = Severity.WARN if role.name == FOCAL_POINT else Severity.NOTE
    return asked.tell(contact, "vacant", f"{message}.", hint, "roles", severity)


def _focal_points(now: Sequence[Term], country: str, asked: Asked) -> Iterator[Finding]:
    first, role = now[0]
    office = office_words(role)
    holders = [contact for contact, held in now if not held.alternate]
    if not holders:
        message = (
            f"{country}: {name_of(first)} is an alternate {office} on {asked.day}, and nobody the holder."
        )
        hint = "Take the mark `alternate` out, or add the holder."
        yield asked.tell(first, "only-alternate", message, hint, "roles", Severity.WARN)
    elif len(holders) > 1 and len(holders) == len(now):
        names = listed(map(name_of, holders))
        message = f"{country}: {names} are each {office}, none of them marked as alternate."
        hint = "Where one stands in for the other, write `alternate` after that role."
        yield asked.tell(holders[1], "several-holders", message, hint, "roles")
