"""The relay that speaks SMTP: aiosmtplib connects, encrypts and logs in, then our own transaction takes over."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast

import aiosmtplib

from mailer.errors import RelayError
from mailer.model.message import Phase
from mailer.relay.connection import SmtpConnection
from mailer.relay.contract import ConnectFailure
from mailer.relay.habits import Habits
from mailer.relay.oauth import Token, TokenError, TokenSource
from mailer.relay.place import is_loopback
from mailer.relay.service import Service, encryption_of
from mailer.relay.trouble import NoLoginError, Trouble, TrustError
from mailer.relay.wire import Wire

Security = Literal["starttls", "tls", "plaintext"]

LOGIN_METHODS = ("plain", "login", "cram-md5")
"""In this order; one is tried, because every refused try counts towards a lock-out."""
NOT_AUTHENTICATED = 535
SIZE = re.compile(r"[0-9]{1,20}")
"""Of the largest message (RFC 1870); int() takes more, and is not to."""
KEYWORD = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""An extension's name (RFC 5321 4.1.1.1), in small letters; the length is ours."""
MECHANISM = re.compile(r"[a-z0-9_-]{1,20}")
"""A way to log in (RFC 4422 3.1), in small letters."""


@dataclass(frozen=True)
class SmtpRelay:
    """A mail service that takes messages over. Times in seconds; encrypted, or on loopback."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    tokens: TokenSource | None = field(default=None, repr=False)
    """Instead of a password: log in by XOAUTH2."""
    timeout: float = 60
    """For each answer but the last."""
    dot_timeout: float = 600
    """For the answer to a whole message (RFC 5321 4.5.3.2.6)."""
    local_hostname: str = ""
    """How we greet the server; our address on that link where left out."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    connections: int = 2
    messages_per_connection: int | None = None
    """After so many a connection is done (`is_usable` is False); None: as many as the server takes."""
    pipelining: bool = True
    """Whether to send commands in groups where the server takes them so (RFC 2920)."""
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
        if self.tokens is not None and not self.username:
            raise RelayError(
                f"The mail service {self.host} has tokens but no username.",
                "`username` is the mailbox that they are for.",
            )
        if self.username and not self.password and self.tokens is None:
            raise RelayError(
                f"The mail service {self.host} has a username but no password.",
                "Set the variable or file that mailer.toml names for it.",
            )

    @property
    def learned_messages_per_connection(self) -> int | None:
        """After how many messages the server was seen to close without a word; connections then end before that."""
        return self._habits.learned

    async def connect(self) -> SmtpConnection:
        """A connection ready for `send`. Raises ConnectFailure; nothing is sent before encryption and trust stand."""
        if self.tokens is None:
            return await self._connect(self.password)
        token = await self._token(self.tokens)
        try:
            return await self._connect(token.value)
        except ConnectFailure as failure:
            reply = failure.outcome.reply
            if not token.is_cached or reply is None or reply.code != NOT_AUTHENTICATED:
                raise
        # It may have been withdrawn before its time; a fresh one tells.
        fresh = await self._token(self.tokens, refused=token.value)
        return await self._connect(fresh.value)

    async def _token(self, tokens: TokenSource, refused: str = "") -> Token:
        try:
            return await tokens.token(refused)
        except TokenError as error:
            raise self._trouble("").failure(Phase.LOGIN, error) from None

    async def _connect(self, secret: str) -> SmtpConnection:
        trouble = self._trouble(secret)
        client = self._client(trouble)
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
                await self._login(client, secret)
            return self._take_over(client, trouble.redact if self.username else None)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError, NoLoginError) as error:
            client.close()
            # `from None`: a server may echo the password in its answer, and tracebacks print causes.
            raise trouble.failure(phase, error) from None
        except BaseException:
            client.close()
            raise

    def _client(self, trouble: Trouble) -> aiosmtplib.SMTP:
        try:
            trust = None if self.security == "plaintext" else self._trust
        except TrustError as error:
            raise trouble.failure(Phase.CONNECT, error) from None
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeout,
            use_tls=self.security == "tls",
            start_tls=False,
            tls_context=trust,
            local_hostname=self.local_hostname or "localhost",
        )

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            reason = error.strerror or str(error)
            raise TrustError(f"the certificates in {self.ca_file} cannot be read: {reason}") from error

    @cached_property
    def _habits(self) -> Habits:
        return Habits(self.messages_per_connection)

    async def _login(self, client: aiosmtplib.SMTP, secret: str) -> None:
        offered = client.server_auth_methods
        methods = LOGIN_METHODS if self.tokens is None else ("xoauth2",)
        match next((name for name in methods if name in offered), ""):
            case "xoauth2":
                await client.auth_xoauth2(self.username, secret)
            case "plain":
                await client.auth_plain(self.username, secret)
            case "login":
                await client.auth_login(self.username, secret)
            case "cram-md5":
                await client.auth_crammd5(self.username, secret)
            case _:
                named = ", ".join(name for name in offered if MECHANISM.fullmatch(name)).upper()
                there = f"it offers {named or 'none'}"
                raise NoLoginError(f"it offers no way to log in that we know here ({there})")

    def _take_over(self, client: aiosmtplib.SMTP, redact: Callable[[str], str] | None) -> SmtpConnection:
        if client.transport is None or not client.is_connected:
            raise aiosmtplib.SMTPServerDisconnected("the link was lost")
        size = client.esmtp_extensions.get("size", "")
        service = Service(
            announces_size=client.supports_extension("size"),
            size_limit=int(size) if SIZE.fullmatch(size) else 0,
            pipelines=self.pipelining and client.supports_extension("pipelining"),
            takes_utf8=client.supports_extension("smtputf8") and client.supports_extension("8bitmime"),
            extensions=tuple(sorted(name for name in client.esmtp_extensions if KEYWORD.fullmatch(name))),
        )
        return SmtpConnection(
            Wire(cast(asyncio.Transport, client.transport)),
            service,
            timeout=self.timeout,
            dot_timeout=self.dot_timeout,
            habits=self._habits,
            redact=redact,
            encryption=encryption_of(client.get_transport_info("ssl_object")),
        )

    def _trouble(self, secret: str) -> Trouble:
        return Trouble(str(self), self.timeout, self._redactor(secret), uses_tokens=self.tokens is not None)

    def _redactor(self, secret: str) -> Redactor:
        secrets = {secret, self.password, *(self.tokens.secrets if self.tokens else ())} - {""}
        spoken = {f"\0{self.username}\0{one}" for one in secrets}
        spoken |= {f"user={self.username}\1auth=Bearer {one}\1\1" for one in secrets}
        forms = {*secrets, *(_base64(one) for one in (*secrets, *spoken))}
        return Redactor(tuple(sorted(forms, key=len, reverse=True)))

    def __str__(self) -> str:
        place = f"{self.host}:{self.port}"
        return f"{self.name} ({place})" if self.name else place


@dataclass(frozen=True)
class Redactor:
    """Blots out of a text secrets in all the forms in which they go over the wire, the longest first."""

    forms: tuple[str, ...] = field(repr=False)

    def __call__(self, text: str) -> str:
        """The text with … where a secret was."""
        for form in self.forms:
            if form in text:
                text = text.replace(form, "…")
        return text


def _base64(text: str) -> str:
    """Without the signs at the end that only fill up."""
    return base64.b64encode(text.encode(errors="replace")).decode().rstrip("=")


def _address_literal(client: aiosmtplib.SMTP) -> str:
    """Our own address on this link, as a greeting name (RFC 5321 4.1.3): a laptop's name is nobody's business."""
    own: str = client.get_transport_info("sockname")[0]
    return f"[IPv6:{own}]" if ":" in own else f"[{own}]"
