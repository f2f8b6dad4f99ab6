"""Making a ledger, whole or not at all, and refusing in words what is none."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect

from mailer.errors import LedgerError
from mailer.ledger.dialects import making
from mailer.ledger.keys import CLOCK, KIND, read_meta, write_meta_once
from mailer.ledger.migrating import migrate, version_of
from mailer.ledger.place import current_mounts, place_trouble
from mailer.ledger.schema import VERSION, meta, tables
from mailer.ledger.store import Store

PRIVATE = 0o600
"""Addresses of people and secret keys: for the owner's eyes only."""
FOR_OTHERS = 0o077


def ready_file(path: Path, at: datetime, create: bool) -> None:
    """See to it that a writable file stands at `path`, a new ledger where there was none. LedgerError in words."""
    if trouble := place_trouble(path, current_mounts()):
        raise LedgerError(trouble, "Move it to a local disk: mailer.toml, [ledger] path.")
    try:
        if not path.exists():
            if not create:
                raise LedgerError(
                    f"There is no send record at {path}.", "Nothing has been sent from here yet."
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path, at)
        _make_private(path)
    except OSError as error:
        is_read_only = error.errno == errno.EROFS
        raise LedgerError(
            f"The send record {path} cannot be made or written: "
            f"{'the disk is read-only' if is_read_only else error.strerror}.",
            "It needs a local folder that this user may write to: mailer.toml, [ledger] path.",
        ) from error


def check_ours(store: Store) -> str:
    """The id of the ledger in the store, brought to this version where an older program made it.

    LedgerError where it is none, or was written by a newer program.
    """
    with store.read() as connection:
        if not is_ledger(connection):
            raise LedgerError(
                f"{store.path} is not a send record: another program's file, or an empty one.",
                "Name another file in mailer.toml: [ledger] path.",
            )
        version = version_of(connection)
        if version > VERSION:
            raise LedgerError(
                f"The send record {store.path} was written by a newer version of this program "
                f"(format {version}; this one knows {VERSION}).",
                "Update this program.",
            )
        ledger_id = read_meta(connection, "id") or ""
    _keep_log(store)
    if version < VERSION:
        with store.write() as connection:
            migrate(connection)
    return ledger_id


def _make(path: Path, at: datetime) -> None:
    # Made beside its place and then linked there: whoever finds a ledger finds it whole, and of two programs
    # that make one at the same moment, the second finds the first one's.
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.new")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        store = Store(draft)
        _keep_log(store)
        with store.write() as connection:
            for statement in making(tables):
                connection.exec_driver_sql(statement)
            for key, value in _birth(at).items():
                write_meta_once(connection, key, value)
        store.close()
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _birth(at: datetime) -> dict[str, str]:
    return {
        "kind": KIND,
        "version": str(VERSION),
        "id": str(uuid.uuid4()),
        "created": at.isoformat(),
        "token": "0",
        CLOCK: "0",
    }


def _make_private(path: Path) -> None:
    # By name only: opening and closing the file here would drop SQLite's own locks on it
    # (sqlite.org/howtocorrupt.html, 2.2).
    status = path.stat()
    if status.st_mode & FOR_OTHERS and status.st_uid == os.geteuid():
        path.chmod(stat.S_IMODE(status.st_mode) & ~FOR_OTHERS)
    effective = os.access in os.supports_effective_ids
    wanted = ((path, os.R_OK | os.W_OK), (path.parent, os.W_OK | os.X_OK))
    if not all(os.access(place, mode, effective_ids=effective) for place, mode in wanted):
        if any(os.statvfs(place).f_flag & os.ST_RDONLY for place, _ in wanted):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        raise PermissionError(errno.EACCES, "this user may not write there")


def is_ledger(connection: Connection) -> bool:
    """Whether this database is a send record, of whatever version."""
    seen = inspect(connection)
    if meta.name not in seen.get_table_names():
        return False
    columns = {column["name"] for column in seen.get_columns(meta.name)}
    return columns >= set(meta.c.keys()) and read_meta(connection, "kind") == KIND


def _keep_log(store: Store) -> None:
    """Turn the write-ahead log on; it stays on, but a copied or vacuumed ledger comes without."""
    with store.engine.connect() as connection:
        pragma = connection.connection.cursor()
        if pragma.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            pragma.execute("PRAGMA journal_mode = WAL")
