"""Answers to a reminder: the code that tells what one is to, and the addresses that carry it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

from mailer.config import PublicMode
from mailer.errors import UsageError
from mailer.model.dispatch import Answer

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are taken for other signs or make words."""
LOOK_ALIKE = str.maketrans("ILOU", "110V")
LENGTH = 20
"""Nineteen signs, 95 bits, and the one that checks them."""
GROUP = 4
MAX_TEXT = 10_000
"""Signs of a pasted text that are looked through."""
WAYS: Mapping[str, Answer] = {
    "done": Answer.HANDED_IN,
    "later": Answer.LATER,
    "not_me": Answer.NOT_ME,
}
"""What stands in addresses and strings → the answer."""

_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): its powers are 31 different factors."""
_GROUPS = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{4}(?:[\s\-‐-―−]*[0-9A-Z]{4}){4})(?![0-9A-Z]))")
_HINT = "Copy all five groups from the message, such as 7KQF-9M2X-3TPA-W8DE-R5HN."


def answer_code(secret: bytes, key: str) -> str:
    """The code of one message, such as `7KQF-9M2X-3TPA-W8DE-R5HN`: cannot be guessed, and tells nothing.

    `key` says which message it is; the same key has the same code.
    """
    number = int.from_bytes(hmac.new(secret, f"answer\x00{key}".encode(), sha256).digest())
    body = "".join(SIGNS[(number >> (5 * place)) % 32] for place in range(LENGTH - 1))
    return _grouped(body + SIGNS[_check(body)])


def read_code(text: str) -> str:
    """The code as we write it, from what somebody typed or pasted: a subject line, small letters, blanks, no hyphens.

    I and L are read as 1, O as 0, U as V. UsageError where there is none in it, or where a sign of it is wrong: any
    one wrong sign and any two that have changed places are noticed.
    """
    words = text[:MAX_TEXT].upper()
    found = [_bare(match[1]) for match in _GROUPS.finditer(words)]
    whole = _bare(words)
    candidates = [*found, *([whole] if len(whole) == LENGTH else [])]
    for code in candidates:
        if set(code) <= set(SIGNS) and SIGNS[_check(code[:-1])] == code[-1]:
            return _grouped(code)
    if candidates:
        raise UsageError(
            "The code has a slip of the pen in it: its last sign does not fit the others.", _HINT
        )
    raise UsageError(f"There is no code of {LENGTH} signs in that.", _HINT)


def answer_urls(
    code: str, reply_to: str, phrases: Mapping[str, str], public: PublicMode, public_url: str
) -> dict[str, str]:
    """Slot → address for each answer: our server's page where it answers, else a mail that only wants sending.

    No address and no name stands in it; the code alone tells who answers. RFC 6068 for mailto.
    """
    if public is PublicMode.SERVER:
        return {f"answer_{way}": f"{public_url.rstrip('/')}/answer/{code}/{way}" for way in WAYS}
    return {f"answer_{way}": _mailto(way, code, reply_to, phrases) for way in WAYS}


def _mailto(way: str, code: str, reply_to: str, phrases: Mapping[str, str]) -> str:
    subject = quote(f"{phrases[f'answer.{way}.subject']} [{code}]", safe="")
    body = quote(f"{phrases[f'answer.{way}.words']} ", safe="")
    return f"mailto:{quote(reply_to, safe='@')}?subject={subject}&body={body}"


def _bare(text: str) -> str:
    """Its letters and digits alone, those that look alike made the same."""
    return re.sub(r"[^0-9A-Z]", "", text).translate(LOOK_ALIKE)


def _grouped(signs: str) -> str:
    return "-".join(signs[place : place + GROUP] for place in range(0, len(signs), GROUP))


def _check(signs: str) -> int:
    """Sum of the signs over GF(32), each times another power of x: one wrong sign or two swapped change it."""
    total = 0
    for sign in signs:
        total = _times_x(total ^ SIGNS.index(sign))
    return total


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 32 else doubled
