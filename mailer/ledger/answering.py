"""Answers to official messages: whose code it is, what came back, and what was recorded of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from mailer.errors import LedgerError
from mailer.ledger.deciding import STANDS
from mailer.ledger.headings import stored_code
from mailer.ledger.moves import note, storable
from mailer.ledger.reading import DELIVERIES, read_delivery
from mailer.ledger.records import EventKind
from mailer.ledger.reminding import under
from mailer.ledger.schema import attempts, claims, deliveries, dispatches, events
from mailer.model.deadline import parts_of
from mailer.model.dispatch import REAL, Acknowledgement, Answer, Delivery, State
from mailer.model.message import Verdict

ANSWERABLE = (State.ACCEPTED, State.UNKNOWN, State.HANDED)
"""Where the reader has the message, or may have it."""

MOST_ANSWERS = 20
"""To one message: whoever has its code may answer it, and again, and what is noted is kept for good."""

ANSWERS: Select[Any] = (
    select(events, deliveries.c.address.label("reader"))
    .join_from(events, deliveries, events.c.delivery_id == deliveries.c.id)
    .where(events.c.kind == EventKind.ACKNOWLEDGED)
)


def delivery_by_code(connection: Connection, code: str) -> Delivery | None:
    """The delivery that the code was given to, if any.

    A message that was planned anew has its code twice, and so has one that was rehearsed: the real one counts
    before the rehearsed, the one that its reader may have before the others, then the newest. LedgerError where
    two people have the same code.
    """
    key = stored_code(code)
    if not key:
        return None
    rows = connection.execute(
        DELIVERIES.add_columns((dispatches.c.realm == REAL).label("real")).where(
            deliveries.c.code == key, dispatches.c.id == deliveries.c.dispatch_id
        )
    ).all()
    if not rows:
        return None
    best = max(rows, key=lambda row: (row.real, _may_have(connection, row.id, row.state), row.id))
    if any(row.real == best.real and row.address != best.address for row in rows):
        raise LedgerError(
            f"The code {code.strip()} was given to more than one reader.",
            "Look in the report for the mail that was answered, and note the answer by hand.",
        )
    return read_delivery(best)


def acknowledge(
    connection: Connection, code: str, answer: Answer, *, words: str, by: str, at: datetime
) -> Acknowledgement:
    """Record the answer; the same one again, with nothing new to say, is the one that stands already.

    LedgerError where nobody has the code or can have answered, and where MOST_ANSWERS are on record: the last stands.
    """
    delivery = delivery_by_code(connection, code)
    if delivery is None:
        raise LedgerError(
            f"No message was sent with the code {storable(code.strip())[:40]!r}.",
            "Look at the code in the reader's answer: it is letters and digits, in the subject.",
        )
    if not _may_have(connection, delivery.id, delivery.state):
        raise LedgerError(
            f"The mail with the code {delivery.code} {STANDS[delivery.state]}: nobody can have answered it.",
            f"See where it stands with `mailer report {delivery.dispatch_id}`.",
        )
    mine = ANSWERS.where(events.c.delivery_id == delivery.id).order_by(events.c.id.desc()).limit(1)
    last = connection.execute(mine).one_or_none()
    words = storable(" ".join(words.split()))
    if last is not None and last.answer is answer and words in ("", last.why):
        return _acknowledgement(last)
    if last is not None and _answers_to(connection, delivery.id) >= MOST_ANSWERS:
        raise LedgerError(
            f"The mail with the code {delivery.code} was answered {MOST_ANSWERS} times already: nothing was "
            f'added, and the last answer, "{last.answer}", stands.',
            "Ask the reader which answer holds, and act on that.",
        )
    note(
        connection,
        EventKind.ACKNOWLEDGED,
        at,
        dispatch_id=delivery.dispatch_id,
        delivery_id=delivery.id,
        address=delivery.address,
        by=by,
        why=words,
        answer=answer,
    )
    return _acknowledgement(connection.execute(mine).one())


def acknowledgements(
    connection: Connection, dispatch_id: str, deadline_id: str
) -> tuple[Acknowledgement, ...]:
    """Every answer in order: to a dispatch, or to a deadline's real reminders, or all."""
    query = ANSWERS.order_by(events.c.id)
    if dispatch_id:
        query = query.where(events.c.dispatch_id == dispatch_id)
    if not deadline_id:
        return tuple(_acknowledgement(row) for row in connection.execute(query))
    query = (
        query.add_columns(claims.c.occasion)
        .join(claims, claims.c.delivery_id == deliveries.c.id)
        .where(claims.c.realm == REAL, under(claims.c.occasion, deadline_id))
    )
    # A mail about two obligations holds two claims, and a repeat of an issue of that name is no reminder.
    found = {row.id: row for row in connection.execute(query) if parts_of(row.occasion)}
    return tuple(_acknowledgement(row) for row in found.values())


def _answers_to(connection: Connection, delivery_id: int) -> int:
    noted = (events.c.delivery_id == delivery_id, events.c.kind == EventKind.ACKNOWLEDGED)
    return connection.scalar(select(func.count()).select_from(events).where(*noted)) or 0


def _may_have(connection: Connection, delivery_id: int, state: State) -> bool:
    """Whether the reader has the message or may have it: also where it was in doubt once, whatever came after."""
    if state in ANSWERABLE:
        return True
    doubted = select(attempts.c.n).where(
        attempts.c.delivery_id == delivery_id, attempts.c.verdict == Verdict.UNKNOWN
    )
    return connection.scalar(doubted.limit(1)) is not None


def _acknowledgement(row: Row[Any]) -> Acknowledgement:
    return Acknowledgement(
        delivery_id=row.delivery_id,
        dispatch_id=row.dispatch_id,
        address=row.reader,
        at=row.at,
        answer=row.answer,
        words=row.why,
        by=row.by,
    )
