"""What a person should do where a mail service stops a sending."""

from __future__ import annotations

from typing import Final

from mailer.dispatch.reason_words import CONTENT, LOGIN, NO_TLS, POLICY, SENDER, SPAM, Whose
from mailer.dispatch.reasons import reason_of
from mailer.model.message import Outcome, Phase

NO_LOGIN: Final = (
    "Look at the user name and the password, or at the permission to log in: nobody was written to"
)
NO_SENDER: Final = "It does not let us send from this address: look at `bounces`, [sender] and the login"
NOT_WANTED: Final = (
    "It or the receivers do not want this mail: ask who runs the mail service; "
    "going on harms the sender's name"
)
OTHERWISE: Final = "Ask who runs the mail service what it means, then go on"
LOGIN_CODES: Final = (530, 534, 535, 538)
"""RFC 4954, 6."""
BY_PHASE: Final = {
    Phase.CONNECT: "Look at host, port, security and certificates under [relays] in mailer.toml",
    Phase.LOGIN: NO_LOGIN,
    Phase.MAIL: NO_SENDER,
}
"""Where the answer itself says nothing that we could mend."""
OF_A_SENDING: Final = {
    LOGIN: NO_LOGIN,
    SENDER: NO_SENDER,
    POLICY: NOT_WANTED,
    SPAM: NOT_WANTED,
    CONTENT: NOT_WANTED,
}
"""A reason that stops a whole sending → what to do, where that is not what to do about one mail."""


def advice(outcome: Outcome) -> str:
    """What to do, without its full stop; `mailer resume` comes after it."""
    if outcome.phase is Phase.LOGIN:
        return NO_LOGIN
    if outcome.reply is None:
        return BY_PHASE[Phase.CONNECT] if outcome.phase is Phase.CONNECT else OTHERWISE
    reason = reason_of(outcome.reply)
    if outcome.reply.code in LOGIN_CODES and reason is not NO_TLS:
        return NO_LOGIN
    if reason.whose is not Whose.OURS:
        return BY_PHASE.get(outcome.phase, OTHERWISE)
    return OF_A_SENDING.get(reason, reason.todo).removeprefix("Stop. ").rstrip(".")
