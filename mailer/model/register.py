"""Registers: dated facts about countries and species that groups and texts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812

from mailer.model.base import CountryCode, Language, Noun, Slug


class Country(Noun):
    """A State: its names, its language, and since when it is Party to which treaty."""

    iso2: CountryCode
    iso3: str
    names: dict[Language, str]
    """The UN short name by language."""
    in_text: dict[Language, str] = {}
    """The name as it stands in a sentence, with its article: "the Russian Federation", "le Kazakhstan"."""
    region: str = ""
    language: Language | None = None
    """The language to offer first to a contact there who has stated none."""
    timezone: str = ""
    parties: dict[Slug, Date] = {}
    """Treaty slug → the day from which the State is a Party."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: dict[str, str] = {}
    """What is sure, and how far: high, medium or low."""
    note: str = ""

    def name_in_text(self, language: str) -> str:
        """The name for use within a sentence: of that language, else English, else the code."""
        for source in (self.in_text.get(language), self.names.get(language), self.in_text.get("en")):
            if source:
                return source
        return self.names.get("en", self.iso2)

    def is_party(self, treaty: str, day: Date) -> bool:
        """Whether the State is a Party to the treaty on that day."""
        since = self.parties.get(treaty)
        return since is not None and since <= day


class Species(Noun):
    """A species and the States it lives in."""

    slug: Slug
    tag: Slug | None = None
    """Groups entries that readers know under one name (two saigas, one tag)."""
    scientific_name: str
    names: dict[Language, str]
    range_states: tuple[CountryCode, ...]
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: dict[str, str] = {}
    """What is sure, and how far: high, medium or low."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers of a workspace."""

    countries: Mapping[str, Country] = field(default_factory=dict)
    species: Mapping[str, Species] = field(default_factory=dict)

    def range_states(self, name: str) -> frozenset[str]:
        """Codes of the States where a species lives; `name` is a slug or a tag. Empty where unknown."""
        return frozenset(
            code
            for species in self.species.values()
            if name in (species.slug, species.tag)
            for code in species.range_states
        )

    def species_names(self) -> frozenset[str]:
        """Every slug and tag that `range_states` knows."""
        return frozenset(
            name for species in self.species.values() for name in (species.slug, species.tag) if name
        )
