"""MIME parts as bytes: CRLF, 7-bit, lines of at most 76 octets, the same for the same content."""

from __future__ import annotations

import binascii
from base64 import encodebytes
from collections.abc import Sequence

from mailer.message.headers import field

CALENDAR_LINE = 75
"""Octets in a line of iCalendar, its line break not counted."""


def text_part(content: str, subtype: str, *, base64: bool) -> bytes:
    """A text/plain or text/html part with its head, quoted-printable or base64."""
    head = field("Content-Type", f"text/{subtype}; charset=utf-8".encode())
    encoding = b"base64" if base64 else b"quoted-printable"
    head += field("Content-Transfer-Encoding", encoding)
    return head + b"\r\n" + encode_text(content, base64=base64)


def encode_text(content: str, *, base64: bool) -> bytes:
    """Text in canonical form (CRLF), encoded for a 7-bit channel."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    if base64:
        return crlf(encodebytes(lines.replace("\n", "\r\n").encode("utf-8")))
    return crlf(binascii.b2a_qp(lines.encode("utf-8"), quotetabs=False, istext=True, header=False))


def is_base64_smaller(content: str) -> bool:
    """Whether base64 makes the smaller part: it does for most Cyrillic and all Chinese text."""
    return len(encode_text(content, base64=True)) < len(encode_text(content, base64=False))


def picture_part(content: bytes, media_type: str, cid: str, filename: str) -> bytes:
    """A picture that HTML refers to as `cid:…` (RFC 2392)."""
    head = field("Content-Type", f'{media_type}; name="{filename}"'.encode("ascii"))
    head += field("Content-Transfer-Encoding", b"base64")
    head += field("Content-ID", f"<{cid}>".encode("ascii"))
    head += field("Content-Disposition", f'inline; filename="{filename}"'.encode("ascii"))
    return head + b"\r\n" + crlf(encodebytes(content))


def attachment_part(content: str, media_type: str, filename: str) -> bytes:
    """A text that comes beside the message (RFC 2183): base64, so that no program on the way breaks its lines."""
    kind, *parameters = (part.strip() for part in media_type.split(";"))
    content_type = "; ".join([kind, *parameters, "charset=utf-8", f'name="{filename}"'])
    head = field("Content-Type", content_type.encode("ascii"))
    head += field("Content-Transfer-Encoding", b"base64")
    head += field("Content-Disposition", f'attachment; filename="{filename}"'.encode("ascii"))
    return head + b"\r\n" + encode_text(content, base64=True)


def fold_calendar(content: str) -> str:
    """iCalendar lines of at most 75 octets, never splitting a character, each ended (RFC 5545 section 3.1)."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"{_folded(line)}\n" for line in lines if line)


def _folded(line: str) -> str:
    lines, size = [""], 0
    for character in line:
        octets = len(character.encode("utf-8"))
        if size + octets > CALENDAR_LINE:
            lines.append(" ")
            size = 1
        lines[-1] += character
        size += octets
    return "\n".join(lines)


def multipart(subtype: str, parts: Sequence[bytes], boundary: str, parameters: str = "") -> bytes:
    """A multipart with its Content-Type field. The boundary must occur in none of the parts."""
    kind = f'multipart/{subtype}; boundary="{boundary}"{parameters}'.encode("ascii")
    mark = b"--" + boundary.encode("ascii")
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return field("Content-Type", kind) + b"\r\n" + body + mark + b"--\r\n"


def crlf(content: bytes) -> bytes:
    """The same lines, ended by CRLF."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
