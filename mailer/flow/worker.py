"""A worker: a process that sends one dispatch to its end, whoever has started it and has gone since."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import LedgerError
from mailer.flow.deliver import Sent, resume
from mailer.ledger import Ledger

LOOK = 2.0
"""Seconds between two looks whether the workspace is still there."""
GRACE = 10.0
"""Seconds that a worker may take to end by itself once its send record has gone."""
MOST_LOG = 200_000
"""Bytes of its messages that are kept."""


def workers_folder(workspace: Workspace) -> Path:
    """Where workers leave their last words and their locks."""
    return workspace.state / "workers"


async def work(workspace: Workspace, ledger: Ledger, dispatch_id: str, *, stop: asyncio.Event) -> Sent | None:
    """Send the dispatch until every mail has had its last answer, or it is paused, cancelled or stopped.

    None where as many workers as mailer.toml allows are at it already. LedgerError where the send record vanishes
    or is replaced: a worker never outlives its workspace.
    """
    with _place_at(workspace, dispatch_id) as free:
        if not free:
            return None
        found = ledger.find_dispatch(dispatch_id)
        sending = asyncio.create_task(resume(workspace, ledger, found, stop=stop, wait=True))
        minding = asyncio.create_task(_until_gone(ledger.path, identity(ledger.path)))
        try:
            await asyncio.wait({sending, minding}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                return sending.result()
            stop.set()
            await asyncio.wait({sending}, timeout=GRACE)
            raise LedgerError(f"The send record {ledger.path} has gone, or is another: sending has stopped.")
        finally:
            for task in (sending, minding):
                task.cancel()
            await asyncio.gather(sending, minding, return_exceptions=True)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at that place; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


async def _until_gone(path: Path, born: tuple[int, int] | None) -> None:
    while identity(path) == born:
        _shorten_log()
        await asyncio.sleep(LOOK)


def _shorten_log() -> None:
    """Our messages go to a file that must not grow for ever; in a terminal or a pipe they are somebody else's."""
    with suppress(OSError):
        status = os.fstat(2)
        if stat.S_ISREG(status.st_mode) and status.st_size > MOST_LOG:
            os.ftruncate(2, 0)


@contextmanager
def _place_at(workspace: Workspace, dispatch_id: str) -> Iterator[bool]:
    """One of as many places as there may be workers at a dispatch; the system frees it however the process ends."""
    folder = workers_folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{dispatch_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield any(_has_locked(descriptor, place) for place in range(workspace.config.workers))
    finally:
        os.close(descriptor)


def _has_locked(descriptor: int, place: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    return True
