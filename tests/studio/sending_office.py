"""An office that sends for real, a mail service that takes its time, and a sending with every kind of trouble."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.flow.starter import make_workspace
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, Plan, PlannedDelivery
from mailer.model.issue import Sender
from mailer.model.message import Outcome, Phase, Reply, Verdict
from tests.flow.office import ISSUE, MailService, Office

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


def an_office(root: Path, readers: int) -> Office:
    """An office with an issue and so many readers."""
    make_workspace(root)
    folder = root / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    made = Office(open_workspace(root, {}))
    made.people(readers)
    return made


@contextmanager
def a_mail_service() -> Iterator[MailService]:
    """A mail service that listens on loopback."""
    service = MailService()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(lambda: SMTP(service, hostname="sink", loop=loop), "127.0.0.1", 0)
        )
        service.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield service
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def the_sending(office: Office, started: subprocess.Popen[str]) -> str:
    """The id of the one real sending, once it is there."""
    found: list[dict[str, str]] = []

    def is_there() -> bool:
        assert started.poll() in (None, 0), started.communicate()[0]
        found[:] = json.loads(office.run("dispatches", "--real", "--format", "json"))
        return bool(found)

    wait_for(is_there)
    return found[0]["id"]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


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
