"""A worker's verbs: claim, hand over, settle, or give back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger.headings import load_heading
from mailer.ledger.keys import next_token
from mailer.ledger.moves import move, record_attempt
from mailer.ledger.reading import TRIES, dispatch_named
from mailer.ledger.schema import IN_HAND, WAITING, deliveries, dispatches, holders, suppressions
from mailer.ledger.suppressing import forgotten_among, reasons_against
from mailer.model.dispatch import Claimed, DispatchState, State
from mailer.model.message import Outcome, Phase, Verdict
from mailer.model.suppression import Because

ENDS: Mapping[tuple[State, Verdict], State] = {
    (State.CLAIMED, Verdict.RELEASED): State.PLANNED,
    (State.CLAIMED, Verdict.DEFERRED): State.DEFERRED,
    (State.CLAIMED, Verdict.REFUSED): State.REFUSED,
    (State.HANDED, Verdict.ACCEPTED): State.ACCEPTED,
    (State.HANDED, Verdict.DEFERRED): State.DEFERRED,
    (State.HANDED, Verdict.REFUSED): State.REFUSED,
    (State.HANDED, Verdict.UNKNOWN): State.UNKNOWN,
    # The relay's own trouble, told after the dot (a 421): not taken over, and not the reader's fault.
    (State.HANDED, Verdict.RELEASED): State.DEFERRED,
}
"""Where each verdict leads. A pair that is missing cannot happen, and is refused."""

_because = (
    select(func.min(suppressions.c.because))
    .where(suppressions.c.address == deliveries.c.address)
    .where(suppressions.c.because.in_(bindparam("reasons", expanding=True)))
    .correlate(deliveries)
    .scalar_subquery()
)
LINE = (
    select(deliveries, TRIES.label("tries"), _because.label("because"))
    .where(deliveries.c.dispatch_id == bindparam("dispatch"), deliveries.c.due_at.is_not(None))
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .with_for_update(skip_locked=True, of=deliveries)
)
"""A dispatch's waiting deliveries in the order they are due, each with a reason not to send it, if there is one."""


def claim(connection: Connection, dispatch_id: str, n: int, holder_id: str, at: datetime) -> list[Claimed]:
    """Up to `n` deliveries that are due, oldest first; those suppressed by now are skipped on the way."""
    if not connection.scalar(select(holders.c.id).where(holders.c.id == holder_id)):
        raise LostClaimError(
            "This program no longer holds anything: it was taken for dead.", "Start it again."
        )
    dispatch = dispatch_named(connection, dispatch_id)
    if dispatch.state is not DispatchState.OPEN or at >= dispatch.expires_at:
        return []
    reasons = reasons_against(dispatch.message_class)
    these = {"dispatch": dispatch.id, "reasons": reasons}
    claimed: list[Claimed] = []
    # What was never tried goes at any time: a clock that is set back must not hold it up.
    for ready in (deliveries.c.due_at <= at, deliveries.c.state == State.PLANNED):
        while len(claimed) < n:
            rows = connection.execute(LINE.where(ready).limit(n - len(claimed)), these).all()
            if not rows:
                break
            listed = {row.id: row.because for row in rows if row.because is not None}
            forgotten = forgotten_among(connection, [row.address for row in rows], reasons)
            listed |= {row.id: forgotten[row.address] for row in rows if row.address in forgotten}
            _skip_suppressed(connection, rows, listed, at)
            free = [row for row in rows if row.id not in listed]
            claimed += _take(connection, free, holder_id, at)
    return claimed


def hand(connection: Connection, claimed: Claimed, at: datetime) -> bool:
    """Mark the delivery as handed over; False where it is lost, or was cancelled (and then ends as cancelled)."""
    cancelled = (
        select(dispatches.c.id)
        .where(dispatches.c.id == deliveries.c.dispatch_id, dispatches.c.state == DispatchState.CANCELLED)
        .exists()
    )
    ours = _ours(claimed)
    if move(connection, ours & ~cancelled, State.CLAIMED, State.HANDED, at):
        return True
    move(connection, ours, State.CLAIMED, State.CANCELLED, at, detail="The sending was cancelled.")
    return False


