"""Reading mails one by one with all that is known of each: for the record of notice, and for one person's history.

A mail in doubt may be decided, or go again, long after its sending was finished. So that a record of notice made
later agrees with what was noted then, a `Notice` tells both: how the mail stood at the end, and what came after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from mailer.ledger.addresses import forms_of
from mailer.ledger.moves import grouped
from mailer.ledger.reading import deliveries_where, read_event, some_deliveries
from mailer.ledger.records import Attempt, Event, EventKind
from mailer.ledger.schema import attempts, deliveries, dispatches, events
from mailer.model.dispatch import REAL, Delivery, State
from mailer.model.message import Reply, Verdict

ANSWERED = (State.ACCEPTED, State.REFUSED, State.UNKNOWN)
"""Ends at which the last try says when it was."""
DECIDED = (EventKind.SETTLED, EventKind.RESENT)


@dataclass(frozen=True, slots=True)
class Notice:
    """One delivery as it stood when its dispatch was finished, or stands if it is not; and what came after."""

    delivery: Delivery
    """As it stands now."""
    state: State
    at: datetime
    """When the relay answered; where it was never asked, when the delivery came to its end."""
    answer: str
    """The relay's answer, or why there is none."""
    role: str
    """What the message called its reader's role; "" where it did not."""
    decided: tuple[Event, ...] = ()
    """What people decided of a doubt after the dispatch was finished."""
    answers: tuple[Event, ...] = ()
    """What came back from the reader."""

    @property
    def message_id(self) -> str:
        """The delivery's."""
        return self.delivery.message_id

    @property
    def language(self) -> str:
        """The delivery's."""
        return self.delivery.language


def notices(
    connection: Connection, dispatch_id: str, after: int, limit: int, until: int | None = None
) -> list[Notice]:
    """A page of the dispatch's deliveries in the order of the plan, those after an id and up to `until`."""
    page = list(some_deliveries(connection, dispatch_id, after=after, until=until, limit=limit))
    return _noticed(connection, page)


def notices_to(connection: Connection, addresses: Collection[str], country: str = "") -> list[Notice]:
    """All real deliveries to any of the addresses, or to anybody of the country; newest first."""
    forms = forms_of(connection)
    wanted = [form for address in addresses for form in forms.of(address)]
    who: ColumnElement[bool] = deliveries.c.address.in_(wanted)
    if country:
        who = or_(who, deliveries.c.country == country)
    real = deliveries.c.dispatch_id.in_(select(dispatches.c.id).where(dispatches.c.realm == REAL))
    found = list(deliveries_where(connection, who, real))
    return sorted(_noticed(connection, found), key=lambda one: (one.at, one.delivery.id), reverse=True)


def _noticed(connection: Connection, page: Sequence[Delivery]) -> list[Notice]:
    ids = [delivery.id for delivery in page]
    tries, roles = _tries(connection, ids), _roles(connection, ids)
    before, after, answers = _sorted_out(_told(connection, page))
    made = []
    for delivery in page:
        one = delivery.id
        decided = tuple(after[one])
        stood = _as_it_stood(delivery, tries[one], len(before[one]), bool(decided))
        made.append(Notice(delivery, *stood, roles.get(one, ""), decided, tuple(answers[one])))
    return made


def _sorted_out(
    told: Sequence[Event],
) -> tuple[Mapping[int, list[Event]], Mapping[int, list[Event]], Mapping[int, list[Event]]]:
    """By delivery: resent before its dispatch was first finished; decided after; and answers from readers."""
    resent: dict[int, list[Event]] = defaultdict(list)
    decided: dict[int, list[Event]] = defaultdict(list)
    answers: dict[int, list[Event]] = defaultdict(list)
    finished: set[str] = set()
    for event in told:
        if event.kind is EventKind.FINISHED:
            finished.add(event.dispatch_id)
        elif event.delivery_id is None:
            continue
        elif event.kind is EventKind.ACKNOWLEDGED:
            answers[event.delivery_id].append(event)
        elif event.kind in DECIDED and event.dispatch_id in finished:
            decided[event.delivery_id].append(event)
        elif event.kind is EventKind.RESENT:
            resent[event.delivery_id].append(event)
    return resent, decided, answers


def _as_it_stood(
    delivery: Delivery, tries: Sequence[Attempt], resent: int, decided: bool
) -> tuple[State, datetime, str]:
    """State, instant and answer when the dispatch was first finished; as they are now where nothing came after."""
    state = delivery.state
    if decided:
        # Only what is in doubt is decided later: it stood at the doubt that came after the resendings until then.
        doubts = [place for place, one in enumerate(tries) if one.verdict is Verdict.UNKNOWN]
        state, tries = State.UNKNOWN, tries[: doubts[min(resent, len(doubts) - 1)] + 1] if doubts else ()
    last = tries[-1] if tries else None
    if last is None or state not in ANSWERED:
        words = [delivery.detail] if not decided else []
        words += [f"Last answer: {last.reply}"] if last is not None and last.reply else []
        return state, delivery.updated_at, " ".join(words)
    if state is State.ACCEPTED and last.verdict is not Verdict.ACCEPTED:
        return state, last.at, delivery.detail or last.detail
    return state, last.at, str(last.reply) if last.reply else last.detail


def _told(connection: Connection, page: Sequence[Delivery]) -> list[Event]:
    """What was noted of those deliveries, and the first end of each of their dispatches, in order."""
    rows: list[Row[Any]] = []
    for some in grouped([delivery.id for delivery in page]):
        rows += connection.execute(select(events).where(events.c.delivery_id.in_(some)))
    ended = select(events).where(events.c.kind == EventKind.FINISHED).order_by(events.c.id).limit(1)
    for dispatch_id in {delivery.dispatch_id for delivery in page}:
        rows += connection.execute(ended.where(events.c.dispatch_id == dispatch_id))
    return [read_event(row) for row in sorted(rows, key=lambda row: row.id)]


def _tries(connection: Connection, ids: Sequence[int]) -> Mapping[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    for some in grouped(ids):
        query = select(attempts).where(attempts.c.delivery_id.in_(some))
        for row in connection.execute(query.order_by(attempts.c.delivery_id, attempts.c.n)):
            reply = None if row.code is None else Reply(row.code, row.text, row.enhanced)
            found[row.delivery_id].append(
                Attempt(row.delivery_id, row.n, row.at, row.phase, row.verdict, reply, row.detail)
            )
    return found


def _roles(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for some in grouped(ids):
        rows = connection.execute(
            select(deliveries.c.id, deliveries.c.slots).where(deliveries.c.id.in_(some))
        )
        found |= {row.id: str(row.slots.get("role", "")) for row in rows}
    return found
