"""Whom an obligation concerns on a day, and who of them can be written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mailer.audience import Scene, resolve, roles_on
from mailer.model.audience import Contact, HoldsRole, Recipients, Role
from mailer.model.deadline import Deadline, Obligation
from mailer.model.reminder import History, Standing
from mailer.remind.owing import asked_roles, is_asked, may_belong


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who can be written to."""

    contact: Contact
    address: str
    """Their first address that can be written to."""
    standing: Standing
    since: date
    """Since when they hold the office."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of the person."""
        return self.contact.addresses

    @property
    def shown(self) -> Contact:
        """The contact under the address that is used, as others see it in To and Cc."""
        if self.address == self.contact.address:
            return self.contact
        return replace(self.contact, address=self.address, email=self.address)


@dataclass(frozen=True, slots=True)
class Circle:
    """Everybody whom one obligation concerns; each address once, under its first standing."""

    holders: tuple[Told, ...] = ()
    alternates: tuple[Told, ...] = ()
    escalated: tuple[Told, ...] = ()
    why: str = ""
    """Why neither a holder nor an alternate can be written to; "" where one can."""

    @property
    def everybody(self) -> tuple[Told, ...]:
        """Holders, alternates and those told besides."""
        return (*self.holders, *self.alternates, *self.escalated)


def circles_of(
    deadline: Deadline,
    obligations: Iterable[Obligation],
    recipients: Recipients,
    scene: Scene,
    history: History,
) -> Mapping[str, Circle]:
    """The circle of each obligation, by its `who`, on the scene's day.

    UsageError where the obliged group is not known.
    """
    asked = asked_roles(scene.segment(deadline.obliged).rule, scene)
    obliged: dict[str, list[Contact]] = {}
    for contact in resolve((deadline.obliged,), recipients, scene):
        who = contact.country if deadline.per == "country" else contact.address
        obliged.setdefault(who or "", []).append(contact)
    higher = _higher_up(deadline, recipients, scene.day)
    made: dict[str, Circle] = {}
    for obligation in obligations:
        people = obliged.get(obligation.who, [])
        # A person owes for themselves: nobody stands in.
        offices = asked if deadline.per == "country" else ()
        circle = _circle(people, higher.get(obligation.country or "", []), offices, scene.day, history)
        if not people:
            why = _vacant(asked, obligation, recipients, scene.day, deadline.obliged)
            circle = Circle(escalated=circle.escalated, why=why)
        made[obligation.who] = circle
    return made


def ever_concerned(deadline: Deadline, recipients: Recipients, scene: Scene) -> Recipients:
    """The recipients without those whom the deadline concerns on no day, so that many days are soon gone through."""
    rule = scene.segment(deadline.obliged).rule
    offices = [*asked_roles(rule, scene), *_higher_office(deadline)]
    people = tuple(
        contact
        for contact in recipients.contacts
        if _matching(contact.roles, offices) or may_belong(contact, rule, scene)
    )
    return Recipients(people, recipients.segments)


def address_to_use(contact: Contact, history: History) -> str:
    """The first address of the contact at which an official message reaches them; "" where there is none."""
    if "notice" not in contact.messages or history.not_me.intersection(contact.addresses):
        return ""
    for address in contact.addresses:
        if address in history.barred:
            return ""
        if address not in history.unreachable:
            return address
    return ""


def why_not(contact: Contact, history: History) -> str:
    """Why no official message reaches a contact who has no `address_to_use`."""
    if history.not_me.intersection(contact.addresses):
        return "answered that they hold the office no longer"
    if "notice" not in contact.messages:
        return "gets no official messages, says contacts.csv"
    troubles = ((address, history.unreachable.get(address)) for address in contact.addresses)
    return ", ".join(f"{address}: {trouble}" for address, trouble in troubles if trouble)


def _circle(
    people: Sequence[Contact],
    higher: Iterable[Contact],
    asked: Iterable[HoldsRole],
    day: date,
    history: History,
) -> Circle:
    told: dict[str, Told] = {}
    holding = {contact: _matching(roles_on(contact, day), asked) for contact in people}
    standing_in = {contact for contact, roles in holding.items() if roles and all(r.alternate for r in roles)}
    ranks = [
        (Standing.HOLDER, [contact for contact in people if contact not in standing_in]),
        (Standing.ALTERNATE, [contact for contact in people if contact in standing_in]),
        (Standing.ESCALATION, higher),
    ]
    for standing, contacts in ranks:
        for contact in contacts:
            address = address_to_use(contact, history)
            if address:
                since = min((role.start or date.min for role in holding.get(contact, ())), default=date.min)
                told.setdefault(address, Told(contact, address, standing, since))
    holders, alternates, escalated = (
        tuple(one for one in told.values() if one.standing is standing) for standing, _ in ranks
    )
    why = "" if holders or alternates else "; ".join(f"{_named(c)} {why_not(c, history)}" for c in people)
    return Circle(holders, alternates, escalated, why)


def _named(contact: Contact) -> str:
    return contact.name or contact.address


def _higher_up(deadline: Deadline, recipients: Recipients, day: date) -> Mapping[str, list[Contact]]:
    """Those who are told besides when it is overdue, by country; stand-ins only in an office without a holder."""
    asked = _higher_office(deadline)
    if not asked:
        return {}
    found: dict[str, list[tuple[Contact, bool]]] = {}
    for contact in recipients.contacts:
        if contact.country and (roles := _matching(roles_on(contact, day), asked)):
            found.setdefault(contact.country, []).append((contact, all(role.alternate for role in roles)))
    return {
        country: [contact for contact, stands_in in people if not stands_in]
        or [contact for contact, _ in people]
        for country, people in found.items()
    }


def _higher_office(deadline: Deadline) -> tuple[HoldsRole, ...]:
    rule = deadline.escalation
    return (HoldsRole(role=rule.role, of=rule.of),) if rule else ()


def _vacant(
    asked: Sequence[HoldsRole], obligation: Obligation, recipients: Recipients, day: date, group: str
) -> str:
    """That nobody holds the office, and since when, where that is known."""
    if not asked:
        return f"nobody is in the group {group} on {day}"
    office = " or ".join(role.role.replace("-", " ") for role in asked)
    ended = [
        role.end
        for contact in recipients.contacts
        if contact.country == obligation.country
        for role in _matching(contact.roles, asked)
        if role.end and role.end < day
    ]
    since = f": vacant since {max(ended) + timedelta(days=1)}" if ended else ""
    return f"no {office} on {day}{since}"


def _matching(roles: Iterable[Role], asked: Iterable[HoldsRole]) -> tuple[Role, ...]:
    """Those of the roles that are asked for."""
    wanted = tuple(asked)
    return tuple(role for role in roles if any(is_asked(role, one) for one in wanted))
