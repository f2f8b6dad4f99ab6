"""What the ledger hands out beside the nouns of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.model.dispatch import Answer, Dispatch, State
from mailer.model.message import Phase, Reply, Verdict


class EventKind(StrEnum):
    """What can happen to a dispatch, a delivery or an address beside the tries."""

    PAUSED = "paused"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    CORRECTED = "corrected"
    """What it sent was wrong; `why` says by what it was put right."""
    SETTLED = "settled"
    """A person decided that a delivery in doubt had been accepted."""
    RESENT = "resent"
    """A person decided that a delivery in doubt goes again."""
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"
    ACKNOWLEDGED = "acknowledged"
    """An answer came back to a delivery; `answer` says which, `why` what was added to it."""
    FORGOTTEN = "forgotten"
    """A person was erased; a keyed hash stands in the place of their address."""
    NOTED = "noted"
    """A person's note about an address, or about a dispatch."""
    RESTORED = "restored"
    """The ledger was put back from a backup."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A dispatch just written down: how many readers it has, and who had it already."""

    dispatch: Dispatch
    planned: int
    already: tuple[str, ...]
    """Addresses left out because the ledger holds them for this occasion, or for one of the delivery's own."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a dispatch stands, in figures that are cheap to have of any number of rows."""

    dispatch: Dispatch
    counts: Mapping[State, int]
    """States that have any."""
    total: int
    next_try_at: datetime | None
    """When the first that was deferred is tried again."""
    next_due_at: datetime | None = None
    """When the first that was never tried may go; later than now only where its domain's pace holds it."""

    @property
    def left(self) -> int:
        """Mails that are not at their end."""
        return sum(count for state, count in self.counts.items() if not state.is_terminal)

    @property
    def in_hand(self) -> int:
        """Mails that a worker holds."""
        return self.counts.get(State.CLAIMED, 0) + self.counts.get(State.HANDED, 0)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What dead programs had left behind."""

    planned: int
    """Claimed, not handed over: given back, to go later (or not at all, where the dispatch was cancelled)."""
    unknown: int
    """Handed over without an answer: in doubt."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery, and what came of it. `n` counts from 1."""

    delivery_id: int
    n: int
    at: datetime
    phase: Phase
    verdict: Verdict
    reply: Reply | None
    detail: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people or receivers did, with who and why."""

    at: datetime
    kind: EventKind
    dispatch_id: str
    """Empty where it concerns no dispatch."""
    delivery_id: int | None
    address: str
    by: str
    why: str
    answer: Answer | None = None
    """Only of an acknowledgement."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """One occasion that the ledger holds for one address, and how far the delivery for it has come."""

    occasion: str
    address: str
    name: str
    at: datetime
    """When it came to where it stands."""
    state: State
    dispatch_id: str
    message_id: str
    """With angle brackets."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of one person. Figures tell how many rows no longer name them."""

    known_as: str
    """The keyed hash in the place of their address; "" where the ledger had nothing of them."""
    deliveries: int = 0
    skipped: int = 0
    """Of these deliveries, those that were waiting and will not go."""
    events: int = 0
    others: int = 0
    """Other people's deliveries that had shown them in the head, and texts that had quoted their address."""
