"""Reading what happened: every figure is a sum over rows, taken at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from mailer.errors import LedgerError, nearest
from mailer.ledger.addresses import forms_of
from mailer.ledger.headings import load_heading
from mailer.ledger.records import Attempt, Event, EventKind
from mailer.ledger.schema import (
    ENDED_OTHERWISE,
    LIVE,
    OTHERWISE,
    WAITS,
    attempts,
    deliveries,
    dispatches,
    events,
    held_of,
)
from mailer.model.dispatch import REAL, Delivery, Dispatch, DispatchState, Report, State
from mailer.model.issue import Sender
from mailer.model.message import Reply, Verdict

_tried = attempts.alias("tried")
TRIES = (
    select(func.count())
    .select_from(_tried)
    .where(_tried.c.delivery_id == deliveries.c.id, _tried.c.verdict != Verdict.RELEASED)
    .correlate(deliveries)
    .scalar_subquery()
)
"""How many tries a delivery has had, the relay's own trouble not counted; for a SELECT from deliveries."""

_every = attempts.alias("every")
_last = select(func.max(_every.c.n)).where(_every.c.delivery_id == deliveries.c.id).correlate(deliveries)
_columns = tuple(column for column in deliveries.c if column is not deliveries.c.code)
DELIVERIES: Select[Any] = select(
    *_columns,
    deliveries.c.code.label("code_to_answer"),
    TRIES.label("tries"),
    attempts.c.code,
    attempts.c.enhanced,
    attempts.c.text,
).outerjoin_from(
    deliveries,
    attempts,
    and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.n == _last.scalar_subquery()),
)
"""Deliveries, each with its tries counted and the answer to the last one beside it."""

_waits = (
    select(deliveries.c.id).where(deliveries.c.dispatch_id == dispatches.c.id, WAITS).correlate(dispatches)
)
_live = _waits.exists() | held_of(dispatches.c.id).correlate(dispatches).exists()
_cancelled = dispatches.c.state == DispatchState.CANCELLED
DISPATCHES = select(
    dispatches, case((_cancelled | _live, dispatches.c.state), else_=DispatchState.FINISHED).label("stands")
)
"""Dispatches, with `stands`: finished exactly when every row is at its end, unless it was cancelled."""


def dispatch_named(connection: Connection, dispatch_id: str) -> Dispatch:
    """The dispatch of exactly that id. LedgerError where there is none."""
    row = connection.execute(DISPATCHES.where(dispatches.c.id == dispatch_id)).one_or_none()
    if row is None:
        known = connection.scalars(
            select(dispatches.c.id).order_by(dispatches.c.created_at.desc()).limit(100)
        )
        raise LedgerError(
            f'No sending is called "{dispatch_id}".',
            nearest(dispatch_id, known) or "Nothing has been sent from this ledger yet.",
        )
    return _dispatch(row)


def knows(connection: Connection, dispatch_id: str) -> bool:
    """Whether there is a dispatch of exactly that id."""
    return connection.scalar(select(dispatches.c.id).where(dispatches.c.id == dispatch_id)) is not None


def find_dispatch(connection: Connection, prefix: str) -> Dispatch:
    """The dispatch whose id is, or alone begins with, `prefix`. LedgerError where none or several do."""
    begins = func.substr(dispatches.c.id, 1, len(prefix)) == prefix
    ids = list(connection.scalars(select(dispatches.c.id).where(begins).order_by(dispatches.c.id).limit(6)))
    if prefix in ids or not ids or not prefix:
        return dispatch_named(connection, prefix)
    if len(ids) > 1:
        raise LedgerError(
            f'Several sendings begin with "{prefix}": {", ".join(ids)}.', "Give more of the id."
        )
    return dispatch_named(connection, ids[0])


def all_dispatches(connection: Connection, include_rehearsals: bool) -> list[Dispatch]:
    """Every dispatch, newest first."""
    query = DISPATCHES.order_by(dispatches.c.created_at.desc(), dispatches.c.id)
    if not include_rehearsals:
        query = query.where(dispatches.c.realm == REAL)
    return [_dispatch(row) for row in connection.execute(query)]


def report(connection: Connection, dispatch_id: str) -> Report:
    """What the dispatch has come to."""
    dispatch = dispatch_named(connection, dispatch_id)
    mine = deliveries.c.dispatch_id == dispatch_id
    kinds = (deliveries.c.state, deliveries.c.variant, deliveries.c.country, deliveries.c.language)
    groups = connection.execute(select(func.count().label("rows"), *kinds).where(mine).group_by(*kinds)).all()
    states, variants, countries, languages = (_summed(groups, kind.name) for kind in kinds)
    due = select(func.min(deliveries.c.due_at)).where(mine, deliveries.c.state == State.DEFERRED, WAITS)
    unhappy = list(some_deliveries(connection, dispatch_id, [State.UNKNOWN, State.REFUSED]))
    return Report(
        dispatch=dispatch,
        counts=states,
        by_variant=variants,
        by_country=countries,
        by_language=languages,
        doubts=tuple(one for one in unhappy if one.state is State.UNKNOWN),
        refused=tuple(one for one in unhappy if one.state is State.REFUSED),
        next_try_at=connection.scalar(due),
        finished_at=None if states.keys() & set(LIVE) else _finished_at(connection, dispatch),
    )


