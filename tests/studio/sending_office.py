"""A real sending that is waited for, and one with every kind of trouble."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta

from mailer.flow import ledger_of
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, Plan, PlannedDelivery
from mailer.model.issue import Sender
from mailer.model.message import Outcome, Phase, Reply, Verdict
from tests.flow.office import Office, wait_for

HOSTILE = "<img src=x onerror=document.title='owned'>"
PLACES = (
    ("KZ", "ru", "example.org"),
    ("KZ", "en", "example.org"),
    ("UZ", "ru", "example.com"),
    ("DE", "en", "mail.example.org"),
)
GONE = Outcome(Verdict.REFUSED, Phase.RCPT, Reply(550, f"No such user here {HOSTILE}", "5.1.1"))
FULL = Outcome(Verdict.REFUSED, Phase.RCPT, Reply(552, "Mailbox full", "5.2.2"))
LATER = Outcome(Verdict.DEFERRED, Phase.RCPT, Reply(450, "Greylisted, come back later", "4.7.1"))
LOST = Outcome(Verdict.UNKNOWN, Phase.DOT, detail="The link was lost before the answer came.")
TAKEN = Outcome(Verdict.ACCEPTED, Phase.DOT, Reply(250, "queued as 4711", "2.0.0"))


def the_sending(office: Office, started: subprocess.Popen[str]) -> str:
    """The id of the one real sending, once it is there."""
    found: list[dict[str, str]] = []

    def is_there() -> bool:
        assert started.poll() in (None, 0), started.communicate()[0]
        found[:] = json.loads(office.run("dispatches", "--real", "--format", "json"))
        return bool(found)

    wait_for(is_there)
    return found[0]["id"]


def a_troubled_sending(office: Office, dispatch_id: str = "a1b2c3d4", readers: int = 48) -> None:
    """A sending that was paused half way, with refusals, doubts and mails for later."""
    now = datetime.now(UTC)
    dispatch = Dispatch(
        id=dispatch_id,
        realm="real",
        occasion=f"occasion-{dispatch_id}",
        slug="test-issue",
        digest="ab" * 32,
        message_class="newsletter",
        relay="office",
        segments=("everyone",),
        sender=Sender(name="Office", email="office@example.org"),
        day=now.date(),
        created_at=now,
        expires_at=now + timedelta(hours=72),
    )
    with ledger_of(office.workspace) as ledger:
        ledger.open_dispatch(Plan(dispatch, tuple(map(_reader, range(readers)))))
        with ledger.hold() as holder:
            claimed = ledger.claim(dispatch_id, readers - 8, holder)
            for number, one in enumerate(claimed):
                _settle(ledger, one, number)
        ledger.pause(dispatch_id, f"wrong date in the lead {HOSTILE}", "A. Colleague")


def _settle(ledger: Ledger, claimed: object, number: int) -> None:
    early = {3: GONE, 11: GONE, 17: FULL, 23: GONE, 29: LATER, 30: LATER}
    if number not in early:
        ledger.hand(claimed)  # type: ignore[arg-type]
    outcome = early.get(number, LOST if number in (7, 19) else TAKEN)
    due = datetime.now(UTC) + timedelta(minutes=5) if outcome is LATER else None
    ledger.settle(claimed, outcome, due)  # type: ignore[arg-type]


def _reader(number: int) -> PlannedDelivery:
    country, language, domain = PLACES[number % len(PLACES)]
    email = f"reader{number}@{domain}" if number != 7 else "o'neil&sons@example.org"
    return PlannedDelivery(
        address=email,
        email=email,
        name=f"Reader {number}" if number != 5 else HOSTILE,
        language=language,
        country=country,
        variant=f"{language}-abc123",
        slots={},
    )
