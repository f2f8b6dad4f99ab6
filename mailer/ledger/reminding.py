"""What the ledger knows of a deadline's reminders: who had which, who heard of which date, what has lapsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from mailer.ledger.addresses import Forms, forms_of
from mailer.ledger.dialects import insert_once
from mailer.ledger.moves import storable
from mailer.ledger.records import EventKind, Reminded
from mailer.ledger.schema import claims, deliveries, events, lapsed
from mailer.model.deadline import occasion_of, parts_of
from mailer.model.dispatch import Answer, State
from mailer.model.reminder import History

HEARD = (State.ACCEPTED, State.UNKNOWN)
"""Where a message got to its reader, or may have."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Gives those who were forgotten, and are among people again, the address that they are known by now."""

    names: dict[str, str]

    def address(self, kept: str) -> str:
        """The address, plain where it is one of the people's."""
        return self.names.get(kept, kept)

    def occasion(self, kept: str) -> str:
        """The occasion, with its person plain where it is one of the people."""
        parts = parts_of(kept)
        if parts is None or parts[3] not in self.names:
            return kept
        return occasion_of(*parts[:3], self.names[parts[3]])


def plain_among(forms: Forms, addresses: Iterable[str]) -> Plain:
    """What turns kept forms back into those addresses; nothing to do as long as nobody was forgotten."""
    return Plain(forms.among(addresses) if forms.key else {})


def lapse(connection: Connection, realm: str, occasions: Mapping[str, str], at: datetime) -> int:
    """Record that the occasions will never be written for, each with why; how many were not recorded yet."""
    once = insert_once(connection, lapsed)
    return sum(
        connection.execute(once.values(realm=realm, occasion=occasion, why=storable(why), at=at)).rowcount
        for occasion, why in occasions.items()
    )


def history(connection: Connection, realm: str, deadline_id: str, among: Iterable[str]) -> History:
    """All that the ledger knows of the deadline's reminders."""
    plain = plain_among(forms_of(connection), among)
    sent: set[tuple[str, str]] = set()
    heard: dict[tuple[str, str], Date] = {}
    # Oldest first: a date that was moved back again is the one they heard last.
    for row, due in _claimed(connection, realm, deadline_id):
        address, occasion = plain.address(row.address), plain.occasion(row.occasion)
        sent.add((occasion, address))
        parts = parts_of(occasion)
        if row.state in HEARD and parts:
            heard[address, parts[3]] = due
    gone = select(lapsed.c.occasion).where(lapsed.c.realm == realm, under(lapsed.c.occasion, deadline_id))
    answers = latest_answers(connection, realm, deadline_id)
    return History(
        sent=frozenset(sent),
        lapsed=frozenset(plain.occasion(one) for one in connection.scalars(gone) if parts_of(one)),
        heard=heard,
        not_me=frozenset(plain.address(who) for who, answer in answers.items() if answer is Answer.NOT_ME),
    )


def reminded(connection: Connection, realm: str, deadline_id: str) -> tuple[Reminded, ...]:
    """Each occasion that is held for each address, and where its delivery stands; oldest first."""
    return tuple(
        Reminded(
            occasion=row.occasion,
            address=row.address,
            name=row.name,
            at=row.updated_at,
            state=row.state,
            dispatch_id=row.dispatch_id,
            message_id=row.message_id,
        )
        for row, _ in _claimed(connection, realm, deadline_id)
    )


def first_message_ids(
    connection: Connection, realm: str, deadline_id: str, among: Iterable[str]
) -> dict[tuple[str, Date], str]:
    """(address, due date) → the Message-ID of the first reminder of it that they got, or may have got."""
    plain = plain_among(forms_of(connection), among)
    found: dict[tuple[str, Date], str] = {}
    for row, due in _claimed(connection, realm, deadline_id):
        if row.state in HEARD:
            found.setdefault((plain.address(row.address), due), row.message_id)
    return found


def latest_answers(connection: Connection, realm: str, deadline_id: str) -> dict[str, Answer]:
    """Address → the latest answer to any reminder of the deadline."""
    rows = (
        select(claims.c.address, claims.c.occasion, events.c.answer)
        .join_from(claims, events, events.c.delivery_id == claims.c.delivery_id)
        .where(_of(realm, deadline_id), events.c.kind == EventKind.ACKNOWLEDGED)
        .order_by(events.c.id)
    )
    return {row.address: row.answer for row in connection.execute(rows) if parts_of(row.occasion)}


def under(occasion: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether the occasion begins with the name and a slash."""
    # A range, so that the key is used; "0" is the sign after "/".
    return and_(occasion >= f"{name}/", occasion < f"{name}0")


def _of(realm: str, deadline_id: str) -> ColumnElement[bool]:
    return and_(claims.c.realm == realm, under(claims.c.occasion, deadline_id))


def _claimed(connection: Connection, realm: str, deadline_id: str) -> Iterator[tuple[Row[Any], Date]]:
    """The deadline's claims with their deliveries and due dates; a repeat of an issue of that name is none."""
    rows: Select[Any] = (
        select(
            claims.c.occasion,
            claims.c.address,
            deliveries.c.name,
            deliveries.c.state,
            deliveries.c.updated_at,
            deliveries.c.dispatch_id,
            deliveries.c.message_id,
        )
        .join_from(claims, deliveries)
        .where(_of(realm, deadline_id))
        .order_by(deliveries.c.id, claims.c.occasion)
    )
    for row in connection.execute(rows):
        parts = parts_of(row.occasion)
        if parts is not None:
            yield row, parts[1]
