"""Transactions on the ledger's database, and its troubles in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mailer.errors import LedgerError
from mailer.ledger.dialects import WRITING, sqlite_engine

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


class Store:
    """A database on which every transaction either happens whole or not at all."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self.engine: Engine = sqlite_engine(path, patience)
        self._writing = self.engine.execution_options(**{WRITING: True})

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write, alone; on the disk when the block is left. LedgerError in words."""
        with in_words(self.path), self._writing.begin() as connection:
            yield connection

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
        self.engine.dispose()


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn the database's troubles into a LedgerError that names the file and the way out."""
    try:
        yield
    except DBAPIError as error:
        name = getattr(error.orig, "sqlite_errorname", None) or "SQLITE_OTHER"
        trouble = TROUBLES.get(name.split("_")[1])
        if trouble is None:
            raise
        raise LedgerError(f"The send record {path} {trouble[0]}.", trouble[1]) from error
