"""What a dispatch adds up to: sums over its rows and tries, a table at a time, however many rows there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Select, func, select, type_coerce

from mailer.ledger.reading import dispatch_named
from mailer.ledger.schema import EPOCH, MICROSECOND, attempts, deliveries
from mailer.ledger.store import Store
from mailer.model.dispatch import State
from mailer.model.message import Verdict
from mailer.model.report import Stretch, Sums, Tally

WIDTHS = tuple(
    timedelta(seconds=s) for s in (1, 10, 60, 600, 3600, 10_800, 43_200, 86_400, 604_800, 2_592_000)
)
MOST_STRETCHES = 24
"""The time in which a sending was tried is cut into so many stretches at the most."""


class Summing:
    """The ledger's verbs on sums."""

    _store: Store
    _now: Callable[[], datetime]

    def sums(self, dispatch_id: str) -> Sums:
        """What its rows and tries add up to at one moment. LedgerError where there is no such dispatch."""
        with self._store.read() as connection:
            return sums(connection, dispatch_id)

    def slots(self, delivery_id: int) -> Mapping[str, str]:
        """The personal fields that the delivery was planned with."""
        with self._store.read() as connection:
            found = connection.scalar(select(deliveries.c.slots).where(deliveries.c.id == delivery_id))
        return {str(name): str(value) for name, value in (found or {}).items()}


def sums(connection: Connection, dispatch_id: str) -> Sums:
    """The dispatch's mails by country, language, version and domain, and its tries over time."""
    dispatch_named(connection, dispatch_id)
    began, ended, taken = _times(connection, dispatch_id)
    width = _width(began, ended)
    return Sums(
        by_country=_tally(connection, dispatch_id, deliveries.c.country),
        by_language=_tally(connection, dispatch_id, deliveries.c.language),
        by_variant=_tally(connection, dispatch_id, deliveries.c.variant),
        by_domain=_tally(connection, dispatch_id, deliveries.c.domain),
        first_try=began,
        last_try=ended,
        first_taken=taken[0],
        last_taken=taken[1],
        width=width,
        stretches=_stretches(connection, dispatch_id, width) if began else (),
    )


def _tally(connection: Connection, dispatch_id: str, column: Column[str]) -> Tally:
    mine = deliveries.c.dispatch_id == dispatch_id
    rows = connection.execute(
        select(column.label("what"), deliveries.c.state, func.count().label("rows"))
        .where(mine)
        .group_by(column, deliveries.c.state)
    )
    found: dict[str, dict[State, int]] = defaultdict(dict)
    for row in rows:
        found[row.what][row.state] = row.rows
    order = sorted(found, key=lambda what: (-sum(found[what].values()), what))
    return {what: dict(sorted(found[what].items())) for what in order}


def _tries(dispatch_id: str, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(deliveries)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(deliveries.c.dispatch_id == dispatch_id)
    )


def _times(
    connection: Connection, dispatch_id: str
) -> tuple[datetime | None, datetime | None, tuple[datetime | None, datetime | None]]:
    """The first try and the last one; and of those that were taken over."""
    at = attempts.c.at
    rows = connection.execute(
        _tries(
            dispatch_id, attempts.c.verdict, func.min(at).label("first"), func.max(at).label("last")
        ).group_by(attempts.c.verdict)
    ).all()
    first = min((row.first for row in rows), default=None)
    last = max((row.last for row in rows), default=None)
    taken = next(((row.first, row.last) for row in rows if row.verdict is Verdict.ACCEPTED), (None, None))
    return first, last, taken


def _width(began: datetime | None, ended: datetime | None) -> timedelta:
    if began is None or ended is None:
        return WIDTHS[0]
    return next((width for width in WIDTHS if (ended - began) / width < MOST_STRETCHES), WIDTHS[-1])


def _stretches(connection: Connection, dispatch_id: str, width: timedelta) -> tuple[Stretch, ...]:
    """Tries and mails taken over in each stretch of that width in which there were any."""
    each = width // MICROSECOND
    bucket = (type_coerce(attempts.c.at, BigInteger) // each).label("bucket")
    rows = connection.execute(
        _tries(dispatch_id, bucket, attempts.c.verdict, func.count().label("rows")).group_by(
            bucket, attempts.c.verdict
        )
    )
    tries: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    for row in rows:
        tries[row.bucket] += row.rows
        if row.verdict is Verdict.ACCEPTED:
            taken[row.bucket] += row.rows
    return tuple(
        Stretch((EPOCH + number * width).astimezone(UTC), tries[number], taken[number])
        for number in sorted(tries)
    )
