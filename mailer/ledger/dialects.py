"""What differs from database to database, and nothing else.

SQLite: one writer at a time (BEGIN IMMEDIATE), every commit on the disk before it returns (WAL, synchronous=FULL).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite

WRITING = "ledger_writing"
"""Execution option of a connection whose transaction will write."""


def sqlite_engine(path: Path, patience: float) -> Engine:
    """An engine on the SQLite file at `path`; a locked file is waited for `patience` seconds."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        # isolation_level=None: Python's driver begins nothing behind our back, so that BEGIN is ours to choose.
        connect_args={"timeout": patience, "check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def insert_once(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into `table` that leaves a row alone where its key is already taken."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _prepare(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # On macOS, plain fsync leaves the data in the drive's cache.
    connection.execute("PRAGMA fullfsync = ON")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes can be refused at once, without waiting (SQLITE_BUSY_SNAPSHOT);
    # one that takes the write lock at its start waits its turn.
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