def settle(
    connection: Connection, claimed: Claimed, outcome: Outcome, due_at: datetime | None, at: datetime
) -> State:
    """Write the outcome down as a try, and take the delivery to where it leads; the state it then has."""
    start = connection.scalar(select(deliveries.c.state).where(_ours(claimed)))
    if start not in IN_HAND:
        raise lost(claimed)
    end = _end(start, outcome, due_at)
    if not move(connection, _ours(claimed), start, end, at, detail=outcome.detail, due_at=due_at):
        raise lost(claimed)
    record_attempt(connection, [claimed.id], outcome, at)
    return State(connection.execute(select(deliveries.c.state).where(_ours(claimed))).scalar_one())


def release(connection: Connection, claimed: Iterable[Claimed], at: datetime) -> int:
    """Give back what has not been handed over, and was not taken by others; how many."""
    return sum(len(move(connection, _ours(one), State.CLAIMED, State.PLANNED, at)) for one in claimed)


def skip(connection: Connection, claimed: Claimed, why: str, at: datetime) -> bool:
    """End a claimed delivery without sending it; False where it is lost."""
    return bool(move(connection, _ours(claimed), State.CLAIMED, State.SKIPPED, at, detail=why))


def lost(claimed: Claimed) -> LostClaimError:
    """The error for a delivery that this worker no longer holds."""
    return LostClaimError(
        f"Delivery {claimed.id} is no longer held under token {claimed.token}.",
        "It must not be sent from here.",
    )


def _skip_suppressed(
    connection: Connection, rows: Sequence[Row[Any]], listed: Mapping[int, Because], at: datetime
) -> None:
    for row in rows:
        if row.id in listed:
            detail = f"On the do-not-mail list: {listed[row.id]}."
            move(connection, deliveries.c.id == row.id, row.state, State.SKIPPED, at, detail=detail)


def _take(connection: Connection, rows: Sequence[Row[Any]], holder_id: str, at: datetime) -> list[Claimed]:
    token = next_token(connection)
    taken: set[int] = set()
    for start in WAITING:
        if free := [row.id for row in rows if row.state is start]:
            these = deliveries.c.id.in_(free)
            taken.update(move(connection, these, start, State.CLAIMED, at, holder_id=holder_id, token=token))
    return [_claimed(row, token, at) for row in rows if row.id in taken]


def _ours(claimed: Claimed) -> Any:
    return (deliveries.c.id == claimed.id) & (deliveries.c.token == claimed.token)


def _end(start: State, outcome: Outcome, due_at: datetime | None) -> State:
    end = ENDS.get((start, outcome.verdict))
    if end is None:
        raise LedgerError(
            f'A delivery that is "{start}" cannot be settled as "{outcome.verdict}".',
            "This is a mistake in the program.",
        )
    # After the dot only the server's own answer shows that it did not keep the message. A link that is lost
    # after `hand` but before the dot (phase BODY) cannot have left a message behind.
    silent = outcome.reply is None and outcome.phase is Phase.DOT
    if start is State.HANDED and outcome.verdict is not Verdict.UNKNOWN and silent:
        raise LedgerError(
            f'Without a reply, a delivery handed over cannot be settled as "{outcome.verdict}": it is in doubt.',
            "This is a mistake in the program.",
        )
    if outcome.verdict is Verdict.DEFERRED and due_at is None:
        raise LedgerError(
            "A deferred delivery needs a time for its next try.", "This is a mistake in the program."
        )
    return end


def _claimed(row: Row[Any], token: int, at: datetime) -> Claimed:
    return Claimed(
        id=row.id,
        token=token,
        dispatch_id=row.dispatch_id,
        address=row.address,
        email=row.email,
        name=row.name,
        language=row.language,
        variant=row.variant,
        slots=row.slots,
        attempts=row.tries,
        message_id=row.message_id,
        dated_at=row.dated_at or at,
        occasions=tuple(row.occasions),
        heading=load_heading(row.heading),
    )
