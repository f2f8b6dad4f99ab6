"""Contacts, the groups they form, and the audience a group resolves to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mailer.model.base import CountryCode, Language, Noun, Slug


class Role(Noun):
    """An office that a contact holds, and from when to when."""

    name: Slug
    """national-focal-point, species-focal-point, press, …"""
    subject: str = ""
    """What the role is about: a treaty, a species."""
    start: Date | None = None
    end: Date | None = None
    """The last day, included."""

    def held_on(self, day: Date) -> bool:
        """Whether the role is held on that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Contact(Noun):
    """One person who may be written to."""

    email: str
    """As given."""
    address: str
    """Normalised: NFC, lower case. Nobody is mailed twice under one address."""
    title: str = ""
    """Ms., Mr., Dr., H.E. …"""
    given_name: str = ""
    family_name: str = ""
    salutation: str = ""
    """The whole opening line for this person, where the usual one will not do."""
    language: Language | None = None
    country: CountryCode | None = None
    organization: str = ""
    roles: tuple[Role, ...] = ()
    subscriptions: tuple[Slug, ...] = ()
    """Newsletters this person gets."""
    row: int | None = None
    """Row in the file, the head being row 1."""

    @property
    def name(self) -> str:
        """Given and family name, as far as known."""
        return f"{self.given_name} {self.family_name}".strip()


class AllOf(Noun):
    """Every rule holds."""

    all: Annotated[tuple[Rule, ...], Field(min_length=1)]


class AnyOf(Noun):
    """At least one rule holds."""

    any: Annotated[tuple[Rule, ...], Field(min_length=1)]


class NoneOf(Noun):
    """No rule holds."""

    none: Annotated[tuple[Rule, ...], Field(min_length=1)]


class HoldsRole(Noun):
    """Holds a role on the day; of a subject, where one is named."""

    role: Slug
    of: str | None = None


class InCountry(Noun):
    """Lives in, or stands for, one of the countries."""

    country: CountryCode | Annotated[tuple[CountryCode, ...], Field(min_length=1)]


class InRegion(Noun):
    """The country belongs to the region, as the countries register has it."""

    region: str


class SpeciesChoice(Noun):
    """Any of some species, or all of them."""

    any: tuple[Slug, ...] | None = None
    all: tuple[Slug, ...] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> SpeciesChoice:
        if bool(self.any) == bool(self.all):
            raise ValueError("say either `any` or `all`, with at least one species")
        return self


class RangeStateOf(Noun):
    """The country is a Range State of the species."""

    range_state_of: Slug | SpeciesChoice


class PartyTo(Noun):
    """The country is a Party to the treaty on the day."""

    party_to: Slug


class Reads(Noun):
    """Is written to in the language."""

    language: Language


class Subscribed(Noun):
    """Subscribes to the newsletter."""

    subscribed: Slug


class InSegment(Noun):
    """Belongs to another group."""

    segment: Slug


FieldName = Literal["email", "title", "given_name", "family_name", "language", "country", "organization"]


class FieldTest(Noun):
    """A test on one column of the contacts."""

    field: FieldName
    is_: Annotated[str | None, Field(alias="is")] = None
    in_: Annotated[tuple[str, ...] | None, Field(alias="in")] = None
    starts: str | None = None
    missing: bool | None = None

    @model_validator(mode="after")
    def _exactly_one_test(self) -> FieldTest:
        given = [test for test in (self.is_, self.in_, self.starts, self.missing) if test is not None]
        if len(given) != 1:
            raise ValueError("say exactly one of `is`, `in`, `starts`, `missing`")
        return self


Rule = (
    AllOf
    | AnyOf
    | NoneOf
    | HoldsRole
    | InCountry
    | InRegion
    | RangeStateOf
    | PartyTo
    | Reads
    | Subscribed
    | InSegment
    | FieldTest
)

for _model in (AllOf, AnyOf, NoneOf):
    _model.model_rebuild()


class Segment(Noun):
    """A named group: a rule that says who belongs to it. No rule: everybody."""

    name: Slug
    title: str = ""
    """What people call it."""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Recipients:
    """Everything that `recipients/` holds: people, groups and the name of the file each came from."""

    contacts: tuple[Contact, ...]
    segments: Mapping[str, Segment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """One contact in an audience, with all that makes their copy theirs."""

    contact: Contact
    language: str
    variant: str
    """Key of the variant they get."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slot name → value, "" where there is none."""

    @property
    def address(self) -> str:
        """The normalised address."""
        return self.contact.address
