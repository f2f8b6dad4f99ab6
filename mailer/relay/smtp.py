"""The relay that speaks SMTP: aiosmtplib connects, encrypts and logs in, then our own transaction takes over."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import Literal, NoReturn, cast

import aiosmtplib

from mailer.errors import RelayError
from mailer.model.message import Phase, Reply
from mailer.relay.contract import ConnectFailure
from mailer.relay.reply import Silence, conclude, parse_reply
from mailer.relay.transaction import SmtpConnection
from mailer.relay.wire import Wire

Security = Literal["starttls", "tls", "plaintext"]

LOGIN_METHODS = ("plain", "login", "cram-md5")
"""In this order; one is tried, because every refused try counts towards a lock-out."""


def is_loopback(host: str) -> bool:
    """Whether the host is this machine and nothing else."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True)
class SmtpRelay:
    """A mail service that takes messages over. Times in seconds; encrypted, or on loopback."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    """For each answer but the last."""
    dot_timeout: float = 600
    """For the answer to a whole message (RFC 5321 4.5.3.2.6)."""
    local_hostname: str = ""
    """How we greet the server; our address on that link where left out."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    connections: int = 2
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what would send mail or a password in the clear."""
        if self.security not in ("starttls", "tls", "plaintext"):
            raise RelayError(
                f'The mail service has no security "{self.security}".', 'Use "starttls" or "tls".'
            )
        if self.security == "plaintext" and not is_loopback(self.host):
            raise RelayError(
                f"The mail service {self.host} would get mail unencrypted.",
                'Use security "starttls" or "tls"; "plaintext" is for this machine only.',
            )
        if self.username and not self.password:
            raise RelayError(
                f"The mail service {self.host} has a username but no password.",
                "Set the variable or file that mailer.toml names for it.",
            )

    async def connect(self) -> SmtpConnection:
        """A connection ready for `send`. Raises ConnectFailure; nothing is sent before encryption and trust stand."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeout,
            use_tls=self.security == "tls",
            start_tls=False,
            tls_context=None if self.security == "plaintext" else self._trust,
            local_hostname=self.local_hostname or "localhost",
        )
        phase = Phase.CONNECT
        try:
            await client.connect()
            if not self.local_hostname:
                client.local_hostname = _address_literal(client)
            if self.security == "starttls":
                await client.starttls()
            await client.ehlo()
            if self.username:
                phase = Phase.LOGIN
                await self._login(client)
            return self._take_over(client)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            client.close()
            # `from None`: a server may echo the password in its answer, and tracebacks print causes.
            raise self._failure(phase, error) from None
        except BaseException:
            client.close()
            raise

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror or str(error)
            self._give_up(f"the certificates in {self.ca_file} cannot be read: {reason}")

    async def _login(self, client: aiosmtplib.SMTP) -> None:
        method = next((name for name in LOGIN_METHODS if name in client.server_auth_methods), "")
        match method:
            case "plain":
                await client.auth_plain(self.username, self.password)
            case "login":
                await client.auth_login(self.username, self.password)
            case "cram-md5":
                await client.auth_crammd5(self.username, self.password)
            case _:
                self._give_up("it offers no way to log in that we know", Phase.LOGIN)

    def _take_over(self, client: aiosmtplib.SMTP) -> SmtpConnection:
        if client.transport is None or not client.is_connected:
            raise aiosmtplib.SMTPServerDisconnected("the link was lost")
        size = client.esmtp_extensions.get("size", "")
        return SmtpConnection(
            Wire(cast(asyncio.Transport, client.transport)),
            timeout=self.timeout,
            dot_timeout=self.dot_timeout,
            announces_size=client.supports_extension("size"),
            size_limit=int(size) if size.isdecimal() else 0,
        )

    def _failure(self, phase: Phase, error: Exception) -> ConnectFailure:
        """What aiosmtplib's exception means, as one sentence and an outcome."""
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:
            return self._answered(phase, parse_reply(error.code, self._redacted(error.message)))
        cause = error if isinstance(error, ssl.SSLError) else error.__cause__
        if isinstance(cause, ssl.SSLError) and not isinstance(
            cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)
        ):
            reason = getattr(cause, "verify_message", "") or cause.reason or "no common encryption"
            return self._silent(phase, Silence.UNSAFE, f"its encryption cannot be trusted: {reason}")
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._silent(phase, Silence.LOST, "its answer is not SMTP")
        if isinstance(error, OSError):
            return self._silent(phase, Silence.LOST, self._lost_because(error))
        # What is left: STARTTLS not offered, or an answer to the login that is not one.
        return self._silent(phase, Silence.UNSAFE, self._redacted(str(error)))

    def _answered(self, phase: Phase, reply: Reply) -> ConnectFailure:
        outcome = conclude(phase, reply)
        did = "refused the login" if phase is Phase.LOGIN else "would not take the connection"
        hint = (
            "Check its username and password."
            if phase is Phase.LOGIN
            else "Ask who runs it, or try again later."
        )
        return ConnectFailure(f"The mail service {self} {did}: {reply}.", hint, outcome)

    def _silent(self, phase: Phase, silence: Silence, reason: str) -> ConnectFailure:
        hint = {
            Silence.LOST: "Check host, port and security in mailer.toml, and the network.",
            Silence.UNSAFE: "Nothing was sent. Check security and ca_file in mailer.toml, or ask who runs it.",
        }[silence]
        outcome = conclude(phase, None, reason, silence=silence)
        return ConnectFailure(f"The mail service {self} cannot be used: {reason}.", hint, outcome)

    def _lost_because(self, error: OSError) -> str:
        cause = error.__cause__ or error
        if isinstance(cause, socket.gaierror):
            return "its host name is not known"
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there"
        if isinstance(cause, TimeoutError):
            return f"no answer within {self.timeout:g} seconds"
        return self._redacted(str(cause) or "the link was lost")

    def _give_up(self, reason: str, phase: Phase = Phase.CONNECT) -> NoReturn:
        raise self._silent(phase, Silence.UNSAFE, reason)

    def _redacted(self, text: str) -> str:
        if not self.password:
            return text
        plain = f"\0{self.username}\0{self.password}"
        for secret in (plain, self.password):
            for form in (secret, base64.b64encode(secret.encode()).decode()):
                text = text.replace(form, "…")
        return text

    def __str__(self) -> str:
        place = f"{self.host}:{self.port}"
        return f"{self.name} ({place})" if self.name else place


def _address_literal(client: aiosmtplib.SMTP) -> str:
    """Our own address on this link, as a greeting name (RFC 5321 4.1.3): a laptop's name is nobody's business."""
    own: str = client.get_transport_info("sockname")[0]
    return f"[IPv6:{own}]" if ":" in own else f"[{own}]"
