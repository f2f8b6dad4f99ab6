"""Bringing a ledger of an older version of the tables to this one, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, update

from mailer.errors import LedgerError
from mailer.ledger.keys import read_meta
from mailer.ledger.schema import VERSION, meta

STEPS: Mapping[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE deliveries ADD COLUMN occasions JSON DEFAULT '[]' NOT NULL",
        "ALTER TABLE deliveries ADD COLUMN heading JSON DEFAULT '{}' NOT NULL",
        "ALTER TABLE deliveries ADD COLUMN code TEXT DEFAULT '' NOT NULL",
        "CREATE INDEX deliveries_code ON deliveries (code) WHERE code != ''",
        "ALTER TABLE events ADD COLUMN answer VARCHAR(20)"
        " CONSTRAINT event_answer CHECK (answer IN ('handed-in', 'later', 'not-me', 'seen'))"
        " CONSTRAINT answered_when_acknowledged CHECK ((answer IS NOT NULL) = (kind = 'acknowledged'))",
        "CREATE TABLE lapsed (realm TEXT NOT NULL, occasion TEXT NOT NULL, why TEXT NOT NULL, at BIGINT NOT NULL,"
        " PRIMARY KEY (realm, occasion))",
    ),
    2: (
        "ALTER TABLE dispatches ADD COLUMN not_before BIGINT",
        "ALTER TABLE dispatches ADD COLUMN begin_by BIGINT",
        "ALTER TABLE dispatches ADD COLUMN begun_at BIGINT",
        "ALTER TABLE holders ADD COLUMN dispatch_id TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE holders ADD COLUMN status JSON",
        "ALTER TABLE holders ADD COLUMN seen_at BIGINT",
        "ALTER TABLE deliveries ADD COLUMN domain TEXT DEFAULT '' NOT NULL",
        # What follows the last @; nothing of who was forgotten, for whom a hash without one stands.
        "UPDATE deliveries SET domain = replace(address, rtrim(address, replace(address, '@', '')), '')"
        " WHERE instr(address, '@') > 0",
        "DROP INDEX deliveries_state",
        "DROP INDEX deliveries_due",
        "CREATE INDEX deliveries_due ON deliveries (dispatch_id, state, due_at, id) WHERE due_at IS NOT NULL",
        "CREATE INDEX deliveries_otherwise ON deliveries (dispatch_id, state)"
        " WHERE state IN ('refused', 'unknown', 'skipped', 'expired', 'cancelled')",
        "ALTER TABLE attempts RENAME TO attempts_2",
        "CREATE TABLE attempts (delivery_id INTEGER NOT NULL, n INTEGER NOT NULL, at BIGINT NOT NULL,"
        " phase VARCHAR(20) NOT NULL, verdict VARCHAR(20) NOT NULL, code INTEGER, enhanced TEXT NOT NULL,"
        " text TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (delivery_id, n),"
        " FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE) WITHOUT ROWID",
        "INSERT INTO attempts SELECT * FROM attempts_2 ORDER BY delivery_id, n",
        "DROP TABLE attempts_2",
        "ALTER TABLE claims RENAME TO claims_2",
        "DROP INDEX ix_claims_delivery_id",
        "CREATE TABLE claims (realm TEXT NOT NULL, occasion TEXT NOT NULL, address TEXT NOT NULL,"
        " delivery_id INTEGER NOT NULL, PRIMARY KEY (realm, occasion, address),"
        " FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE) WITHOUT ROWID",
        "INSERT INTO claims SELECT * FROM claims_2 ORDER BY realm, occasion, address",
        "DROP TABLE claims_2",
        "CREATE INDEX ix_claims_delivery_id ON claims (delivery_id)",
        "CREATE TABLE paces (key TEXT NOT NULL PRIMARY KEY, tat BIGINT NOT NULL, cap FLOAT, capped_at BIGINT,"
        " until BIGINT, line BIGINT, limits TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE minutes (key TEXT NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (key, minute)) WITHOUT ROWID",
        "INSERT INTO meta SELECT 'clock', CAST(coalesce(max(updated_at), 0) AS TEXT) FROM deliveries",
    ),
}
"""Version → what makes the next one of it. Written out, not derived from the tables as they are now, so that each
step stays what it was; a test compares the end of all steps with a new ledger."""


def version_of(connection: Connection) -> int:
    """The version of the tables; 0 where none is written down."""
    written = read_meta(connection, "version") or ""
    return int(written) if written.isdecimal() else 0


def migrate(connection: Connection) -> None:
    """Bring the tables to this program's version. Runs in a transaction that may write, and sees to its own need.

    LedgerError for a version that never was.
    """
    # Looked up again inside the transaction: of two programs that open it at once, the second finds it done.
    while (version := version_of(connection)) < VERSION:
        if version not in STEPS:
            raise LedgerError(
                f"The send record says that its format is {version}, which no program has written.",
                "Put back your last copy of it.",
            )
        for statement in STEPS[version]:
            connection.exec_driver_sql(statement)
        connection.execute(update(meta).where(meta.c.key == "version").values(value=str(version + 1)))
