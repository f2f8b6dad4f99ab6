"""What a dispatch has come to, for people and for programs: sums over the ledger's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.model.dispatch import State

Tally = Mapping[str, Mapping[State, int]]
"""What is counted (a country, a domain …), those with most mails first → state → mails."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time in which there were tries."""

    start: datetime
    tries: int
    taken: int
    """Of these, mails that were taken over."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A dispatch's mails by kind, and its tries over time."""

    by_country: Tally = field(default_factory=dict)
    by_language: Tally = field(default_factory=dict)
    by_variant: Tally = field(default_factory=dict)
    by_domain: Tally = field(default_factory=dict)
    first_try: datetime | None = None
    last_try: datetime | None = None
    first_taken: datetime | None = None
    last_taken: datetime | None = None
    width: timedelta = timedelta(seconds=1)
    """Of each stretch."""
    stretches: tuple[Stretch, ...] = ()
    """In order; those without a try are left out."""
