"""A worker: a process that sends one dispatch to its end, whoever has started it and has gone since."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import LedgerError, MailerError
from mailer.flow.deliver import Sent, resume
from mailer.ledger import Ledger
from mailer.model.dispatch import DispatchState

LOOK = 2.0
"""Seconds between two looks whether the workspace is still there."""
GRACE = 10.0
"""Seconds that a worker may take to end by itself once its send record has gone."""
PLACE = 15.0
"""Seconds that a worker waits for a place, while another may be about to end: it was paused a moment ago."""
PLACE_LOOK = 0.2
"""Seconds between two looks for it."""
MOST_LOG = 200_000
"""Bytes of its messages that are kept."""


def workers_folder(workspace: Workspace) -> Path:
    """Where workers leave their last words and their locks."""
    return workspace.state / "workers"


async def work(workspace: Workspace, ledger: Ledger, dispatch_id: str, *, stop: asyncio.Event) -> Sent | None:
    """Send the dispatch until every mail has had its last answer, or it is paused, cancelled or stopped.

    None where as many workers as mailer.toml allows are at it already, and stay. LedgerError where the send record
    vanishes or is replaced: a worker never outlives its workspace.
    """
    async with _place_at(workspace, ledger, dispatch_id, stop) as free:
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


def open_own(path: Path, flags: int) -> int:
    """Open a file that this program keeps for itself; made where it is not there, and for this user only.

    MailerError where a link stands in its place: what it leads to is not ours to change.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.fchmod(descriptor, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise MailerError(
                f"{path} is a link: nothing is written through it.", "Delete the link."
            ) from error
        raise MailerError(f"{path} cannot be written: {error.strerror}.") from error
    return descriptor


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


@asynccontextmanager
async def _place_at(
    workspace: Workspace, ledger: Ledger, dispatch_id: str, stop: asyncio.Event
) -> AsyncIterator[bool]:
    """One of as many places as there may be workers at a dispatch; the system frees it however the process ends.

    Waited for a while, as long as there is something to send: who has it may have seen a pause that is over by now.
    """
    descriptor = open_own(workers_folder(workspace) / f"{dispatch_id}.lock", os.O_RDWR)
    patience = time.monotonic() + PLACE
    try:
        while not (free := any(_has_locked(descriptor, place) for place in range(workspace.config.workers))):
            is_open = ledger.find_dispatch(dispatch_id).state is DispatchState.OPEN
            if stop.is_set() or not is_open or time.monotonic() > patience:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PLACE_LOOK)
        yield free
    finally:
        os.close(descriptor)


def _has_locked(descriptor: int, place: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    return True
