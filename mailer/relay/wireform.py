"""Addresses and content as SMTP wants them, or the reason why they cannot be sent at all."""

from __future__ import annotations

import re
from functools import lru_cache

from aiosmtplib.email import parse_address
from email_validator import EmailNotValidError, validate_email

LINE_LIMIT = 998
"""Octets in a line without its CRLF (RFC 5322 2.1.1)."""

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_PLAIN = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.ASCII,
)
"""Most addresses there are: nothing in them needs a closer look."""
PLAIN_LIMIT = 200
"""Octets up to which the plain form is surely within every limit."""
LOCAL_LIMIT = 64
"""Octets before the @ (RFC 5321 4.5.3.1.1), in UTF-8."""
_HOSTILE = re.compile(
    r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)


class UnsendableAddressError(ValueError):
    """An address that cannot stand in a MAIL or RCPT command; the text says why."""


def wire_address(address: str, utf8: bool = False) -> str:
    """The address fit to stand between < and >: in ASCII, its domain as A-labels (RFC 5890).

    Only a bare `local@domain` passes: no name, comment, quotes, list, space, control character or angle bracket.
    A local part outside ASCII passes where the server takes `utf8` (RFC 6531), and is never rewritten. Its domain
    goes out as A-labels like all others: allowed there too, and any server behind looks it up in that form.
    Raises UnsendableAddressError.
    """
    if len(address) <= PLAIN_LIMIT and _PLAIN.fullmatch(address):
        return address
    return _looked_at(address, utf8)


@lru_cache(maxsize=1024)
def _looked_at(address: str, utf8: bool) -> str:
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        raise UnsendableAddressError("the address is not of the form name@domain")
    if not local.isascii() and not utf8:
        raise UnsendableAddressError(
            "the part before the @ has letters outside ASCII, and this mail service does not take such addresses "
            "(SMTPUTF8); ask the reader for another one"
        )
    try:
        checked = validate_email(address, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError as error:
        raise UnsendableAddressError(f"the address is not valid: {error}") from error
    if len(local.encode()) > LOCAL_LIMIT:
        raise UnsendableAddressError(f"the part before the @ is longer than {LOCAL_LIMIT} octets")
    wire_form = f"{local}@{checked.ascii_domain}"
    # What remains once letters outside ASCII are taken out must be as plain as any other address.
    ascii_form = "".join(sign if sign.isascii() else "u" for sign in wire_form)
    is_plain = _DOT_ATOM.fullmatch(ascii_form) and _read_by_client(ascii_form) == ascii_form
    if not is_plain or _HOSTILE.search(wire_form):
        raise UnsendableAddressError("the address has signs that do not belong in a plain name@domain")
    return wire_form


def why_unsendable(content: bytes, size_limit: int = 0, utf8: bool = False) -> str:
    """Why these bytes must not be sent, or "" where they may. `size_limit` in octets, 0 for none.

    Refused are bare CR or LF (RFC 5321 2.3.8; the door to SMTP smuggling), NUL and 8-bit octets, lines over
    998 octets, a last line without its end, and more octets than the server announced (RFC 1870). With `utf8` the
    head may be in UTF-8 (RFC 6532).
    """
    ends = content.count(b"\r\n")
    if not content.endswith(b"\r\n"):
        return "the message does not end with CRLF"
    if content.count(b"\n") != ends or content.count(b"\r") != ends:
        return "the message has a CR or LF that is not part of a CRLF"
    if not content.isascii() and not (utf8 and _has_utf8_head_only(content)):
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


def _has_utf8_head_only(content: bytes) -> bool:
    head, _, body = content.partition(b"\r\n\r\n")
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return body.isascii()


def _read_by_client(address: str) -> str:
    try:
        return parse_address(address)
    except ValueError:
        return ""
