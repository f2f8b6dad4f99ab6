"""Quoted-printable (RFC 2045 section 6.7) that stays as it is on any way: every line can stand alone.

No line is over 76 octets, begins with a dot or with `From `, ends in a space, or has two spaces side by side: so
nothing needs to be dot-stuffed, and DKIM's relaxed form of a body (RFC 6376 section 3.4.4) is the body itself.
"""

from __future__ import annotations

import re

SOFT_BREAK = b"=\r\n"
SHORT = 73
"""Octets of a line that fits whatever it begins with: a dot or F takes two more, the soft break one."""

_ESCAPED = re.compile(rb"[^\n -<>-~]|(?<= ) | (?=\n|\Z)")
"""Octets that are written as numbers: beside the usual, all blanks of a run but the first, and those at an end."""
_NUMBERS = {bytes([octet]): b"=%02X" % octet for octet in range(256)}
_PARTS = re.compile(rb"(?:[.F].{0,72}|[^.F].{0,74})(?<!=)(?<!=[0-9A-F])")
"""As much as fits a line with a soft break after it, never ending within a number."""


def quote_text(text: str) -> bytes:
    """The text, its lines ended by LF, in quoted-printable with CRLF; whole lines, to stand at a line's begin."""
    if text.isascii() and text.isprintable() and "  " not in text and not text.endswith(" "):
        # The same by a shorter way, which nearly all personal fields can go.
        return _line(text.replace("=", "=3D").encode("ascii"))
    octets = _ESCAPED.sub(_number, text.encode("utf-8"))
    return b"\r\n".join([_line(line) for line in octets.split(b"\n")])


def _number(found: re.Match[bytes]) -> bytes:
    return _NUMBERS[found[0]]


def _line(line: bytes) -> bytes:
    if len(line) <= SHORT:
        return _guarded(line)
    return SOFT_BREAK.join([_guarded(part) for part in _PARTS.findall(line)])


def _guarded(line: bytes) -> bytes:
    """The line where its begin cannot be taken for the end of a message, or for the begin of one in a mailbox."""
    if line.startswith(b"."):
        return b"=2E" + line[1:]
    if line.startswith(b"From "):
        return b"=46" + line[1:]
    return line
