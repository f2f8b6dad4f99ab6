"""What differs from database to database, and nothing else.

SQLite: one writer at a time (BEGIN IMMEDIATE), every commit on the disk before it returns (WAL, synchronous=FULL).

The statements that every mail goes through are plain SQL on the driver's own connection (`Hot`): a few for a whole
group of mails, whose rows they are given as one JSON text (`given`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExecutableDDLElement,
    MetaData,
    Table,
    create_engine,
    create_mock_engine,
    event,
)
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

WRITING = "ledger_writing"
"""Execution option of a connection whose transaction will write."""

CHECKPOINT_PAGES = 1_000
"""Pages in the log at which SQLite copies them to the database, and begins the log anew: short, because writing it
through to the disk takes half of the time where its file need not grow."""

CACHE_KIB = 65_536
"""Of the database that a connection keeps in memory at the most: room for what waits of a million mails."""

DriverError = sqlite3.Error
"""What a driver raises on its own connection."""


class Rows(Protocol):
    """What came of a statement."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Hot(Protocol):
    """The driver's own connection, inside a transaction that may write."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Rows: ...

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Rows: ...


def hot(connection: Connection) -> Hot:
    """The driver's own connection under this one, in the same transaction."""
    driver: Hot = cast("Hot", connection.connection.driver_connection)
    return driver


def listed(ids: Iterable[int]) -> str:
    """Numbers as a JSON array: many times as fast as asking `json` for it."""
    return str(list(ids))


def given(*columns: str) -> str:
    """A table expression of the rows in the JSON parameter `rows`: an array of arrays, a value a column.

    PostgreSQL's form is `(SELECT (r->>0)::bigint AS id, … FROM jsonb_array_elements(:rows) AS r)`, and needs types.
    """
    listed = ", ".join(f"value ->> {place} AS {column}" for place, column in enumerate(columns))
    return f"(SELECT {listed} FROM json_each(:rows))"  # noqa: S608


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


@cache
def making(tables: MetaData) -> tuple[str, ...]:
    """The statements that make the tables and their indexes: written once, which takes longer than running them."""
    statements: list[str] = []

    def keep(statement: ExecutableDDLElement, *_: object, **__: object) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine("sqlite+pysqlite://", keep)
    tables.create_all(engine, checkfirst=False)
    return tuple(statements)


def insert_once(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into `table` that leaves a row alone where its key is already taken."""
    if connection.dialect.name == "postgresql":
        # Here, since loading it would make every start longer.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _prepare(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # The tables' definitions may have come with a file from elsewhere (sqlite.org/pragma.html#pragma_trusted_schema).
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = FULL")
    # On macOS, plain fsync leaves the data in the drive's cache.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes can be refused at once, without waiting (SQLITE_BUSY_SNAPSHOT);
    # one that takes the write lock at its start waits its turn.
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
