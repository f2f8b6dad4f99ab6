"""Who holds deliveries, and taking them back from the dead.

A holder's lock belongs to its process: the system frees it at its end, however it ends, and not before. So a process
that is merely slow, stopped or swapped out is never robbed, and a dead one is known at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailer.errors import LedgerError
from mailer.ledger.dialects import hot
from mailer.ledger.moves import micros, move, record_attempts
from mailer.ledger.records import Recovered
from mailer.ledger.schema import EPOCH, MICROSECOND, deliveries, holders
from mailer.model.dispatch import State
from mailer.model.message import Outcome, Phase, Verdict
from mailer.model.pace import Brake, Worker, WorkStatus

ID = re.compile(r"[0-9a-f]{32}")
"""How a holder's id is written."""
MOST_SENDING = 2
"""Programs that may send from one ledger in a file at the same time."""


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


def sign_on(connection: Connection, folder: Path, at: datetime, dispatch_id: str = "") -> tuple[str, Lock]:
    """Register a new holder and lock its file. The lock stands before the row can be seen by others.

    LedgerError where it is to send, and as many programs as may do so at once are at it already.
    """
    if dispatch_id:
        _require_place(connection, folder, dispatch_id)
    folder.mkdir(mode=0o700, exist_ok=True)
    holder_id = uuid.uuid4().hex
    path = lock_path(folder, holder_id)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    row = {"id": holder_id, "pid": os.getpid(), "host": platform.node(), "lock": path.name, "started_at": at}
    connection.execute(insert(holders).values(row | {"dispatch_id": dispatch_id}))
    return holder_id, Lock(path, descriptor)


def sign_off(connection: Connection, holder_id: str, at: datetime) -> Recovered:
    """Take back all that the holder has: what was claimed goes later, what was handed over is in doubt."""
    held = deliveries.c.holder_id == holder_id
    planned = move(connection, held, State.CLAIMED, State.PLANNED, at)
    ended = Outcome(Verdict.UNKNOWN, Phase.DOT, detail="The sending program ended before the answer came.")
    unknown = move(connection, held, State.HANDED, State.UNKNOWN, at, detail=ended.detail)
    record_attempts(hot(connection), [(row, ended) for row in unknown], micros(at))
    connection.execute(delete(holders).where(holders.c.id == holder_id))
    return Recovered(len(planned), len(unknown))


def recover(connection: Connection, folder: Path, at: datetime) -> tuple[Recovered, list[Lock]]:
    """Sign off every dead holder; their locks are to be freed once that is committed.

    Runs, as `sign_on` does, inside a writing transaction: so no holder is seen between its file and its row.
    """
    planned = unknown = 0
    locks: list[Lock] = []
    for row in connection.execute(select(holders)).all():
        lock = lock_if_free(lock_path(folder, row.id))
        if lock is not None:
            locks.append(lock)
        elif _lives(folder, row):
            continue
        back = sign_off(connection, row.id, at)
        planned, unknown = planned + back.planned, unknown + back.unknown
    known = {lock_path(folder, holder_id).name for holder_id in connection.scalars(select(holders.c.id))} | {
        lock.path.name for lock in locks
    }
    strays = (path for path in folder.glob("*.lock") if path.name not in known)
    locks.extend(lock for path in strays if (lock := lock_if_free(path)))
    return Recovered(planned, unknown), locks


def note_status(connection: Connection, holder_id: str, status: WorkStatus, at: datetime) -> None:
    """Keep what the holder says of itself, and when it did."""
    told = asdict(status) | {"at": micros(status.at), "until": status.until and micros(status.until)}
    these = holders.c.id == holder_id
    connection.execute(update(holders).where(these).values(status=told, seen_at=at))


def workers(connection: Connection, folder: Path, dispatch_id: str) -> list[Worker]:
    """The programs that are sending, or were until they died; of that dispatch, or of all of them ("")."""
    query = select(holders).where(holders.c.dispatch_id != "").order_by(holders.c.started_at, holders.c.id)
    if dispatch_id:
        query = query.where(holders.c.dispatch_id == dispatch_id)
    return [
        Worker(
            row.id,
            row.pid,
            row.host,
            row.dispatch_id,
            row.started_at,
            _lives(folder, row),
            _status(row.status) if row.status else None,
        )
        for row in connection.execute(query)
    ]


def _status(told: Mapping[str, Any]) -> WorkStatus:
    until = told["until"]
    when = {
        "at": EPOCH + told["at"] * MICROSECOND,
        "until": None if until is None else EPOCH + until * MICROSECOND,
    }
    return WorkStatus(**{**told, **when, "brake": Brake(told["brake"])})


def _require_place(connection: Connection, folder: Path, dispatch_id: str) -> None:
    """Two programs at one sending keep a ledger in one file busy; a third would only slow them down.

    Other sendings do not count: their programs may wait for days, for later tries or a quota.
    """
    others = workers(connection, folder, dispatch_id)
    pids = sorted({one.pid for one in others if one.is_alive and one.pid != os.getpid()})
    if len(pids) >= MOST_SENDING:
        raise LedgerError(
            f"{MOST_SENDING} programs are at the sending {dispatch_id} already: processes "
            f"{' and '.join(map(str, pids))}.",
            "Wait until it has ended, or pause it.",
        )


def _lives(folder: Path, holder: Row[Any]) -> bool:
    """Whether the holder's process runs. Only looks."""
    path = lock_path(folder, holder.id)
    lock = lock_if_free(path)
    if lock is not None:
        lock.drop()
        return False
    return path.exists() or _may_run(holder)


def lock_path(folder: Path, holder_id: str) -> Path:
    """A holder's lock, by its id alone. A dead one's lock is deleted, and what else a row says may name any file."""
    return folder / (f"{holder_id}.lock" if ID.fullmatch(holder_id) else "nobody.lock")


def lock_if_free(path: Path) -> Lock | None:
    """The lock on that file, where nobody alive has it. None also where another kind of file stands there."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.EISDIR):
            return None
        raise
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Lock(path, descriptor)


def _may_run(holder: Row[Any]) -> bool:
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
