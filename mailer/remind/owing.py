"""Which countries a group means, whoever holds the office there, so that a vacant office still owes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from mailer.audience import Scene, belongs
from mailer.audience.resolve import countries_meant
from mailer.errors import MailerError
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Contact,
    FieldTest,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    Outstanding,
    PartyTo,
    RangeStateOf,
    Reads,
    Role,
    Rule,
    Submitted,
)

Codes = frozenset[str]


def owing_countries(rule: Rule | None, scene: Scene) -> Codes:
    """Countries that the rule means on the scene's day; none where it says nothing about countries.

    What it says about people (a role, a language) is passed over: it decides who is told, not who owes. Conditions
    of `none` take countries away and bring none in. MailerError where groups go round in a circle.
    """
    named = _meant(rule, scene, ())
    return named & _bounds(rule, scene, named, ())[1] if named else frozenset()


def asked_roles(rule: Rule | None, scene: Scene, trail: tuple[str, ...] = ()) -> tuple[HoldsRole, ...]:
    """The offices that the rule asks for, through the groups it names; those under `none` are not asked for."""
    match rule:
        case HoldsRole():
            return (rule,)
        case AllOf():
            return _joined(asked_roles(part, scene, trail) for part in rule.all)
        case AnyOf():
            return _joined(asked_roles(part, scene, trail) for part in rule.any)
        case InSegment():
            inside, chain = _inside(rule, scene, trail)
            return asked_roles(inside, scene, chain)
        case _:
            return ()


def may_belong(contact: Contact, rule: Rule | None, scene: Scene, trail: tuple[str, ...] = ()) -> bool:
    """Whether the rule may hold for the contact on some day, whatever the day; False where it never can."""
    match rule:
        case AllOf():
            return all(may_belong(contact, part, scene, trail) for part in rule.all)
        case AnyOf():
            return any(may_belong(contact, part, scene, trail) for part in rule.any)
        case InSegment():
            inside, chain = _inside(rule, scene, trail)
            return may_belong(contact, inside, scene, chain)
        case HoldsRole():
            return any(is_asked(role, rule) for role in contact.roles)
        case InCountry() | InRegion() | RangeStateOf() | Reads() | FieldTest():
            return belongs(contact, rule, scene)
        case _:
            return True


def is_asked(role: Role, asked: HoldsRole) -> bool:
    """Whether the role is the office that is asked for, on whatever day."""
    return (
        role.name == asked.role
        and asked.of in (None, role.subject)
        and asked.alternate in (None, role.alternate)
    )


def _meant(rule: Rule | None, scene: Scene, trail: tuple[str, ...]) -> Codes | None:
    """The countries, or None where the rule is only about people."""
    match rule:
        case AllOf():
            named = [codes for part in rule.all if (codes := _meant(part, scene, trail)) is not None]
            return reduce(Codes.intersection, named) if named else None
        case AnyOf():
            named = [codes for part in rule.any if (codes := _meant(part, scene, trail)) is not None]
            return reduce(Codes.union, named) if named else None
        case InSegment():
            inside, chain = _inside(rule, scene, trail)
            return _meant(inside, scene, chain)
        case _:
            return _stated(rule, scene)


def _stated(rule: Rule | None, scene: Scene) -> Codes | None:
    """The countries that one condition states."""
    match rule:
        case InCountry() | InRegion() | RangeStateOf() | PartyTo():
            return countries_meant(rule, scene)
        case Submitted():
            known = scene.facts.deadlines.get(rule.submitted)
            return known.done if known and known.per == "country" else None
        case Outstanding():
            known = scene.facts.deadlines.get(rule.outstanding)
            return known.owed if known and known.per == "country" else None
        case _:
            return None


def _bounds(rule: Rule | None, scene: Scene, world: Codes, trail: tuple[str, ...]) -> tuple[Codes, Codes]:
    """Countries of the world for all of whose people the rule holds, and those for some of whose it may hold."""
    match rule:
        case AllOf() | AnyOf() | NoneOf():
            parts = (
                rule.all if isinstance(rule, AllOf) else rule.any if isinstance(rule, AnyOf) else rule.none
            )
            bounds = [_bounds(part, scene, world, trail) for part in parts]
            join = Codes.intersection if isinstance(rule, AllOf) else Codes.union
            sure, perhaps = (reduce(join, side) for side in zip(*bounds, strict=True))
            return (world - perhaps, world - sure) if isinstance(rule, NoneOf) else (sure, perhaps)
        case InSegment():
            inside, chain = _inside(rule, scene, trail)
            return _bounds(inside, scene, world, chain)
        case None:
            return world, world
        case _:
            stated = _stated(rule, scene)
            return (frozenset(), world) if stated is None else (stated & world, stated & world)


def _inside(rule: InSegment, scene: Scene, trail: tuple[str, ...]) -> tuple[Rule | None, tuple[str, ...]]:
    """The named group's own rule, and the way to it."""
    chain = (*trail, rule.segment)
    if rule.segment in trail:
        raise MailerError(f"The groups go round in a circle: {' → '.join(chain)}.")
    return scene.segment(rule.segment).rule, chain


def _joined(parts: Iterable[tuple[HoldsRole, ...]]) -> tuple[HoldsRole, ...]:
    return tuple(dict.fromkeys(role for part in parts for role in part))
