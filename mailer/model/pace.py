"""How fast a mail service may be used, and a worker's dealings with the ledger in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mailer.model.base import Noun
from mailer.model.dispatch import Claimed, DispatchState, State
from mailer.model.message import Outcome

Count = Annotated[int, Field(ge=1, le=100_000_000)]


class Limits(Noun):
    """What must not be exceeded; None: nothing is asked for. A mail has one recipient, so mails are recipients."""

    connections: Annotated[int, Field(ge=1, le=50)] | None = None
    """Of a recipient domain: mails in hand at once."""
    per_second: Annotated[float, Field(gt=0, le=10_000)] | None = None
    per_minute: Count | None = None
    per_hour: Count | None = None
    """In any 60 minutes."""
    per_day: Count | None = None
    """In any 24 hours."""

    @property
    def rate(self) -> float | None:
        """Mails a second that are allowed at most, by the second and by the minute; None where neither is limited."""
        rates = [self.per_second, self.per_minute / 60 if self.per_minute else None]
        return min((rate for rate in rates if rate is not None), default=None)


@dataclass(frozen=True, slots=True)
class Pace:
    """The limits of one relay, and of recipient domains through it."""

    key: str
    """The relay's name: dispatches through the same relay share its limits."""
    limits: Limits = field(default_factory=Limits)
    domains: Mapping[str, Limits] = field(default_factory=dict)
    """Recipient domain, in lower case and A-labels → its limits; "*" is for each domain that is not named."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of one claimed delivery. `due_at`: when a deferred one is tried again."""

    claimed: Claimed
    outcome: Outcome
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What a worker asks of the ledger in one transaction; done in the order of the fields."""

    settle: tuple[Settling, ...] = ()
    skip: tuple[tuple[Claimed, str], ...] = ()
    """Claimed, and why it need not go any more."""
    release: tuple[Claimed, ...] = ()
    hand: tuple[Claimed, ...] = ()
    claim: int = 0
    """So many more at the most."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What came of a Turn. Deliveries that are missing here were lost to others: their worker must drop them."""

    settled: Mapping[int, State]
    """Delivery id → where it stands now."""
    handed: frozenset[int]
    claimed: tuple[Claimed, ...]
    """Each with `go_at`, its moment by the pace."""
    state: DispatchState
    """Of the dispatch, at this moment."""
    at: datetime
    """This moment, by the ledger's clock, from which all others here are counted."""
    why: str = ""
    """Of a dispatch that is paused or cancelled."""
    next_at: datetime | None = None
    """When there can be more to claim: a next try, or the pace; None where nothing waits."""
    held_by: str = ""
    """The limit that holds back what is due already, in words: "10,000 in 24 hours"; "" where none does."""
    held_until: datetime | None = None
    """Until when it does."""


class Brake(StrEnum):
    """What limits a sending right now."""

    PACE = "pace"
    """The limits that mailer.toml sets, or what we slowed down to."""
    LATENCY = "latency"
    """The mail service's answers."""
    REFUSALS = "refusals"
    """The mail service asks to wait, or cannot be reached."""
    DISK = "disk"
    """Commits to the send record."""
    CPU = "cpu"
    RETRIES = "retries"
    """Nothing is due before the next tries."""
    NONE = "none"
    """Nothing has been measured yet, or nothing is left."""


FRESH = timedelta(seconds=10)
"""What a worker said of itself longer ago says nothing any more."""


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What a worker says of itself, once a second."""

    at: datetime
    brake: Brake = Brake.NONE
    why: str = ""
    """In words, where there is more to say: "10,000 in 24 hours", or the mail service's answer."""
    until: datetime | None = None
    """When it goes on, where it waits."""
    connections: int = 0
    """Open now."""
    measured_rate: float = 0.0
    """Mails settled a second, over the last ten."""
    set_rate: float | None = None
    """Mails a second that the pace allows now; None: no limit."""
    done: int = 0
    """Mails settled since the worker began."""


def just_said(workers: Iterable[Worker], at: datetime) -> list[WorkStatus]:
    """What programs that send have said of themselves right before `at`."""
    said = [worker.status for worker in workers if worker.status]
    return [status for status in said if at - status.at < FRESH]


def rate_set(said: Iterable[WorkStatus]) -> float | None:
    """Mails a second that the pace allows to all of them together; None: no limit, or nobody is sending."""
    return min((status.set_rate for status in said if status.set_rate is not None), default=None)


@dataclass(frozen=True, slots=True)
class Worker:
    """A program that is sending, or was until it died."""

    id: str
    pid: int
    host: str
    dispatch_id: str
    started_at: datetime
    is_alive: bool
    status: WorkStatus | None
