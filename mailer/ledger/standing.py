"""How the mails of a dispatch stood at its end, in the order of their Message-IDs: for the receipt of a large one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text

from mailer.ledger.noticing import ANSWERED, DECIDED
from mailer.ledger.schema import EPOCH, MICROSECOND, events
from mailer.model.dispatch import State
from mailer.model.message import Reply, Verdict

STOOD = text(
    """
SELECT d.message_id, d.language, d.state, d.detail, d.updated_at,
       a.at, a.verdict, a.code, a.enhanced, a.text, a.detail
FROM deliveries AS d LEFT JOIN attempts AS a
  ON a.delivery_id = d.id AND a.n = (SELECT max(n) FROM attempts WHERE delivery_id = d.id)
WHERE d.dispatch_id = :dispatch ORDER BY d.message_id
"""
)
"""Plain columns: of a million rows, turning them into nouns would take most of the time."""


@dataclass(frozen=True, slots=True)
class Stood:
    """What of one mail never changes once its sending is finished."""

    message_id: str
    language: str
    state: State
    at: datetime
    """When the relay answered; where it was never asked, when the mail came to its end."""
    answer: str


def was_decided(connection: Connection, dispatch_id: str) -> bool:
    """Whether people ever decided of doubts in it: then how it stood is another question (`noticing`)."""
    decided = select(events.c.id).where(events.c.dispatch_id == dispatch_id, events.c.kind.in_(DECIDED))
    return connection.scalar(decided.limit(1)) is not None


def stood(connection: Connection, dispatch_id: str) -> Iterator[Stood]:
    """Every mail of a dispatch in which nothing was decided, one after the other."""
    rows = connection.execution_options(stream_results=True).execute(STOOD, {"dispatch": dispatch_id})
    for message_id, language, state, detail, updated_at, at, verdict, *reply, tried in rows:
        stands = State(state)
        answer = "" if reply[0] is None else str(Reply(reply[0], reply[2], reply[1]))
        if at is None or stands not in ANSWERED:
            last = f"Last answer: {answer}" if answer else ""
            when, words = updated_at, " ".join(filter(None, (detail, last)))
        elif stands is State.ACCEPTED and verdict != Verdict.ACCEPTED:
            when, words = at, detail or tried
        else:
            when, words = at, answer or tried
        yield Stood(message_id, language, stands, EPOCH + when * MICROSECOND, words)
