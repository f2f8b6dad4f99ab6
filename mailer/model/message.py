"""What goes over the wire: an envelope and bytes, the reply, and what we conclude from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Envelope:
    """The SMTP sender and recipient (RFC 5321), not the From and To headers."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Message:
    """An RFC 5322 message in bytes, CRLF line ends, 7-bit, with its envelope."""

    envelope: Envelope
    content: bytes
    is_wire_ready: bool = False
    """True where its maker vouches that it can be written to the wire as it is: CRLF only, 7-bit, no line over 998
    octets, none that begins with a dot, CRLF at its end. Others are checked and dot-stuffed first."""


class Phase(StrEnum):
    """How far a transaction had come when it ended."""

    CONNECT = "connect"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    """The final dot was, or may have been, written: only a reply says what became of the message."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: code, enhanced code (RFC 3463) or "", and text."""

    code: int
    text: str = ""
    enhanced: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


class Verdict(StrEnum):
    """What a transaction means for the reader."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    RELEASED = "released"
    """Not the reader's trouble: back to planned, not counted as a try."""


class RelayTrouble(StrEnum):
    """What a transaction means for the relay."""

    NONE = "none"
    RECONNECT = "reconnect"
    """This connection is gone; a new one may do."""
    SLOW_DOWN = "slow-down"
    """Rate or capacity: wait, then go on more slowly."""
    QUOTA = "quota"
    """What we may send in an hour or a day is used up: wait long."""
    STOP = "stop"
    """Login, policy or our own mistake: a person must look first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one conclusion from a phase and a reply."""

    verdict: Verdict
    phase: Phase
    reply: Reply | None = None
    relay: RelayTrouble = RelayTrouble.NONE
    detail: str = ""
    """In words, where there was no reply."""
