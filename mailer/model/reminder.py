"""What a day's work on the ladders is: who is reminded of what, what has lapsed, and who cannot be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from enum import StrEnum

from mailer.model.audience import Contact
from mailer.model.deadline import Deadline, Obligation


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder on the calendar."""

    offset: str
    """As the ladder has it: `-30d`."""
    planned: Date
    """The day that the offset gives."""
    day: Date
    """The day it goes: `planned`, or the working day before it."""


class Standing(StrEnum):
    """As what somebody is reminded."""

    HOLDER = "holder"
    """Holds the obliged office."""
    ALTERNATE = "alternate"
    """Stands in for the holder; told from a step on."""
    ESCALATION = "escalation"
    """Told besides, when it is overdue."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message: a step, to one address, for one or more obligations."""

    deadline: Deadline
    step: str
    standing: Standing
    contact: Contact
    address: str
    """The normalised address it goes to: the contact's first that can be written to."""
    obligations: tuple[Obligation, ...]
    """What it is for, sorted by `who`; all due on the same day."""
    moved_from: Date | None = None
    """The former due date, where the reader was reminded of that one."""
    to: tuple[Contact, ...] = ()
    """The holders, where the reader is an alternate."""
    cc: tuple[Contact, ...] = ()
    """The alternates who are told too."""

    @property
    def occasions(self) -> tuple[str, ...]:
        """Its keys against duplicates."""
        return tuple(obligation.occasion(self.step) for obligation in self.obligations)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A step that will never go: its day has passed, and a later one is due or it is no longer true."""

    occasion: str
    why: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """An obligation of which nobody can be told."""

    obligation: Obligation
    why: str
    """No National Focal Point on that day, all bounced, …: in words."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """All that is due on a day for one deadline."""

    deadline: Deadline
    day: Date
    reminders: tuple[Reminder, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()
    unreached: tuple[Unreached, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What the send record knows of a deadline's reminders; empty when nothing was sent."""

    sent: frozenset[tuple[str, str]] = frozenset()
    """(occasion, address) that the record holds, under way or done."""
    lapsed: frozenset[str] = frozenset()
    """Occasions recorded as lapsed."""
    heard: Mapping[tuple[str, str], Date] = field(default_factory=dict)
    """(address, `who` of the obligation) → the due date that they were reminded of last."""
    not_me: frozenset[str] = frozenset()
    """Addresses of those who answered that they hold the office no longer."""
    unreachable: Mapping[str, str] = field(default_factory=dict)
    """Address → why it cannot be written to: bounced, on the do-not-mail list, …"""
    barred: frozenset[str] = frozenset()
    """Of these, the ones whose owners get nothing at another address either: they complained, or were put on the list
    by hand, and that was about the person."""
