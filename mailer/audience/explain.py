"""Why somebody is in a group or is not: the rule in words, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailer.audience.resolve import Scene, belongs
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Bounced,
    Contact,
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
    Submitted,
    Subscribed,
    Subscription,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule in words, whether it holds, what speaks for that, and the same of its parts."""

    words: str
    holds: bool
    because: str = ""
    """The fact about the contact that decides it."""
    children: tuple[Explanation, ...] = ()


def explain(contact: Contact, segment_name: str, scene: Scene) -> Explanation:
    """Why the contact belongs to the group or does not. UsageError where there is no such group."""
    segment = scene.segment(segment_name)
    holds = belongs(contact, segment.rule, scene)
    inner = (_explain(contact, segment.rule, scene),) if segment.rule else ()
    because = "" if segment.rule else "everybody does"
    return Explanation(f'belongs to the group "{segment.title or segment.name}"', holds, because, inner)


def words(rule: Rule | None) -> str:
    """A rule as part of a sentence about a person: "holds the role press and is in KZ"."""
    match rule:
        case None:
            return "is anybody"
        case AllOf():
            return " and ".join(_within(part) for part in rule.all)
        case AnyOf():
            return " or ".join(_within(part) for part in rule.any)
        case NoneOf():
            return f"not ({' or '.join(_within(part) for part in rule.none)})"
        case InSegment():
            return f"belongs to the group {rule.segment}"
        case _:
            return _of_one(rule)


def _within(rule: Rule) -> str:
    text = words(rule)
    several = (isinstance(rule, AllOf) and len(rule.all) > 1) or (
        isinstance(rule, AnyOf) and len(rule.any) > 1
    )
    return f"({text})" if several else text


def _of_one(rule: Rule) -> str:
    match rule:
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            return _of_place(rule)
        case HoldsRole():
            return _of_role(rule)
        case Reads():
            return f"is written to in {rule.language}"
        case Subscribed():
            return f"subscribes to {rule.subscribed}"
        case FieldTest():
            return _of_field(rule)
        case _:
            return _of_record(rule)


def _of_place(rule: InCountry | InRegion | RangeStateOf | PartyTo) -> str:
    match rule:
        case InCountry():
            return f"is in {rule.country if isinstance(rule.country, str) else _any_of(rule.country)}"
        case InRegion():
            return f"is in the region {rule.region}"
        case RangeStateOf():
            return f"is in a Range State of {species_words(rule)}"
        case PartyTo():
            return f"is in a Party to {rule.party_to}"


def _of_role(rule: HoldsRole) -> str:
    about = f"the role {rule.role}" + (f" of {rule.of}" if rule.of else "")
    if rule.alternate is None:
        return f"holds {about}"
    return f"is an alternate in {about}" if rule.alternate else f"holds {about}, not as an alternate"


def _of_record(rule: Rule) -> str:
    match rule:
        case Submitted():
            return f"has handed in {rule.submitted}"
        case Outstanding():
            return f"still owes {rule.outstanding}"
        case Received():
            return f"has been sent {rule.received}"
        case NotReceived():
            return f"has not been sent {rule.not_received}"
        case Bounced():
            return f"has an address that {'does not work' if rule.bounced else 'is not known to fail'}"
        case _:
            raise TypeError(rule)


def species_words(rule: RangeStateOf) -> str:
    """The species of a rule: "saiga or snow-leopard"."""
    species = rule.range_state_of
    if isinstance(species, str):
        return species
    return " and ".join(species.all) if species.all else _any_of(species.any or ())


