"""Writing a plan down: a dispatch, its deliveries, and their claims on the occasion."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, product
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    cast,
    delete,
    func,
    insert,
    select,
    true,
    tuple_,
)

from mailer.errors import LedgerError
from mailer.ledger.addresses import Forms, domain_of, forms_of, normalised
from mailer.ledger.dialects import hot, insert_once
from mailer.ledger.headings import dump_heading, stored_code
from mailer.ledger.keys import note_clock
from mailer.ledger.moves import GROUP, grouped, micros
from mailer.ledger.reading import dispatch_named
from mailer.ledger.records import Opened
from mailer.ledger.schema import claims, deliveries, dispatches
from mailer.model.dispatch import NO_HEADING, REAL, Dispatch, Plan, PlannedDelivery, State

MESSAGE_ID_DIGITS = 32

OF_DISPATCH = cast(deliveries.c.occasions, Text) == "[]"
"""Deliveries for what their dispatch is for. As text, since not every database compares JSON."""

EVERY_DELIVERY = true()
Written = tuple[Any, ...]
"""A delivery as INSERT takes it."""
ADDRESS, OCCASIONS = 1, 9
"""Places in it."""
INSERT = """
INSERT INTO deliveries (dispatch_id, address, email, domain, name, language, country, variant, slots, occasions,
  heading, code, message_id, state, due_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
PLANNED = State.PLANNED.value


def open_dispatch(connection: Connection, plan: Plan, secret: bytes, at: datetime) -> Opened:
    """Write the plan down, but for the deliveries that cannot have all that they are for: some of it is held.

    Its deliveries are asked for once, and none is kept: there may be any number of them.
    """
    dispatch = plan.dispatch
    if connection.scalar(select(dispatches.c.id).where(dispatches.c.id == dispatch.id)):
        raise LedgerError(
            f"The sending {dispatch.id} was opened before.", f"Go on with `mailer resume {dispatch.id}`."
        )
    connection.execute(insert(dispatches), [_dispatch_row(dispatch)])
    db = hot(connection)
    note_clock(db, micros(at))
    writing = _Writing(dispatch, secret, micros(at))
    forms = forms_of(connection)
    already: set[str] = set()
    count = 0
    rows = map(writing.row, plan)
    while some := list(islice(rows, GROUP)):
        new = _not_held_as_forgotten(connection, dispatch, some, forms, already) if forms.key else some
        count += db.executemany(INSERT, new).rowcount
    claim_all = _claim_own if writing.has_own else _claim
    surplus = claim_all(connection, dispatch, count)
    return Opened(
        dispatch_named(connection, dispatch.id), count - len(surplus), tuple(sorted({*already, *surplus}))
    )


def message_id(secret: bytes, realm: str, occasion: str, address: str, domain: str) -> str:
    """The Message-ID, with angle brackets, that every try for this address and occasion carries."""
    key = f"{'' if realm == REAL else realm}|{occasion}|{address}"
    digest = hmac.digest(secret, key.encode("utf-8"), "sha256").hex()
    return f"<{digest[:MESSAGE_ID_DIGITS]}@{domain}>"


def count_held(connection: Connection, realm: str, occasion: str) -> int:
    """How many addresses the occasion holds."""
    held = select(func.count()).where(claims.c.realm == realm, claims.c.occasion == occasion)
    return connection.scalar(held) or 0


def held_among(connection: Connection, realm: str, occasion: str, addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that the occasion holds."""
    found: set[str] = set()
    forms = forms_of(connection)
    wanted = iter(addresses)
    while group := forms.among(islice(wanted, GROUP)):
        held = select(claims.c.address).where(
            claims.c.realm == realm,
            claims.c.occasion.in_(forms.occasions(occasion)),
            claims.c.address.in_(list(group)),
        )
        found.update(group[address] for address in connection.scalars(held))
    return frozenset(found)


def _claim(
    connection: Connection, dispatch: Dispatch, count: int, those: ColumnElement[bool] = EVERY_DELIVERY
) -> list[str]:
    # The unique key decides who is new, also between two programs that plan at the same moment.
    # A delivery that got no claim has no reason to be, and goes again. By address, as both tables are ordered.
    mine = (deliveries.c.dispatch_id == dispatch.id) & those
    key = select(dispatches.c.realm, dispatches.c.occasion, deliveries.c.address, deliveries.c.id)
    wanted = key.join_from(deliveries, dispatches).where(mine).order_by(deliveries.c.address, deliveries.c.id)
    names = ["realm", "occasion", "address", "delivery_id"]
    if connection.execute(insert_once(connection, claims).from_select(names, wanted)).rowcount == count:
        return []
    claimed = select(claims.c.delivery_id).where(claims.c.delivery_id == deliveries.c.id).exists()
    surplus = delete(deliveries).where(mine, ~claimed).returning(deliveries.c.address)
    return list(connection.execute(surplus).scalars())


def _claim_own(connection: Connection, dispatch: Dispatch, count: int) -> list[str]:
    """As `_claim`, where deliveries have occasions of their own: each needs every claim that it asks for."""
    mine = deliveries.c.dispatch_id == dispatch.id
    for rows in _with_occasions(connection, mine):
        wanted = [
            {"realm": dispatch.realm, "occasion": occasion, "address": row.address, "delivery_id": row.id}
            for row in rows
            for occasion in row.occasions
        ]
        connection.execute(insert_once(connection, claims), wanted)
    already = _claim(connection, dispatch, count, OF_DISPATCH)
    for rows in _with_occasions(connection, mine):
        these = claims.c.delivery_id.in_([row.id for row in rows])
        got = select(claims.c.delivery_id, func.count()).where(these).group_by(claims.c.delivery_id)
        counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(got)}
        short = {row.id: row.address for row in rows if counts.get(row.id, 0) < len(row.occasions)}
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(list(short))))
        already += short.values()
    return already


def _with_occasions(connection: Connection, mine: ColumnElement[bool]) -> Iterator[Sequence[Row[Any]]]:
    """The deliveries that have occasions of their own, in the order of the plan, in groups."""
    last = 0
    columns: Select[Any] = select(deliveries.c.id, deliveries.c.address, deliveries.c.occasions)
    while rows := connection.execute(
        columns.where(mine, ~OF_DISPATCH, deliveries.c.id > last).order_by(deliveries.c.id).limit(GROUP)
    ).all():
        yield rows
        last = rows[-1].id


def _not_held_as_forgotten(
    connection: Connection, dispatch: Dispatch, rows: Sequence[Written], forms: Forms, already: set[str]
) -> list[Written]:
    """Those rows of which no claim is held under the hash of somebody who was forgotten; the others to `already`."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for place, row in enumerate(rows):
        for plain in json.loads(row[OCCASIONS]) or [dispatch.occasion]:
            for pair in product(forms.occasions(plain), forms.of(row[ADDRESS])):
                if pair != (plain, row[ADDRESS]):
                    wanted.setdefault(pair, set()).add(place)
    key = tuple_(claims.c.occasion, claims.c.address)
    found: set[int] = set()
    for some in grouped(list(wanted)):
        held = select(claims.c.occasion, claims.c.address).where(
            claims.c.realm == dispatch.realm, key.in_(some)
        )
        found.update(place for pair in connection.execute(held) for place in wanted[pair[0], pair[1]])
    already.update(rows[place][ADDRESS] for place in found)
    return [row for place, row in enumerate(rows) if place not in found]


def _dispatch_row(dispatch: Dispatch) -> dict[str, Any]:
    return {
        "id": dispatch.id,
        "realm": dispatch.realm,
        "occasion": dispatch.occasion,
        "slug": dispatch.slug,
        "digest": dispatch.digest,
        "message_class": dispatch.message_class,
        "relay": dispatch.relay,
        "segments": list(dispatch.segments),
        "sender": dispatch.sender.model_dump(mode="json"),
        "day": dispatch.day,
        "created_at": dispatch.created_at,
        "expires_at": dispatch.expires_at,
        "state": dispatch.state,
        "why": dispatch.why,
        "not_before": dispatch.not_before,
        "begin_by": dispatch.begin_by,
    }


class _Writing:
    """Makes the rows of a dispatch's deliveries."""

    def __init__(self, dispatch: Dispatch, secret: bytes, at: int) -> None:
        self._dispatch, self._secret, self._at = dispatch, secret, at
        self._host = dispatch.sender.email.rpartition("@")[2].encode("idna").decode("ascii")
        self.has_own = False
        """Whether any delivery so far has occasions of its own."""

    def row(self, planned: PlannedDelivery) -> Written:
        """The values of one delivery, as INSERT takes them."""
        address = normalised(planned.address)
        reason, occasions = self._dispatch.occasion, "[]"
        if planned.occasions:
            reason, self.has_own = "\n".join(sorted(set(planned.occasions))), True
            occasions = json.dumps(list(dict.fromkeys(planned.occasions)))
        # Nearly all have the very one that stands for nothing, and a comparison would cost as much as a hash.
        is_plain = planned.heading is NO_HEADING or planned.heading == NO_HEADING
        heading = "{}" if is_plain else json.dumps(dump_heading(planned.heading))
        return (
            self._dispatch.id,
            address,
            planned.email,
            domain_of(address),
            planned.name,
            planned.language,
            planned.country,
            planned.variant,
            json.dumps(dict(planned.slots)),
            occasions,
            heading,
            stored_code(planned.code) if planned.code else "",
            message_id(self._secret, self._dispatch.realm, reason, address, self._host),
            PLANNED,
            self._at,
            self._at,
        )
