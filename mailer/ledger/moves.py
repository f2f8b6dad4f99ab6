"""The one place where a delivery's state is written, and the record of each try.

`take` knows every rule that hangs on a state: which steps there are (model/dispatch.py), when a row is due or held,
when the Date header is fixed, which ends give the occasion back, and that a cancelled dispatch keeps nothing waiting.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, insert, select

from mailer.errors import LedgerError
from mailer.ledger.dialects import Hot, given, hot, listed
from mailer.ledger.keys import note_clock
from mailer.ledger.records import EventKind
from mailer.ledger.schema import EPOCH, HELD, IN_HAND, MICROSECOND, WAITING, WAITS, deliveries, events
from mailer.model.dispatch import TRANSITIONS, Answer, State
from mailer.model.message import Outcome

GIVES_BACK = frozenset({State.SKIPPED, State.EXPIRED, State.CANCELLED})
"""Ends at which the reader certainly got nothing: a later dispatch may write to them for the same occasion."""

GROUP = 500
"""Rows named in one statement: databases bound the number of parameters."""
MANY = 5_000
"""Rows named in one statement as JSON, where there may be any number of them."""

TEXT_LIMIT = 2_000

Named = TypeVar("Named")


def micros(at: datetime) -> int:
    """The instant as the tables keep it."""
    return (at - EPOCH) // MICROSECOND


def take(
    db: Hot,
    start: State,
    end: State,
    ids: Collection[int],
    at: int,
    *,
    token: int | None = None,
    detail: str = "",
    due: int | None = None,
) -> list[int]:
    """Take deliveries that stand at `start` one step to `end`; the ids of those that went.

    A row that stands elsewhere by now, or is held under another token than the one that is shown, stays: this is the
    compare-and-set. `due`: until when they wait there. LedgerError for a step that does not exist.
    """
    moved = _step(db, start, end, ids, {"at": at, "shown": token, "detail": detail, "due": due})
    if moved and end in GIVES_BACK:
        db.execute(GIVE_BACK, {"ids": listed(moved)})
    if moved and end in WAITING:
        note_clock(db, at)
        _cancel_with_dispatch(db, end, moved, at)
    return moved


def take_up(db: Hot, start: State, ids: Collection[int], at: int, *, holder_id: str, token: int) -> list[int]:
    """Claim deliveries that wait, as `take` does; the ids of those that were free."""
    values = {"at": at, "shown": None, "detail": "", "holder": holder_id, "token": token}
    return _step(db, start, State.CLAIMED, ids, values)


def put_off(db: Hot, waiting: Sequence[tuple[int, int]]) -> None:
    """Let deliveries wait longer, each (id, until); nothing else about them changes."""
    db.execute(PUT_OFF, {"rows": json.dumps(waiting)})


def bring_forward(db: Hot, at: int) -> None:
    """Make everything due that was never tried: a clock that is set back must not hold it up."""
    db.execute(BRING_FORWARD, {"at": at})


def set_tries_back(db: Hot, at: int, by: int) -> None:
    """Let later tries wait as long as they were to, after the clock was set back by so much."""
    db.execute(SET_TRIES_BACK, {"at": at, "by": by})


def move(
    connection: Connection,
    which: ColumnElement[bool],
    start: State,
    end: State,
    at: datetime,
    *,
    detail: str = "",
    due_at: datetime | None = None,
) -> tuple[int, ...]:
    """Take the rows of `which` that stand at `start` one step to `end`, however many; the ids of those that went."""
    indexed = [WAITS] if start in WAITING else [HELD] if start in IN_HAND else []
    ids = select(deliveries.c.id).where(which, deliveries.c.state == start, *indexed)
    due = micros(due_at or at) if end in WAITING else None
    moved: list[int] = []
    for some in grouped(list(connection.scalars(ids)), MANY):
        moved += take(hot(connection), start, end, some, micros(at), detail=storable(detail), due=due)
    return tuple(moved)


def move_waiting(
    connection: Connection, which: ColumnElement[bool], end: State, at: datetime, *, detail: str = ""
) -> tuple[int, ...]:
    """Take the rows of `which` that wait for a try, or for the next one, to `end`; the ids of those that went."""
    return tuple(row for start in WAITING for row in move(connection, which, start, end, at, detail=detail))


def record_attempts(db: Hot, tries: Iterable[tuple[int, Outcome]], at: int) -> None:
    """Add a try with its outcome to each of the deliveries."""
    alike: dict[tuple[Any, ...], dict[int, str]] = {}
    for row, outcome in tries:
        reply = outcome.reply
        code, enhanced, text = (reply.code, reply.enhanced, reply.text) if reply else (None, "", "")
        common = (outcome.phase, outcome.verdict, code, enhanced, outcome.detail)
        alike.setdefault(common, {})[row] = storable(text)
    for (phase, verdict, code, enhanced, detail), texts in alike.items():
        values = {"phase": phase.value, "verdict": verdict.value, "code": code, "at": at}
        words = {"enhanced": storable(enhanced), "detail": storable(detail), "texts": json.dumps(texts)}
        db.execute(ATTEMPTS, values | words)


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
    if text.isascii() and "\0" not in text:
        return text[:TEXT_LIMIT]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")[:TEXT_LIMIT]


def grouped(rows: Sequence[Named], size: int = GROUP) -> Iterator[Sequence[Named]]:
    """`rows` in groups small enough for one statement."""
    return (rows[i : i + size] for i in range(0, len(rows), size))


PUT_OFF = f"""
UPDATE deliveries SET due_at = g.until FROM {given("id", "until")} AS g
WHERE deliveries.id = g.id AND deliveries.due_at IS NOT NULL
"""  # noqa: S608

BRING_FORWARD = f"""
UPDATE deliveries SET due_at = :at
WHERE state = '{State.PLANNED}' AND due_at > :at AND dispatch_id IN (SELECT id FROM dispatches)
"""  # noqa: S608

SET_TRIES_BACK = f"""
UPDATE deliveries SET due_at = CASE WHEN due_at - :by > :at THEN due_at - :by ELSE :at END
WHERE state = '{State.DEFERRED}' AND due_at > :at AND dispatch_id IN (SELECT id FROM dispatches)
"""  # noqa: S608

ATTEMPTS = """
INSERT INTO attempts (delivery_id, n, at, phase, verdict, code, enhanced, text, detail)
SELECT CAST(g.key AS BIGINT),
  1 + coalesce((SELECT max(n) FROM attempts WHERE delivery_id = CAST(g.key AS BIGINT)), 0),
  :at, :phase, :verdict, :code, :enhanced, g.value, :detail
