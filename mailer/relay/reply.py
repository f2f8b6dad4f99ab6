"""From a phase and a server's answer to an outcome: the only place where that is decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mailer.model.message import Outcome, Phase, RelayTrouble, Reply, Verdict
from mailer.relay.reply_table import BEFORE_MAIL, SILENT, TABLE, Silence

TEXT_LIMIT: Final = 1000

_ENHANCED = re.compile(r"(([245])\.\d{1,3}\.\d{1,3})(?:[ \t]+|$)", re.ASCII)

POLICY = (
    r"spam|unsolicited|polic(?:y|ies)|reputation|black ?list|block ?list|blocked"
    r"|\b(?:spf|dkim|dmarc)\b|relay(?:ing)? (?:access )?(?:denied|not)"
)
HARD_CODES = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10", "5.4.4"})
"""No such mailbox, no such domain, moved away, null MX (RFC 7505), no way to the domain."""
VAGUE_CODES = frozenset({"", "5.0.0", "5.1.0", "5.5.0"})
"""Say nothing of the reason, so that the words count."""
NOBODY = (
    r"\b(?:user|recipient|mailbox|address|account)(?: name| address)? (?:is )?(?:unknown|not found|not known)"
    r"|(?:unknown|no such|invalid|non-?existent) (?:\w+ )?(?:user|recipient|mailbox|account|person|address)"
    r"|does(?: not|n.t) (?:exist|have an? [\w.]+ account)|not a (?:known|valid) (?:user|recipient|mailbox)"
    r"|no mailbox (?:here )?by that name|(?:host|domain) (?:name )?(?:unknown|(?:was )?not found)"
)


def conclude(
    phase: Phase,
    reply: Reply | None,
    detail: str = "",
    *,
    silence: Silence = Silence.LOST,
    handed: bool = False,
    reused: bool = False,
) -> Outcome:
    """What the end of a transaction means for the reader and for the relay.

    `phase` is how far it came, `reply` the answer that ended it, or None with `silence` saying why there is none.
    Pass `handed=True` once `before_dot` has returned: the ledger then says `handed`, from which nothing goes back to
    planned, so a trouble of the relay reads DEFERRED. Deferred *with* a relay trouble is not the reader's: do not
    count it as a try. `reused`: the connection has carried messages before, so a "not now" at MAIL may only mean
    that it is stale.
    """
    if phase is Phase.DOT:
        handed = True
    if reply is None or not 200 <= reply.code <= 599:  # noqa: PLR2004
        return _silent(phase, reply, detail, silence, handed)
    for row in TABLE:
        if row.fits(phase, reply, reused):
            return _outcome(row.verdict, row.relay, phase, reply, detail=detail, handed=handed)
    # A "yes" or "go on" where the transaction was not over: we and the server are out of step.
    words = detail or "the server's answer does not belong here"
    verdict = Verdict.UNKNOWN if handed else Verdict.RELEASED
    return Outcome(verdict, phase, reply, RelayTrouble.RECONNECT, words)


def is_policy(reply: Reply | None) -> bool:
    """Whether a server refuses our mail as such, not this reader: a run of these must stop a dispatch."""
    if reply is None:
        return False
    # Gmail's temporary refusals for a missing PTR, SPF, TLS, DKIM or DMARC.
    if re.fullmatch(r"4\.7\.(?:2[3-9]|3[0-2])", reply.enhanced):
        return True
    outcome = conclude(Phase.DOT, reply)
    if outcome.verdict is not Verdict.REFUSED or outcome.relay is not RelayTrouble.NONE:
        return False
    if reply.enhanced:
        return reply.enhanced.startswith("5.7.")
    return re.search(POLICY, reply.text, re.IGNORECASE) is not None


def is_hard_bounce(reply: Reply | None) -> bool:
    """Whether a server says that nobody is at this address and nobody will be: no use in ever trying it again.

    By the enhanced code (RFC 3463 3.2) where that says anything, else by the words. Full, disabled and refused
    mailboxes are not meant, nor is anything about policy.
    """
    if reply is None:
        return False
    outcome = conclude(Phase.RCPT, reply)
    if outcome.verdict is not Verdict.REFUSED or outcome.relay is not RelayTrouble.NONE:
        return False
    if reply.enhanced not in VAGUE_CODES:
        return reply.enhanced in HARD_CODES
    return re.search(NOBODY, reply.text, re.IGNORECASE) is not None and not is_policy(reply)


def parse_reply(code: int, text: str, redact: Callable[[str], str] | None = None) -> Reply:
    """A reply with its enhanced code (RFC 2034) split off; its text on one line, printable, at most 1000 long.

    `redact` blots out of the text what nobody may see.
    """
    enhanced = ""
    lines = []
    for raw in text.splitlines():
        line = raw.strip()
        found = _ENHANCED.match(line)
        if found and int(found[2]) == code // 100:
            enhanced = enhanced or found[1]
            line = line[found.end() :]
        lines.append(line)
    joined = lines[0] if len(lines) == 1 else " ".join(part for part in lines if part)
    clean = joined if joined.isprintable() else "".join(s if s.isprintable() else "?" for s in joined)
    shown = clean if redact is None else redact(clean)
    return Reply(code, shown[:TEXT_LIMIT], enhanced)


def _silent(phase: Phase, reply: Reply | None, detail: str, silence: Silence, handed: bool) -> Outcome:
    if phase is Phase.DOT:
        return Outcome(
            Verdict.UNKNOWN, phase, reply, RelayTrouble.RECONNECT, detail or "no answer after the final dot"
        )
    verdict, relay = SILENT[silence]
    if silence is Silence.LOST and phase in BEFORE_MAIL:
        # Nothing to reconnect to: wait before trying again.
        relay = RelayTrouble.SLOW_DOWN
    return _outcome(verdict, relay, phase, reply, detail=detail or f"no answer at {phase}", handed=handed)


def _outcome(
    verdict: Verdict, relay: RelayTrouble, phase: Phase, reply: Reply | None, *, detail: str, handed: bool
) -> Outcome:
    if verdict is Verdict.RELEASED and handed:
        words = detail or "not taken over; the mail service's own trouble, not counted as a try"
        return Outcome(Verdict.DEFERRED, phase, reply, relay, words)
    return Outcome(verdict, phase, reply, relay, detail)
