"""A reply mail by which somebody approves: whom it is from, when it was written, and whether it names the proof."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from mailer.errors import ProofError
from mailer.model.proof import Proof

AS_EML = "Save the reply itself as a file (.eml), with its headers, and name that file."
LEAST = 6
"""Signs of a digest that name it: the seal."""
MOST_READ = 2_000_000
"""Signs of one part of a mail that are looked through."""
SIX_OR_MORE = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Fa-f]{{{LEAST},64}}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class ApprovalMail:
    """What the record says of a reply mail."""

    sender: str
    """`Name <address>`, as the mail says itself."""
    name: str
    """The name alone; "" where it has none."""
    dated: datetime


def read_approval_mail(content: bytes, proof: Proof, shown: str) -> ApprovalMail:
    """Look through a mail. ProofError where it is none, or does not name the seal or the digest of that proof."""
    try:
        mail = email.message_from_bytes(content)
        sender, name = _from(mail)
        dated = _date(mail)
        if not sender or dated is None:
            raise ProofError(f"{shown} is not a mail: it has no {'From' if not sender else 'Date'}.", AS_EML)
        named = _names(mail, proof)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ProofError(f"{shown} cannot be read as a mail.", AS_EML) from error
    if not named:
        raise ProofError(
            f"{shown} does not name the proof: neither the seal {proof.seal} nor the digest stands in it.",
            f"Ask for a reply that says {proof.seal}: nobody else can know what it is about.",
        )
    return ApprovalMail(sender, name, dated)


def _from(mail: Message) -> tuple[str, str]:
    shown = " ".join(_header(mail, "From").split())
    name, address = parseaddr(shown)
    if "@" not in address:
        return "", ""
    visible = "".join(sign for sign in shown if sign.isprintable())
    return visible[:200], name


def _date(mail: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError):
        return None


def _names(mail: Message, proof: Proof) -> bool:
    for text in _texts(mail):
        words = (found[0].lower() for found in SIX_OR_MORE.finditer(text[:MOST_READ]))
        if any(proof.digest.startswith(word) for word in words):
            return True
    return False


def _texts(mail: Message) -> Iterator[str]:
    """The subject, and every part that is text."""
    yield _header(mail, "Subject")
    for part in mail.walk():
        if part.get_content_maintype() == "text" and isinstance(
            content := part.get_payload(decode=True), bytes
        ):
            text = content.decode(_charset(part), errors="replace")
            # A tag may stand in the middle of a word: <b>3f2a</b>91.
            yield re.sub(r"<[^<>]*>", "", text) if part.get_content_subtype() == "html" else text


def _charset(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        "".encode(charset)
    except LookupError:
        return "utf-8"
    return charset


def _header(mail: Message, name: str) -> str:
    value = str(mail.get(name, ""))
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
