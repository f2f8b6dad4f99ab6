"""What a ledger keeps about itself: its id, its secret keys, and the counter of fencing tokens."""

from __future__ import annotations

import secrets

from sqlalchemy import BigInteger, Connection, String, cast, select, update

from mailer.ledger.dialects import insert_once
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


def next_token(connection: Connection) -> int:
    """A number higher than every one before it."""
    raised = (
        update(meta)
        .where(meta.c.key == "token")
        .values(value=cast(cast(meta.c.value, BigInteger) + 1, String))
    )
    return int(connection.execute(raised.returning(meta.c.value)).scalar_one())
