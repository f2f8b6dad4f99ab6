"""What people decide: pause, go on, cancel, what is in doubt; and what time decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from mailer.errors import LedgerError, nearest
from mailer.ledger.addresses import normalised
from mailer.ledger.moves import move, move_waiting, note, storable
from mailer.ledger.reading import delivery_to, dispatch_named, is_live, some_deliveries
from mailer.ledger.records import EventKind
from mailer.ledger.schema import deliveries, dispatches, events, held_of, lapsed
from mailer.model.deadline import FORGOTTEN
from mailer.model.dispatch import REAL, Delivery, Dispatch, DispatchState, State

STEPS: Mapping[DispatchState, Mapping[DispatchState, EventKind]] = {
    DispatchState.OPEN: {
        DispatchState.PAUSED: EventKind.PAUSED,
        DispatchState.CANCELLED: EventKind.CANCELLED,
    },
    DispatchState.PAUSED: {
        DispatchState.OPEN: EventKind.REOPENED,
        DispatchState.CANCELLED: EventKind.CANCELLED,
    },
    DispatchState.CANCELLED: {},
    DispatchState.FINISHED: {},
}
"""Every step that a person may take a dispatch, and its event. Finishing is no step: it is read from rows."""

RESEND_LIFE = timedelta(days=1)
"""How long a mail that goes again is tried, where its dispatch has run out by then."""

STANDS = {
    State.PLANNED: "is still waiting to go",
    State.CLAIMED: "is being sent right now",
    State.HANDED: "is being sent right now",
    State.ACCEPTED: "was taken over by the mail service",
    State.DEFERRED: "will be tried again",
    State.REFUSED: "was refused by the mail service",
    State.SKIPPED: "was not sent",
    State.EXPIRED: "was not sent in time",
    State.CANCELLED: "was cancelled",
}

DONE = {DispatchState.OPEN: "continued", DispatchState.PAUSED: "paused", DispatchState.CANCELLED: "cancelled"}


def pause(connection: Connection, dispatch_id: str, why: str, by: str, at: datetime) -> Dispatch:
    """Pause it; one that has ended stays as it is, since a relay's last trouble may come after the last answer.

    One that is paused already stays so for the reason that it has, unless a person (`by`) gives another.
    """
    dispatch = dispatch_named(connection, dispatch_id)
    if dispatch.state is DispatchState.PAUSED and by:
        this = dispatches.c.id == dispatch_id
        connection.execute(update(dispatches).where(this).values(why=storable(why)))
        note(connection, EventKind.PAUSED, at, dispatch_id=dispatch_id, by=by, why=why)
        return dispatch_named(connection, dispatch_id)
    if dispatch.state is not DispatchState.OPEN:
        return dispatch
    return _turn(connection, dispatch, DispatchState.PAUSED, why=why, by=by, at=at)


def reopen(connection: Connection, dispatch_id: str, by: str, at: datetime) -> Dispatch:
    """Let a paused dispatch go on; one that was to begin by a time that has passed begins now."""
    dispatch = _turn(connection, dispatch_named(connection, dispatch_id), DispatchState.OPEN, by=by, at=at)
    if dispatch.begin_by is None or at <= dispatch.begin_by:
        return dispatch
    connection.execute(update(dispatches).where(dispatches.c.id == dispatch_id).values(begin_by=None))
    return replace(dispatch, begin_by=None)


def lapse_schedule(connection: Connection, dispatch_id: str, at: datetime) -> Dispatch:
    """Pause a dispatch of which nothing was claimed by the time it was to begin by: it asks first."""
    dispatch = dispatch_named(connection, dispatch_id)
    begun = select(dispatches.c.begun_at).where(dispatches.c.id == dispatch_id)
    if dispatch.begin_by is None or at <= dispatch.begin_by or connection.scalar(begun) is not None:
        return dispatch
    by = dispatch.begin_by.astimezone(UTC)
    return pause(connection, dispatch_id, f"it was to begin by {by:%Y-%m-%d %H:%M} UTC", "", at)


def cancel(connection: Connection, dispatch_id: str, why: str, by: str, at: datetime) -> Dispatch:
    """End the dispatch: what waits is cancelled now, what a worker holds as soon as it comes to hand it over."""
    cancelled = _turn(
        connection, dispatch_named(connection, dispatch_id), DispatchState.CANCELLED, why=why, by=by, at=at
    )
    detail = f"The sending was cancelled: {why}" if why else "The sending was cancelled."
    mine = deliveries.c.dispatch_id == dispatch_id
    move_waiting(connection, mine, State.CANCELLED, at, detail=detail)
    return cancelled


def note_correction(connection: Connection, dispatch_id: str, why: str, by: str, at: datetime) -> Dispatch:
    """Say of a dispatch that has ended by what it was put right; nothing else about it changes."""
    dispatch = dispatch_named(connection, dispatch_id)
    if dispatch.state not in (DispatchState.CANCELLED, DispatchState.FINISHED):
        raise LedgerError(
            f"The sending {dispatch_id} is {dispatch.state}: it is not corrected before its end."
        )
    connection.execute(update(dispatches).where(dispatches.c.id == dispatch_id).values(why=storable(why)))
    note(connection, EventKind.CORRECTED, at, dispatch_id=dispatch_id, by=by, why=why)
    return dispatch_named(connection, dispatch_id)


def expire(connection: Connection, dispatch_id: str, at: datetime) -> int:
    """End what still waits where the dispatch's time has run out; how many rows."""
    dispatch = dispatch_named(connection, dispatch_id)
    if at < dispatch.expires_at:
        return 0
    mine = deliveries.c.dispatch_id == dispatch_id
    return len(move_waiting(connection, mine, State.EXPIRED, at, detail="Its time had run out."))


