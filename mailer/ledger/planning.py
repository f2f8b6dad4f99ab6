"""Writing a plan down: a dispatch, its deliveries, and their claims on the occasion."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from mailer.errors import LedgerError
from mailer.ledger.addresses import normalised
from mailer.ledger.dialects import insert_once
from mailer.ledger.moves import GROUP
from mailer.ledger.reading import dispatch_named
from mailer.ledger.records import Opened
from mailer.ledger.schema import claims, deliveries, dispatches
from mailer.model.dispatch import REAL, Dispatch, Plan, PlannedDelivery, State

MESSAGE_ID_DIGITS = 32


def open_dispatch(connection: Connection, plan: Plan, secret: bytes, at: datetime) -> Opened:
    """Write the plan down, but for the addresses that the occasion holds already."""
    dispatch = plan.dispatch
    if connection.scalar(select(dispatches.c.id).where(dispatches.c.id == dispatch.id)):
        raise LedgerError(
            f"The sending {dispatch.id} was opened before.", f"Go on with `mailer resume {dispatch.id}`."
        )
    connection.execute(insert(dispatches), [_dispatch_row(dispatch)])
    rows = (_delivery_row(dispatch, planned, secret, at) for planned in plan)
    while group := list(islice(rows, GROUP)):
        connection.execute(insert(deliveries), group)
    already = _claim_occasion(connection, dispatch)
    mine = select(func.count()).where(deliveries.c.dispatch_id == dispatch.id)
    return Opened(dispatch_named(connection, dispatch.id), connection.scalar(mine) or 0, already)


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
    wanted = (normalised(address) for address in addresses)
    while group := list(islice(wanted, GROUP)):
        held = select(claims.c.address).where(
            claims.c.realm == realm, claims.c.occasion == occasion, claims.c.address.in_(group)
        )
        found.update(connection.scalars(held))
    return frozenset(found)


def _claim_occasion(connection: Connection, dispatch: Dispatch) -> tuple[str, ...]:
    # The unique key decides who is new, also between two programs that plan at the same moment.
    # A delivery that got no claim has no reason to be, and goes again.
    mine = deliveries.c.dispatch_id == dispatch.id
    key = select(dispatches.c.realm, dispatches.c.occasion, deliveries.c.address, deliveries.c.id)
    wanted = key.join_from(deliveries, dispatches).where(mine).order_by(deliveries.c.id)
    names = ["realm", "occasion", "address", "delivery_id"]
    connection.execute(insert_once(connection, claims).from_select(names, wanted))
    claimed = select(claims.c.delivery_id).where(claims.c.delivery_id == deliveries.c.id).exists()
    surplus = delete(deliveries).where(mine, ~claimed).returning(deliveries.c.address)
    return tuple(sorted(connection.execute(surplus).scalars()))


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
        "message_id": message_id(secret, dispatch.realm, dispatch.occasion, address, domain),
        "state": State.PLANNED,
        "due_at": at,
        "updated_at": at,
    }
