"""A workspace with thousands of readers, its commands as a user runs them, and its processes to be killed."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from mailer.config import open_workspace
from tests.flow.office import ISSUE, Office, environment
from tests.own_words import make_office

MARK = "STORM_OF"
"""In the environment of every process of a storm, so that none is overlooked."""
CONNECTIONS = 5
HEAD = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
KINDS = {7: "later", 13: "nobody", 29: "busy", 61: "full", 83: "cut"}
"""Of each hundred readers, who meets with what; see sink.py."""
ENDS = {"nobody": "refused", "full": "refused"}
"""How those end; all others are taken over, or in doubt."""


def reader(number: int) -> str:
    """The address of that reader; its first letters say how the sink will answer."""
    return f"{KINDS.get(number % 100, 'reader')}{number}@example.org"


class StormOffice:
    """A workspace of its own in a folder."""

    def __init__(self, folder: Path, readers: int, port: int, workers: int = 1) -> None:
        self.root = folder / "office"
        self.readers = readers
        self.mark = secrets.token_hex(8)
        make_office(self.root)
        issue = self.root / "issues" / "test-issue"
        issue.mkdir()
        (issue / "issue.yaml").write_text(ISSUE, encoding="utf-8")
        rows = (f"{reader(n)},Ms.,Reader,Number{n},,en,KZ,,partner,newsletter\n" for n in range(self.readers))
        contacts = self.root / "recipients" / "contacts.csv"
        contacts.write_text(HEAD + "".join(rows), encoding="utf-8")
        self.office = Office(open_workspace(self.root))
        self.office.use_relay(port, CONNECTIONS)
        if workers > 1:
            settings = self.root / "mailer.toml"
            settings.write_text(
                f"workers = {workers}\n" + settings.read_text(encoding="utf-8"), encoding="utf-8"
            )
        self.digest = self.office.approved()
        self.record = self.root / ".mailer" / "ledger.db"

    # Processes

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run a command as a user does, in a process of its own."""
        command = [sys.executable, "-m", "mailer", "-w", str(self.root), *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(
            command,
            text=True,
            env=environment() | {MARK: self.mark},
            start_new_session=True,
            **quiet,  # type: ignore[call-overload]
        )

    def send(self, repeat: str = "") -> subprocess.Popen[str]:
        """`mailer send` to everyone, for real."""
        more = ("--repeat", repeat) if repeat else ()
        to = ("--to", "everyone", "--relay", "office", "--yes", "--digest", self.digest)
        return self.start("send", "test-issue", *to, *more)

    def resume(self, dispatch_id: str) -> subprocess.Popen[str]:
        """`mailer resume`."""
        return self.start("resume", dispatch_id)

    def processes(self) -> list[int]:
        """Every living process that descends from a command of this storm: commands and workers."""
        found = []
        wanted = f"{MARK}={self.mark}".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    is_ours = wanted in (entry / "environ").read_bytes().split(b"\0")
                    if is_ours and b") Z " not in (entry / "stat").read_bytes():
                        found.append(int(entry.name))
        return found

    def workers(self) -> list[int]:
        """The processes that have signed on to send and live."""
        known = {row[0] for row in self.rows("SELECT pid FROM holders")}
        return [pid for pid in self.processes() if pid in known]

    def signal(self, number: int, pids: Sequence[int] | None = None) -> int:
        """Send it to each of the processes; how many got it."""
        reached = 0
        for pid in self.processes() if pids is None else pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
                reached += 1
        return reached

    def kill_all(self) -> int:
        """SIGKILL to commands and workers alike, until none is left; how many there were."""
        killed = 0
        while reached := self.signal(signal.SIGKILL):
            killed += reached
            time.sleep(0.01)
        return killed

    # The send record, read by plain SQL and not by the program that is on trial

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of the send record; none where it does not exist yet."""
        if not self.record.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.record}?mode=ro", uri=True, timeout=30)) as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError:
                return []

    def dispatches(self) -> list[str]:
        """Ids, oldest first."""
        return [str(row[0]) for row in self.rows("SELECT id FROM dispatches ORDER BY created_at")]

    def states(self, dispatch_id: str) -> dict[str, int]:
        """How many deliveries stand where."""
        query = "SELECT state, count(*) FROM deliveries WHERE dispatch_id = ? GROUP BY state"
        return {str(state): int(str(count)) for state, count in self.rows(query, dispatch_id)}

    def bring_forward(self, dispatch_id: str) -> int:
        """Make the next tries due now, as though their time had come; how many. While nothing is sending."""
        query = "UPDATE deliveries SET due_at = 0 WHERE dispatch_id = ? AND state = 'deferred'"
        with closing(sqlite3.connect(self.record, timeout=30)) as connection:
            changed = connection.execute(query, (dispatch_id,)).rowcount
            connection.commit()
        return changed

    def listed_doubts(self, dispatch_id: str) -> set[str]:
        """The addresses that `mailer report` shows as in doubt."""
        listed = json.loads(self.office.run("report", dispatch_id, "--format", "json"))
        return set(addresses_in(listed["in_doubt"]))


def addresses_in(doubts: Sequence[object]) -> Iterator[str]:
    """Doubts are given as addresses, or as objects with one."""
    for doubt in doubts:
        if isinstance(doubt, dict):
            yield str(doubt.get("address") or doubt.get("email"))
        else:
            yield str(doubt)
