"""The one form in which an address is compared, and the one that stands for a person who was forgotten."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from mailer.ledger.keys import read_meta, secret, secret_key
from mailer.model.deadline import FORGOTTEN, occasion_of, parts_of

DIGITS = 32
PURPOSE = "forgotten people"


def normalised(address: str) -> str:
    """`address` in NFC and lower case, without blanks around it.

    RFC 5321 (2.4) lets a host tell `A@` from `a@`; none that anybody knows does, and a person must not get the
    same mail twice, or in spite of the do-not-mail list, for a capital letter. Mail goes to the address as given.
    """
    return unicodedata.normalize("NFC", address.strip()).lower()


def domain_of(address: str) -> str:
    """The domain of a normalised address, in A-labels (RFC 5890 2.3.2.1) where it can be written so."""
    domain = address.rpartition("@")[2]
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


@dataclass(frozen=True, slots=True)
class Forms:
    """Under what the ledger may know an address: as it is, and, since somebody was forgotten, as a keyed hash."""

    key: bytes | None
    """None as long as nobody was ever forgotten; then nothing is hashed."""

    def hashed(self, address: str) -> str:
        """The keyed hash that stands for the address; "" as long as nobody was forgotten."""
        if self.key is None:
            return ""
        digest = hmac.digest(self.key, normalised(address).encode("utf-8", "surrogatepass"), "sha256").hex()
        return f"{FORGOTTEN}{digest[:DIGITS]}"

    def of(self, address: str) -> tuple[str, ...]:
        """Every form of the address, the plain one first."""
        plain = normalised(address)
        return (plain,) if self.key is None else (plain, self.hashed(plain))

    def among(self, addresses: Iterable[str]) -> dict[str, str]:
        """Every form of the addresses → the plain one."""
        return {form: forms[0] for forms in map(self.of, addresses) for form in forms}

    def occasions(self, occasion: str) -> tuple[str, ...]:
        """Every form of the occasion: one that names a person may name the hash."""
        parts = parts_of(occasion)
        if self.key is None or parts is None or "@" not in parts[3]:
            return (occasion,)
        return occasion, occasion_of(*parts[:3], self.hashed(parts[3]))


def forms_of(connection: Connection) -> Forms:
    """The forms that this ledger uses. Only reads."""
    kept = read_meta(connection, secret_key(PURPOSE))
    return Forms(bytes.fromhex(kept) if kept else None)


def forms_from_now(connection: Connection) -> Forms:
    """The forms that this ledger uses once somebody is forgotten. Writes the key down."""
    return Forms(secret(connection, PURPOSE))