def skip_waiting(
    connection: Connection, dispatch_id: str, addresses: Iterable[str], why: str, at: datetime
) -> int:
    """End what waits for these addresses, because there is no more reason to send it; how many rows."""
    mine = deliveries.c.dispatch_id == dispatch_id
    return sum(
        len(move_waiting(connection, mine & (deliveries.c.address == key), State.SKIPPED, at, detail=why))
        for key in map(normalised, addresses)
    )


def finish_if_done(connection: Connection, dispatch_id: str, at: datetime) -> bool:
    """Whether every row is at its end; the first time it is, an event is left."""
    dispatch_named(connection, dispatch_id)
    if is_live(connection, dispatch_id):
        return False
    turns = (EventKind.FINISHED, EventKind.RESENT)
    last = (
        select(events.c.kind)
        .where(events.c.dispatch_id == dispatch_id, events.c.kind.in_(turns))
        .order_by(events.c.id.desc())
        .limit(1)
    )
    if connection.scalar(last) != EventKind.FINISHED:
        note(connection, EventKind.FINISHED, at, dispatch_id=dispatch_id)
    return True


def resolve(
    connection: Connection, dispatch_id: str, address: str, *, accepted: bool, by: str, at: datetime
) -> State:
    """Take a delivery in doubt to where a person says: accepted, or planned to go again as the same message."""
    dispatch = dispatch_named(connection, dispatch_id)
    delivery = _in_doubt(connection, dispatch, address)
    end, kind, detail = _decision(dispatch, accepted, by)
    if end is State.PLANNED:
        _require_known(delivery)
        _lengthen(connection, dispatch, at)
    move(connection, deliveries.c.id == delivery.id, State.UNKNOWN, end, at, detail=detail)
    where = delivery.address
    note(connection, kind, at, dispatch_id=dispatch.id, delivery_id=delivery.id, address=where, by=by)
    return end


def forget_rehearsals(connection: Connection) -> int:
    """Delete every rehearsal with all its rows, but for those being sent right now; how many dispatches."""
    in_hand = held_of(dispatches.c.id).correlate(dispatches).exists()
    connection.execute(delete(lapsed).where(lapsed.c.realm != REAL))
    return connection.execute(delete(dispatches).where(dispatches.c.realm != REAL, ~in_hand)).rowcount


def _turn(
    connection: Connection, dispatch: Dispatch, to: DispatchState, *, why: str = "", by: str, at: datetime
) -> Dispatch:
    """The one place where a dispatch's state is written. Where it stands there already, nothing happens."""
    if dispatch.state is to:
        return dispatch
    kind = STEPS[dispatch.state].get(to)
    if kind is None:
        raise LedgerError(f"The sending {dispatch.id} is {dispatch.state}; it cannot be {DONE[to]} any more.")
    connection.execute(
        update(dispatches).where(dispatches.c.id == dispatch.id).values(state=to, why=storable(why))
    )
    note(connection, kind, at, dispatch_id=dispatch.id, by=by, why=why)
    return dispatch_named(connection, dispatch.id)


def _in_doubt(connection: Connection, dispatch: Dispatch, address: str) -> Delivery:
    delivery = delivery_to(connection, dispatch.id, address)
    if delivery is not None and delivery.state is State.UNKNOWN:
        return delivery
    doubts = [doubt.address for doubt in some_deliveries(connection, dispatch.id, [State.UNKNOWN])]
    hint = nearest(normalised(address), doubts) or "Nothing in it is in doubt."
    if delivery is None:
        raise LedgerError(f"{address} is not in the sending {dispatch.id}.", hint)
    raise LedgerError(f"The mail to {address} is not in doubt: it {STANDS[delivery.state]}.", hint)


def _decision(dispatch: Dispatch, accepted: bool, by: str) -> tuple[State, EventKind, str]:
    if accepted:
        return State.ACCEPTED, EventKind.SETTLED, f"Settled by {by}." if by else ""
    if dispatch.state is DispatchState.CANCELLED:
        raise LedgerError(
            f"The sending {dispatch.id} was cancelled, so nothing more goes out in it.",
            "Settle it as accepted, or leave it in doubt.",
        )
    return State.PLANNED, EventKind.RESENT, f"Sent again by {by}." if by else ""


def _require_known(delivery: Delivery) -> None:
    if delivery.address.startswith(FORGOTTEN):
        raise LedgerError(
            "The reader was erased from the send record, so their mail cannot go again.",
            "Settle it as accepted, or leave it in doubt.",
        )


def _lengthen(connection: Connection, dispatch: Dispatch, at: datetime) -> None:
    # What else still waits has had its time, and must not go along with the one that a person sends again.
    if at >= dispatch.expires_at:
        expire(connection, dispatch.id, at)
        this = dispatches.c.id == dispatch.id
        connection.execute(update(dispatches).where(this).values(expires_at=at + RESEND_LIFE))
