"""Addresses and content as SMTP wants them, or the reason why they cannot be sent at all."""

from __future__ import annotations

import re

from aiosmtplib.email import parse_address
from email_validator import EmailNotValidError, validate_email

from mailer.model.message import Envelope

LINE_LIMIT = 998
"""Octets in a line without its CRLF (RFC 5322 2.1.1)."""

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


class UnsendableAddressError(ValueError):
    """An address that cannot stand in a MAIL or RCPT command; the text says why."""


def wire_address(address: str) -> str:
    """The address in ASCII, its domain as A-labels (RFC 5890), fit to stand between < and >.

    Only a bare `local@domain` passes: no name, comment, quotes, list, space, control character or angle bracket.
    Raises UnsendableAddressError.
    """
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        raise UnsendableAddressError("the address is not of the form name@domain")
    if not local.isascii():
        raise UnsendableAddressError(
            "the part before the @ has letters outside ASCII, which needs SMTPUTF8; not supported yet"
        )
    try:
        checked = validate_email(address, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError as error:
        raise UnsendableAddressError(f"the address is not valid: {error}") from error
    ascii_form = f"{local}@{checked.ascii_domain}"
    if not _DOT_ATOM.fullmatch(ascii_form) or _read_by_client(ascii_form) != ascii_form:
        raise UnsendableAddressError("the address has signs that do not belong in a plain name@domain")
    return ascii_form


def wire_envelope(envelope: Envelope) -> tuple[str, str]:
    """Sender and recipient in wire form. Raises UnsendableAddressError for the first that is not fit."""
    return wire_address(envelope.sender), wire_address(envelope.recipient)


def why_unsendable(content: bytes, size_limit: int = 0) -> str:
    """Why these bytes must not be sent, or "" where they may. `size_limit` in octets, 0 for none.

    Refused are bare CR or LF (RFC 5321 2.3.8; the door to SMTP smuggling), NUL and 8-bit octets, lines over
    998 octets, a last line without its end, and more octets than the server announced (RFC 1870).
    """
    ends = content.count(b"\r\n")
    if not content.endswith(b"\r\n"):
        return "the message does not end with CRLF"
    if content.count(b"\n") != ends or content.count(b"\r") != ends:
        return "the message has a CR or LF that is not part of a CRLF"
    if not content.isascii():
        return "the message has 8-bit octets"
    if b"\0" in content:
        return "the message has a NUL octet"
    longest = max(map(len, content.split(b"\r\n")))
    if longest > LINE_LIMIT:
        return f"the message has a line of {longest} octets; {LINE_LIMIT} are allowed"
    if size_limit and len(content) > size_limit:
        return f"the message has {len(content)} octets; the mail service takes {size_limit}"
    return ""


def dot_stuffed(content: bytes) -> bytes:
    """The content as it goes over the wire before the final dot line (RFC 5321 4.5.2)."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _read_by_client(address: str) -> str:
    try:
        return parse_address(address)
    except ValueError:
        return ""
