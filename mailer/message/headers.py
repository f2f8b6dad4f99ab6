"""Header fields as bytes: 7-bit, folded, and closed to injection.

The standard library decodes encoded words in values it is given, and on Python 3.11 and 3.12 writes a line
break hidden in one as a line break (CVE-2024-6923). So values are encoded here, and taken literally.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime

import idna

from mailer.errors import MailerError

LINE = 76
WORD = 75
"""Longest encoded word (RFC 2047 section 2)."""

MOST_MAILBOXES = 50
"""People in one field: beyond this it is a list, and lists get a mail each."""
MOST_IDS = 20
"""Message-IDs in References: programs that thread look at the first and at the last ones (RFC 5256)."""

CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
PRINTABLE = re.compile(r"[\x20-\x7e]*")
LONG = re.compile(r"[^ ]{65}")
"""A word that only fits a line as encoded words (RFC 5322 section 2.1.1)."""


class HeaderError(MailerError):
    """A value cannot stand in a header field."""


def field(name: str, value: bytes) -> bytes:
    """One header field with its line end. `value` is encoded and folded already."""
    return name.encode("ascii") + b": " + value + b"\r\n"


def check_value(name: str, value: str) -> str:
    """Return the value, NFC or not, as it is; HeaderError where it has a control character in it."""
    found = CONTROL.search(value)
    if found:
        raise HeaderError(
            f"{name} has a control character (U+{ord(found[0]):04X}) at place {found.start() + 1}.",
            "Take it out.",
        )
    return value


def unstructured(name: str, value: str) -> bytes:
    """The value of a field such as Subject, plain where it can be, else in encoded words (RFC 2047)."""
    value = _spaced(check_value(name, value))
    if PRINTABLE.fullmatch(value) and "=?" not in value and not LONG.search(value):
        return _fold(name, value.encode("ascii").split(b" "))
    return _fold(name, _encoded_words(value, first=WORD - len(name) - 2))


def mailbox(name: str, display: str, address: str) -> bytes:
    """A display name and an address, such as `=?utf-8?b?…?= <a@example.org>` (RFC 5322 section 3.4)."""
    words = _mailbox(name, display, address)
    return _fold(name, words) if len(words) > 1 else words[0]


def mailboxes(name: str, people: Sequence[tuple[str, str]]) -> bytes:
    """Several display names and addresses with commas between them (RFC 5322 section 3.4)."""
    if len(people) > MOST_MAILBOXES:
        raise HeaderError(f"{name} would show {len(people)} people; {MOST_MAILBOXES} is the most.")
    words: list[bytes] = []
    for display, address in people:
        if words:
            words[-1] += b","
        words += _mailbox(name, display, address)
    return _fold(name, words)


def message_ids(name: str, ids: Sequence[str]) -> bytes:
    """Message-IDs with angle brackets, the first and the last ones where there are too many (RFC 5322 3.6.4)."""
    for one in ids:
        if len(one) > LINE or not MESSAGE_ID.fullmatch(one):
            raise HeaderError(f"{name}: {one!r} is not a Message-ID such as <a1b2@example.org>.")
    if len(ids) > MOST_IDS:
        ids = [ids[0], *ids[1 - MOST_IDS :]]
    return _fold(name, [one.encode("ascii") for one in ids])


def _mailbox(name: str, display: str, address: str) -> list[bytes]:
    address = _a_labels(address)
    if not ADDRESS.fullmatch(address):
        raise HeaderError(f"{name}: {address!r} is not an address that can stand in a header.")
    phrase = _phrase(name, display)
    return [*phrase, f"<{address}>".encode("ascii")] if phrase else [address.encode("ascii")]


def _a_labels(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890); as it is where that cannot be."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def list_id(display: str, identifier: str) -> bytes:
    """The value of List-Id: a phrase and an identifier in angle brackets (RFC 2919 section 3)."""
    if not LIST_ID.fullmatch(identifier):
        raise HeaderError(f"List-Id: {identifier!r} is not an identifier such as news.example.org.")
    return _fold("List-Id", [*_phrase("List-Id", display), f"<{identifier}>".encode("ascii")])


def one_line(name: str, value: str) -> bytes:
    """A value that must not be folded: some receivers break signatures over a folded List-Unsubscribe."""
    check_value(name, value)
    if not value.isascii():
        raise HeaderError(f"{name} has a letter in it that cannot stand in an address: {value!r}.")
    encoded = value.encode("ascii")
    if len(name) + 2 + len(encoded) > 998:  # noqa: PLR2004
        raise HeaderError(f"{name} is too long for one line.")
    return encoded


def date(moment: datetime) -> bytes:
    """An RFC 5322 date in UTC."""
    return format_datetime(moment).encode("ascii")


def _spaced(value: str) -> str:
    """One plain space where there are several, for lines are folded there. No-break and wide spaces stay."""
    return re.sub(" +", " ", value).strip(" ")


def _phrase(name: str, display: str) -> list[bytes]:
    """A display name as words: bare, quoted or encoded, whichever is the plainest that is right."""
    display = _spaced(check_value(name, display))
    if not display:
        return []
    if PRINTABLE.fullmatch(display) and "=?" not in display and not LONG.search(display):
        if not ATOMS.fullmatch(display):
            display = '"' + display.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return display.encode("ascii").split(b" ")
    return _encoded_words(display, first=WORD - len(name) - 2)


def _fold(name: str, words: Iterable[bytes]) -> bytes:
    lines: list[bytes] = []
    room = LINE - len(name) - 2
    line = b""
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, LINE - 1
        else:
            line = line + b" " + word if line else word
    lines.append(line)
    folded = b"\r\n ".join(lines)
    if any(len(part) > 990 for part in folded.split(b"\r\n")):  # noqa: PLR2004
        raise HeaderError(f"{name} has a word that is too long for a line.")
    return folded


def _encoded_words(value: str, first: int) -> list[bytes]:
    """Encoded words of at most 75 octets, never splitting a character; the first may have less room."""
    words: list[bytes] = []
    chunk = ""
    room = min(first, WORD)
    for character in value:
        longer = chunk + character
        if chunk and len(_encoded_word(longer)) > room:
            words.append(_encoded_word(chunk))
            chunk, room = character, WORD
        else:
            chunk = longer
    words.append(_encoded_word(chunk))
    return words


def _encoded_word(text: str) -> bytes:
    return b"=?utf-8?b?" + b64encode(text.encode("utf-8")) + b"?="
