"""What a ledger keeps about itself: its id, its secret keys, and the counter of fencing tokens."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from mailer.ledger.dialects import Hot, insert_once
from mailer.ledger.schema import meta

KIND = "saiga-mailer ledger"
SECRET_BYTES = 32


def read_meta(connection: Connection, key: str) -> str | None:
    """What is kept under `key`, if anything."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def write_meta_once(connection: Connection, key: str, value: str) -> None:
    """Keep `value` under `key`, unless something is kept there already."""
    connection.execute(insert_once(connection, meta).values(key=key, value=value))


def secret_key(purpose: str) -> str:
    """Where the secret for that purpose is kept."""
    return f"secret {purpose}"


def secret(connection: Connection, purpose: str) -> bytes:
    """32 random bytes for that purpose, the same ever after; a ledger never shares them with another."""
    key = secret_key(purpose)
    write_meta_once(connection, key, secrets.token_hex(SECRET_BYTES))
    return bytes.fromhex(read_meta(connection, key) or "")


CLOCK = "clock"
"""Where the latest moment is kept that a program has written something at."""

TOKEN_AND_CLOCK = f"""
UPDATE meta SET value = CASE key WHEN '{CLOCK}' THEN CAST(:at AS TEXT)
  ELSE CAST(CAST(value AS BIGINT) + 1 AS TEXT) END
WHERE key IN ('{CLOCK}', 'token') RETURNING key, value
"""  # noqa: S608


NOTE_CLOCK = (
    f"UPDATE meta SET value = CAST(:at AS TEXT) WHERE key = '{CLOCK}' AND CAST(value AS BIGINT) < :at"  # noqa: S608
)


def note_clock(db: Hot, at: int) -> None:
    """Keep `at` as the latest moment, where it is: so that a clock set back is known for it."""
    db.execute(NOTE_CLOCK, {"at": at})


def set_clock_back(db: Hot, at: int) -> None:
    """Keep `at` as the latest moment, though a later one is kept: the clock was set back."""
    db.execute(f"UPDATE meta SET value = CAST(:at AS TEXT) WHERE key = '{CLOCK}'", {"at": at})  # noqa: S608


def next_token(db: Hot, at: int) -> int:
    """A number higher than every one before it; and keep `at` as the latest moment."""
    rows = db.execute(TOKEN_AND_CLOCK, {"at": at}).fetchall()
    return next(int(value) for key, value in rows if key == "token")
