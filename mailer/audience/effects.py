"""What each part of a group's rule does: how many it lets in and keeps out, and what would change without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Literal

from mailer.audience.crowd import Crowd
from mailer.audience.explain import words
from mailer.audience.groups import parts_of
from mailer.model.audience import AllOf, AnyOf, InSegment, NoneOf, Rule

Kind = Literal["all", "any", "none", "group", "rule"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One part of a rule, and what it does to the group."""

    words: str
    kind: Kind
    lets_in: int
    """People who pass it: of a part under `none`, those for whom it does not hold."""
    keeps_out: int
    only_in: int
    """People who are in the group through this part alone."""
    only_out: int
    """People whom this part alone keeps out."""
    parts: tuple[Effect, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether the group would have the very same people without it."""
        return not (self.only_in or self.only_out)


class _Part:
    """A part of a rule with those for whom it holds; groups that it names are opened."""

    def __init__(self, rule: Rule, crowd: Crowd, is_under_none: bool, trail: tuple[str, ...]) -> None:
        self.rule = rule
        self.is_under_none = is_under_none
        self.holds = crowd.bits(rule, trail)
        inner, trail = _inside(rule, crowd, trail)
        flips = isinstance(rule, NoneOf)
        self.parts = [_Part(part, crowd, is_under_none ^ flips, trail) for part in inner]

    @property
    def kind(self) -> Kind:
        match self.rule:
            case AllOf():
                return "all"
            case AnyOf():
                return "any"
            case NoneOf():
                return "none"
            case InSegment():
                return "group"
            case _:
                return "rule"

    def without(self, left_out: _Part, everybody: int) -> int | None:
        """Those for whom it holds when one part of it is left out; None where nothing of it remains."""
        if self is left_out:
            return None
        if not self.parts:
            return self.holds
        found = [part.without(left_out, everybody) for part in self.parts]
        left = [bits for bits in found if bits is not None]
        if not left:
            return None
        match self.kind:
            case "any":
                return reduce(or_, left)
            case "none":
                return everybody & ~reduce(or_, left)
            case _:
                return reduce(and_, left)


def effect_of(rule: Rule, crowd: Crowd, name: str) -> Effect:
    """What a group's rule and each part of it do, among all the people of a crowd."""
    whole = _Part(rule, crowd, is_under_none=False, trail=(name,))

    def told(part: _Part) -> Effect:
        rest = whole.without(part, crowd.everybody)
        without = crowd.everybody if rest is None else rest
        passing = crowd.everybody & ~part.holds if part.is_under_none else part.holds
        return Effect(
            words=_heading(part),
            kind=part.kind,
            lets_in=passing.bit_count(),
            keeps_out=(crowd.everybody & ~passing).bit_count(),
            only_in=(whole.holds & ~without).bit_count(),
            only_out=(without & ~whole.holds).bit_count(),
            parts=tuple(told(inner) for inner in part.parts),
        )

    return told(whole)


def effects_in(effect: Effect, depth: int = 0) -> Iterator[tuple[int, Effect]]:
    """The effect and all within it, each with how deep it lies."""
    yield depth, effect
    for part in effect.parts:
        yield from effects_in(part, depth + 1)


def _inside(rule: Rule, crowd: Crowd, trail: tuple[str, ...]) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    if isinstance(rule, InSegment):
        inner = crowd.scene.segment(rule.segment).rule
        return ((inner,) if inner else ()), (*trail, rule.segment)
    return parts_of(rule), trail


def _heading(part: _Part) -> str:
    match part.kind:
        case "all":
            return "all of these"
        case "any":
            return "at least one of these"
        case "none":
            return "none of these"
        case _:
            return words(part.rule)
