"""How many people an audience has, by country, role and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailer.audience.resolve import Scene, roles_on
from mailer.model.audience import Contact


@dataclass(frozen=True, slots=True)
class AudienceCounts:
    """Heads of an audience; each mapping has the largest number first, and "" where nothing is known."""

    total: int
    by_country: Mapping[str, int]
    """Country code → people."""
    by_role: Mapping[str, int]
    """Role held on the day → people; somebody with two roles counts under both."""
    by_language: Mapping[str, int]
    """Language that they are written to in, if there is a version → people."""


def count(contacts: Iterable[Contact], scene: Scene) -> AudienceCounts:
    """Count an audience as it is on the scene's day."""
    people = tuple(contacts)
    roles: Counter[str] = Counter()
    for contact in people:
        roles.update({role.name for role in roles_on(contact, scene.day)} or {""})
    return AudienceCounts(
        total=len(people),
        by_country=_largest_first(Counter(contact.country or "" for contact in people)),
        by_role=_largest_first(roles),
        by_language=_largest_first(Counter(scene.language(contact) for contact in people)),
    )


def _largest_first(counter: Counter[str]) -> Mapping[str, int]:
    return dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
