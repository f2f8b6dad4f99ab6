"""What the tests of backups share: an office with a send record to lose, and all that is in a workspace's state."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from mailer.config import Workspace, open_workspace
from mailer.flow import ledger_of
from mailer.ledger import Ledger
from mailer.model.dispatch import State
from mailer.model.suppression import Because
from tests.ledger.ledger_cases import ACCEPTED, a_plan
from tests.own_words import make_office

DIGEST = "ab" * 32


def an_office(root: Path, names: Iterable[str] = ("anna", "bakyt", "chen", "dana")) -> Workspace:
    """A workspace of which one sending is half done: two have it, the others wait."""
    make_office(root)
    workspace = open_workspace(root, {})
    with ledger_of(workspace) as ledger:
        ledger.open_dispatch(a_plan(names))
        send(ledger, "d1", 2)
        ledger.suppress("left@example.org", Because.MANUAL, "asked")
        ledger.secret("unsubscribe")
    a_proof(workspace)
    mail = workspace.outbox / "1d2e3f4a" / "20260101T000000-a.eml"
    mail.parent.mkdir(parents=True)
    mail.write_bytes(b"Subject: kept\r\n\r\nHello\r\n")
    return workspace


def a_proof(workspace: Workspace, digest: str = DIGEST) -> None:
    """A folder that looks like a frozen proof."""
    folder = workspace.proofs / digest
    folder.mkdir(parents=True)
    (folder / "proof.json").write_bytes(b"{}")
    (folder / "en-1.html").write_bytes(b"<p>" + b"x" * 5000)


def send(ledger: Ledger, dispatch_id: str, count: int) -> None:
    """So many more are taken over."""
    with ledger.hold() as holder:
        for claimed in ledger.claim(dispatch_id, count, holder):
            ledger.hand(claimed)
            ledger.settle(claimed, ACCEPTED)


def counts(workspace: Workspace, dispatch_id: str = "d1") -> dict[State, int]:
    with ledger_of(workspace) as ledger:
        return {state: count for state, count in ledger.report(dispatch_id).counts.items() if count}


def dump(path: Path) -> list[str]:
    """Every table and row of the ledger."""
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def state_of(workspace: Workspace) -> dict[str, bytes]:
    """Every file of the workspace's state, but for what SQLite keeps beside a ledger in use."""
    return {
        path.relative_to(workspace.state).as_posix(): path.read_bytes()
        for path in sorted(workspace.state.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
