"""From a phase and a server's answer to an outcome: the only place where that is decided.

The table below is read from the top and the first row that fits counts. Rows that concern the relay (login, rate,
closing) stand above those that concern the reader, because a reader must never pay for the relay's trouble.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mailer.model.message import Outcome, Phase, RelayTrouble, Reply, Verdict

TEXT_LIMIT: Final = 1000


class Silence(StrEnum):
    """Why there is an end but no answer to conclude from."""

    LOST = "lost"
    """Link lost, nothing within the time limit, or an answer that is not SMTP."""
    UNSAFE = "unsafe"
    """The server could not be trusted or logged in to: no TLS, a wrong certificate, no way to log in."""
    OURS = "ours"
    """The message breaks the rules of SMTP; nothing of it was sent."""
    READER = "reader"
    """This reader's address cannot be written to; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what it fits, and what follows from it."""

    phases: frozenset[Phase]
    code: str
    enhanced: str
    text: str
    verdict: Verdict
    relay: RelayTrouble

    def fits(self, phase: Phase, reply: Reply) -> bool:
        """Whether every part that the row names agrees."""
        return (
            phase in self.phases
            and re.fullmatch(self.code, str(reply.code)) is not None
            and (not self.enhanced or re.fullmatch(self.enhanced, reply.enhanced) is not None)
            and (not self.text or re.search(self.text, reply.text, re.IGNORECASE) is not None)
        )


ANY = frozenset(Phase)
BEFORE_MAIL = frozenset({Phase.CONNECT, Phase.LOGIN})
AT_MAIL = frozenset({Phase.MAIL})
AT_DOT = frozenset({Phase.DOT})
FROM_MAIL = ANY - BEFORE_MAIL
FROM_RCPT = FROM_MAIL - AT_MAIL

# What our own relay says about our own sending, in words seen at Microsoft 365, Google and Amazon SES. They come
# as 4yz and as 5yz, and a 5yz of this kind is not about the reader either.
OUR_LIMIT = (
    r"submission ?quota|sending (?:limit|quota|rate)|relay limit|daily [\w ]*(?:limit|quota)|throttl"
    r"|rate limit|too many (?:concurrent )?(?:messages|mails|e-?mails|connections|logins?|sessions|requests)"
)
READERS_BOX = r"mailbox|inbox|over ?quota|out of storage"
POLICY = (
    r"spam|unsolicited|polic(?:y|ies)|reputation|black ?list|block ?list|blocked"
    r"|\b(?:spf|dkim|dmarc)\b|relay(?:ing)? (?:access )?(?:denied|not)"
)


def _row(
    phases: frozenset[Phase],
    code: str,
    verdict: Verdict,
    relay: RelayTrouble = RelayTrouble.NONE,
    *,
    enhanced: str = "",
    text: str = "",
) -> Row:
    return Row(phases, code, enhanced, text, verdict, relay)


_ACCEPTED, _DEFERRED, _REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
_UNKNOWN, _RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
_RECONNECT, _SLOW_DOWN, _STOP = RelayTrouble.RECONNECT, RelayTrouble.SLOW_DOWN, RelayTrouble.STOP

TABLE: Final = (
    # RFC 5321 4.3.2 knows only 250 here, yet the first digit decides (4.2.1): the server has taken the message.
    _row(AT_DOT, r"2..", _ACCEPTED),
    # The server closes: after a pause of ours, or because it wants no more at present (RFC 5321 3.8).
    _row(FROM_MAIL, r"421", _RELEASED, _RECONNECT, enhanced=r"4\.4\.2"),
    _row(FROM_MAIL, r"421", _RELEASED, _RECONNECT, text=r"time(?:d )?.?out|\bidle\b"),
    _row(ANY, r"421", _RELEASED, _SLOW_DOWN),
    # Login: never the reader's trouble, whenever the server remembers it.
    _row(ANY, r"53[0458]", _RELEASED, _STOP),
    _row(BEFORE_MAIL, r"[234]..", _RELEASED, _SLOW_DOWN),
    _row(BEFORE_MAIL, r"5..", _RELEASED, _STOP),
    # Rate, quota and capacity of the relay. x.2.2, a full mailbox, is the reader's unless Exchange says that it is
    # the one we submit through.
    _row(FROM_MAIL, r"4..", _RELEASED, _RECONNECT, text=r"(?:this|per|one) (?:connection|session)"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _SLOW_DOWN, text=r"storedrv\.\w*subm"),
    _row(FROM_RCPT, r"4..", _DEFERRED, enhanced=r"4\.2\.2"),
    _row(FROM_RCPT, r"5..", _REFUSED, enhanced=r"5\.2\.2"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _SLOW_DOWN, text=OUR_LIMIT),
    _row(FROM_MAIL, r"432|454", _RELEASED, _SLOW_DOWN),
    _row(FROM_MAIL, r"4..", _RELEASED, _SLOW_DOWN, enhanced=r"4\.3\.[12]"),
    _row(AT_MAIL, r"4..", _RELEASED, _SLOW_DOWN),
    # Our own sender address (RFC 3463 3.2: x.1.7 and x.1.8), which many servers only look at after RCPT.
    _row(FROM_RCPT, r"4..", _RELEASED, _SLOW_DOWN, enhanced=r"4\.1\.[78]"),
    _row(FROM_RCPT, r"5..", _RELEASED, _STOP, enhanced=r"5\.1\.[78]"),
    # "quota" and "rate" may be the reader's own: 4.2.x is about the mailbox (RFC 3463 3.3).
    _row(FROM_RCPT, r"4..", _DEFERRED, enhanced=r"4\.2\.\d+"),
    _row(FROM_RCPT, r"4..", _DEFERRED, text=READERS_BOX),
    _row(FROM_RCPT, r"4..", _RELEASED, _SLOW_DOWN, text=r"\brates?\b|quota|too many|throttl"),
    _row(FROM_RCPT, r"4..", _DEFERRED),
    # Too large: this message's trouble, and our mistake.
    _row(FROM_MAIL, r"5..", _REFUSED, _STOP, enhanced=r"5\.3\.4"),
    _row(AT_MAIL, r"552", _REFUSED, _STOP),
    # The sender or we ourselves are not wanted: no reader is to be refused for it.
    _row(AT_MAIL, r"5..", _RELEASED, _STOP),
    # The reader's address or mailbox.
    _row(FROM_RCPT, r"5..", _REFUSED, enhanced=r"5\.[12]\.\d+"),
    _row(FROM_RCPT, r"552", _REFUSED, _STOP, text=r"\bsize\b|too (?:large|big)"),
    # A command or line that the server does not understand: ours to mend.
    _row(FROM_RCPT, r"50[0-4]|555", _REFUSED, _STOP),
    _row(FROM_RCPT, r"5..", _REFUSED),
)
"""Phase × code × enhanced code × text → verdict and relay trouble."""

