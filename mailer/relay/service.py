"""What a mail service said it can do (RFC 5321 4.1.1.1), and the commands for a message by that."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from mailer.model.message import Message, Outcome, Phase
from mailer.relay.reply import conclude
from mailer.relay.reply_table import Silence
from mailer.relay.wireform import UnsendableAddressError, why_unsendable, wire_address


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a link is encrypted."""

    version: str
    """Such as TLSv1.3."""
    valid_until: datetime | None = None
    """The end of the certificate, which was found good."""


def encryption_of(link: ssl.SSLObject | None) -> Encryption | None:
    """What a link that stands says of itself; None where it is not encrypted."""
    if link is None:
        return None
    ends_at = (link.getpeercert() or {}).get("notAfter")
    until = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(ends_at), UTC) if isinstance(ends_at, str) else None
    )
    return Encryption(link.version() or "", until)


@dataclass(frozen=True, slots=True)
class Service:
    """The extensions that one connection has."""

    announces_size: bool = False
    size_limit: int = 0
    """Octets in a message (RFC 1870); 0: no limit is known."""
    pipelines: bool = False
    """Takes MAIL, RCPT and DATA in one write (RFC 2920)."""
    takes_utf8: bool = False
    """Takes local parts outside ASCII (RFC 6531)."""
    extensions: tuple[str, ...] = ()
    """All that it announced, in small letters."""

    def commands(self, message: Message) -> tuple[bytes, bytes] | Outcome:
        """MAIL and RCPT with their line ends; or the outcome, where the message must not be sent at all."""
        try:
            sender = wire_address(message.envelope.sender, self.takes_utf8)
        except UnsendableAddressError as error:
            return conclude(Phase.MAIL, None, f"the envelope sender: {error}", silence=Silence.UNSAFE)
        try:
            recipient = wire_address(message.envelope.recipient, self.takes_utf8)
        except UnsendableAddressError as error:
            return conclude(Phase.RCPT, None, str(error), silence=Silence.READER)
        needs_utf8 = not (sender.isascii() and recipient.isascii())
        if reason := self._why_unsendable(message, needs_utf8):
            return conclude(Phase.MAIL, None, reason, silence=Silence.OURS)
        size = f" SIZE={len(message.content)}" if self.announces_size else ""
        if needs_utf8:
            # A server that takes SMTPUTF8 takes 8BITMIME as well (RFC 6531 3.1, item 8).
            size += " SMTPUTF8" if message.content.isascii() else " SMTPUTF8 BODY=8BITMIME"
        return f"MAIL FROM:<{sender}>{size}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode()

    def _why_unsendable(self, message: Message, utf8: bool) -> str:
        if not message.is_wire_ready:
            return why_unsendable(message.content, self.size_limit, utf8)
        if self.size_limit and len(message.content) > self.size_limit:
            return f"the message has {len(message.content)} octets; the mail service takes {self.size_limit}"
        return ""
