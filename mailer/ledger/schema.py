"""The ledger's tables: what is written down, and what the database itself refuses to hold.

Instants are whole microseconds since 1970 in UTC, so that they compare and sort as numbers in every database.
Nothing here counts anything: every figure is a sum over rows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    select,
    text,
)
from sqlalchemy.engine import Dialect

from mailer.model.dispatch import Answer, DispatchState, State
from mailer.model.message import Phase, Verdict
from mailer.model.suppression import Because

VERSION = 3
"""Of these tables. A ledger with a higher one was written by a newer program and is left alone; one with a lower
one is brought here when it is opened (`migrating`)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ACKNOWLEDGED = "acknowledged"
"""The one kind of event that has an answer."""

WAITING = (State.PLANNED, State.DEFERRED)
"""The states in which a delivery has a `due_at`, and no holder."""
IN_HAND = (State.CLAIMED, State.HANDED)
"""The states in which a delivery has a holder, and no `due_at`."""
LIVE = (*WAITING, *IN_HAND)
ENDED_OTHERWISE = (State.REFUSED, State.UNKNOWN, State.SKIPPED, State.EXPIRED, State.CANCELLED)
"""Every end but the usual one: accepted."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger needs instants with a time zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + value * MICROSECOND


def _words(kind: type[StrEnum], *, checked: str = "") -> Enum:
    """A column of that enum's values; `checked` names the constraint that allows no other."""
    return Enum(
        kind,
        name=checked or None,
        native_enum=False,
        create_constraint=bool(checked),
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def _quoted(states: tuple[State, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _is_one_of(states: tuple[State, ...]) -> str:
    # Not as IN: SQLite makes a table of a longer list at every change of a row, and these are checked at each.
    return " OR ".join(f"state = '{state}'" for state in states)


USUAL_FIRST = (State.CLAIMED, State.HANDED, State.ACCEPTED, *WAITING, *ENDED_OTHERWISE)


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only under the type INTEGER."""

tables = MetaData()

meta = Table("meta", tables, Column("key", String(80), primary_key=True), _text("value"))
"""Version, ledger id, creation, secret keys, and the fencing counter."""

dispatches = Table(
    "dispatches",
    tables,
    Column("id", String(80), primary_key=True),
    _text("realm"),
    _text("occasion"),
    _text("slug"),
    _text("digest"),
    _text("message_class"),
    _text("relay"),
    Column("segments", JSON, nullable=False),
    Column("sender", JSON, nullable=False),
    Column("day", Date, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", _words(DispatchState, checked="dispatch_state"), nullable=False),
    _text("why"),
    Column("not_before", Instant),
    Column("begin_by", Instant),
    # When its first delivery was claimed; then `begin_by` asks nothing any more.
    Column("begun_at", Instant),
    # Whether a dispatch is finished is read from its rows, so it cannot be written down wrongly.
    CheckConstraint(f"state <> '{DispatchState.FINISHED}'", name="finished_is_read_from_rows"),
)

holders = Table(
    "holders",
    tables,
    Column("id", String(32), primary_key=True),
    Column("pid", Integer, nullable=False),
    _text("host"),
    _text("lock"),
    Column("started_at", Instant, nullable=False),
    # What it is sending; empty where it sends nothing. What it last said of itself, and when.
    _text("dispatch_id", server_default=""),
    Column("status", JSON(none_as_null=True)),
    Column("seen_at", Instant),
)
"""Running programs that may hold deliveries. The lock file, not this row, says whether one still lives."""

deliveries = Table(
    "deliveries",
    tables,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("dispatch_id", ForeignKey("dispatches.id", ondelete="CASCADE"), nullable=False),
    _text("address"),
    _text("email"),
    _text("domain", server_default=""),
    _text("name"),
    _text("language"),
    _text("country"),
    _text("variant"),
    Column("slots", JSON, nullable=False),
    # What it is for, a claim each; empty where it is for what its dispatch is for.
    Column("occasions", JSON, nullable=False, server_default="[]"),
    Column("heading", JSON, nullable=False, server_default="{}"),
    _text("code", server_default=""),
    _text("message_id"),
    Column("state", _words(State), nullable=False),
    Column("due_at", Instant),
    Column("dated_at", Instant),
    Column("holder_id", ForeignKey("holders.id")),
    Column("token", BigInteger, nullable=False, server_default="0"),
    _text("detail", server_default=""),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint(_is_one_of(USUAL_FIRST), name="delivery_state"),
    CheckConstraint(f"(due_at IS NOT NULL) = ({_is_one_of(WAITING)})", name="due_while_waiting"),
    CheckConstraint(f"(holder_id IS NOT NULL) = ({_is_one_of(IN_HAND)})", name="held_while_in_hand"),
    # A number is never used twice, so that a late worker cannot mean another row by it.
    sqlite_autoincrement=True,
)
# A delivery that goes the usual way is in the indexes of what waits and of what is held for a while, and never in
# that of the other ends: each index that a row does not touch makes every mail cheaper.
WAITS = deliveries.c.due_at.is_not(None)
"""Every query of what waits says this, and so finds its index (sqlite.org/partialindex.html, 2)."""
Index(
    "deliveries_due",
    deliveries.c.dispatch_id,
    deliveries.c.state,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=WAITS,
)
Index("deliveries_address", deliveries.c.dispatch_id, deliveries.c.address)
HELD = deliveries.c.holder_id.is_not(None)
Index("deliveries_held", deliveries.c.holder_id, sqlite_where=HELD)
OTHERWISE = text(f"state IN ({_quoted(ENDED_OTHERWISE)})")
"""The same for the other ends: in these words, since the database compares them."""
Index(
    "deliveries_otherwise",
    deliveries.c.dispatch_id,
    deliveries.c.state,
    sqlite_where=OTHERWISE,
)

_coded = deliveries.c.code != ""
Index("deliveries_code", deliveries.c.code, sqlite_where=_coded)

claims = Table(
    "claims",
    tables,
    Column("realm", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Who is written to for what. Its key is why nobody gets the same thing twice."""

lapsed = Table(
    "lapsed",
    tables,
    Column("realm", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    _text("why"),
    Column("at", Instant, nullable=False),
)
"""Occasions that will never be written for: their day has passed."""

attempts = Table(
    "attempts",
    tables,
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("phase", _words(Phase), nullable=False),
    Column("verdict", _words(Verdict), nullable=False),
    Column("code", Integer),
    _text("enhanced"),
    _text("text"),
    _text("detail"),
    sqlite_with_rowid=False,
)
"""Every try and what came of it. Only ever added to."""

events = Table(
    "events",
    tables,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("dispatch_id", ForeignKey("dispatches.id", ondelete="CASCADE"), index=True),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), index=True),
    _text("address"),
    _text("by"),
    _text("why"),
    Column("answer", _words(Answer, checked="event_answer")),
    CheckConstraint(f"(answer IS NOT NULL) = (kind = '{ACKNOWLEDGED}')", name="answered_when_acknowledged"),
    sqlite_autoincrement=True,
)
"""What people and receivers did to a dispatch, a delivery or an address. Only ever added to, but that forgetting
somebody puts a keyed hash in the place of their address."""

suppressions = Table(
    "suppressions",
    tables,
    Column("address", Text, primary_key=True),
    Column("because", _words(Because), primary_key=True),
    _text("note"),
    Column("at", Instant, nullable=False),
)
"""The do-not-mail list: a row for each reason, so that a lighter one never hides a graver."""

paces = Table(
    "paces",
    tables,
    Column("key", Text, primary_key=True),
    # When the next mail may go, by the rate.
    Column("tat", BigInteger, nullable=False),
    # What it was slowed down to, since when, and until when nothing may go at all.
    Column("cap", Float),
    Column("capped_at", BigInteger),
    Column("until", BigInteger),
    # Of a recipient domain: up to when its deliveries were put off. Of a relay: the limits of domains it was by.
    Column("line", BigInteger),
    _text("limits"),
    sqlite_with_rowid=False,
)
"""How fast a relay, or a recipient domain through it, may be used: a row for each whose rate is limited."""

minutes = Table(
    "minutes",
    tables,
    Column("key", Text, primary_key=True),
    Column("minute", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many mails were handed over in a minute, through a relay, or to a recipient domain through it: for the quotas
of an hour and a day. No figure of a report is read from here."""


def held_of(dispatch_id: ColumnElement[str] | str) -> Select[tuple[int]]:
    """The deliveries of that dispatch that somebody holds, by way of the holders: only what is in hand is read."""
    # Nothing added to the id: so the database cannot take it for a way in, and read all of the dispatch.
    mine = deliveries.c.dispatch_id.concat("") == dispatch_id
    return select(deliveries.c.id).join_from(holders, deliveries).where(mine, HELD)