SILENT: Final = {
    Silence.LOST: (_RELEASED, _RECONNECT),
    Silence.UNSAFE: (_RELEASED, _STOP),
    Silence.OURS: (_REFUSED, _STOP),
    Silence.READER: (_REFUSED, RelayTrouble.NONE),
}


def conclude(
    phase: Phase,
    reply: Reply | None,
    detail: str = "",
    *,
    silence: Silence = Silence.LOST,
    handed: bool = False,
) -> Outcome:
    """What the end of a transaction means for the reader and for the relay.

    `phase` is how far it came, `reply` the answer that ended it, or None with `silence` saying why there is none.
    Pass `handed=True` once `before_dot` has returned: the ledger then says `handed`, from which nothing goes back to
    planned, so a trouble of the relay reads DEFERRED. Deferred *with* a relay trouble is not the reader's: do not
    count it as a try.
    """
    if phase is Phase.DOT:
        handed = True
    if reply is None or not 200 <= reply.code <= 599:  # noqa: PLR2004
        return _silent(phase, reply, detail, silence, handed)
    for row in TABLE:
        if row.fits(phase, reply):
            return _outcome(row.verdict, row.relay, phase, reply, detail=detail, handed=handed)
    # A "yes" or "go on" where the transaction was not over: we and the server are out of step.
    words = detail or "the server's answer does not belong here"
    verdict = _UNKNOWN if handed else _RELEASED
    return Outcome(verdict, phase, reply, _RECONNECT, words)


def is_policy(reply: Reply | None) -> bool:
    """Whether a server refuses our mail as such, not this reader: a run of these must stop a dispatch."""
    if reply is None:
        return False
    # Gmail's temporary refusals for a missing PTR, SPF, TLS, DKIM or DMARC.
    if re.fullmatch(r"4\.7\.(?:2[3-9]|3[0-2])", reply.enhanced):
        return True
    outcome = conclude(Phase.DOT, reply)
    if outcome.verdict is not _REFUSED or outcome.relay is not RelayTrouble.NONE:
        return False
    if reply.enhanced:
        return reply.enhanced.startswith("5.7.")
    return re.search(POLICY, reply.text, re.IGNORECASE) is not None


def parse_reply(code: int, text: str) -> Reply:
    """A reply with its enhanced code (RFC 2034) split off; its text on one line, printable, at most 1000 long."""
    pattern = rf"({code // 100}\.\d{{1,3}}\.\d{{1,3}})(?:[ \t]+|$)"
    enhanced = ""
    lines = []
    for line in text.splitlines():
        found = re.match(pattern, line.strip())
        if found:
            enhanced = enhanced or found[1]
        lines.append(line.strip()[found.end() :] if found else line.strip())
    joined = " ".join(part for part in lines if part)
    clean = "".join(sign if sign.isprintable() else "?" for sign in joined)
    return Reply(code, clean[:TEXT_LIMIT], enhanced)


def _silent(phase: Phase, reply: Reply | None, detail: str, silence: Silence, handed: bool) -> Outcome:
    if phase is Phase.DOT:
        return Outcome(_UNKNOWN, phase, reply, _RECONNECT, detail or "no answer after the final dot")
    verdict, relay = SILENT[silence]
    if silence is Silence.LOST and phase in BEFORE_MAIL:
        # Nothing to reconnect to: wait before trying again.
        relay = _SLOW_DOWN
    return _outcome(verdict, relay, phase, reply, detail=detail or f"no answer at {phase}", handed=handed)


def _outcome(
    verdict: Verdict, relay: RelayTrouble, phase: Phase, reply: Reply | None, *, detail: str, handed: bool
) -> Outcome:
    if verdict is _RELEASED and handed:
        words = detail or "not taken over; the mail service's own trouble, not counted as a try"
        return Outcome(_DEFERRED, phase, reply, relay, words)
    return Outcome(verdict, phase, reply, relay, detail)
