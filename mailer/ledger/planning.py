"""Writing a plan down: a dispatch, its deliveries, and their claims on the occasion."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from mailer.ledger.addresses import Forms, forms_of, normalised
from mailer.ledger.dialects import insert_once
from mailer.ledger.headings import dump_heading, stored_code
from mailer.ledger.moves import GROUP, grouped
from mailer.ledger.reading import dispatch_named
from mailer.ledger.records import Opened
from mailer.ledger.schema import claims, deliveries, dispatches
from mailer.model.dispatch import REAL, Dispatch, Heading, Plan, PlannedDelivery, State

MESSAGE_ID_DIGITS = 32

OF_DISPATCH = cast(deliveries.c.occasions, Text) == "[]"
"""Deliveries for what their dispatch is for. As text, since not every database compares JSON."""

EVERY_DELIVERY = true()
NO_HEADING = Heading()


def open_dispatch(connection: Connection, plan: Plan, secret: bytes, at: datetime) -> Opened:
    """Write the plan down, but for the deliveries that cannot have all that they are for: some of it is held."""
    dispatch = plan.dispatch
    if connection.scalar(select(dispatches.c.id).where(dispatches.c.id == dispatch.id)):
        raise LedgerError(
            f"The sending {dispatch.id} was opened before.", f"Go on with `mailer resume {dispatch.id}`."
        )
    connection.execute(insert(dispatches), [_dispatch_row(dispatch)])
    forms = forms_of(connection)
    own = any(one.occasions or one.code or one.heading != NO_HEADING for one in plan)
    write = _own_row if own else _delivery_row
    rows = (write(dispatch, planned, secret, at) for planned in plan)
    already: set[str] = set()
    while group := list(islice(rows, GROUP)):
        known = _held_as_forgotten(connection, dispatch, group, forms)
        already |= {group[place]["address"] for place in known}
        if new := [row for place, row in enumerate(group) if place not in known]:
            connection.execute(insert(deliveries), new)
    already |= _claim_own(connection, dispatch) if own else _claim(connection, dispatch)
    mine = select(func.count()).where(deliveries.c.dispatch_id == dispatch.id)
    count = connection.scalar(mine) or 0
    return Opened(dispatch_named(connection, dispatch.id), count, tuple(sorted(already)))


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
    connection: Connection, dispatch: Dispatch, those: ColumnElement[bool] = EVERY_DELIVERY
) -> set[str]:
    # The unique key decides who is new, also between two programs that plan at the same moment.
    # A delivery that got no claim has no reason to be, and goes again.
    mine = (deliveries.c.dispatch_id == dispatch.id) & those
    key = select(dispatches.c.realm, dispatches.c.occasion, deliveries.c.address, deliveries.c.id)
    wanted = key.join_from(deliveries, dispatches).where(mine).order_by(deliveries.c.id)
    names = ["realm", "occasion", "address", "delivery_id"]
    connection.execute(insert_once(connection, claims).from_select(names, wanted))
    claimed = select(claims.c.delivery_id).where(claims.c.delivery_id == deliveries.c.id).exists()
    surplus = delete(deliveries).where(mine, ~claimed).returning(deliveries.c.address)
    return set(connection.execute(surplus).scalars())


def _claim_own(connection: Connection, dispatch: Dispatch) -> set[str]:
    """As `_claim`, where deliveries have occasions of their own: each needs every claim that it asks for."""
    mine = deliveries.c.dispatch_id == dispatch.id
    for rows in _with_occasions(connection, mine):
        wanted = [
            {"realm": dispatch.realm, "occasion": occasion, "address": row.address, "delivery_id": row.id}
            for row in rows
            for occasion in row.occasions
        ]
        connection.execute(insert_once(connection, claims), wanted)
    already = _claim(connection, dispatch, OF_DISPATCH)
    for rows in _with_occasions(connection, mine):
        these = claims.c.delivery_id.in_([row.id for row in rows])
        got = select(claims.c.delivery_id, func.count()).where(these).group_by(claims.c.delivery_id)
        counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(got)}
        short = {row.id: row.address for row in rows if counts.get(row.id, 0) < len(row.occasions)}
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(list(short))))
        already.update(short.values())
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


def _held_as_forgotten(
    connection: Connection, dispatch: Dispatch, rows: Sequence[Mapping[str, Any]], forms: Forms
) -> set[int]:
    """The places of those rows of which a claim is held under the hash of somebody who was forgotten."""
    if forms.key is None:
        return set()
    wanted: dict[tuple[str, str], set[int]] = {}
    for place, row in enumerate(rows):
        for plain in row.get("occasions") or [dispatch.occasion]:
            for pair in product(forms.occasions(plain), forms.of(row["address"])):
                if pair != (plain, row["address"]):
                    wanted.setdefault(pair, set()).add(place)
    key = tuple_(claims.c.occasion, claims.c.address)
    found: set[int] = set()
    for some in grouped(list(wanted)):
        held = select(claims.c.occasion, claims.c.address).where(
            claims.c.realm == dispatch.realm, key.in_(some)
        )
        found.update(place for pair in connection.execute(held) for place in wanted[pair[0], pair[1]])
    return found


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
    }


def _delivery_row(
    dispatch: Dispatch, planned: PlannedDelivery, secret: bytes, at: datetime
) -> dict[str, Any]:
    address = normalised(planned.address)
    reason = "\n".join(sorted(set(planned.occasions))) or dispatch.occasion
    domain = dispatch.sender.email.rpartition("@")[2].encode("idna").decode("ascii")
    return {
        "dispatch_id": dispatch.id,
        "address": address,
        "email": planned.email,
        "name": planned.name,
        "language": planned.language,
        "country": planned.country,
        "variant": planned.variant,
        "slots": dict(planned.slots),
        "message_id": message_id(secret, dispatch.realm, reason, address, domain),
        "state": State.PLANNED,
        "due_at": at,
        "updated_at": at,
    }


def _own_row(dispatch: Dispatch, planned: PlannedDelivery, secret: bytes, at: datetime) -> dict[str, Any]:
    return _delivery_row(dispatch, planned, secret, at) | {
        "occasions": list(dict.fromkeys(planned.occasions)),
        "heading": dump_heading(planned.heading),
        "code": stored_code(planned.code),
    }
