"""A workspace to send from, and a mail service that counts what it gets."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.cli.entry import run
from mailer.config import Workspace, open_workspace
from mailer.errors import LedgerError
from mailer.flow import ledger_of
from tests.own_words import make_office

TODAY = datetime.now(UTC).date()

ISSUE = f"""\
id: test-issue
series: Test newsletter
date: {TODAY}
authors: [Ann Author]
subject: Two reports and one date
preheader: What happened in the mountains this month, and what is next.
items:
  - kind: article
    id: first
    title: Snow leopards counted
    body: |
      {{{{salutation}}}}, the count in {{{{country|your country}}}} is done.
  - kind: article
    id: press-only
    title: For the press
    show_to: press
    body: A briefing is on Tuesday.
"""

RELAY = """
[relays.office]
kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "plaintext"
connections = {connections}
timeout = 5
dot_timeout = 5
"""

FOR_REAL = ("--to", "everyone", "--relay", "office", "--yes")

WAIVERS = """\
waivers:
  - rule: unsubscribe.no-one-click
    severity: stop
    by: Head of Office
    because: A small list; unsubscribing by mail is enough.
"""


@dataclass
class _Whoever:
    """Who sits at the terminal: does something while the question stands, then says yes."""

    printed: io.StringIO
    meanwhile: Callable[[], object]
    was_asked: bool = False

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        assert "[y/N]" in self.printed.getvalue(), self.printed.getvalue()
        self.was_asked = True
        self.meanwhile()
        return "y\n"


@dataclass
class Office:
    """A workspace, and its commands run as a user runs them."""

    workspace: Workspace

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def issue(self) -> Path:
        return self.root / "issues" / "test-issue" / "issue.yaml"

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command in this process, check its exit code, and return everything it printed."""
        return self._run(arguments, io.StringIO(), code)

    def _run(self, arguments: Sequence[str], printed: io.StringIO, code: int) -> str:
        with (
            redirect_stdout(printed),
            redirect_stderr(printed),
            patch.dict(os.environ, environment(), clear=True),
        ):
            ended = run(["-w", str(self.root), *arguments])
        assert ended == code, f"{arguments} ended with {ended}:\n{printed.getvalue()}"
        return printed.getvalue()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running; a closed terminal ends it, though the tests run under nohup."""
        return subprocess.Popen(
            [sys.executable, "-m", "mailer", "-w", str(self.root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment(),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
        )

    def answer(self, *arguments: str, meanwhile: Callable[[], object] = lambda: None, code: int = 0) -> str:
        """Run a command in this process and say yes to its question, once `meanwhile` is done; what it printed."""
        printed = io.StringIO()
        whoever = _Whoever(printed, meanwhile)
        with patch.object(sys, "stdin", whoever):
            said = self._run(arguments, printed, code)
        assert whoever.was_asked, said
        return said

    def answer_at_terminal(
        self, *arguments: str, meanwhile: Callable[[], object] = lambda: None, code: int = 0
    ) -> str:
        """The same, as a program of its own at a terminal."""
        terminal, its_end = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "mailer", "-w", str(self.root), *arguments],
            stdin=its_end,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
        ) as running:
            os.close(its_end)
            assert running.stdout
            printed = b""
            while b"[y/N]" not in printed and (more := os.read(running.stdout.fileno(), 4096)):
                printed += more
            asked = b"[y/N]" in printed
            if asked:
                meanwhile()
                os.write(terminal, b"y\n")
            said = (printed + running.stdout.read()).decode()
        os.close(terminal)
        assert asked, said
        assert running.returncode == code, f"{arguments} ended with {running.returncode}:\n{said}"
        return said

    def send(self, digest: str, *more: str, code: int = 0) -> str:
        """Send the issue to everyone, for real."""
        return self.run("send", "test-issue", *FOR_REAL, "--digest", digest, *more, code=code)

    def start_send(self, digest: str, *more: str) -> subprocess.Popen[str]:
        """The same, left running."""
        return self.start("send", "test-issue", *FOR_REAL, "--digest", digest, *more)

    def dispatch_id(self) -> str:
        """The latest dispatch's."""
        with ledger_of(self.workspace) as ledger:
            return ledger.dispatches()[0].id

    def states(self) -> dict[str, int]:
        """How many mails of the latest dispatch stand where."""
        with ledger_of(self.workspace) as ledger:
            counts = ledger.progress(ledger.dispatches()[0].id).counts
        return {state.value: count for state, count in counts.items() if count}

    def workers(self) -> list[int]:
        """Process ids of the living workers, of all dispatches."""
        with ledger_of(self.workspace) as ledger:
            return [worker.pid for worker in ledger.workers() if worker.is_alive]

    def stop_workers(self) -> None:
        """Leave no worker behind, and wait until none is."""
        pids: list[int] = []
        # A test may have left something in the ledger's place that is none.
        with suppress(LedgerError):
            pids = self.workers() if self.workspace.ledger_path.exists() else []
        for pid in pids:
            if pid != os.getpid():
                os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not any(is_running(pid) for pid in pids if pid != os.getpid()))

    def people(self, number: int) -> None:
        """Invent so many readers."""
        head = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
        rows = [
            f"reader{n}@example.org,Ms.,Reader,Number{n},,en,KZ,,{role},newsletter\n"
            for n in range(number)
            for role in ("partner; press" if n % 10 == 0 else "partner",)
        ]
        (self.root / "recipients" / "contacts.csv").write_text(head + "".join(rows), encoding="utf-8")

    def use_relay(self, port: int, connections: int = 3) -> None:
        """Set up a real mail service beside the practice tray."""
        path = self.root / "mailer.toml"
        text = re.sub(r"\n\[relays\.office\][^\[]*", "\n", path.read_text(encoding="utf-8"))
        path.write_text(text + RELAY.format(port=port, connections=connections), encoding="utf-8")
        (self.issue.parent / "waivers.yaml").write_text(WAIVERS, encoding="utf-8")

    def approved(self, *segments: str) -> str:
        """Make a proof for the groups, have it approved, and return its digest."""
        to = [part for name in segments or ("everyone",) for part in ("--to", name)]
        printed = self.run("proof", "test-issue", *to)
        found = re.search(r"digest ([0-9a-f]{64})", printed)
        assert found, printed
        self.run("approve", found[1], "--by", "Head of Unit")
        return found[1]


