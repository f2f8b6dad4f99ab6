"""The one place where a delivery's state is written, and the record of each try.

`move` knows every rule that hangs on a state: which steps there are (model/dispatch.py), when a row is due or held,
when the Date header is fixed, which ends give the occasion back, and that a cancelled dispatch keeps nothing waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, literal, select, update

from mailer.errors import LedgerError
from mailer.ledger.records import EventKind
from mailer.ledger.schema import WAITING, Instant, attempts, claims, deliveries, dispatches, events
from mailer.model.dispatch import TRANSITIONS, Answer, DispatchState, State
from mailer.model.message import Outcome, Verdict

GIVES_BACK = frozenset({State.SKIPPED, State.EXPIRED, State.CANCELLED})
"""Ends at which the reader certainly got nothing: a later dispatch may write to them for the same occasion."""

GROUP = 500
"""Rows named in one statement: databases bound the number of parameters."""

TEXT_LIMIT = 2_000

Named = TypeVar("Named")


def move(
    connection: Connection,
    which: ColumnElement[bool],
    start: State,
    end: State,
    at: datetime,
    *,
    detail: str = "",
    due_at: datetime | None = None,
    holder_id: str = "",
    token: int = 0,
) -> tuple[int, ...]:
    """Take the rows of `which` that stand at `start` one step to `end`; the ids of those that went.

    A row that stands elsewhere by now stays: this is the compare-and-set. LedgerError for a step that does not exist.
    """
    if end not in TRANSITIONS[start]:
        raise LedgerError(
            f'A delivery cannot go from "{start}" to "{end}".', "This is a mistake in the program."
        )
    values: dict[str, Any] = {"state": end, "updated_at": at, "detail": storable(detail), "due_at": None}
    if end in WAITING:
        values["due_at"] = due_at or at
    if end is State.CLAIMED:
        values |= {"holder_id": holder_id, "token": token}
        values["dated_at"] = func.coalesce(deliveries.c.dated_at, literal(at, Instant()))
    elif end is not State.HANDED:
        values["holder_id"] = None
    step = update(deliveries).where(which, deliveries.c.state == start).values(values)
    moved = tuple(connection.execute(step.returning(deliveries.c.id)).scalars())
    if end in GIVES_BACK:
        _give_back_occasions(connection, moved)
    if end in WAITING:
        _cancel_with_dispatch(connection, moved, end, at)
    return moved


def move_waiting(
    connection: Connection, which: ColumnElement[bool], end: State, at: datetime, *, detail: str = ""
) -> tuple[int, ...]:
    """Take the rows of `which` that wait for a try, or for the next one, to `end`; the ids of those that went."""
    return tuple(row for start in WAITING for row in move(connection, which, start, end, at, detail=detail))


def record_attempt(connection: Connection, rows: Iterable[int], outcome: Outcome, at: datetime) -> None:
    """Add a try with that outcome to each of the deliveries."""
    before = select(func.coalesce(func.max(attempts.c.n), 0)).where(
        attempts.c.delivery_id == bindparam("row")
    )
    reply = outcome.reply
    added = (
        insert(attempts)
        .inline()
        .values(
            delivery_id=bindparam("row"),
            n=before.scalar_subquery() + 1,
            at=at,
            phase=outcome.phase,
            verdict=outcome.verdict,
            code=reply.code if reply else None,
            enhanced=storable(reply.enhanced) if reply else "",
            text=storable(reply.text) if reply else "",
            detail=storable(outcome.detail),
        )
    )
    for row in rows:
        connection.execute(added, {"row": row})


def note(
    connection: Connection,
    kind: EventKind,
    at: datetime,
    *,
    dispatch_id: str | None = None,
    delivery_id: int | None = None,
    address: str = "",
    by: str = "",
    why: str = "",
    answer: Answer | None = None,
) -> None:
    """Add an event."""
    connection.execute(
        insert(events).values(
            kind=kind,
            at=at,
            dispatch_id=dispatch_id,
            delivery_id=delivery_id,
            address=address,
            by=storable(by),
            why=storable(why),
            answer=answer,
        )
    )


def storable(text: str) -> str:
    """`text` as every database takes it: no NUL, no lone surrogate, of bounded length.

    A server may answer anything, and a strange answer must not keep the ledger from recording it.
    """
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")[:TEXT_LIMIT]


def grouped(rows: Sequence[Named]) -> Iterable[Sequence[Named]]:
    """`rows` in groups small enough for one statement."""
    return (rows[i : i + GROUP] for i in range(0, len(rows), GROUP))


def _give_back_occasions(connection: Connection, rows: Sequence[int]) -> None:
    # Once in doubt, the message may be there after all: then the claim stays whatever is decided later.
    doubted = select(attempts.c.n).where(
        attempts.c.delivery_id == claims.c.delivery_id, attempts.c.verdict == Verdict.UNKNOWN
    )
    for group in grouped(rows):
        connection.execute(delete(claims).where(claims.c.delivery_id.in_(group), ~doubted.exists()))


def _cancel_with_dispatch(connection: Connection, rows: Sequence[int], start: State, at: datetime) -> None:
    cancelled = (
        select(dispatches.c.id)
        .where(dispatches.c.id == deliveries.c.dispatch_id, dispatches.c.state == DispatchState.CANCELLED)
        .exists()
    )
    for group in grouped(rows):
        move(
            connection,
            deliveries.c.id.in_(group) & cancelled,
            start,
            State.CANCELLED,
            at,
            detail="The sending was cancelled.",
        )
