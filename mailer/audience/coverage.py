"""Which countries a group reaches, of those that could be meant, and which it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.audience.crowd import Crowd
from mailer.audience.explain import species_words
from mailer.audience.groups import groups_reached, rules_in
from mailer.audience.resolve import Scene, countries_meant
from mailer.model.audience import InCountry, InRegion, PartyTo, RangeStateOf, Rule


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of some countries, those in which the group has somebody."""

    what: str
    """What the countries are: "Range States", "Parties to cms"."""
    reached: tuple[str, ...]
    """Codes, sorted."""
    left_out: tuple[str, ...]
    """People are on file there, and none of them is in the group."""
    nobody_there: tuple[str, ...]
    """Nobody at all is on file there."""

    @property
    def total(self) -> int:
        """How many countries there are."""
        return len(self.reached) + len(self.left_out) + len(self.nobody_there)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The Range States that a condition means, whoever is on file there."""

    what: str
    """The condition: "saiga or snow-leopard", "Parties to cms"."""
    states: tuple[str, ...]
    """Codes, sorted."""
    others: tuple[str, ...]
    """The Range States of any species that it does not mean."""


def meanings_of(rule: Rule | None, scene: Scene) -> tuple[Meaning, ...]:
    """What each condition about species or treaties means among the Range States of all species of the register."""
    states = scene.registers.all_range_states(scene.day)
    found: dict[str, Meaning] = {}
    for part in _rules(rule, scene):
        if isinstance(part, (RangeStateOf, PartyTo)):
            codes = countries_meant(part, scene) & states
            what = f"Parties to {part.party_to}" if isinstance(part, PartyTo) else species_words(part)
            found[what] = Meaning(what, tuple(sorted(codes)), tuple(sorted(states - codes)))
    return tuple(found.values())


def coverage_of(rule: Rule | None, crowd: Crowd, by_country: Mapping[str, int]) -> tuple[Coverage, ...]:
    """How far a group goes: over the Range States of all species, and over the countries that its rules name."""
    on_file = frozenset(contact.country for contact in crowd.contacts if contact.country)
    found = []
    for what, codes in _asked(rule, crowd.scene).items():
        inside = frozenset(code for code in codes if by_country.get(code))
        rest = codes - inside
        found.append(
            Coverage(
                what,
                tuple(sorted(inside)),
                tuple(sorted(rest & on_file)),
                tuple(sorted(rest - on_file)),
            )
        )
    return tuple(found)


def _asked(rule: Rule | None, scene: Scene) -> Mapping[str, frozenset[str]]:
    states = scene.registers.all_range_states(scene.day)
    asked = {"Range States": states} if states and rule is not None else {}
    for part in _rules(rule, scene):
        match part:
            case PartyTo():
                asked[f"Parties to {part.party_to}"] = countries_meant(part, scene)
            case InRegion():
                asked[f"region {part.region}"] = countries_meant(part, scene)
            case InCountry() if not isinstance(part.country, str) and countries_meant(part, scene) != states:
                asked["countries named"] = asked.get("countries named", frozenset()) | frozenset(part.country)
            case _:
                pass
    return asked


def _rules(rule: Rule | None, scene: Scene) -> Iterator[Rule]:
    """The rule's own parts and those of every group that it leads to."""
    own = list(rules_in(rule))
    yield from own
    names = [name for part in own if (name := getattr(part, "segment", ""))]
    owing = {name: known.obliged for name, known in scene.facts.deadlines.items()}
    for segment in groups_reached(names, scene.segments, owing).values():
        yield from rules_in(segment.rule)