FROM json_each(:texts) AS g
"""

GIVE_BACK = """
DELETE FROM claims WHERE delivery_id IN (SELECT value FROM json_each(:ids))
  AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = claims.delivery_id AND verdict = 'unknown')
"""
"""Once in doubt, the message may be there after all: then the claim stays whatever is decided later."""

UNDER_CANCELLED = """
SELECT deliveries.id FROM json_each(:ids) AS listed
JOIN deliveries ON deliveries.id = listed.value
JOIN dispatches ON dispatches.id = deliveries.dispatch_id
WHERE dispatches.state = 'cancelled'
"""


@cache
def _statements(start: State, end: State, is_shown: bool) -> tuple[str, str]:
    """The one UPDATE of a state, for all of the rows or none, and for those of them that can go.

    It writes no column that the step leaves as it is: each may cost an index.
    """
    if end not in TRANSITIONS[start]:
        raise LedgerError(
            f'A delivery cannot go from "{start}" to "{end}".', "This is a mistake in the program."
        )
    sets = ["state = :end", "updated_at = :at"]
    if end is State.CLAIMED:
        sets += ["holder_id = :holder", "token = :token", "dated_at = coalesce(dated_at, :at)"]
    elif start in IN_HAND and end is not State.HANDED:
        sets.append("holder_id = NULL")
    if end in WAITING:
        sets.append("due_at = :due")
    elif start in WAITING:
        sets.append("due_at = NULL")
    if end is not State.HANDED:
        sets.append("detail = :detail")
    those = "id IN (SELECT value FROM json_each(:ids))"
    able = f"{those} AND state = :start{' AND token = :shown' if is_shown else ''}"
    update = f"UPDATE deliveries SET {', '.join(sets)} WHERE"  # noqa: S608
    every = f"{update} {those} AND :count = (SELECT count(*) FROM deliveries WHERE {able})"  # noqa: S608
    return every, f"{update} {able} RETURNING id"


def _step(db: Hot, start: State, end: State, ids: Collection[int], values: dict[str, Any]) -> list[int]:
    """The compare-and-set. All go, mostly, and then nothing is read back: that costs as much as the change."""
    every, some = _statements(start, end, values["shown"] is not None)
    values |= {"start": start.value, "end": end.value, "ids": listed(ids), "count": len(ids)}
    if db.execute(every, values).rowcount == len(ids):
        return list(ids)
    return [row[0] for row in db.execute(some, values).fetchall()]


def _cancel_with_dispatch(db: Hot, start: State, ids: Collection[int], at: int) -> None:
    cancelled = [row[0] for row in db.execute(UNDER_CANCELLED, {"ids": listed(ids)}).fetchall()]
    if cancelled:
        take(db, start, State.CANCELLED, cancelled, at, detail="The sending was cancelled.")