def an_office(root: Path, readers: int) -> Office:
    """An office with an issue and so many readers."""
    make_office(root)
    folder = root / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    made = Office(open_workspace(root))
    made.people(readers)
    return made


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until it holds; a slow machine has time."""
    end = time.monotonic() + seconds
    while True:
        looked = time.monotonic()
        if condition():
            return
        assert looked < end, "it never came"
        # What is waited for needs the processor more than the looking does.
        time.sleep(max(0.01, 4 * (time.monotonic() - looked)))


def is_running(pid: int) -> bool:
    """Whether that process still does something."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
    return kept | {"COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


@dataclass
class MailService:
    """An SMTP server that keeps what it accepts; `delay` seconds before each answer to a message."""

    port: int = 0
    delay: float = 0.0
    answers: dict[str, str] = field(default_factory=dict)
    """Recipient → reply to RCPT."""
    accepted: list[tuple[str, str, bytes]] = field(default_factory=list)
    """(recipient, Message-ID, content)"""
    on_accepted: Callable[[int], None] = lambda _count: None
    """Called with the number of mails so far, before each is answered."""

    @property
    def message_ids(self) -> Counter[str]:
        return Counter(message_id for _, message_id, _ in self.accepted)

    @property
    def recipients(self) -> Counter[str]:
        return Counter(recipient for recipient, _, _ in self.accepted)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        found = re.search(rb"^Message-ID: (\S+)", content, re.MULTILINE)
        assert found
        self.accepted.append((envelope.rcpt_tos[0], found[1].decode(), content))
        self.on_accepted(len(self.accepted))
        await asyncio.sleep(self.delay)
        return "250 2.0.0 kept"


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