def some_deliveries(
    connection: Connection,
    dispatch_id: str,
    states: Collection[State] | None = None,
    *,
    after: int = 0,
    until: int | None = None,
    limit: int | None = None,
) -> Iterator[Delivery]:
    """Deliveries in the order of the plan, those of the given states only; `after` an id, up to `limit`.

    With `until`, the last id of the dispatch, a page costs its own rows: without it, all rows of the dispatch are
    sorted for each.
    """
    query = DELIVERIES.where(deliveries.c.id > after)
    if until is None:
        query = query.where(deliveries.c.dispatch_id == dispatch_id)
    else:
        # An expression is in no index, so that rows are read by their numbers.
        mine = deliveries.c.dispatch_id.concat("") == dispatch_id
        query = query.where(deliveries.c.id <= until, mine)
    if states is not None:
        query = query.where(deliveries.c.state.in_(states))
        if set(states) <= set(ENDED_OTHERWISE):
            query = query.where(OTHERWISE)
    for row in connection.execute(query.order_by(deliveries.c.id).limit(limit)):
        yield read_delivery(row)


def span(connection: Connection, dispatch_id: str) -> tuple[int, int]:
    """The first and the last id of the dispatch's deliveries; (1, 0) where it has none."""
    ids = select(func.min(deliveries.c.id), func.max(deliveries.c.id))
    first, last = connection.execute(ids.where(deliveries.c.dispatch_id == dispatch_id)).one()
    return (1, 0) if first is None else (first, last)


def deliveries_where(connection: Connection, *which: ColumnElement[bool]) -> Iterator[Delivery]:
    """Every delivery for which all of that holds, oldest first."""
    for row in connection.execute(DELIVERIES.where(*which).order_by(deliveries.c.id)):
        yield read_delivery(row)


def delivery_to(connection: Connection, dispatch_id: str, address: str) -> Delivery | None:
    """The delivery to that address, if the dispatch has one."""
    query = DELIVERIES.where(
        deliveries.c.dispatch_id == dispatch_id,
        deliveries.c.address.in_(forms_of(connection).of(address)),
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else read_delivery(row)


def attempts_at(connection: Connection, delivery_id: int) -> list[Attempt]:
    """Every try at the delivery, in order."""
    rows = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.n)
    return [
        Attempt(row.delivery_id, row.n, row.at, row.phase, row.verdict, _reply(row), row.detail)
        for row in connection.execute(rows)
    ]


def some_events(connection: Connection, dispatch_id: str | None, address: str | None) -> list[Event]:
    """Events in order: all, or those of a dispatch, or of an address."""
    query = select(events).order_by(events.c.id)
    if dispatch_id is not None:
        query = query.where(events.c.dispatch_id == dispatch_id)
    if address is not None:
        query = query.where(events.c.address.in_(forms_of(connection).of(address)))
    return [read_event(row) for row in connection.execute(query)]


def read_event(row: Row[Any]) -> Event:
    """The event in a row of the table."""
    return Event(
        row.at,
        EventKind(row.kind),
        row.dispatch_id or "",
        row.delivery_id,
        row.address,
        row.by,
        row.why,
        row.answer,
    )


def is_live(connection: Connection, dispatch_id: str) -> bool:
    """Whether any of the dispatch's deliveries is not at its end."""
    waits = select(deliveries.c.id).where(deliveries.c.dispatch_id == dispatch_id, WAITS)
    return connection.scalar(select(waits.exists() | held_of(dispatch_id).exists())) or False


def _summed(groups: Sequence[Row[Any]], kind: str) -> dict[Any, int]:
    sums: Counter[Any] = Counter()
    for group in groups:
        sums[getattr(group, kind)] += group.rows
    return {key: sums[key] for key in sorted(sums)}


def _finished_at(connection: Connection, dispatch: Dispatch) -> datetime:
    """When the last row came to its end; a dispatch with nobody in it was finished at once."""
    last = select(func.max(deliveries.c.updated_at)).where(deliveries.c.dispatch_id == dispatch.id)
    return connection.scalar(last) or dispatch.created_at


def _dispatch(row: Row[Any]) -> Dispatch:
    return Dispatch(
        id=row.id,
        realm=row.realm,
        occasion=row.occasion,
        slug=row.slug,
        digest=row.digest,
        message_class=row.message_class,
        relay=row.relay,
        segments=tuple(row.segments),
        sender=Sender.model_validate(row.sender),
        day=row.day,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=DispatchState(row.stands),
        why=row.why,
        not_before=row.not_before,
        begin_by=row.begin_by,
    )


def read_delivery(row: Row[Any]) -> Delivery:
    """The delivery in a row of DELIVERIES."""
    return Delivery(
        id=row.id,
        dispatch_id=row.dispatch_id,
        address=row.address,
        email=row.email,
        name=row.name,
        language=row.language,
        country=row.country,
        variant=row.variant,
        state=row.state,
        attempts=row.tries,
        message_id=row.message_id,
        reply=_reply(row),
        detail=row.detail,
        due_at=row.due_at,
        updated_at=row.updated_at,
        occasions=tuple(row.occasions),
        heading=load_heading(row.heading),
        code=row.code_to_answer,
    )


def _reply(row: Row[Any]) -> Reply | None:
    return None if row.code is None else Reply(row.code, row.text, row.enhanced)
