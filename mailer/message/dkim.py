"""Signing messages by DKIM (RFC 6376): rsa-sha256, relaxed/relaxed.

Our bodies are in relaxed form already, and our fields stand in the head once each; so a signature costs one hash of
the body, some joins, and the key.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
"""Named once more than they occur: nobody can add one (RFC 6376 section 8.15)."""
WHERE_THERE = ("cc", "in-reply-to", "references")
"""Likewise, in messages that have them: lists and forwarders may add them to others."""
LINE = 76


@dataclass(frozen=True, slots=True)
class Signer:
    """A key, and whose it is."""

    domain: str
    """d=: in A-labels."""
    selector: str
    """s=: the name under which the public key is in the DNS."""
    key: RSAPrivateKey

    def signature(self, fields: Mapping[str, bytes], body: Iterable[bytes], at: datetime) -> bytes:
        """The DKIM-Signature field, folded, with its line end; the same for the same message.

        `fields`: name in small letters → the field in relaxed form, each of which the head has once. `body`: its
        pieces, already in the form that relaxed canonicalization gives (section 3.4.4). `at`: t=.
        """
        digest = hashlib.sha256()
        for piece in body:
            digest.update(piece)
        names = tuple([name for name in SIGNED + WHERE_THERE if name in fields])
        written, hashed = _tags(self.domain, self.selector, names)
        tags = b"%d; bh=%b;" % (int(at.timestamp()), b64encode(digest.digest()))
        data = b"".join((*[fields[name] for name in names], hashed, tags, b" b="))
        return b"".join((written, tags, b"\r\n b=", _folded(self._sign(data)), b"\r\n"))

    def _sign(self, data: bytes) -> bytes:
        """PKCS#1 v1.5: no chance in it, so that a resend is the same bytes (RFC 8017 section 8.2)."""
        padding, algorithm = _method()
        return b64encode(self.key.sign(data, padding, algorithm))


def relaxed(name: str, value: bytes) -> bytes:
    """A field in relaxed form (section 3.4.2), with its line end."""
    return b"%b:%b\r\n" % (name.lower().encode("ascii"), b" ".join(value.split()))


@lru_cache(maxsize=256)
def _tags(domain: str, selector: str, present: tuple[str, ...]) -> tuple[bytes, bytes]:
    """All up to the value of t=, as it is written and as it is hashed, for messages with these fields."""
    signed = [name for name in SIGNED for _ in range(1 + (name in present))]
    signed += [name for name in WHERE_THERE if name in present for _ in range(2)]
    words = ["v=1;", "a=rsa-sha256;", "c=relaxed/relaxed;", f"d={domain};", f"s={selector};"]
    names = [f"{name}:" for name in signed[:-1]]
    lines, line = [], "DKIM-Signature:"
    for word in [*words, f"h={names[0]}"]:
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line += f" {word}"
    for name in [*names[1:], f"{signed[-1]};"]:
        if len(line) + len(name) > LINE:
            lines.append(line)
            line = " "
        line += name
    written = "\r\n".join([*lines, line, " t="]).encode("ascii")
    return written, relaxed("dkim-signature", written.partition(b":")[2]).removesuffix(b"\r\n")


def _folded(signature: bytes) -> bytes:
    first = LINE - len(" b=")
    rest = [signature[at : at + LINE - 1] for at in range(first, len(signature), LINE - 1)]
    return b"\r\n ".join([signature[:first], *rest])


@lru_cache(maxsize=1)
def _method() -> tuple[PKCS1v15, SHA256]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), SHA256()
