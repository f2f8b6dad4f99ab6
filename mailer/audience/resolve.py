"""Who belongs to which group on a day: pure answers about values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

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
    Role,
    Rule,
    Segment,
    SpeciesChoice,
    Submitted,
    Subscribed,
)
from mailer.model.register import Country, Registers

if TYPE_CHECKING:
    from mailer.audience.crowd import Crowd

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
    crowds: dict[int, Crowd] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Whole files of people before these rules, kept by `crowd_of`."""

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
        test = test_for(rule, scene, ())
        scene._tests[id(rule)] = (rule, test)
    return test(contact)


def roles_on(contact: Contact, day: date) -> tuple[Role, ...]:
    """The roles that the contact holds on the day, in the order of the file."""
    return tuple(role for role in contact.roles if role.held_on(day))


def test_for(rule: Rule | None, scene: Scene, trail: tuple[str, ...]) -> Test:
    """A rule as one test, its names looked up once however many people it meets. `trail`: the groups passed."""
    match rule:
        case None:
            return lambda _: True
        case AllOf():
            tests = [test_for(part, scene, trail) for part in rule.all]
            return lambda contact: all(test(contact) for test in tests)
        case AnyOf():
            tests = [test_for(part, scene, trail) for part in rule.any]
            return lambda contact: any(test(contact) for test in tests)
        case NoneOf():
            tests = [test_for(part, scene, trail) for part in rule.none]
            return lambda contact: not any(test(contact) for test in tests)
        case InSegment():
            chain = (*trail, rule.segment)
            if rule.segment in trail:
                raise MailerError(f"The groups go round in a circle: {' → '.join(chain)}.")
            return test_for(scene.segment(rule.segment).rule, scene, chain)
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            codes = countries_meant(rule, scene)
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
            known = deadline_facts(rule.submitted, facts)
            return lambda contact: _owner(contact, known) in known.done
        case Outstanding():
            known = deadline_facts(rule.outstanding, facts)
            if known.obliged in trail:
                raise MailerError(f"The groups go round in a circle: {' → '.join((*trail, known.obliged))}.")
            obliged = test_for(scene.segment(known.obliged).rule, scene, (*trail, known.obliged))
            return lambda contact: _owner(contact, known) in known.owed and obliged(contact)
        case Received():
            got = facts.received.get(rule.received, frozenset())
            return lambda contact: not got.isdisjoint(contact.addresses)
        case NotReceived():
            got = facts.received.get(rule.not_received, frozenset())
            return lambda contact: got.isdisjoint(contact.addresses)
        case Bounced():
            return lambda contact: (contact.address in facts.bounced) == rule.bounced


def deadline_facts(name: str, facts: Facts) -> DeadlineFacts:
    """Where the deadline stands. MailerError where nothing is known of it: who has answered is never guessed."""
    if name not in facts.deadlines:
        raise MailerError(
            f'A group asks who has handed in "{name}", and there is no such deadline.',
            nearest(name, facts.deadlines),
        )
    return facts.deadlines[name]


def owner_field(known: DeadlineFacts) -> str:
    """What of a contact says under what the deadline knows them: their country, or themselves."""
    return "address" if known.per == "person" else "country"


def _owner(contact: Contact, known: DeadlineFacts) -> str:
    return getattr(contact, owner_field(known)) or ""


def _test_on_person(rule: HoldsRole | Reads | Subscribed | FieldTest, scene: Scene) -> Test:
    match rule:
        case HoldsRole():
            return lambda contact: any(
                is_meant(role, rule) and role.held_on(scene.day) for role in contact.roles
            )
        case Reads():
            return lambda contact: covers(rule.language, scene.language(contact))
        case Subscribed():
            return lambda contact: contact.subscribes_to(rule.subscribed, scene.day)
        case FieldTest():
            return _test_on_field(rule)


def is_meant(role: Role, rule: HoldsRole) -> bool:
    """Whether the rule asks for that role, whatever the day."""
    return (
        role.name == rule.role
        and rule.of in (None, role.subject)
        and rule.alternate in (None, role.alternate)
    )


def countries_meant(rule: InCountry | InRegion | RangeStateOf | PartyTo, scene: Scene) -> frozenset[str]:
    """Codes of the countries that a rule means, on the scene's day."""
    registers = scene.registers
    match rule:
        case InCountry():
            return frozenset({rule.country} if isinstance(rule.country, str) else rule.country)
        case InRegion():
            known = registers.countries.items()
            return frozenset(code for code, country in known if country.region == rule.region)
        case PartyTo():
            return registers.parties(rule.party_to, scene.day)
        case RangeStateOf():
            return _range(rule.range_state_of, scene)


def _range(species: str | SpeciesChoice, scene: Scene) -> frozenset[str]:
    def states(name: str) -> frozenset[str]:
        return scene.registers.range_states(name, scene.day)

    if isinstance(species, str):
        return states(species)
    if species.all:
        return frozenset.intersection(*map(states, species.all))
    return frozenset().union(*map(states, species.any or ()))


def _test_on_field(test: FieldTest) -> Test:
    """A test of one column; capital and small letters are the same. What does not change is worked out once."""
    name, before, after = test.field, test.before, test.after

    def value(contact: Contact) -> str:
        return str(getattr(contact, name) or "").casefold()

    if test.missing is not None:
        return lambda contact: test.missing == (not getattr(contact, name))
    if before is not None:
        return lambda contact: contact.since is not None and contact.since < before
    if after is not None:
        return lambda contact: contact.since is not None and contact.since > after
    if test.in_ is not None:
        choices = frozenset(choice.casefold() for choice in test.in_)
        return lambda contact: value(contact) in choices
    if test.starts is not None:
        start = test.starts.casefold()
        return lambda contact: bool(value(contact)) and value(contact).startswith(start)
    wanted = (test.is_ or "").casefold()
    return lambda contact: value(contact) == wanted
