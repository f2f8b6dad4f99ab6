"""Whom mail really reached, and whom it cannot reach: what groups ask of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from mailer.ledger.addresses import forms_of
from mailer.ledger.moves import grouped
from mailer.ledger.planning import OF_DISPATCH
from mailer.ledger.reminding import plain_among, under
from mailer.ledger.schema import attempts, deliveries, dispatches, suppressions
from mailer.model.dispatch import REAL, State
from mailer.model.message import Reply, Verdict
from mailer.model.suppression import Because

NO_SUCH = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""Enhanced codes by which a server says that there is no such mailbox or domain (RFC 3463 3.2; RFC 7505 4.2)."""

PLAIN_CODES = frozenset({550, 551, 553})
"""Codes that say so without an enhanced one (RFC 5321 4.2.3), if their words do too."""

NOBODY = re.compile(
    r"(?:no such|unknown|invalid|non-?existent|un(?:known|routeable)) (?:local )?"
    r"(?:user|recipient|mailbox|address|account|person)"
    r"|(?:user|recipient|mailbox|address|account)(?: \S+){0,3}? (?:is )?"
    r"(?:unknown|not found|not known|does not exist|doesn't exist|no longer exists|invalid|rejected: unknown)"
    r"|does not (?:exist|have an? (?:account|mailbox))|no mailbox (?:here|by that name)|user unknown",
    re.IGNORECASE,
)
"""How servers put it in words, where they put it in words only."""


def received(connection: Connection, issue_id: str, among: Iterable[str]) -> frozenset[str]:
    """Addresses with a real, accepted delivery of the issue, first time or repeat."""
    own = or_(dispatches.c.occasion == issue_id, under(dispatches.c.occasion, issue_id))
    got = (
        select(deliveries.c.address)
        .join_from(deliveries, dispatches)
        .where(dispatches.c.realm == REAL, own, deliveries.c.state == State.ACCEPTED, OF_DISPATCH)
        .distinct()
    )
    plain = plain_among(forms_of(connection), among)
    return frozenset(plain.address(address) for address in connection.scalars(got))


def bounced(connection: Connection, among: Iterable[str]) -> frozenset[str]:
    """Addresses on the do-not-mail list as bounced, and those whose last real mail found no such mailbox."""
    listed = select(suppressions.c.address).where(suppressions.c.because == Because.BOUNCED)
    found = set(connection.scalars(listed))
    refused = _latest_refusals(connection)
    accepted = _latest_acceptances(connection, set(refused))
    found.update(who for who, when in refused.items() if who not in accepted or accepted[who] < when)
    plain = plain_among(forms_of(connection), among)
    return frozenset(map(plain.address, found))


def is_no_such_reader(reply: Reply) -> bool:
    """Whether a refusal means that nobody has that address, so that another mail would end the same way."""
    if reply.enhanced:
        return reply.enhanced in NO_SUCH
    return reply.code in PLAIN_CODES and NOBODY.search(reply.text) is not None


Moment = tuple[datetime, int]
"""When, and in which delivery: what decides where two come at the same moment."""


def _latest_refusals(connection: Connection) -> dict[str, Moment]:
    query: Select[Any] = (
        select(deliveries.c.address, deliveries.c.id, attempts)
        .join_from(deliveries, dispatches)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(
            dispatches.c.realm == REAL,
            deliveries.c.state == State.REFUSED,
            attempts.c.verdict == Verdict.REFUSED,
            attempts.c.code.is_not(None),
        )
    )
    found: dict[str, Moment] = {}
    for row in connection.execute(query):
        if is_no_such_reader(Reply(row.code, row.text, row.enhanced)):
            found[row.address] = max((row.at, row.id), found.get(row.address, (row.at, row.id)))
    return found


def _latest_acceptances(connection: Connection, addresses: set[str]) -> dict[str, Moment]:
    found: dict[str, Moment] = {}
    for some in grouped(sorted(addresses)):
        # By address only: asked for the state too, SQLite would read all that were ever accepted.
        query = (
            select(
                deliveries.c.address, deliveries.c.state, deliveries.c.updated_at.label("at"), deliveries.c.id
            )
            .join_from(deliveries, dispatches)
            .where(dispatches.c.realm == REAL, deliveries.c.address.in_(some))
        )
        for row in connection.execute(query):
            if row.state is State.ACCEPTED:
                found[row.address] = max((row.at, row.id), found.get(row.address, (row.at, row.id)))
    return found
