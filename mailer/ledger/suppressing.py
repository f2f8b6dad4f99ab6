"""The do-not-mail list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from mailer.ledger.addresses import forms_of, normalised
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
    forms = forms_of(connection).of(key)
    this = select(suppressions).where(suppressions.c.address.in_(forms), suppressions.c.because == because)
    row = {"address": key, "because": because, "note": storable(words), "at": at}
    if connection.execute(this).first() is None:
        connection.execute(insert_once(connection, suppressions).values(row))
        note(
            connection,
            EventKind.SUPPRESSED,
            at,
            address=key,
            by=by,
            why=f"{because}: {words}".removesuffix(": "),
        )
    return _suppression(connection.execute(this).one(), key)


def unsuppress(connection: Connection, address: str, by: str, why: str, at: datetime) -> int:
    """Take the address off the list, for whatever reason it was on it; how many reasons there were."""
    key = normalised(address)
    theirs = suppressions.c.address.in_(forms_of(connection).of(key))
    removed = connection.execute(delete(suppressions).where(theirs)).rowcount
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
    """Those of the addresses that must not get a message of that class, each with the reason that counts most.

    A person's own word comes before what is the matter with the address, and the oldest before others.
    """
    found: dict[str, Suppression] = {}
    reasons = reasons_against(message_class)
    own = [because for because in reasons if because.of_person]
    forms = forms_of(connection)
    wanted = iter(addresses)
    while group := forms.among(islice(wanted, GROUP)):
        rows = (
            select(suppressions)
            .where(suppressions.c.address.in_(list(group)), suppressions.c.because.in_(reasons))
            .order_by(suppressions.c.because.not_in(own), suppressions.c.at, suppressions.c.because)
        )
        for row in connection.execute(rows):
            found.setdefault(group[row.address], _suppression(row, group[row.address]))
    return found


def forgotten_among(
    connection: Connection, addresses: Iterable[str], reasons: Iterable[Because]
) -> dict[str, Because]:
    """Those of the addresses whose hash is on the list for one of the reasons, and which."""
    forms = forms_of(connection)
    if forms.key is None:
        return {}
    hashes = {forms.hashed(address): address for address in addresses}
    rows = select(suppressions.c.address, func.min(suppressions.c.because)).where(
        suppressions.c.address.in_(list(hashes)), suppressions.c.because.in_(list(reasons))
    )
    listed = connection.execute(rows.group_by(suppressions.c.address))
    return {hashes[address]: because for address, because in listed}


def reasons_against(message_class: str) -> list[Because]:
    """The reasons that keep a message of that class from going."""
    nobody = "", datetime.fromtimestamp(0, UTC)
    return [because for because in Because if Suppression("", because, *nobody).applies_to(message_class)]


def _suppression(row: Row[Any], address: str = "") -> Suppression:
    return Suppression(address or row.address, row.because, row.note, row.at)
