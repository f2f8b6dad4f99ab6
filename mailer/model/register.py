"""Registers: dated facts about countries and species that groups and texts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from typing import Annotated

from pydantic import Field

from mailer.model.base import CountryCode, Language, Noun, Slug, primary


class Country(Noun):
    """A State: its names, its language, and since when it is Party to which treaty."""

    iso2: CountryCode
    iso3: str
    names: dict[Language, str]
    """The UN short name by language."""
    in_text: dict[Language, str] = {}
    """The name as it stands in a sentence, with its article: "the Russian Federation", "le Kazakhstan"."""
    of: dict[Language, str] = {}
    """The name with "of", as the language says it: "of Kazakhstan", "du Kazakhstan", "Казахстана"."""
    in_: Annotated[dict[Language, str], Field(alias="in")] = {}
    """The name with "in": "in Kazakhstan", "au Kazakhstan", "во Франции"."""
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
        own = _in_language(self.in_text, language) or self.name(language)
        return own or self.in_text.get("en") or self.names.get("en", self.iso2)

    def name(self, language: str) -> str:
        """The UN short name in that language; "" where the register does not have it."""
        return _in_language(self.names, language)

    def of_it(self, language: str) -> str:
        """The name with "of" in that language; "" where the register does not have it: nothing is guessed."""
        return _in_language(self.of, language)

    def in_it(self, language: str) -> str:
        """The name with "in" in that language; "" where the register does not have it."""
        return _in_language(self.in_, language)

    def is_party(self, treaty: str, day: Date) -> bool:
        """Whether the State is a Party to the treaty on that day."""
        since = self.parties.get(treaty)
        return since is not None and since <= day


def _in_language(forms: Mapping[str, str], language: str) -> str:
    """The form in that language, else in its base language: `fr` for `fr-CH`."""
    return forms.get(language) or forms.get(primary(language), "")


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
