"""Who holds deliveries, and taking them back from the dead.

A holder's lock belongs to its process: the system frees it at its end, however it ends, and not before. So a process
that is merely slow, stopped or swapped out is never robbed, and a dead one is known at once.
"""

from __future__ import annotations

import fcntl
import os
import platform
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Row, delete, insert, select

from mailer.ledger.moves import move, record_attempt
from mailer.ledger.records import Recovered
from mailer.ledger.schema import deliveries, holders
from mailer.model.dispatch import State
from mailer.model.message import Outcome, Phase, Verdict


@dataclass(slots=True)
class Lock:
    """An OS lock on a file, for as long as this process lives or keeps it."""

    path: Path
    descriptor: int

    def free(self) -> None:
        """Remove the file, then let go of it."""
        self.path.unlink(missing_ok=True)
        self.drop()

    def drop(self) -> None:
        """Let go of the file and leave it there."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


@dataclass(slots=True)
class Holder:
    """A running program that may hold deliveries. Leaving it gives back what it still holds."""

    id: str
    lock: Lock
    _leave: Callable[[Holder], None] = field(repr=False)
    _left: bool = False

    def close(self) -> None:
        """Give back what is claimed, leave in doubt what was handed over, and sign off. Again: nothing."""
        if not self._left:
            self._leave(self)
            self._left = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sign_on(connection: Connection, folder: Path, at: datetime) -> tuple[str, Lock]:
    """Register a new holder and lock its file. The lock stands before the row can be seen by others."""
    folder.mkdir(mode=0o700, exist_ok=True)
    holder_id = uuid.uuid4().hex
    path = folder / f"{holder_id}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    row = {"id": holder_id, "pid": os.getpid(), "host": platform.node(), "lock": path.name, "started_at": at}
    connection.execute(insert(holders).values(row))
    return holder_id, Lock(path, descriptor)


def sign_off(connection: Connection, holder_id: str, at: datetime) -> Recovered:
    """Take back all that the holder has: what was claimed goes later, what was handed over is in doubt."""
    held = deliveries.c.holder_id == holder_id
    planned = move(connection, held, State.CLAIMED, State.PLANNED, at)
    ended = Outcome(Verdict.UNKNOWN, Phase.DOT, detail="The sending program ended before the answer came.")
    unknown = move(connection, held, State.HANDED, State.UNKNOWN, at, detail=ended.detail)
    record_attempt(connection, unknown, ended, at)
    connection.execute(delete(holders).where(holders.c.id == holder_id))
    return Recovered(len(planned), len(unknown))


def recover(connection: Connection, folder: Path, at: datetime) -> tuple[Recovered, list[Lock]]:
    """Sign off every dead holder; their locks are to be freed once that is committed.

    Runs, as `sign_on` does, inside a writing transaction: so no holder is seen between its file and its row.
    """
    planned = unknown = 0
    locks: list[Lock] = []
    for row in connection.execute(select(holders)).all():
        lock = lock_if_free(folder / row.lock)
        if lock is not None:
            locks.append(lock)
        elif (folder / row.lock).exists() or _may_run(row):
            continue
        back = sign_off(connection, row.id, at)
        planned, unknown = planned + back.planned, unknown + back.unknown
    known = {row.lock for row in connection.execute(select(holders.c.lock))} | {
        lock.path.name for lock in locks
    }
    strays = (path for path in folder.glob("*.lock") if path.name not in known)
    locks.extend(lock for path in strays if (lock := lock_if_free(path)))
    return Recovered(planned, unknown), locks


def lock_if_free(path: Path) -> Lock | None:
    """The lock on that file, where nobody alive has it."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Lock(path, descriptor)


def _may_run(holder: Row[tuple[object, ...]]) -> bool:
    """Whether a holder whose lock file somebody removed could still be running: then it is left alone."""
    if holder.host != platform.node():
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
