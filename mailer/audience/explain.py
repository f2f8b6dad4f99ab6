"""Why somebody is in a group or is not: the rule in words, part by part."""

from __future__ import annotations

from dataclasses import dataclass

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
    Rule,
    Submitted,
    Subscribed,
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
        case HoldsRole():
            return f"holds the role {rule.role}" + (f" of {rule.of}" if rule.of else "")
        case InCountry():
            return f"is in {rule.country if isinstance(rule.country, str) else ' or '.join(rule.country)}"
        case InRegion():
            return f"is in the region {rule.region}"
        case RangeStateOf():
            return f"is in a Range State of {_species(rule)}"
        case PartyTo():
            return f"is in a Party to {rule.party_to}"
        case Reads():
            return f"is written to in {rule.language}"
        case Subscribed():
            return f"subscribes to {rule.subscribed}"
        case FieldTest():
            return _of_field(rule)
        case _:
            return _of_record(rule)


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


def _species(rule: RangeStateOf) -> str:
    species = rule.range_state_of
    if isinstance(species, str):
        return species
    return " and ".join(species.all) if species.all else " or ".join(species.any or ())


def _of_field(rule: FieldTest) -> str:
    name = rule.field.replace("_", " ")
    if rule.missing is not None:
        return f"has {'no' if rule.missing else 'a'} {name}"
    if rule.before is not None:
        return f"has been on file since before {rule.before}"
    if rule.after is not None:
        return f"has been on file since after {rule.after}"
    if rule.in_ is not None:
        return f"has the {name} {' or '.join(rule.in_)}"
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
            return (
                ", ".join(entry.list for entry in contact.subscriptions if entry.holds_on(scene.day))
                or "no subscription"
            )
        case FieldTest():
            return str(getattr(contact, rule.field) or "empty")
        case _:
            return ""


def _held(contact: Contact, rule: HoldsRole, scene: Scene) -> str:
    """The roles in question with their days, or that there are none."""
    named = [role for role in contact.roles if role.name == rule.role] or list(contact.roles)
    told = []
    for role in named:
        days = f" {role.start or ''}..{role.end or ''}" if role.start or role.end else ""
        over = "" if role.held_on(scene.day) else f", not on {scene.day}"
        told.append(f"{role.name}{':' + role.subject if role.subject else ''}{days}{over}")
    return "; ".join(told) or "no role"


def _place(contact: Contact, rule: Rule, scene: Scene) -> str:
    """The contact's country, with the fact about it that the rule asks for."""
    country = scene.country(contact)
    if country is None:
        return contact.country or "no country"
    name = country.name_in_text("en")
    if isinstance(rule, InRegion):
        return f"{name}: {country.region or 'no region'}"
    if isinstance(rule, PartyTo):
        since = country.parties.get(rule.party_to)
        return f"{name} is a Party from {since}" if since else f"{name} is not a Party"
    return name
