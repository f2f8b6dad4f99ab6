"""The do-not-mail list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from mailer.ledger.addresses import normalised
from mailer.ledger.dialects import insert_once
from mailer.ledger.moves import GROUP, note, storable
from mailer.ledger.records import EventKind
from mailer.ledger.schema import suppressions
from mailer.model.suppression import Because, Suppression


def suppress(
    connection: Connection, address: str, because: Because, *, words: str, by: str, at: datetime
) -> Suppression:
    """Put the address on the list; where it stands there for that reason already, the first entry stays."""
    key = normalised(address)
    this = (suppressions.c.address == key) & (suppressions.c.because == because)
    row = {"address": key, "because": because, "note": storable(words), "at": at}
    if connection.execute(insert_once(connection, suppressions).values(row)).rowcount:
        note(
            connection,
            EventKind.SUPPRESSED,
            at,
            address=key,
            by=by,
            why=f"{because}: {words}".removesuffix(": "),
        )
    return _suppression(connection.execute(select(suppressions).where(this)).one())


def unsuppress(connection: Connection, address: str, by: str, why: str, at: datetime) -> int:
    """Take the address off the list, for whatever reason it was on it; how many reasons there were."""
    key = normalised(address)
    removed = connection.execute(delete(suppressions).where(suppressions.c.address == key)).rowcount
    if removed:
        note(connection, EventKind.UNSUPPRESSED, at, address=key, by=by, why=why)
    return removed


def all_suppressions(connection: Connection) -> list[Suppression]:
    """The whole list, by address."""
    rows = connection.execute(select(suppressions).order_by(suppressions.c.address, suppressions.c.at))
    return [_suppression(row) for row in rows]


def suppressed_among(
    connection: Connection, addresses: Iterable[str], message_class: str
) -> dict[str, Suppression]:
    """Those of the addresses that must not get a message of that class, each with the oldest reason that applies."""
    found: dict[str, Suppression] = {}
    reasons = reasons_against(message_class)
    wanted = (normalised(address) for address in addresses)
    while group := list(islice(wanted, GROUP)):
        rows = (
            select(suppressions)
            .where(suppressions.c.address.in_(group), suppressions.c.because.in_(reasons))
            .order_by(suppressions.c.at, suppressions.c.because)
        )
        for row in connection.execute(rows):
            found.setdefault(row.address, _suppression(row))
    return found


def reasons_against(message_class: str) -> list[Because]:
    """The reasons that keep a message of that class from going."""
    nobody = "", datetime.fromtimestamp(0, UTC)
    return [because for because in Because if Suppression("", because, *nobody).applies_to(message_class)]


def _suppression(row: Row[Any]) -> Suppression:
    return Suppression(row.address, row.because, row.note, row.at)
