"""MIME parts: their heads, and what stands in them, in bytes and holes (`mailer.message.body`).

CRLF, 7-bit, lines of at most 76 octets in what is encoded, the same for the same content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.message.body import Hole, Values, base64_items, base64_lines, filled_text, lay_out, quoted_items
from mailer.message.headers import HeaderError, field
from mailer.model.rendition import Attachment
from mailer.model.slots import Kind, Pieces, split_slots

CALENDAR = "text/calendar"
CALENDAR_LINE = 75
"""Octets in a line of iCalendar, its line break not counted."""
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")
TEXT_TYPE = re.compile(r"text/[a-z0-9.+-]+(?:; ?[a-z-]+=[A-Za-z0-9.-]+)*")
PICTURE_TYPE = re.compile(r"image/[a-z0-9.+-]+")
CONTENT_ID = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
NOT_ASCII = bytes(range(128, 256))
LONGEST_NAME = 48
"""Letters of a picture's file name: its line stays within 76."""

Items = list[bytes | Hole]


def text_part(content: str, subtype: Kind, defaults: Values) -> Items:
    """A text/plain ("text") or text/html part, quoted-printable or base64: whichever is smaller."""
    items = base64_items(content, subtype, defaults)
    is_base64 = _least_quoted(content) > _size(items)
    if not is_base64:
        quoted = quoted_items(content, subtype, defaults)
        is_base64 = _size(items) < _size(quoted)
        items = items if is_base64 else quoted
    media_type = b"text/html" if subtype == "html" else b"text/plain"
    head = field("Content-Type", media_type + b"; charset=utf-8")
    head += field("Content-Transfer-Encoding", b"base64" if is_base64 else b"quoted-printable")
    return [head + b"\r\n", *items]


def _least_quoted(content: str) -> int:
    """What quoted-printable takes at the least: three octets for each that is not ASCII."""
    octets = content.encode("utf-8")
    return 3 * len(octets) - 2 * len(octets.translate(None, NOT_ASCII))


def _size(items: Items) -> int:
    return sum(map(len, lay_out(items).filled({})))


def picture_part(content: bytes, media_type: str, cid: str, filename: str) -> bytes:
    """A picture that HTML refers to as `cid:…` (RFC 2392). HeaderError where its kind or id could break a header."""
    if not PICTURE_TYPE.fullmatch(media_type):
        raise HeaderError(f"{media_type!r} is not a kind of picture.")
    if not CONTENT_ID.fullmatch(cid):
        raise HeaderError(f"{cid!r} cannot be the id of a picture.")
    stem, _, ending = re.sub(r"[^A-Za-z0-9._-]", "_", filename).rpartition(".")
    name = f"{stem[: LONGEST_NAME - len(ending)]}.{ending}".encode("ascii")
    head = field("Content-Type", media_type.encode("ascii") + b';\r\n name="' + name + b'"')
    head += field("Content-Transfer-Encoding", b"base64")
    head += field("Content-ID", f"<{cid}>".encode("ascii"))
    head += field("Content-Disposition", b'inline;\r\n filename="' + name + b'"')
    return head + b"\r\n" + base64_lines(content)


def attachment_part(attachment: Attachment, defaults: Values) -> Items:
    """A text that comes beside the message (RFC 2183): base64, so that no program on the way breaks its lines.

    HeaderError where its name or kind could break a header, or where it is no text.
    """
    if not FILE_NAME.fullmatch(attachment.name):
        raise HeaderError(f"{attachment.name!r} cannot be the name of an attachment.", "Use ASCII letters.")
    if not TEXT_TYPE.fullmatch(attachment.media_type):
        raise HeaderError(f"{attachment.media_type!r} is not a kind of text that can be attached.")
    kind, *parameters = (part.strip() for part in attachment.media_type.split(";"))
    content_type = ";\r\n ".join(
        ["; ".join([kind, *parameters, "charset=utf-8"]), f'name="{attachment.name}"']
    )
    head = field("Content-Type", content_type.encode("ascii"))
    head += field("Content-Transfer-Encoding", b"base64")
    head += field("Content-Disposition", f'attachment;\r\n filename="{attachment.name}"'.encode("ascii"))
    return [head + b"\r\n", *_attached(attachment.content, kind == CALENDAR, defaults)]


def _attached(content: str, is_calendar: bool, defaults: Values) -> Items:
    if not is_calendar:
        return base64_items(content, "text", defaults)
    hole = CalendarHole(split_slots(content), defaults)
    if any(not isinstance(piece, str) for piece in hole.pieces):
        return [hole]
    return [base64_lines(fold_calendar(content).encode("utf-8"))]


@dataclass(frozen=True, slots=True)
class CalendarHole:
    """A calendar entry with personal fields: where its lines are folded depends on their length."""

    pieces: Pieces
    defaults: Values
    width: int = 1

    def fill(self, cells: list[bytes], at: int, values: Values) -> None:
        """Fill, fold and encode the entry."""
        content = filled_text(self.pieces, values, self.defaults, "calendar")
        cells[at] = base64_lines(fold_calendar(content).encode("utf-8"))


def fold_calendar(content: str) -> str:
    """iCalendar lines of at most 75 octets, never splitting a character, each ended by CRLF (RFC 5545 3.1)."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join([f"{_folded(line)}\r\n" for line in lines if line])


def _folded(line: str) -> str:
    if len(line.encode("utf-8")) <= CALENDAR_LINE:
        return line
    lines, size = [""], 0
    for character in line:
        octets = len(character.encode("utf-8"))
        if size + octets > CALENDAR_LINE:
            lines.append(" ")
            size = 1
        lines[-1] += character
        size += octets
    return "\r\n".join(lines)


def multipart(subtype: str, parts: Sequence[Iterable[bytes | Hole]], boundary: str) -> tuple[bytes, Items]:
    """The value of Content-Type, and the body. The boundary must occur in none of the parts."""
    kind = f'multipart/{subtype}; boundary="{boundary}"'.encode("ascii")
    mark = b"--" + boundary.encode("ascii")
    body: Items = []
    for part in parts:
        body += [mark + b"\r\n", *part, b"\r\n"]
    return kind, [*body, mark + b"--\r\n"]


def nested(multipart_made: tuple[bytes, Items], parameters: bytes = b"") -> Items:
    """A multipart as a part of another."""
    kind, body = multipart_made
    return [field("Content-Type", kind + parameters) + b"\r\n", *body]
