"""Whole files that people write, each as one noun: what its top keys may be."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812

from mailer.model.audience import Rule
from mailer.model.base import Noun, Slug
from mailer.model.finding import Waiver
from mailer.model.name import KnownName
from mailer.model.proof import Approval
from mailer.model.register import Country, Species, Treaty


class SegmentEntry(Noun):
    """A group as it stands in the file, under its name."""

    title: str = ""
    """What people call it."""
    rule: Rule | None = None
    """Who belongs to it; everybody where left out."""


class SegmentsFile(Noun):
    """segments.yaml: the groups, in the order in which people want to see them."""

    segments: dict[Slug, SegmentEntry]


class CountriesFile(Noun):
    """countries.yaml: what the register of countries has besides the names of the UN. Entries win, field by field."""

    as_of: Date | None = None
    """The day on which the register was right."""
    sources: dict[str, str] = {}
    """Short name → where the facts were read."""
    countries: tuple[Country, ...]


class SpeciesFile(Noun):
    """species.yaml: the register of species."""

    as_of: Date | None = None
    """The day on which the register was right."""
    sources: dict[str, str] = {}
    """Short name → where the facts were read."""
    species: tuple[Species, ...]


class TreatiesFile(Noun):
    """treaties.yaml: the register of treaties and of memoranda under them."""

    as_of: Date | None = None
    """The day on which the register was right."""
    sources: dict[str, str] = {}
    """Short name → where the facts were read."""
    treaties: tuple[Treaty, ...]


class NamesFile(Noun):
    """names.yaml: the register of people and bodies whose names must be spelt right."""

    as_of: Date | None = None
    """The day on which the register was right."""
    sources: dict[str, str] = {}
    """Short name → where the names were read."""
    people: tuple[KnownName, ...] = ()
    bodies: tuple[KnownName, ...] = ()
    """Organizations, agencies, funds."""


class WaiversFile(Noun):
    """waivers.yaml: the findings that somebody answers for."""

    waivers: tuple[Waiver, ...]


class ApprovalEntry(Approval):
    """An approval as `mailer approve` writes it down."""

    check: str = ""
    """Over all else that the entry says: by it a change by hand shows. Older ones have none."""


class ApprovalsFile(Noun):
    """approvals.yaml: who signed off which bytes."""

    approvals: tuple[ApprovalEntry, ...]
