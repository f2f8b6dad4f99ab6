"""Contacts, the groups they form, and the audience a group resolves to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mailer.model.base import CountryCode, Language, Noun, Slug, within
from mailer.model.issue import MessageClass


class Role(Noun):
    """An office that a contact holds, and from when to when."""

    name: Slug
    """national-focal-point, species-focal-point, press, …"""
    subject: str = ""
    """What the role is about: a treaty (its instrument), a species."""
    start: Date | None = None
    end: Date | None = None
    """The last day, included."""
    alternate: bool = False
    """Stands in for the holder."""
    letter: str = ""
    """The letter by which the role was given, or ended."""

    def held_on(self, day: Date) -> bool:
        """Whether the role is held on that day."""
        return within(day, self.start, self.end)


class Subscription(Noun):
    """That a contact gets a newsletter, since when, and where that is known from."""

    list: Slug
    start: Date | None = None
    end: Date | None = None
    """The last day, included; somebody who has left stays written down with it."""
    source: str = ""
    """Where the consent was given: "web form", "letter 2016/12"."""

    def holds_on(self, day: Date) -> bool:
        """Whether the newsletter goes to them on that day."""
        return within(day, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Contact:
    """One person who may be written to. Two may share an address; one may have several."""

    email: str
    """As given."""
    address: str
    """Normalised: NFC, lower case. Nobody is mailed twice under one address."""
    other_emails: tuple[str, ...] = ()
    """Further addresses, normalised: the first that can be written to is used where `address` cannot."""
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
    subscriptions: tuple[Subscription, ...] = ()
    """Newsletters this person gets, or got."""
    messages: tuple[MessageClass, ...] = ("newsletter", "notice")
    """The classes of message that they may get."""
    since: Date | None = None
    """The day from which they are on file."""
    note: str = ""
    row: int | None = field(default=None, compare=False)
    """Row in the file, the head being row 1."""

    @property
    def name(self) -> str:
        """Given and family name, as far as known."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address, normalised, the main one first."""
        return (self.address, *self.other_emails)

    def subscribes_to(self, newsletter: str, day: Date) -> bool:
        """Whether they get that newsletter on that day."""
        return any(entry.list == newsletter and entry.holds_on(day) for entry in self.subscriptions)


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
    alternate: bool | None = None
    """Only those who stand in for the holder; with no, only the holders themselves. Both where left out."""


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


class Submitted(Noun):
    """Has handed in, themselves or their country, what the deadline asks for."""

    submitted: Slug


class Outstanding(Noun):
    """Is obliged by the deadline, and what it asks for has not come in."""

    outstanding: Slug


class Received(Noun):
    """A mail of that issue was taken over for them, as the send record has it."""

    received: Slug


class NotReceived(Noun):
    """No mail of that issue was taken over for them."""

    not_received: Slug


class Bounced(Noun):
    """Their main address is known not to work (or, with no, is not)."""

    bounced: bool


class InSegment(Noun):
    """Belongs to another group."""

    segment: Slug


FieldName = Literal[
    "email",
    "title",
    "given_name",
    "family_name",
    "salutation",
    "language",
    "country",
    "organization",
    "since",
    "note",
]


class FieldTest(Noun):
    """A test on one column of the contacts."""

    field: FieldName
    is_: Annotated[str | None, Field(alias="is")] = None
    in_: Annotated[tuple[str, ...] | None, Field(alias="in")] = None
    starts: str | None = None
    before: Date | None = None
    """Only of `since`: earlier than that day."""
    after: Date | None = None
    """Only of `since`: later than that day."""
    missing: bool | None = None

    @model_validator(mode="after")
    def _exactly_one_test(self) -> FieldTest:
        tests = (self.is_, self.in_, self.starts, self.before, self.after, self.missing)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("say exactly one of `is`, `in`, `starts`, `before`, `after`, `missing`")
        if (self.before or self.after) and self.field != "since":
            raise ValueError("`before` and `after` ask for a day: only the field `since` has one")
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
    | Submitted
    | Outstanding
    | Received
    | NotReceived
    | Bounced
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
class DeadlineFacts:
    """Where a deadline stands on a day, as group rules need it."""

    obliged: str
    """The group that owes it."""
    per: Literal["country", "person"]
    owed: frozenset[str] = frozenset()
    """Countries, or addresses of persons, from which it has not come in."""
    done: frozenset[str] = frozenset()
    """Those from which it has."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the send record and the deadlines say, for rules that ask; empty where nobody asks."""

    deadlines: Mapping[str, DeadlineFacts] = field(default_factory=dict)
    received: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Issue id → addresses for which a mail of it was taken over."""
    bounced: frozenset[str] = frozenset()
    """Addresses known not to work."""


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
    def mailbox(self) -> str:
        """Name and address, which tell two at one address apart: "Aigerim Sadykova <a@example.org>"."""
        return f"{self.contact.name} <{self.address}>".lstrip()

    @property
    def address(self) -> str:
        """The normalised address."""
        return self.contact.address
