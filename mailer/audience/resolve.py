"""Who belongs to which group on a day: pure answers about values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.languages import covers
from mailer.errors import MailerError, UsageError, nearest
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Bounced,
    Contact,
    DeadlineFacts,
    Facts,
    FieldTest,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    NotReceived,
    Outstanding,
    PartyTo,
    RangeStateOf,
    Reads,
    Received,
    Recipients,
    Role,
    Rule,
    Segment,
    SpeciesChoice,
    Submitted,
    Subscribed,
)
from mailer.model.register import Country, Registers

Test = Callable[[Contact], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may look at besides the contact. `day` decides roles and Party status."""

    registers: Registers
    segments: Mapping[str, Segment]
    day: date
    facts: Facts = field(default_factory=Facts)
    """What the send record and the deadlines say."""
    # Tests made so far, by the identity of their rule, so that asking for each person in turn stays quick.
    _tests: dict[int, tuple[Rule | None, Test]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def country(self, contact: Contact) -> Country | None:
        """The contact's country as the register has it."""
        return self.registers.countries.get(contact.country or "")

    def language(self, contact: Contact) -> str:
        """The language the contact states, else the one to offer first in their country, else ""."""
        country = self.country(contact)
        return contact.language or (country.language if country else None) or ""

    def segment(self, name: str) -> Segment:
        """The group of that name; UsageError with the nearest where there is none."""
        if name not in self.segments:
            raise UsageError(f'There is no group "{name}".', nearest(name, self.segments))
        return self.segments[name]


def belongs(contact: Contact, rule: Rule | None, scene: Scene) -> bool:
    """Whether the rule holds for the contact on the scene's day; no rule holds for everybody."""
    known, test = scene._tests.get(id(rule), (None, None))
    if test is None or known is not rule:
        test = _test_for(rule, scene, ())
        scene._tests[id(rule)] = (rule, test)
    return test(contact)


def resolve(
    names: Iterable[str],
    recipients: Recipients,
    scene: Scene,
    also: Collection[str] = (),
    except_: Collection[str] = (),
) -> tuple[Contact, ...]:
    """Everybody in any of the groups, and `also`, but for `except_`: each once, in the order of the contacts.

    UsageError where a group, or an address in `also` or `except_`, is not known.
    """
    tests = [_test_for(scene.segment(name).rule, scene, (name,)) for name in names]
    addresses = {contact.address for contact in recipients.contacts}
    added = {_known_address(email, addresses) for email in also}
    removed = {_known_address(email, addresses) for email in except_}
    return tuple(
        contact
        for contact in recipients.contacts
        if contact.address not in removed
        and (contact.address in added or any(test(contact) for test in tests))
    )


def roles_on(contact: Contact, day: date) -> tuple[Role, ...]:
    """The roles that the contact holds on the day, in the order of the file."""
    return tuple(role for role in contact.roles if role.held_on(day))


def _known_address(email: str, addresses: Collection[str]) -> str:
    try:
        address = normalise(email.strip())
    except AddressError as error:
        raise UsageError(f'"{email}" is not an address: {error}.') from error
    if address not in addresses:
        close = nearest(address, addresses)
        hint = close if close.startswith("Did") else "Add them to contacts.csv first."
        raise UsageError(f"{address} is not among the contacts.", hint)
    return address


def _test_for(rule: Rule | None, scene: Scene, trail: tuple[str, ...]) -> Test:
    """A rule as one test, its names looked up once however many people it meets. `trail`: the groups passed."""
    match rule:
        case None:
            return lambda _: True
        case AllOf():
            tests = [_test_for(part, scene, trail) for part in rule.all]
            return lambda contact: all(test(contact) for test in tests)
        case AnyOf():
            tests = [_test_for(part, scene, trail) for part in rule.any]
            return lambda contact: any(test(contact) for test in tests)
        case NoneOf():
            tests = [_test_for(part, scene, trail) for part in rule.none]
            return lambda contact: not any(test(contact) for test in tests)
        case InSegment():
            chain = (*trail, rule.segment)
            if rule.segment in trail:
                raise MailerError(f"The groups go round in a circle: {' → '.join(chain)}.")
            return _test_for(scene.segment(rule.segment).rule, scene, chain)
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            codes = _countries(rule, scene)
            return lambda contact: contact.country in codes
        case Submitted() | Outstanding() | Received() | NotReceived() | Bounced():
            return _test_on_record(rule, scene, trail)
        case _:
            return _test_on_person(rule, scene)


def _test_on_record(
    rule: Submitted | Outstanding | Received | NotReceived | Bounced, scene: Scene, trail: tuple[str, ...]
) -> Test:
    facts = scene.facts
    match rule:
        case Submitted():
            known = facts.deadlines[rule.submitted]
            return lambda contact: _owner(contact, known) in known.done
        case Outstanding():
            known = facts.deadlines[rule.outstanding]
            if known.obliged in trail:
                raise MailerError(f"The groups go round in a circle: {' → '.join((*trail, known.obliged))}.")
            obliged = _test_for(scene.segment(known.obliged).rule, scene, (*trail, known.obliged))
            return lambda contact: _owner(contact, known) in known.owed and obliged(contact)
        case Received():
            got = facts.received.get(rule.received, frozenset())
            return lambda contact: contact.address in got
        case NotReceived():
            got = facts.received.get(rule.not_received, frozenset())
            return lambda contact: contact.address not in got
        case Bounced():
            return lambda contact: (contact.address in facts.bounced) == rule.bounced


def _owner(contact: Contact, known: DeadlineFacts) -> str:
    """Under what the deadline knows the contact: their country, or themselves."""
    return contact.address if known.per == "person" else contact.country or ""


def _test_on_person(rule: HoldsRole | Reads | Subscribed | FieldTest, scene: Scene) -> Test:
    match rule:
        case HoldsRole():
            return lambda contact: any(
                role.name == rule.role and rule.of in (None, role.subject) and role.held_on(scene.day)
                for role in contact.roles
            )
        case Reads():
            return lambda contact: covers(rule.language, scene.language(contact))
        case Subscribed():
            return lambda contact: contact.subscribes_to(rule.subscribed, scene.day)
        case FieldTest():
            return lambda contact: _passes(contact, rule)


def _countries(rule: InCountry | InRegion | RangeStateOf | PartyTo, scene: Scene) -> frozenset[str]:
    """Codes of the countries that a rule means, on the scene's day."""
    known = scene.registers.countries
    match rule:
        case InCountry():
            return frozenset({rule.country} if isinstance(rule.country, str) else rule.country)
        case InRegion():
            return frozenset(code for code, country in known.items() if country.region == rule.region)
        case PartyTo():
            return frozenset(code for code in known if known[code].is_party(rule.party_to, scene.day))
        case RangeStateOf():
            return _range(rule.range_state_of, scene.registers)


def _range(species: str | SpeciesChoice, registers: Registers) -> frozenset[str]:
    if isinstance(species, str):
        return registers.range_states(species)
    if species.all:
        return frozenset.intersection(*(registers.range_states(name) for name in species.all))
    return frozenset().union(*(registers.range_states(name) for name in species.any or ()))


def _passes(contact: Contact, test: FieldTest) -> bool:
    """Whether a column passes; capital and small letters are the same."""
    value = str(getattr(contact, test.field) or "").casefold()
    if test.missing is not None:
        return test.missing == (not value)
    if test.before is not None:
        return contact.since is not None and contact.since < test.before
    if test.after is not None:
        return contact.since is not None and contact.since > test.after
    if test.in_ is not None:
        return value in {choice.casefold() for choice in test.in_}
    if test.starts is not None:
        return bool(value) and value.startswith(test.starts.casefold())
    return value == (test.is_ or "").casefold()
