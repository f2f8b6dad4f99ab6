"""How many people an audience has, by country, role and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from mailer.audience.crowd import Crowd
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
    # Very many people have the very same roles, languages and countries: each is looked at once.
    held = [id(contact.roles) for contact in people]
    examples = dict(zip(held, people, strict=True))
    roles: Counter[str] = Counter()
    for key, number in Counter(held).items():
        names = {role.name for role in roles_on(examples[key], scene.day)} or {""}
        roles.update(dict.fromkeys(names, number))
    homes = list(map(attrgetter("language", "country"), people))
    living = dict(zip(homes, people, strict=True))
    countries: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for home, number in Counter(homes).items():
        countries[home[1] or ""] += number
        languages[scene.language(living[home])] += number
    return AudienceCounts(
        total=len(people),
        by_country=_largest_first(countries),
        by_role=_largest_first(roles),
        by_language=_largest_first(languages),
    )


def count_in(crowd: Crowd, bits: int) -> AudienceCounts:
    """The same for some of a crowd, quick for any number of groups of the same people."""
    scene = crowd.scene
    masks = (
        crowd.divided(("country",), lambda one: [one.country or ""]),
        crowd.divided(("roles",), lambda one: {role.name for role in roles_on(one, scene.day)} or {""}),
        crowd.divided(("language", "country"), lambda one: [scene.language(one)]),
    )
    by = [Counter({name: (mask & bits).bit_count() for name, mask in found.items()}) for found in masks]
    countries, roles, languages = (_largest_first(+counter) for counter in by)
    return AudienceCounts(bits.bit_count(), countries, roles, languages)


def _largest_first(counter: Counter[str]) -> Mapping[str, int]:
    return dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
