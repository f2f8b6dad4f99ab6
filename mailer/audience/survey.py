"""A group looked at from every side: who is in it, what its rule does, whom it leaves out and reaches not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mailer.audience.counts import AudienceCounts, count_in
from mailer.audience.coverage import Coverage, Meaning, coverage_of, meanings_of
from mailer.audience.crowd import Crowd
from mailer.audience.effects import Effect, effect_of
from mailer.audience.left_out import LeftOut, out_by_date, unwritable
from mailer.model.audience import Contact
from mailer.model.suppression import Suppression


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a group has in common with another."""

    name: str
    title: str
    people: int
    """People in the other."""
    shared: int
    is_same: bool
    """Both have the very same people."""


Extent = Literal["no rule", "everybody", "some", "nobody"]


@dataclass(frozen=True, slots=True)
class Survey:
    """All there is to say about a group on a day."""

    name: str
    title: str
    day: date
    extent: Extent
    """How much it filters."""
    on_file: int
    counts: AudienceCounts
    effect: Effect | None
    """None where it has no rule."""
    meanings: tuple[Meaning, ...]
    coverage: tuple[Coverage, ...]
    overlaps: tuple[Overlap, ...]
    """With every other group that shares somebody, the largest share first."""
    by_date: tuple[LeftOut, ...]
    """Not in it, because a role or a subscription has ended or not begun."""
    unwritable: tuple[LeftOut, ...]
    """In it, and cannot be written to."""
    members: tuple[Contact, ...]


def survey(name: str, crowd: Crowd, suppressed: Mapping[str, Suppression], newsletter: str = "") -> Survey:
    """Look at a group of a crowd. `suppressed` is the do-not-mail list by address, `newsletter` the list one gets.

    UsageError where there is no such group.
    """
    scene = crowd.scene
    segment = scene.segment(name)
    bits = crowd.group(name)
    counts = count_in(crowd, bits)
    members = crowd.members(bits)
    return Survey(
        name=name,
        title=segment.title,
        day=scene.day,
        extent=_extent(segment.rule is not None, bits, crowd),
        on_file=len(crowd.contacts),
        counts=counts,
        effect=effect_of(segment.rule, crowd, name) if segment.rule else None,
        meanings=meanings_of(segment.rule, scene),
        coverage=coverage_of(segment.rule, crowd, counts.by_country),
        overlaps=tuple(overlaps(name, crowd)),
        by_date=tuple(out_by_date(name, crowd)),
        unwritable=tuple(unwritable(members, suppressed, scene.day, newsletter)),
        members=members,
    )


def overlaps(name: str, crowd: Crowd) -> Iterable[Overlap]:
    """Every other group that shares somebody, the largest share first and then the smaller group."""
    own = crowd.group(name)
    found = []
    for other, segment in crowd.scene.segments.items():
        bits = crowd.group(other) if other != name else 0
        if shared := (own & bits).bit_count():
            found.append(Overlap(other, segment.title, bits.bit_count(), shared, bits == own))
    return sorted(found, key=lambda one: (-one.shared, one.people))


def _extent(has_rule: bool, bits: int, crowd: Crowd) -> Extent:
    if not bits:
        return "nobody"
    if not has_rule:
        return "no rule"
    return "everybody" if bits == crowd.everybody else "some"
