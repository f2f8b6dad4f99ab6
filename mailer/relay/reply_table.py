"""What servers' answers mean: phase × code × enhanced code × text → verdict and relay trouble.

Read from the top; the first row that fits counts. Rows that concern the relay (login, rate, closing) stand above
those that concern the reader, because a reader must never pay for the relay's trouble.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mailer.model.message import Phase, RelayTrouble, Reply, Verdict


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
    code: re.Pattern[str]
    enhanced: re.Pattern[str] | None
    text: re.Pattern[str] | None
    verdict: Verdict
    relay: RelayTrouble

    on_used: bool = False
    """Only on a connection that has carried messages before."""

    def fits(self, phase: Phase, reply: Reply, reused: bool) -> bool:
        """Whether every part that the row names agrees."""
        return (
            phase in self.phases
            and reused >= self.on_used
            and self.code.fullmatch(str(reply.code)) is not None
            and (self.enhanced is None or self.enhanced.fullmatch(reply.enhanced) is not None)
            and (self.text is None or self.text.search(reply.text) is not None)
        )


ANY = frozenset(Phase)
BEFORE_MAIL = frozenset({Phase.CONNECT, Phase.LOGIN})
AT_MAIL = frozenset({Phase.MAIL})
AT_DOT = frozenset({Phase.DOT})
FROM_MAIL = ANY - BEFORE_MAIL
FROM_RCPT = FROM_MAIL - AT_MAIL

# What our own relay says about our own sending, in words seen at Microsoft 365, Google and Amazon SES. They come
# as 4yz and as 5yz, and a 5yz of this kind is not about the reader either.
OUR_QUOTA = (
    r"submission ?quota|(?:daily|hourly|24.?hours?) [\w ]*(?:limit|quota)|reached your daily limit"
    r"|sending quota|external recipient rate limit|exceeded the maximum (?:hourly|daily) rate"
)
OUR_RATE = (
    r"sending (?:limit|rate)|relay limit|throttl|rate limit|server (?:is )?(?:too )?busy"
    r"|too many (?:concurrent )?(?:messages|mails|e-?mails|connections|logins?|sessions|requests)"
)
# What our account may not do: no reader can be reached until somebody mends that.
OUR_ACCOUNT = (
    r"sender address rejected|send ?as ?denied|not have permissions to send as|address is not verified"
    r"|not authori[sz]ed to (?:perform|send)|sending (?:is )?(?:paused|suspended)|bad outbound sender"
)
TOO_LARGE = r"\bsize\b|too (?:large|big)"
READERS_BOX = r"mailbox|inbox|over ?quota|out of storage"


def _row(
    phases: frozenset[Phase],
    code: str,
    verdict: Verdict,
    relay: RelayTrouble = RelayTrouble.NONE,
    *,
    enhanced: str = "",
    text: str = "",
    on_used: bool = False,
) -> Row:
    return Row(
        phases,
        re.compile(code),
        re.compile(enhanced) if enhanced else None,
        re.compile(text, re.IGNORECASE) if text else None,
        verdict,
        relay,
        on_used,
    )


_ACCEPTED, _DEFERRED, _REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
_UNKNOWN, _RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
_RECONNECT, _SLOW_DOWN = RelayTrouble.RECONNECT, RelayTrouble.SLOW_DOWN
_QUOTA, _STOP = RelayTrouble.QUOTA, RelayTrouble.STOP

TABLE: Final = (
    # RFC 5321 4.3.2 knows only 250 here, yet the first digit decides (4.2.1): the server has taken the message.
    _row(AT_DOT, r"2..", _ACCEPTED),
    # The server closes: after a pause of ours, or because it wants no more at present (RFC 5321 3.8).
    _row(FROM_MAIL, r"421", _RELEASED, _RECONNECT, enhanced=r"4\.4\.2"),
    _row(FROM_MAIL, r"421", _RELEASED, _RECONNECT, text=r"time(?:d )?.?out|\bidle\b"),
    _row(ANY, r"421", _RELEASED, _SLOW_DOWN),
    # Login: never the reader's trouble, whenever the server remembers it.
    _row(ANY, r"53[0458]", _RELEASED, _STOP),
    _row(BEFORE_MAIL, r"[45]..", _RELEASED, _QUOTA, text=OUR_QUOTA),
    _row(BEFORE_MAIL, r"[234]..", _RELEASED, _SLOW_DOWN),
    _row(BEFORE_MAIL, r"5..", _RELEASED, _STOP),
    # Rate, quota and capacity of the relay. x.2.2, a full mailbox, is the reader's unless Exchange says that it is
    # the one we submit through.
    _row(FROM_MAIL, r"4..", _RELEASED, _RECONNECT, text=r"(?:this|per|one) (?:connection|session)"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _QUOTA, text=r"storedrv\.\w*subm.*quota"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _SLOW_DOWN, text=r"storedrv\.\w*subm"),
    _row(FROM_RCPT, r"4..", _DEFERRED, enhanced=r"4\.2\.2"),
    _row(FROM_RCPT, r"5..", _REFUSED, enhanced=r"5\.2\.2"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _QUOTA, text=OUR_QUOTA),
    _row(FROM_MAIL, r"5..", _RELEASED, _QUOTA, enhanced=r"5\.4\.5|5\.1\.90|5\.7\.23[23]"),
    _row(FROM_MAIL, r"[45]..", _RELEASED, _SLOW_DOWN, text=OUR_RATE),
    _row(FROM_MAIL, r"432|454", _RELEASED, _SLOW_DOWN),
    _row(FROM_MAIL, r"4..", _RELEASED, _SLOW_DOWN, enhanced=r"4\.3\.[12]"),
    # A connection that was open for a while may have gone stale: a new one shows whether it was that.
    _row(AT_MAIL, r"4..", _RELEASED, _SLOW_DOWN, enhanced=r"4\.7\.\d+"),
    _row(AT_MAIL, r"4..|503", _RELEASED, _RECONNECT, on_used=True),
    _row(AT_MAIL, r"4..", _RELEASED, _SLOW_DOWN),
    # Our own sender address and account (RFC 3463 3.2: x.1.7 and x.1.8), which many servers only look at after RCPT.
    _row(FROM_RCPT, r"4..", _RELEASED, _SLOW_DOWN, enhanced=r"4\.1\.[78]"),
    _row(FROM_RCPT, r"5..", _RELEASED, _STOP, enhanced=r"5\.1\.[78]|5\.2\.252|5\.7\.60"),
    _row(FROM_RCPT, r"4..", _RELEASED, _SLOW_DOWN, text=OUR_ACCOUNT),
    _row(FROM_RCPT, r"5..", _RELEASED, _STOP, text=OUR_ACCOUNT),
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
    _row(FROM_RCPT, r"552", _REFUSED, _STOP, text=TOO_LARGE),
    # The reader's address or mailbox.
    _row(FROM_RCPT, r"5..", _REFUSED, enhanced=r"5\.[12]\.\d+"),
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
