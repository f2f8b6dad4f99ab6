"""Making a DKIM key for a workspace, and the records of those it has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.config import Workspace
from mailer.errors import MailerError, ProblemsError, UsageError
from mailer.message import load_signers
from mailer.message.dkim_keys import (
    ADVISED_BITS,
    checked_name,
    new_key,
    record_name,
    record_strings,
    record_value,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

BITS = (2048, 3072, 4096)


@dataclass(frozen=True, slots=True)
class Record:
    """A key's public half, as the DNS has it."""

    domain: str
    selector: str
    bits: int
    name: str
    value: str
    key_file: str = ""
    """Where a new key is, as mailer.toml names it."""

    @property
    def strings(self) -> list[str]:
        """The value as zone files want it: strings of at most 255 octets."""
        return record_strings(self.value)

    @property
    def is_short(self) -> bool:
        """Whether a longer key is advised (RFC 8301 section 3.2)."""
        return self.bits < ADVISED_BITS


def make_key(
    workspace: Workspace, selector: str, *, domain: str = "", out: Path | None = None, bits: int = 2048
) -> Record:
    """Make a key that only its owner can read, and say what must go into the DNS.

    Raises UsageError for names and sizes that cannot be, MailerError where the file exists already:
    a key is never written over.
    """
    if bits not in BITS:
        raise UsageError(f"A key of {bits} bits cannot be made here.", "Choose 2048, 3072 or 4096.")
    try:
        domain, selector = checked_name(domain or workspace.config.sender.email.rpartition("@")[2], selector)
    except ProblemsError as error:
        raise UsageError(error.problems[0].message, error.problems[0].hint) from error
    path = out if out else workspace.state / "dkim" / f"{domain}.{selector}.pem"
    key, pem = new_key(bits)
    _write(path, pem, workspace.shown(path))
    return _record(domain, selector, key, workspace.shown(path))


def records_of(workspace: Workspace) -> list[Record]:
    """The records of all keys in mailer.toml. ProblemsError where one cannot be used."""
    signers = load_signers(workspace.config.dkim, workspace.root)
    return [_record(signer.domain, signer.selector, signer.key) for signer in signers.by_domain.values()]


def _record(domain: str, selector: str, key: RSAPrivateKey, key_file: str = "") -> Record:
    return Record(domain, selector, key.key_size, record_name(domain, selector), record_value(key), key_file)


def _write(path: Path, pem: bytes, shown: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise MailerError(
            f"{shown} exists already, and a key is never written over.",
            "Choose another selector, or another --out.",
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
