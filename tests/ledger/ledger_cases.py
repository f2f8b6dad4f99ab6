"""What the ledger's tests share: a clock to set, plans to open, outcomes, and where ledgers come from."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailer.ledger import Holder, Ledger, open_ledger
from mailer.model.dispatch import REAL, Dispatch, Plan, PlannedDelivery, rehearsal_realm
from mailer.model.issue import MessageClass, Sender
from mailer.model.message import Outcome, Phase, Reply, Verdict

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIFE = timedelta(hours=72)


class Clock:
    """A clock that goes only when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class SqliteLedgers:
    """Ledgers on a SQLite file. Another database gives the same three verbs to run the same tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, clock: Clock, name: str = "ledger.db") -> Ledger:
        return open_ledger(self.folder / name, clock=clock)

    def crash(self, holder: Holder) -> None:
        """What the system does when the holder's process dies: its lock is gone, nothing else happens."""
        os.close(holder.lock.descriptor)
        holder.lock.descriptor = -1


def a_dispatch(
    dispatch_id: str = "d1",
    *,
    occasion: str = "2016-12-cami",
    rehearsal: bool = False,
    message_class: MessageClass = "newsletter",
    at: datetime = START,
) -> Dispatch:
    return Dispatch(
        id=dispatch_id,
        realm=rehearsal_realm(dispatch_id) if rehearsal else REAL,
        occasion=occasion,
        slug="2016-12-cami",
        digest="ab" * 32,
        message_class=message_class,
        relay="outbox",
        segments=("everyone",),
        sender=Sender(name="CAMI", email="cami@example.org"),
        day=date(2016, 12, 19),
        created_at=at,
        expires_at=at + LIFE,
    )


def a_reader(name: str) -> PlannedDelivery:
    return PlannedDelivery(
        address=f"{name}@example.org",
        email=f"{name}@example.org",
        name=name.title(),
        language="ru" if name < "c" else "en",
        country="KZ",
        variant="ru-1" if name < "c" else "en-1",
        slots={"salutation": f"Dear {name.title()},"},
    )


def a_plan(
    names: Iterable[str] = ("anna", "bakyt", "chen"), dispatch_id: str = "d1", **options: object
) -> Plan:
    return Plan(a_dispatch(dispatch_id, **options), tuple(a_reader(name) for name in names))  # type: ignore[arg-type]


ACCEPTED = Outcome(Verdict.ACCEPTED, Phase.DOT, Reply(250, "queued as 4711", "2.0.0"))
GREYLISTED = Outcome(Verdict.DEFERRED, Phase.RCPT, Reply(450, "try again later", "4.7.1"))
DEFERRED_AT_DOT = Outcome(Verdict.DEFERRED, Phase.DOT, Reply(451, "local error", "4.3.0"))
NO_SUCH_USER = Outcome(Verdict.REFUSED, Phase.RCPT, Reply(550, "no such user", "5.1.1"))
LINK_LOST = Outcome(Verdict.RELEASED, Phase.MAIL, detail="The link was lost.")
NO_ANSWER = Outcome(Verdict.UNKNOWN, Phase.DOT, detail="No answer came after the message.")
