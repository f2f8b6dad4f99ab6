"""Why a mail service cannot be used, in words: what happened, and what to do next."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import aiosmtplib

from mailer.model.message import Phase, Reply
from mailer.relay.contract import ConnectFailure
from mailer.relay.oauth import TokenError
from mailer.relay.reply import conclude, parse_reply
from mailer.relay.reply_table import Silence

PORTS = 'Port 587 goes with security "starttls", 465 with "tls".'
HOST = "Check `host` in mailer.toml for slips, and the network."
PLACE = f"Check `host` and `port` in mailer.toml, and the network. {PORTS}"
QUIET = f"Check `host`, `port` and `security`. {PORTS} Some networks let no mail through."
NOT_SMTP = f"Something else than a mail service answers there: check `host` and `port`. {PORTS}"
NOT_TLS = PORTS
NO_STARTTLS = 'Use security "tls" with port 465, or ask who runs it.'
LATER = "Ask who runs it, or try again later."
CHECK_LOGIN = (
    "Check its username and password. Microsoft 365 and Google want [relays.NAME.oauth], "
    "or an app password here."
)
CHECK_MAILBOX = (
    "The token is good, but not for this: check that `username` is the mailbox that it was given for, and that the "
    "mailbox may send by SMTP (authenticated SMTP)."
)
LOGIN = "Check that `security` is not plaintext and the port is one for sending (587 or 465)."
CERTIFICATES = (
    ("expired", "Ask who runs it to renew the certificate; check this computer's date."),
    (
        "self-signed",
        "If it is a server of your own, name its certificate in `ca_file`; else ask who runs it.",
    ),
    ("mismatch", "Write in `host` the name that the certificate is for."),
    ("not valid for", "Write in `host` the name that the certificate is for."),
    (
        "unable to get",
        "Name the certificate of who signed it in `ca_file`, or ask who runs it.",
    ),
)
UNTRUSTED = "Check security and ca_file in mailer.toml, or ask who runs it."
WAIT = "Check host, port and security in mailer.toml, and the network."


class NoLoginError(Exception):
    """The server offers no way to log in that we know."""


class TrustError(Exception):
    """The certificates to trust cannot be read."""


@dataclass(frozen=True)
class Trouble:
    """Turns what went wrong into a ConnectFailure, with every secret blotted out."""

    who: str
    timeout: float
    redact: Callable[[str], str]
    uses_tokens: bool = False

    def failure(self, phase: Phase, error: Exception) -> ConnectFailure:
        """What the exception means, as a sentence, a hint and an outcome."""
        match error:
            case TokenError():
                silence = Silence.LOST if error.is_passing else Silence.UNSAFE
                outcome = conclude(Phase.LOGIN, None, error.message, silence=silence)
                message = f"The mail service {self.who} cannot be logged in to. {error.message}"
                return ConnectFailure(self.redact(message), error.hint, outcome)
            case NoLoginError():
                return self._silent(Phase.LOGIN, Silence.UNSAFE, str(error), LOGIN)
            case TrustError():
                return self._silent(phase, Silence.UNSAFE, str(error), UNTRUSTED)
            case aiosmtplib.SMTPResponseException() if error.code > 0:
                return self._answered(phase, parse_reply(error.code, error.message, self.redact))
            case aiosmtplib.SMTPResponseException():
                return self._silent(phase, Silence.LOST, "its answer is not SMTP", NOT_SMTP)
            case _:
                return self._broken(phase, error)

    def _broken(self, phase: Phase, error: Exception) -> ConnectFailure:
        cause = error if isinstance(error, ssl.SSLError) else error.__cause__
        if isinstance(cause, ssl.SSLError) and not isinstance(
            cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)
        ):
            return self._untrusted(phase, cause)
        if isinstance(error, OSError):
            return self._silent(phase, Silence.LOST, *self._lost_because(error))
        if isinstance(error, aiosmtplib.SMTPException) and "STARTTLS extension" in str(error):
            return self._silent(phase, Silence.UNSAFE, "it does not offer encryption (STARTTLS)", NO_STARTTLS)
        # What is left: an answer to the login that is not one.
        return self._silent(phase, Silence.UNSAFE, self.redact(str(error)), UNTRUSTED)

    def _untrusted(self, phase: Phase, cause: ssl.SSLError) -> ConnectFailure:
        reason = getattr(cause, "verify_message", "") or cause.reason or "no common encryption"
        if cause.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
            return self._silent(
                phase, Silence.UNSAFE, "what answers there does not begin with encryption", NOT_TLS
            )
        hint = next((hint for sign, hint in CERTIFICATES if sign in reason), UNTRUSTED)
        return self._silent(phase, Silence.UNSAFE, f"its encryption cannot be trusted: {reason}", hint)

    def _answered(self, phase: Phase, reply: Reply) -> ConnectFailure:
        outcome = conclude(phase, reply)
        if phase is Phase.LOGIN:
            hint = CHECK_MAILBOX if self.uses_tokens else CHECK_LOGIN
            return ConnectFailure(f"The mail service {self.who} refused the login: {reply}.", hint, outcome)
        return ConnectFailure(
            f"The mail service {self.who} would not take the connection: {reply}.", LATER, outcome
        )

    def _silent(self, phase: Phase, silence: Silence, reason: str, hint: str) -> ConnectFailure:
        outcome = conclude(phase, None, reason, silence=silence)
        return ConnectFailure(f"The mail service {self.who} cannot be used: {reason}.", hint, outcome)

    def _lost_because(self, error: OSError) -> tuple[str, str]:
        cause = error.__cause__ or error
        if isinstance(cause, socket.gaierror):
            return "its host name is not known", HOST
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there", PLACE
        if isinstance(cause, TimeoutError):
            return f"no answer within {self.timeout:g} seconds", QUIET
        return self.redact(str(cause) or "the link was lost"), WAIT
