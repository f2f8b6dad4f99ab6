"""The office's key: Ed25519 (RFC 8032), made from a secret that its ledger keeps."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from mailer.errors import UsageError
from mailer.evidence.record import canonical

PREFIX = "ed25519:"
KEY_BYTES = 32


def public_key(seed: bytes) -> str:
    """`ed25519:` and the public key in base64, of the key that the seed of 32 bytes makes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return PREFIX + base64.b64encode(key).decode("ascii")


def sign(seed: bytes, statement: Mapping[str, str]) -> str:
    """The signature of a statement, in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_signed(statement))
    return base64.b64encode(signature).decode("ascii")


def is_signed(statement: Mapping[str, str], signature: str, key: str) -> bool:
    """Whether that key signed exactly that statement. UsageError where `key` is none."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(_key_bytes(key))
    try:
        given = base64.b64decode(signature, validate=True)
        public.verify(given, _signed(statement))
    except (InvalidSignature, ValueError):
        return False
    # Base64 has spare bits at its end: written otherwise, it is no longer what was exported.
    return base64.b64encode(given).decode("ascii") == signature


def require_key(text: str) -> str:
    """The key as it is written. UsageError where it is none."""
    _key_bytes(text)
    return text


def _signed(statement: Mapping[str, str]) -> bytes:
    # In their order: lines that changed places are a change too.
    return canonical([list(pair) for pair in statement.items()]).encode("utf-8", "surrogatepass")


def _key_bytes(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or len(key) != KEY_BYTES:
        raise UsageError(
            f'"{text[:80]}" is not a public key.',
            "It begins with ed25519: and stands in mailer.toml: [ledger] evidence_key.",
        )
    return key
