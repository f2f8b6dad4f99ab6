"""A copy of a ledger that is one moment's, and what a ledger holds in figures."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from mailer.errors import DamagedLedgerError, LedgerError
from mailer.ledger.keys import read_meta
from mailer.ledger.migrating import version_of
from mailer.ledger.opening import PRIVATE, is_ledger
from mailer.ledger.schema import VERSION, attempts, deliveries, dispatches, events, suppressions, tables
from mailer.ledger.store import DAMAGE, TROUBLES, Store
from mailer.model.dispatch import REAL, State

RESTORED_FROM = "restored from the backup of"
"""How the reasons begin that a restore leaves in the log."""
SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database in use (sqlite.org/wal.html)."""
FORMER_INDEXES = frozenset({"deliveries_state"})
"""Of older versions of the tables."""
SQLITE_OWN = frozenset({"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"})
"""Tables that SQLite itself may add."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a ledger holds of one dispatch."""

    slug: str
    is_real: bool
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a ledger holds, in figures: enough to compare two states of one."""

    id: str
    version: int
    """Of its tables."""
    dispatches: Mapping[str, Share]
    attempts: int
    events: int
    last_event: int
    """The highest number of an event."""
    suppressed: frozenset[tuple[str, str]]
    """(address, why) of the do-not-mail list."""

    @property
    def counts(self) -> dict[State, int]:
        """Mails by state, over all dispatches."""
        sums: dict[State, int] = defaultdict(int)
        for share in self.dispatches.values():
            for state, count in share.counts.items():
                sums[state] += count
        return dict(sums)


def copy_ledger(source: Path, target: Path) -> None:
    """Copy the ledger at `source` to the new file `target`, whole, as it is at one moment, while others write.

    By SQLite's online backup (sqlite.org/backup.html), in one step: what is committed meanwhile is not in it.
    LedgerError in words; FileExistsError where `target` is there already.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    with sqlite_in_words(source), closing(open_raw(source)) as reading, closing(open_raw(target)) as writing:
        reading.backup(writing)
        # One file, without a log beside it.
        writing.execute("PRAGMA journal_mode = DELETE")
    sync(target)


def standing_of(path: Path) -> Standing:
    """What the ledger at `path` holds. Older tables are read as they are.

    LedgerError where it is none, is damaged, or has tables of a newer program.
    """
    store = Store(path)
    try:
        with store.read() as connection:
            require_known(connection, path)
            return _standing(connection)
    finally:
        store.close()


def require_sound(path: Path) -> None:
    """LedgerError unless every page, index and reference in the ledger at `path` is as it must be.

    And unless it holds nothing that acts by itself, such as a trigger: this program makes none.
    """
    store = Store(path)
    try:
        with store.read() as connection:
            _require_plain(connection, path)
            said = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    finally:
        store.close()
    if said != ["ok"] or loose:
        what = "; ".join(map(str, said)) if said != ["ok"] else f"{len(loose)} rows refer to nothing"
        raise DamagedLedgerError(
            f"The send record {path} is damaged: {what}.", "Restore your last backup of it."
        )


def _require_plain(connection: Connection, path: Path) -> None:
    """Only tables and indexes of ours, and only columns that hold what was written into them."""
    ours = tables.tables.keys()
    indexes = {index.name for table in tables.tables.values() for index in table.indexes} | FORMER_INDEXES
    listed = connection.exec_driver_sql("SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema").all()
    for kind, name, table, sql, page in listed:
        is_table = kind == "table" and page and (name in ours or name in SQLITE_OWN)
        # What has no text of its own belongs to a key of its table.
        is_index = kind == "index" and page and table in ours and (sql is None or name in indexes)
        if not (is_table or is_index) or _computes(connection, kind, name):
            raise DamagedLedgerError(
                f'The send record {path} holds a {kind} "{name}" that this program does not make: '
                "somebody has changed it.",
                "Restore your last backup of it.",
            )


def _computes(connection: Connection, kind: str, name: str) -> bool:
    """Whether a table has columns that are made from others, or an index is of anything but columns."""
    if kind == "table":
        asked = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden != 0"
    else:
        asked = "SELECT count(*) FROM pragma_index_xinfo(?) WHERE cid < -1"
    return bool(connection.exec_driver_sql(asked, (name,)).scalar())


def require_known(connection: Connection, path: Path) -> None:
    """LedgerError unless this is a ledger of a version that this program knows."""
    if not is_ledger(connection):
        raise DamagedLedgerError(f"{path} is not a send record: another program's file, or an empty one.")
    version = version_of(connection)
    if version > VERSION:
        raise LedgerError(
            f"The send record {path} was written by a newer version of this program "
            f"(format {version}; this one knows {VERSION}).",
            "Update this program.",
        )


def _standing(connection: Connection) -> Standing:
    # Only columns that every version of the tables has.
    counts: dict[str, dict[State, int]] = defaultdict(dict)
    grouped = select(deliveries.c.dispatch_id, deliveries.c.state, func.count()).group_by(
        deliveries.c.dispatch_id, deliveries.c.state
    )
    for dispatch_id, state, count in connection.execute(grouped):
        counts[dispatch_id][state] = count
    listed = connection.execute(select(dispatches.c.id, dispatches.c.slug, dispatches.c.realm)).all()
    # What a restore itself noted is nothing that a later one could lose.
    told = events.c.why.not_like(f"{RESTORED_FROM}%")
    seen, last = connection.execute(select(func.count(), func.max(events.c.id)).where(told)).one()
    barred = connection.execute(select(suppressions.c.address, suppressions.c.because)).all()
    return Standing(
        id=read_meta(connection, "id") or "",
        version=version_of(connection),
        dispatches={row.id: Share(row.slug, row.realm == REAL, counts[row.id]) for row in listed},
        attempts=connection.scalar(select(func.count()).select_from(attempts)) or 0,
        events=seen,
        last_event=last or 0,
        suppressed=frozenset((address, str(because)) for address, because in barred),
    )


def open_raw(path: Path) -> sqlite3.Connection:
    """A connection of the driver's own to a file that is there; backups are below what SQLAlchemy knows."""
    raw = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
    raw.execute("PRAGMA trusted_schema = OFF")
    return raw


@contextmanager
def sqlite_in_words(path: Path) -> Iterator[None]:
    """Turn the driver's own errors into a LedgerError that names the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        trouble = TROUBLES.get((getattr(error, "sqlite_errorname", None) or "SQLITE_OTHER").split("_")[1])
        if trouble is None:
            raise
        kind = DamagedLedgerError if trouble in DAMAGE else LedgerError
        raise kind(f"The send record {path} {trouble[0]}.", trouble[1]) from error


def sync(path: Path) -> None:
    """Have the file and its name on the disk when this returns."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
