"""Putting a ledger in the place of another, so that a kill at any moment leaves the one or the other, whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from mailer.errors import LedgerError
from mailer.ledger import holding
from mailer.ledger.copying import SIDE_FILES, copy_ledger, open_raw, sqlite_in_words, sync
from mailer.ledger.ledger import open_ledger
from mailer.ledger.moves import note
from mailer.ledger.records import EventKind, Recovered
from mailer.ledger.schema import holders
from mailer.ledger.store import Store
from mailer.model.dispatch import DispatchState

TRIES = 120
"""How often a lock is asked for, a quarter of a second apart."""
PAGES_AT_ONCE = 1
"""A step takes the lock first; the moment between the first step and the second is ours."""


@dataclass(frozen=True, slots=True)
class Woken:
    """What was done to a ledger that comes back from a backup."""

    recovered: Recovered
    paused: tuple[str, ...]
    """Ids of the dispatches that stand still until somebody has looked."""


def wake(path: Path, why: str, by: str, clock: Callable[[], datetime]) -> Woken:
    """Make a ledger out of a backup fit to go on: older tables brought up to date, nothing held, nothing open.

    Whoever held a delivery when the copy was made holds nothing in it, even if that process still lives: what was
    claimed waits again, what was handed over is in doubt. Every dispatch that has not ended is paused with `why`.
    """
    with open_ledger(path, clock=clock, create=False) as ledger:
        recovered = _let_go(path, why, by, clock())
        left = (DispatchState.OPEN, DispatchState.PAUSED)
        waiting = [dispatch.id for dispatch in ledger.dispatches() if dispatch.state in left]
        for dispatch_id in waiting:
            ledger.pause(dispatch_id, why, by)
    with sqlite_in_words(path), closing(open_raw(path)) as last:
        last.execute("PRAGMA journal_mode = DELETE")
    sync(path)
    return Woken(recovered, tuple(waiting))


def living_holders(path: Path) -> int:
    """How many programs on this machine hold deliveries of the ledger at `path` right now.

    By their locks alone, so that it can be told of a damaged ledger too.
    """
    alive = 0
    for lock_path in (path.with_name(f"{path.name}.holders")).glob("*.lock"):
        lock = holding.lock_if_free(lock_path)
        if lock is not None:
            lock.drop()
        elif lock_path.exists():
            alive += 1
    return alive


def overwrite(path: Path, new: Path, kept: Path, is_right: Callable[[], None]) -> None:
    """Replace the content of the ledger at `path` by that of `new`, in one transaction; the former is in `kept`.

    `is_right` is called once nobody else can write any more, and raises where this must not happen. Programs that
    have the ledger open see the one or the other. LedgerError in words.
    """
    _fit_pages(path, new)
    step = _Step(lambda: _keep(path, kept, is_right))
    with sqlite_in_words(path), closing(open_raw(new)) as source, closing(open_raw(path)) as target:
        # With the log on, the former content can still be read while the new one is being written.
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target, pages=PAGES_AT_ONCE, progress=step)
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync(path)


def put_in_place(path: Path, new: Path, kept: Path | None) -> None:
    """Put the file `new` at `path`, where no ledger stands, or one that cannot be read, which goes to `kept`.

    LedgerError where one has appeared there meanwhile.
    """
    if kept is not None:
        os.link(path, kept)
    for end in SIDE_FILES:
        side = path.with_name(path.name + end)
        if kept is not None and end == SIDE_FILES[0] and side.exists():
            side.rename(kept.with_name(kept.name + end))
        side.unlink(missing_ok=True)
    try:
        if kept is not None:
            os.replace(new, path)  # noqa: PTH105
        else:
            os.link(new, path)
            new.unlink()
    except FileExistsError as error:
        raise LedgerError(
            f"A send record has just been made at {path}.", "Run `mailer restore` again."
        ) from error
    sync(path)


class _Step:
    """What is done between the steps of a backup: the first has taken the lock, and has changed nothing yet."""

    def __init__(self, when_locked: Callable[[], None]) -> None:
        self._when_locked: Callable[[], None] | None = when_locked
        self._tries = 0

    def __call__(self, status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self._tries += 1
            if self._tries > TRIES:
                raise LedgerError(
                    "The send record is busy: another program has been writing to it for too long.",
                    "Try again in a moment.",
                )
        elif self._when_locked is not None:
            then, self._when_locked = self._when_locked, None
            then()


def _keep(path: Path, kept: Path, is_right: Callable[[], None]) -> None:
    is_right()
    draft = kept.with_name(f".{kept.name}.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    copy_ledger(path, draft)
    draft.rename(kept)
    sync(kept)


def _let_go(path: Path, why: str, by: str, at: datetime) -> Recovered:
    planned = unknown = 0
    store = Store(path)
    try:
        with store.write() as connection:
            for holder_id in connection.execute(select(holders.c.id)).scalars().all():
                back = holding.sign_off(connection, holder_id, at)
                planned, unknown = planned + back.planned, unknown + back.unknown
            note(connection, EventKind.RESTORED, at, by=by, why=why)
    finally:
        store.close()
    return Recovered(planned, unknown)


def _fit_pages(path: Path, new: Path) -> None:
    """Give `new` the page size of the ledger that it replaces: under a write-ahead log that cannot change."""
    with closing(open_raw(path)) as target, closing(open_raw(new)) as source:
        size = int(target.execute("PRAGMA page_size").fetchone()[0])
        if size != int(source.execute("PRAGMA page_size").fetchone()[0]):
            source.execute(f"PRAGMA page_size = {size}")
            source.execute("VACUUM")
