"""What a person should do where a mail service stops a sending."""

from __future__ import annotations

import re

from mailer.model.message import Outcome, Phase, Reply

ADVICE = (
    (
        r"5\.7\.515|5\.7\.2[3-9]|5\.7\.3[0-2]|4\.7\.(?:2[3-9]|3[0-2])",
        "The receivers miss a proof of who sends: have SPF, DKIM and DMARC of the sender's domain put right",
    ),
    (r"5\.3\.4", "The message is too large: make pictures smaller, or ask for a higher limit"),
    (
        r"5\.1\.[78]",
        "It does not know the sender's address: look at `bounces` and [sender] in mailer.toml",
    ),
    (
        r"5\.7\.\d+",
        "It or the receivers do not want this mail: ask who runs the mail service; going on harms the "
        "sender's name",
    ),
)
"""Enhanced code → what to do."""

BY_PHASE = {
    Phase.CONNECT: "Look at host, port, security and certificates under [relays] in mailer.toml",
    Phase.LOGIN: "Look at the user name and the password, or at the permission to log in: nobody was written to",
    Phase.MAIL: "It does not let us send from this address: look at `bounces`, [sender] and the login",
}


def advice(outcome: Outcome) -> str:
    """One sentence without its full stop; `mailer resume` comes after it."""
    reply: Reply | None = outcome.reply
    if outcome.phase in BY_PHASE and outcome.phase is not Phase.MAIL:
        return BY_PHASE[outcome.phase]
    if reply is not None:
        if reply.code in (530, 534, 535, 538):
            return BY_PHASE[Phase.LOGIN]
        for pattern, words in ADVICE:
            if re.fullmatch(pattern, reply.enhanced):
                return words
        if re.search(r"\bsize\b|too (?:large|big)", reply.text, re.IGNORECASE):
            return ADVICE[1][1]
    if outcome.phase is Phase.MAIL and reply is not None:
        return BY_PHASE[Phase.MAIL]
    return "Ask who runs the mail service what it means, then go on"
