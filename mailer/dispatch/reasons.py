"""From a mail server's answer to words that a person understands, with what to do."""

from __future__ import annotations

import re
from functools import lru_cache

from mailer.dispatch.reason_table import CODES, COMPILED, COMPILED_WORDS, ENHANCED, OWN_WORDS, SUBJECTS, VAGUE
from mailer.dispatch.reason_words import CLOSED, DOUBT, GREYLISTED, NOT_NOW, UNAVAILABLE, UNSAID, Reason
from mailer.model.message import Reply

__all__ = ["Reason", "reason_of"]

_CODE = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})")
FIRST_DIGIT_PASSING = 4
MOST_READ = 500
"""Signs of an answer that are looked at."""


def reason_of(reply: Reply | None, detail: str = "") -> Reason:
    """What an answer means, and what to do; where there was none, what our own `detail` says. Never nothing.

    First what some servers mean by a code in their own way, then the enhanced code (RFC 3463, RFC 5248), unless it
    is one that is used for anything; then the words; then the code alone (RFC 5321 4.2).
    """
    if reply is None:
        return _ours(detail)
    return _theirs(reply.code, reply.enhanced, reply.text[:MOST_READ].lower())


def _ours(detail: str) -> Reason:
    return next(
        (reason for words, reason in OWN_WORDS if re.search(words, detail)), DOUBT if not detail else UNSAID
    )


@lru_cache(maxsize=4096)
def _theirs(code: int, enhanced: str, text: str) -> Reason:
    reason = _meant(code, enhanced, text)
    # RFC 5321 4.2.3 has the same words for a mailbox that is busy (450) as for one that is not there (550), and
    # RFC 3463 the same subject: what is only for now (4) neither closes a mailbox nor takes it away.
    return NOT_NOW if code // 100 == FIRST_DIGIT_PASSING and reason in (CLOSED, UNAVAILABLE) else reason


def _meant(code: int, enhanced: str, text: str) -> Reason:
    for codes, words, reason in COMPILED:
        if codes.fullmatch(enhanced) and words.search(text):
            return reason
    found = _CODE.fullmatch(enhanced)
    pair = f"{int(found[1])}.{int(found[2])}" if found else ""
    if pair in ENHANCED and pair not in VAGUE:
        return ENHANCED[pair]
    said = next((reason for words, reason in COMPILED_WORDS if words.search(text)), None)
    if said is not None:
        return said
    if code // 100 == FIRST_DIGIT_PASSING and pair in ("7.0", "7.1"):
        return GREYLISTED
    if found and found[1] != "0":
        return ENHANCED.get(pair) or SUBJECTS.get(str(int(found[1])), UNSAID)
    return CODES.get(code, UNSAID)
