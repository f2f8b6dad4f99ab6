"""Registers: dated facts about countries, species and treaties that groups and texts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from mailer.model.base import CountryCode, Language, Noun, Slug, primary, within
from mailer.model.name import KnownName

Confidence = Literal["high", "medium", "low"]
"""How sure a fact is: read in a source, partly read, general knowledge."""


class Membership(Noun):
    """That a State is a Party to a treaty: since when, until when, and where that was read."""

    since: Date
    until: Date | None = None
    """The last day, included; left out while it lasts."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: Confidence | None = None
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _must_follow(self.since, self.until, "since", "until")
        return self

    @property
    def days(self) -> tuple[Date | None, Date | None]:
        """The first day and the last one, both included; None where it is open."""
        return self.since, self.until

    def holds_on(self, day: Date) -> bool:
        """Whether it is so on that day."""
        return within(day, *self.days)


class RangeState(Noun):
    """That a species lives in a State: from when to when, as far as it changed, and where that was read."""

    state: CountryCode
    start: Annotated[Date | None, Field(alias="from")] = None
    end: Annotated[Date | None, Field(alias="until")] = None
    """The last day, included."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: Confidence | None = None
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _must_follow(self.start, self.end, "from", "until")
        return self

    @property
    def days(self) -> tuple[Date | None, Date | None]:
        """The first day and the last one, both included; None where it is open."""
        return self.start, self.end

    def holds_on(self, day: Date) -> bool:
        """Whether it is so on that day."""
        return within(day, *self.days)


def _must_follow(first: Date | None, last: Date | None, start: str, end: str) -> None:
    if first and last and last < first:
        raise ValueError(f"`{end}` ({last}) is before `{start}` ({first})")


def _since(given: Any) -> Any:
    """A day alone means: a Party since that day."""
    return given if isinstance(given, (dict, Membership)) else {"since": given}


def _state(given: Any) -> Any:
    """A code alone means: always, as far as known."""
    return given if isinstance(given, (dict, RangeState)) else {"state": given}


Party = Annotated[Membership, BeforeValidator(_since, json_schema_input_type=Date | Membership)]
"""Written as a day, or as a group of keys."""
Range = Annotated[RangeState, BeforeValidator(_state, json_schema_input_type=CountryCode | RangeState)]
"""Written as a code, or as a group of keys."""


class Country(Noun):
    """A State or territory: its names, its language, and since when it is Party to which treaty."""

    iso2: CountryCode
    iso3: str = ""
    names: dict[Language, str] = {}
    """The UN short name by language, without its article."""
    formal: dict[Language, str] = {}
    """The UN formal name, as it stands in a sentence: "the Republic of Kazakhstan"."""
    in_text: dict[Language, str] = {}
    """The name as it stands in a sentence, with its article: "the Russian Federation", "le Kazakhstan"."""
    of: dict[Language, str] = {}
    """The name with "of", as the language says it: "of Kazakhstan", "du Kazakhstan", "Казахстана"."""
    in_: Annotated[dict[Language, str], Field(alias="in")] = {}
    """The name with "in": "in Kazakhstan", "au Kazakhstan", "во Франции"."""
    un: Literal["member", "observer"] | None = None
    """What the State is to the United Nations."""
    region: str = ""
    language: Language | None = None
    """The language to offer first to a contact there who has stated none."""
    timezone: str = ""
    parties: dict[Slug, Party] = {}
    """Treaty slug → the day from which the State is a Party; or since, until, sources, confidence."""
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
        return _in_language(self.of, language) or self._after("of", language)

    def in_it(self, language: str) -> str:
        """The name with "in" in that language; "" where the register does not have it."""
        return _in_language(self.in_, language) or self._after("in", language)

    def _after(self, preposition: str, language: str) -> str:
        """English has no forms of its own for this: the preposition stands before the name and its article."""
        name = self.in_text.get("en") if primary(language) == "en" else ""
        return f"{preposition} {name}" if name else ""

    def is_party(self, treaty: str, day: Date) -> bool:
        """Whether the State is a Party to the treaty on that day."""
        membership = self.parties.get(treaty)
        return membership is not None and membership.holds_on(day)


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
    range_states: tuple[Range, ...]
    """Codes; or state, from, until, sources, confidence, note."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: dict[str, str] = {}
    """What is sure, and how far: high, medium or low."""
    note: str = ""


class Treaty(Noun):
    """A treaty, or a memorandum under one: what it is called, who keeps it, and since when it holds."""

    slug: Slug
    """What groups, roles and countries know it by."""
    kind: Literal["treaty", "memorandum", "initiative"] = "treaty"
    under: Slug | None = None
    """The treaty that it belongs to."""
    titles: dict[Language, str]
    short: dict[Language, str] = {}
    """What it is called for short: CMS."""
    depositary: str = ""
    secretariat: str = ""
    adopted: Date | None = None
    in_force: Date | None = None
    party_count: dict[Date, Annotated[int, Field(ge=1, le=999)]] = {}
    """Day → how many Parties there are from then on, as a source says."""
    languages: tuple[Language, ...] = ()
    """The languages of its text."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    confidence: dict[str, Confidence] = {}
    """What is sure, and how far: high, medium or low."""
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _must_follow(self.adopted, self.in_force, "adopted", "in_force")
        return self


@dataclass(frozen=True, slots=True)
class Registers:
    """All registers of a workspace."""

    countries: Mapping[str, Country] = field(default_factory=dict)
    species: Mapping[str, Species] = field(default_factory=dict)
    treaties: Mapping[str, Treaty] = field(default_factory=dict)
    """Empty where the workspace keeps no register of treaties."""
    people: tuple[KnownName, ...] = ()
    bodies: tuple[KnownName, ...] = ()

    def range_states(self, name: str, day: Date) -> frozenset[str]:
        """Codes of the States where a species lives on that day; `name` is a slug or a tag. Empty where unknown."""
        return frozenset(
            entry.state
            for species in self.species.values()
            if name in (species.slug, species.tag)
            for entry in species.range_states
            if entry.holds_on(day)
        )

    def all_range_states(self, day: Date) -> frozenset[str]:
        """Codes of the States where any species of the register lives on that day."""
        return frozenset(code for slug in self.species for code in self.range_states(slug, day))

    def parties(self, treaty: str, day: Date) -> frozenset[str]:
        """Codes of the States that are Parties to a treaty on that day."""
        return frozenset(code for code, country in self.countries.items() if country.is_party(treaty, day))

    def party_count(self, treaty: str, day: Date) -> tuple[Date, int] | None:
        """How many Parties a treaty has on that day, and since when; None where no source is noted.

        It is not counted: a register of countries need not have them all.
        """
        known = self.treaties[treaty].party_count if treaty in self.treaties else {}
        return max(((since, number) for since, number in known.items() if since <= day), default=None)

    def treaty_names(self) -> frozenset[str]:
        """Every treaty that a rule may name: those of the register, else those that countries are Parties to."""
        joined = {treaty for country in self.countries.values() for treaty in country.parties}
        return frozenset(self.treaties or joined)

    def species_names(self) -> frozenset[str]:
        """Every slug and tag that `range_states` knows."""
        return frozenset(
            name for species in self.species.values() for name in (species.slug, species.tag) if name
        )
