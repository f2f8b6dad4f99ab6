"""Header fields as bytes: 7-bit, folded, and closed to injection.

The standard library decodes encoded words in values it is given, and on Python 3.11 and 3.12 writes a line
break hidden in one as a line break (CVE-2024-6923). So values are encoded here, and taken literally.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

import idna

from mailer.errors import MailerError

LINE = 76
SHORT = 60
"""Letters of a name and an address that fit one line with the name of any field before them."""
WORD = 75
"""Longest encoded word (RFC 2047 section 2)."""

MOST_MAILBOXES = 50
"""People in one field: beyond this it is a list, and lists get a mail each."""
MOST_IDS = 20
"""Message-IDs in References: programs that thread look at the first and at the last ones (RFC 5256)."""

CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
UTF8_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
"""With letters outside ASCII before the @ (RFC 6532 section 3.2)."""
MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
LONGEST_ID = 900
LIST_ID = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
URL = re.compile(r"[!-;=?-~]+")
"""Printable ASCII without spaces and angle brackets (RFC 3986)."""
PRINTABLE = re.compile(r"[\x20-\x7e]*")
LONG = re.compile(r"[^ ]{65}")
"""A word that only fits a line as encoded words (RFC 5322 section 2.1.1)."""


class HeaderError(MailerError):
    """A value cannot stand in a header field."""


def field(name: str, value: bytes) -> bytes:
    """One header field with its line end. `value` is encoded and folded already."""
    return _begin(name) + value + b"\r\n"


@lru_cache(maxsize=64)
def _begin(name: str) -> bytes:
    return f"{name}: ".encode("ascii")


def check_value(name: str, value: str) -> str:
    """Return the value, NFC or not, as it is; HeaderError where it has a control character in it."""
    found = CONTROL.search(value)
    if found:
        raise HeaderError(
            f"{name} has a control character (U+{ord(found[0]):04X}) at place {found.start() + 1}.",
            "Take it out.",
        )
    return value


@lru_cache(maxsize=512)
def unstructured(name: str, value: str) -> bytes:
    """The value of a field such as Subject, plain where it can be, else in encoded words (RFC 2047)."""
    value = _spaced(check_value(name, value))
    if PRINTABLE.fullmatch(value) and "=?" not in value and not LONG.search(value):
        return _fold(name, value.encode("ascii").split(b" "))
    return _fold(name, _encoded_words(value, first=WORD - len(name) - 2))


def mailbox(name: str, display: str, address: str, *, utf8: bool = False) -> bytes:
    """A display name and an address, such as `=?utf-8?b?…?= <a@example.org>` (RFC 5322 section 3.4).

    With `utf8` a local part outside ASCII may stand there, in UTF-8: for a message that goes out by SMTPUTF8 or not
    at all (RFC 6532), because its reader's address is such a one.
    """
    if len(display) + len(address) < SHORT and _is_plain(display) and ADDRESS.fullmatch(address):
        return f"{display} <{address}>".encode("ascii")
    words = _mailbox(name, display, address, utf8=utf8)
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


def message_id(value: str) -> bytes:
    """The value of Message-ID. HeaderError where it is none such as <a1b2@example.org>."""
    if not MESSAGE_ID.fullmatch(value) or len(value) > LONGEST_ID:
        raise HeaderError(f"Message-ID: {value!r} is not one such as <a1b2@example.org>.")
    return value.encode("ascii")


def message_ids(name: str, ids: Sequence[str]) -> bytes:
    """Message-IDs with angle brackets, the first and the last ones where there are too many (RFC 5322 3.6.4)."""
    for one in ids:
        if len(one) > LINE or not MESSAGE_ID.fullmatch(one):
            raise HeaderError(f"{name}: {one!r} is not a Message-ID such as <a1b2@example.org>.")
    if len(ids) > MOST_IDS:
        ids = [ids[0], *ids[1 - MOST_IDS :]]
    return _fold(name, [one.encode("ascii") for one in ids])


def _mailbox(name: str, display: str, address: str, *, utf8: bool = False) -> list[bytes]:
    address = _a_labels(address)
    if not ADDRESS.fullmatch(address) and not (utf8 and _is_utf8_address(address)):
        raise HeaderError(f"{name}: {address!r} is not an address that can stand in a header.")
    phrase = _phrase(name, display)
    return [*phrase, f"<{address}>".encode()] if phrase else [address.encode()]


def _is_utf8_address(address: str) -> bool:
    # Printable leaves out line ends, spaces and signs that cannot be seen.
    return UTF8_ADDRESS.fullmatch(address) is not None and address.isprintable()


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
    return _within_a_line(name, value.encode("ascii"))


def _within_a_line(name: str, value: bytes) -> bytes:
    if len(name) + 2 + len(value) > 998:  # noqa: PLR2004
        raise HeaderError(f"{name} is too long for one line.")
    return value


def addresses(name: str, urls: Sequence[str]) -> bytes:
    """Addresses in angle brackets, as RFC 2369 has them, on one line."""
    if not all(URL.fullmatch(url) for url in urls):
        raise HeaderError(
            f"{name} has an address in it with a sign that no address has: {', '.join(urls)!r}."
        )
    return _within_a_line(name, ", ".join([f"<{url}>" for url in urls]).encode("ascii"))


def date(moment: datetime) -> bytes:
    """An RFC 5322 date in UTC."""
    return _date(int(moment.timestamp()))


@lru_cache(maxsize=512)
def _date(seconds: int) -> bytes:
    return format_datetime(datetime.fromtimestamp(seconds, UTC)).encode("ascii")


def _spaced(value: str) -> str:
    """One plain space where there are several, for lines are folded there. No-break and wide spaces stay."""
    return re.sub(" +", " ", value).strip(" ")


def _is_plain(display: str) -> bool:
    """Whether a name can stand in a header as it is."""
    return ATOMS.fullmatch(display) is not None and "=?" not in display


def _phrase(name: str, display: str) -> list[bytes]:
    """A display name as words: bare, quoted or encoded, whichever is the plainest that is right."""
    display = _spaced(check_value(name, display))
    if not display:
        return []
    if PRINTABLE.fullmatch(display) and "=?" not in display and not LONG.search(display):
        if not _is_plain(display):
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
    octets = value.encode("utf-8")
    room = _octets_in(min(first, WORD))
    begin = 0
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:  # noqa: PLR2004 - a character begins with an octet of another form
            end -= 1
        words.append(_encoded_word(octets[begin:end]))
        begin, room = end, _octets_in(WORD)
    words.append(_encoded_word(octets[begin:]))
    return words


def _octets_in(word: int) -> int:
    """Octets that an encoded word of that length has room for: three for each four letters of base64."""
    return (word - len(_encoded_word(b""))) // 4 * 3


def _encoded_word(octets: bytes) -> bytes:
    return b"=?utf-8?b?" + b64encode(octets) + b"?="
