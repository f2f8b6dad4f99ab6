"""The whole account of a sending: how many, why not, what happened when, and what holds it up now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from mailer.dispatch.reasons import Reason, reason_of
from mailer.dispatch.timing import time_needed
from mailer.ledger import Attempt, Event, EventKind, Ledger, utc_now
from mailer.model.dispatch import Delivery, Dispatch, State
from mailer.model.message import Verdict
from mailer.model.pace import Limits, Worker, WorkStatus, just_said, rate_set
from mailer.model.report import Sums, Tally

NOT_TAKEN = (State.REFUSED, State.EXPIRED)
"""Ends at which a server's answer, or the want of one, was the reason."""
TOLD = (*NOT_TAKEN, State.DEFERRED, State.SKIPPED)
"""States that are grouped by reason."""
HAPPENINGS = frozenset(
    {
        EventKind.PAUSED,
        EventKind.REOPENED,
        EventKind.CANCELLED,
        EventKind.CORRECTED,
        EventKind.SETTLED,
        EventKind.RESENT,
        EventKind.FINISHED,
    }
)
MOST_NAMED = 12
MOST_ANSWERS = 3
MOST_DOUBTS = 1_000


@dataclass(slots=True)
class Because:
    """Mails that stand in one state for one reason."""

    state: State
    reason: Reason
    count: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)
    """Addresses, as many as were asked for, each with the answer as it came."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mail in doubt, and all that is known to look it up by."""

    delivery: Delivery
    at: datetime
    """When the message was written out, or the link was found to be lost."""
    tried: Attempt | None


@dataclass(frozen=True, slots=True)
class Account:
    """All that a report tells."""

    dispatch: Dispatch
    counts: Mapping[State, int]
    left: int
    """Mails that are not at their end."""
    sums: Sums
    because: tuple[Because, ...]
    """Most mails first."""
    doubts: tuple[Doubt, ...]
    happenings: tuple[Event, ...]
    """What people did to it, and its end; in order."""
    workers: tuple[Worker, ...]
    """Programs that are sending it now."""
    next_try_at: datetime | None
    at: datetime
    """When it was told."""
    needed: timedelta
    """What is left needs so long at the soonest, by the limits and by what has gone through the relay before."""

    @property
    def total(self) -> int:
        """Number of mails."""
        return sum(self.counts.values())

    @property
    def finished_at(self) -> datetime | None:
        """When it was last finished; None where it is not."""
        ends = [event.at for event in self.happenings if event.kind is EventKind.FINISHED]
        return ends[-1] if ends and not self.left else None

    @property
    def said(self) -> list[WorkStatus]:
        """What its workers have just said of themselves."""
        return just_said(self.workers, self.at)

    @property
    def measured_rate(self) -> float:
        """Mails a second now, by all programs that send it."""
        return sum(status.measured_rate for status in self.said)

    @property
    def set_rate(self) -> float | None:
        """Mails a second that the pace allows now; None: no limit, or nobody is sending."""
        return rate_set(self.said)

    @property
    def to_finish(self) -> timedelta | None:
        """How long the rest takes, by what is measured, the limits and the next try; None where nobody can say."""
        spans = [self.needed] if self.needed else []
        if self.measured_rate:
            spans.append(timedelta(seconds=self.left / self.measured_rate))
        if self.next_try_at is not None:
            spans.append(self.next_try_at - self.at)
        longest = max(spans, default=timedelta())
        return longest if self.workers and self.left and longest else None


def account_of(
    dispatch_id: str,
    ledger: Ledger,
    *,
    most: int | None = MOST_NAMED,
    limits: Limits | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Account:
    """The account of a sending; of each reason up to `most` addresses are named, all where it is None.

    `limits`: of its relay, by which it is said how long the rest takes.
    However many rows there are, only those that are named are held. LedgerError where there is no such sending.
    """
    progress = ledger.progress(dispatch_id)
    counts, relay, at = progress.counts, progress.dispatch.relay, clock()
    told = [state for state in TOLD if counts.get(state)]
    doubtful = islice(ledger.deliveries(dispatch_id, [State.UNKNOWN]), MOST_DOUBTS)
    return Account(
        dispatch=progress.dispatch,
        counts=counts,
        left=progress.left,
        sums=ledger.sums(dispatch_id),
        because=grouped(ledger.deliveries(dispatch_id, told), most) if told else (),
        doubts=tuple(doubt_of(ledger, one) for one in doubtful) if counts.get(State.UNKNOWN) else (),
        happenings=tuple(event for event in ledger.events(dispatch_id) if event.kind in HAPPENINGS),
        workers=tuple(worker for worker in ledger.workers(dispatch_id) if worker.is_alive),
        next_try_at=progress.next_try_at,
        at=at,
        needed=time_needed(progress.left, limits, ledger.gone_through(relay), at) if limits else timedelta(),
    )


def grouped(deliveries: Iterable[Delivery], most: int | None = None) -> tuple[Because, ...]:
    """The mails by state and reason, most first; in each up to `most` are named."""
    found: dict[tuple[State, str], Because] = {}
    for delivery in deliveries:
        reason = _reason(delivery)
        one = found.setdefault((delivery.state, reason.key), Because(delivery.state, reason))
        one.count += 1
        if most is None or len(one.named) < most:
            one.named.append((delivery.email, answer_of(delivery)))
    order = {state: place for place, state in enumerate(TOLD)}
    return tuple(sorted(found.values(), key=lambda one: (order.get(one.state, 0), -one.count)))


def doubt_of(ledger: Ledger, delivery: Delivery) -> Doubt:
    """What is known of a mail in doubt."""
    tried = [one for one in ledger.attempts(delivery.id) if one.verdict is Verdict.UNKNOWN]
    return Doubt(delivery, tried[-1].at if tried else delivery.updated_at, tried[-1] if tried else None)


def answer_of(delivery: Delivery) -> str:
    """The server's answer as it came; where there was none, what the ledger says in its place."""
    return str(delivery.reply) if delivery.reply else delivery.detail


def reason_words(delivery: Delivery) -> str:
    """Why it was not taken over, in words; "" where it was, or has not been tried."""
    if delivery.state in TOLD or delivery.state is State.UNKNOWN:
        return _reason(delivery).words
    return ""


def not_wanted(tally: Tally, *, at_least: int = 3) -> Iterator[tuple[str, int, int]]:
    """What (a domain, a country) refused at least half of its mails: what, how many, of how many."""
    for what, states in tally.items():
        refused, total = sum(states.get(state, 0) for state in NOT_TAKEN), sum(states.values())
        if refused >= at_least and refused * 2 >= total:
            yield what, refused, total


def _reason(delivery: Delivery) -> Reason:
    if delivery.state is State.SKIPPED:
        return left_out(delivery.detail)
    if delivery.state is State.UNKNOWN:
        return reason_of(None)
    return reason_of(delivery.reply, delivery.detail)


def left_out(detail: str) -> Reason:
    """Why somebody was left out on the way: what the ledger says is the reason."""
    known = reason_of(None, detail)
    if known.key == "do-not-mail":
        return known
    return Reason(detail or "left-out", detail or "There was no more reason to send it.", "", known.whose)
