"""A dispatch, its deliveries, and the one rule about their states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from datetime import datetime
from enum import StrEnum

from mailer.model.issue import MessageClass, Sender
from mailer.model.message import Reply

REAL = "real"


def rehearsal_realm(dispatch_id: str) -> str:
    """The realm of a rehearsal: its own, so that it uses up no occasion."""
    return f"rehearsal/{dispatch_id}"


class State(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    """A worker holds it; nothing has reached the relay that could be taken for a message."""
    HANDED = "handed"
    """Committed before the final dot: from here only a reply tells."""
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in TERMINAL


TERMINAL = frozenset(
    {State.ACCEPTED, State.REFUSED, State.UNKNOWN, State.SKIPPED, State.EXPIRED, State.CANCELLED}
)

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CLAIMED, State.SKIPPED, State.CANCELLED, State.EXPIRED}),
    State.CLAIMED: frozenset(
        {State.HANDED, State.PLANNED, State.DEFERRED, State.REFUSED, State.SKIPPED, State.CANCELLED}
    ),
    State.HANDED: frozenset({State.ACCEPTED, State.DEFERRED, State.REFUSED, State.UNKNOWN}),
    State.DEFERRED: frozenset({State.CLAIMED, State.EXPIRED, State.SKIPPED, State.CANCELLED}),
    State.UNKNOWN: frozenset({State.ACCEPTED, State.PLANNED}),
    State.ACCEPTED: frozenset(),
    State.REFUSED: frozenset(),
    State.SKIPPED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""Every step a delivery may take. `unknown → …` only by a person."""


class DispatchState(StrEnum):
    """Where a dispatch stands."""

    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"
    """Every delivery is terminal."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One proof to one audience through one relay; fixed once planned."""

    id: str
    realm: str
    occasion: str
    """The issue's id, or a deadline's step; with a repeat name where it is a repeat."""
    slug: str
    digest: str
    message_class: MessageClass
    relay: str
    segments: tuple[str, ...]
    sender: Sender
    day: Date
    created_at: datetime
    expires_at: datetime
    """End of life: what is not settled by then expires."""
    state: DispatchState = DispatchState.OPEN
    why: str = ""
    """Why it is paused or cancelled."""
    not_before: datetime | None = None
    """When it is to begin; None: at once."""
    begin_by: datetime | None = None
    """Where it has not begun by then, it asks first: it is paused."""

    @property
    def is_rehearsal(self) -> bool:
        """Whether it counts for nothing."""
        return self.realm != REAL


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address, as a header field shows them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of one message says besides the usual. Empty: To is the reader, and nothing else."""

    to: tuple[Mailbox, ...] = ()
    """Shown in To instead of the reader."""
    cc: tuple[Mailbox, ...] = ()
    """Shown in Cc. A header sends nothing: each of them gets a delivery of their own."""
    references: tuple[str, ...] = ()
    """Message-IDs, with angle brackets, that this one follows (RFC 5322 3.6.4): the last goes to In-Reply-To."""


NO_HEADING = Heading()


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One reader's share of a plan: what the ledger needs to send it without reading anything else."""

    address: str
    """Normalised."""
    email: str
    """As given: where it goes."""
    name: str
    language: str
    country: str
    variant: str
    slots: Mapping[str, str]
    occasions: tuple[str, ...] = ()
    """All that this one message is for, each at most once for the address; the dispatch's where left out."""
    heading: Heading = NO_HEADING
    code: str = ""
    """What the reader answers with; "" where no answer is asked for."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody in the group who is not written to, and why."""

    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A dispatch to be: who gets it, and who is left out with the reason."""

    dispatch: Dispatch
    deliveries: tuple[PlannedDelivery, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __iter__(self) -> Iterator[PlannedDelivery]:
        return iter(self.deliveries)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in a worker's hands. `token` must be shown at every step (fencing)."""

    id: int
    token: int
    dispatch_id: str
    address: str
    email: str
    name: str
    language: str
    variant: str
    slots: Mapping[str, str]
    attempts: int
    """Tries counted so far."""
    message_id: str
    """With angle brackets; the same at every try."""
    dated_at: datetime
    """The Date header; the same at every try."""
    occasions: tuple[str, ...] = ()
    """All that the message is for."""
    heading: Heading = Heading()
    go_at: datetime | None = None
    """Its moment by the relay's pace; None where it may go at once."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One reader's share of a dispatch, as the ledger has it."""

    id: int
    dispatch_id: str
    address: str
    email: str
    name: str
    language: str
    country: str
    variant: str
    state: State
    attempts: int
    message_id: str
    reply: Reply | None
    detail: str
    due_at: datetime | None
    updated_at: datetime
    occasions: tuple[str, ...] = ()
    """All that the message is for."""
    heading: Heading = Heading()
    code: str = ""


class Answer(StrEnum):
    """What somebody answered to an official message."""

    HANDED_IN = "handed-in"
    """They say so; it counts as handed in once the office has recorded it."""
    LATER = "later"
    """They will hand in by a day that their words name."""
    NOT_ME = "not-me"
    """They hold the office no longer."""
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An answer that came back to one delivery."""

    delivery_id: int
    dispatch_id: str
    address: str
    at: datetime
    answer: Answer
    words: str
    """What they added: a day, a successor's name."""
    by: str
    """Who recorded it: a colleague's name, or "the reader" where they pressed the button themselves."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a dispatch came to: sums over the ledger's rows, never kept beside them."""

    dispatch: Dispatch
    counts: Mapping[State, int]
    by_variant: Mapping[str, int] = field(default_factory=dict)
    by_country: Mapping[str, int] = field(default_factory=dict)
    by_language: Mapping[str, int] = field(default_factory=dict)
    doubts: tuple[Delivery, ...] = ()
    refused: tuple[Delivery, ...] = ()
    next_try_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def total(self) -> int:
        """Number of deliveries."""
        return sum(self.counts.values())

    @property
    def is_finished(self) -> bool:
        """True exactly when every row is terminal."""
        return all(state.is_terminal for state, count in self.counts.items() if count)
