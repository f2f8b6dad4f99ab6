"""Transactions on the ledger's database, and its troubles in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

from mailer.errors import DamagedLedgerError, LedgerError
from mailer.ledger.dialects import WRITING, DriverError, Hot, sqlite_engine

PATIENCE = 30.0
"""Seconds that a program waits while another one writes."""

PAGE = 1_000
"""Rows read at one moment, where a verb gives more than a person could look at."""

TROUBLES = {
    "BUSY": ("is busy: another program has been writing to it for too long", "Try again in a moment."),
    "LOCKED": ("is busy: another program has been writing to it for too long", "Try again in a moment."),
    "CORRUPT": ("is damaged", "Put back your last copy of it."),
    "NOTADB": ("is not a send record", "Name another file in mailer.toml: [ledger] path."),
    "FULL": ("cannot grow: the disk is full", "Make room, then go on; nothing that was recorded is lost."),
    "READONLY": ("cannot be written", "Look at the permissions of the file and of its folder."),
    "CANTOPEN": ("cannot be opened", "Look at the permissions of the file and of its folder."),
    "IOERR": ("cannot be read or written: the disk reports an error", "Look after the disk, then try again."),
}
"""SQLite's primary result codes (sqlite.org/rescode.html) that a person can do something about."""
DAMAGE = (TROUBLES["CORRUPT"], TROUBLES["NOTADB"])


class Store:
    """A database on which every transaction either happens whole or not at all."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self.engine: Engine = sqlite_engine(path, patience)
        self._writing = self.engine.execution_options(**{WRITING: True})
        self._patience = patience
        self._turn = threading.Lock()
        self._kept: PoolProxiedConnection | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write, alone; on the disk when the block is left. LedgerError in words."""
        with in_words(self.path), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def hot(self) -> Iterator[Hot]:
        """As `write`, on a driver's connection that is kept for it: for what every mail goes through."""
        if not self._turn.acquire(timeout=self._patience):
            raise LedgerError(f"The send record {self.path} {TROUBLES['BUSY'][0]}.", TROUBLES["BUSY"][1])
        try:
            with in_words(self.path), _transaction(self._hot_connection()) as db:
                yield db
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees the ledger as it is at one moment, and keeps nobody waiting."""
        with in_words(self.path), self.engine.begin() as connection:
            yield connection

    def wipe(self) -> None:
        """Write the file anew, so that nothing erased is left in it or in its log. Waits while others write.

        A page that is given up keeps its content until it is used again (sqlite.org/lang_vacuum.html).
        """
        with in_words(self.path), self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
        self.engine.dispose()

    def _hot_connection(self) -> Any:
        if self._kept is None:
            self._kept = self.engine.raw_connection()
        return self._kept.driver_connection


@contextmanager
def _transaction(db: Any) -> Iterator[Hot]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn the database's troubles into a LedgerError that names the file and the way out."""
    try:
        yield
    except (DBAPIError, DriverError) as error:
        name = getattr(getattr(error, "orig", error), "sqlite_errorname", None) or "SQLITE_OTHER"
        trouble = TROUBLES.get(name.split("_")[1])
        if trouble is None:
            raise
        kind = DamagedLedgerError if trouble in DAMAGE else LedgerError
        raise kind(f"The send record {path} {trouble[0]}.", trouble[1]) from error
