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