def _any_of(names: Sequence[str]) -> str:
    """AF, BT or CN."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _of_field(rule: FieldTest) -> str:
    name = rule.field.replace("_", " ")
    if rule.missing is not None:
        return f"has {'no' if rule.missing else 'a'} {name}"
    if rule.before is not None:
        return f"has been on file since before {rule.before}"
    if rule.after is not None:
        return f"has been on file since after {rule.after}"
    if rule.in_ is not None:
        return f"has the {name} {_any_of(rule.in_)}"
    if rule.starts is not None:
        return f'has a {name} that starts with "{rule.starts}"'
    return f"has the {name} {rule.is_}"


def _explain(contact: Contact, rule: Rule, scene: Scene) -> Explanation:
    holds = belongs(contact, rule, scene)

    def parts(rules: tuple[Rule, ...]) -> tuple[Explanation, ...]:
        return tuple(_explain(contact, part, scene) for part in rules)

    match rule:
        case AllOf():
            return Explanation("all of these", holds, children=parts(rule.all))
        case AnyOf():
            return Explanation("at least one of these", holds, children=parts(rule.any))
        case NoneOf():
            return Explanation("none of these", holds, children=parts(rule.none))
        case InSegment():
            inner = scene.segment(rule.segment).rule
            return Explanation(words(rule), holds, children=parts((inner,)) if inner else ())
        case _:
            return Explanation(words(rule), holds, _fact(contact, rule, scene))


def _fact(contact: Contact, rule: Rule, scene: Scene) -> str:
    """The contact's own value that a rule looks at."""
    match rule:
        case HoldsRole():
            return _held(contact, rule, scene)
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            return _place(contact, rule, scene)
        case Reads():
            stated = "stated" if contact.language else "offered first in the country"
            return f"{scene.language(contact)}, {stated}" if scene.language(contact) else "no language known"
        case Subscribed():
            return "; ".join(subscription_words(entry, scene.day) for entry in contact.subscriptions) or (
                "no subscription"
            )
        case FieldTest():
            return str(getattr(contact, rule.field) or "empty")
        case _:
            return _recorded(contact, rule, scene)


def _recorded(contact: Contact, rule: Rule, scene: Scene) -> str:
    """What the deadlines and the send record say."""
    match rule:
        case Submitted() | Outstanding():
            known = scene.facts.deadlines[rule.submitted if isinstance(rule, Submitted) else rule.outstanding]
            country = scene.country(contact)
            name = country.name_in_text("en") if country else contact.country or "no country"
            who = "they themselves" if known.per == "person" else name
            owner = contact.address if known.per == "person" else contact.country or ""
            if owner in known.done:
                return f"{who}: handed in"
            return f"{who}: not handed in" if owner in known.owed else f"{who}: owes nothing"
        case Received() | NotReceived():
            issue = rule.received if isinstance(rule, Received) else rule.not_received
            got = scene.facts.received.get(issue, frozenset())
            return "no mail of it was taken over" if got.isdisjoint(contact.addresses) else "taken over"
        case Bounced():
            return "known to fail" if contact.address in scene.facts.bounced else "not known to fail"
        case _:
            return ""


def role_words(role: Role, day: date) -> str:
    """A role with its subject and days, and that it does not hold on the day where it does not."""
    subject = f":{role.subject}" if role.subject else ""
    stands_in = ", alternate" if role.alternate else ""
    over = "" if role.held_on(day) else f", not on {day}"
    return f"{role.name}{subject}{_days(role.start, role.end)}{stands_in}{over}"


def subscription_words(entry: Subscription, day: date) -> str:
    """A subscription with its days, and that it does not hold on the day where it does not."""
    over = "" if entry.holds_on(day) else f", not on {day}"
    return f"{entry.list}{_days(entry.start, entry.end)}{over}"


def _days(start: date | None, end: date | None) -> str:
    return f" {start or ''}..{end or ''}" if start or end else ""


def _held(contact: Contact, rule: HoldsRole, scene: Scene) -> str:
    """The roles in question with their days, or that there are none."""
    named = [role for role in contact.roles if role.name == rule.role] or contact.roles
    return "; ".join(role_words(role, scene.day) for role in named) or "no role"


def _place(contact: Contact, rule: Rule, scene: Scene) -> str:
    """The contact's country, with the fact about it that the rule asks for."""
    country = scene.country(contact)
    if country is None:
        return contact.country or "no country"
    name = country.name_in_text("en")
    if isinstance(rule, InRegion):
        return f"{name}: {country.region or 'no region'}"
    if isinstance(rule, PartyTo):
        member = country.parties.get(rule.party_to)
        until = f" to {member.until}" if member and member.until else ""
        return f"{name} is a Party from {member.since}{until}" if member else f"{name} is not a Party"
    return name
