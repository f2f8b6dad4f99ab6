"""Forgetting a person: a keyed hash takes the place of their address in every row, and their name goes.

The hash is kept so that what counts people still counts them, so that nobody who asked for peace is written to again,
and so that nobody gets the same thing twice. It tells nothing without the ledger's key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, delete, select, update

from mailer.errors import LedgerError
from mailer.ledger.addresses import forms_from_now, forms_of, normalised
from mailer.ledger.dialects import insert_once
from mailer.ledger.erasing import Person, erase_from_others, erase_from_texts, is_quoted
from mailer.ledger.moves import grouped, move_waiting, note
from mailer.ledger.records import EventKind, Forgotten
from mailer.ledger.schema import IN_HAND, claims, deliveries, events, lapsed, suppressions
from mailer.model.deadline import occasion_of, parts_of
from mailer.model.dispatch import State

SKIPPED = "The reader was erased from the send record."


def forget(
    connection: Connection, address: str, *, by: str, why: str, at: datetime, on_file: bool = False
) -> Forgotten:
    """Erase the person. LedgerError while a mail to them is in a sending program's hands.

    `on_file`: that they were forgotten is noted even where the ledger had nothing of them.
    """
    plain = normalised(address)
    if not plain or not (on_file or _is_known(connection, plain)):
        return Forgotten("")
    theirs = deliveries.c.address == plain
    if connection.scalar(select(deliveries.c.id).where(theirs, deliveries.c.state.in_(IN_HAND)).limit(1)):
        raise LedgerError(
            f"A mail to {plain} is being sent right now.", "Wait until the sending is over, or pause it."
        )
    skipped = move_waiting(connection, theirs, State.SKIPPED, at, detail=SKIPPED)
    rows = connection.execute(
        select(deliveries.c.id, deliveries.c.email, deliveries.c.name).where(theirs)
    ).all()
    person = Person(
        plain,
        forms_from_now(connection).hashed(plain),
        frozenset({plain, address.strip(), *(row.email for row in rows)}),
        frozenset(row.name for row in rows if row.name),
    )
    _erase_theirs(connection, person, [row.id for row in rows])
    told = _erase_told(connection, person, [row.id for row in rows])
    _rename_suppressions(connection, person)
    _rename_occasions(connection, person)
    others = erase_from_others(connection, person) + erase_from_texts(connection, person)
    note(
        connection, EventKind.FORGOTTEN, at, address=person.hash, by=person.out_of(by), why=person.out_of(why)
    )
    return Forgotten(person.hash, len(rows), len(skipped), told, others)


def forgotten_on(connection: Connection, addresses: Iterable[str]) -> dict[str, datetime]:
    """Those of the addresses whose person was forgotten, each with when that was last."""
    forms = forms_of(connection)
    if forms.key is None:
        return {}
    hashes: dict[str, list[str]] = {}
    for address in addresses:
        hashes.setdefault(forms.hashed(address), []).append(address)
    found: dict[str, datetime] = {}
    for some in grouped(list(hashes)):
        query = (
            select(events.c.address, events.c.at)
            .where(events.c.kind == EventKind.FORGOTTEN, events.c.address.in_(some))
            .order_by(events.c.id)
        )
        for row in connection.execute(query):
            found |= dict.fromkeys(hashes[row.address], row.at)
    return found


def _is_known(connection: Connection, plain: str) -> bool:
    """Whether any row may name the address: as its reader, on a list, in the head, or in a text."""
    places: tuple[Select[Any], ...] = (
        select(deliveries.c.id).where(deliveries.c.address == plain),
        select(claims.c.address).where(claims.c.address == plain),
        select(suppressions.c.address).where(suppressions.c.address == plain),
        select(events.c.id).where(events.c.address == plain),
        select(claims.c.address).where(claims.c.occasion.endswith(f"/{plain}", autoescape=True)),
        select(lapsed.c.occasion).where(lapsed.c.occasion.endswith(f"/{plain}", autoescape=True)),
    )
    found = any(connection.execute(place.limit(1)).first() is not None for place in places)
    return found or is_quoted(connection, frozenset({plain}))


def _erase_theirs(connection: Connection, person: Person, ids: list[int]) -> None:
    nothing: dict[str, Any] = {
        "address": person.hash,
        "email": person.hash,
        "domain": "",
        "name": "",
        "slots": {},
    }
    for some in grouped(ids):
        these = deliveries.c.id.in_(some)
        connection.execute(update(deliveries).where(these).values(**nothing, heading={}))
    connection.execute(update(claims).where(claims.c.address == person.address).values(address=person.hash))


def _erase_told(connection: Connection, person: Person, ids: list[int]) -> int:
    """Take away what was noted of them, their own words too; that it happened, and what they answered, stays."""
    theirs = events.c.address == person.address
    ours = {row.id: row for row in connection.execute(select(events).where(theirs))}
    for some in grouped(ids):
        query = select(events).where(events.c.delivery_id.in_(some))
        ours |= {row.id: row for row in connection.execute(query)}
    for row in ours.values():
        # "manual: rang on Monday": the reason stays, what was added goes.
        why = row.why.partition(":")[0] if row.kind == EventKind.SUPPRESSED else ""
        values = {"address": person.hash if row.address else "", "why": why}
        connection.execute(update(events).where(events.c.id == row.id).values(values))
    return len(ours)


def _rename_suppressions(connection: Connection, person: Person) -> None:
    """The first entry of each reason stays, also where they were on the list when forgotten before."""
    theirs = suppressions.c.address == person.address
    for row in connection.execute(select(suppressions).where(theirs)).all():
        kept = {**row._mapping, "address": person.hash, "note": ""}
        connection.execute(insert_once(connection, suppressions).values(kept))
    connection.execute(delete(suppressions).where(theirs))


def _rename_occasions(connection: Connection, person: Person) -> None:
    """Who owes something for themselves is named in the occasion."""
    for table in (claims, lapsed):
        named = table.c.occasion.endswith(f"/{person.address}", autoescape=True)
        for occasion in _own(connection.scalars(select(table.c.occasion).where(named).distinct()), person):
            connection.execute(
                update(table).where(table.c.occasion == occasion).values(occasion=renamed(occasion, person))
            )
    listed: ColumnElement[bool] = cast(deliveries.c.occasions, Text).icontains(
        person.in_json, autoescape=True
    )
    for row in connection.execute(select(deliveries.c.id, deliveries.c.occasions).where(listed)).all():
        occasions = [renamed(occasion, person) for occasion in row.occasions]
        connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(occasions=occasions))


def renamed(occasion: str, person: Person) -> str:
    """The occasion with the hash where it named the person."""
    parts = parts_of(occasion)
    if parts is None or normalised(parts[3]) != person.address:
        return occasion
    return occasion_of(*parts[:3], person.hash)


def _own(occasions: Iterable[str], person: Person) -> list[str]:
    return [occasion for occasion in occasions if renamed(occasion, person) != occasion]
