"""The practice tray's server: SMTP on loopback that keeps each message as an .eml file and passes nothing on."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import secrets
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from mailer.errors import PortInUseError, RelayError, UsageError
from mailer.relay.place import is_loopback
from mailer.relay.smtp import SmtpRelay
from mailer.relay.tray import is_group

log = logging.getLogger(__name__)

SIZE_LIMIT = 40 * 1024 * 1024
"""Octets in a message; announced as SIZE (RFC 1870)."""

_SAFE_HELO = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_SAFE_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")

OnMessage = Callable[[Path], None]
"""Told about each message once its file is in place."""


class OutboxServer:
    """An SMTP server on this machine that keeps what it gets: `async with OutboxServer(folder) as server`.

    Each message and recipient is one file `<folder>[/<group>]/<time>-<sign>.eml`, there whole or not at all, with
    Return-Path, Delivered-To and Received put before it. Port 0 takes any free one; see `port`. Raises UsageError
    for an address other people can reach, PortInUseError where the port is taken.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        on_message: OnMessage | None = None,
        *,
        group: str = "",
    ) -> None:
        if not is_loopback(host):
            raise UsageError(
                f"The outbox listens on this machine only, not on {host}.", "Use 127.0.0.1, ::1 or localhost."
            )
        if group and not is_group(group):
            raise UsageError(
                f'"{group}" cannot name a folder of the outbox.', "Use letters, digits and . _ -"
            )
        self.host = host
        self.port = port
        self.folder = folder / group
        self._on_message = on_message
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()

    async def __aenter__(self) -> OutboxServer:
        """Start to listen on the running loop."""
        # aiosmtpd logs whole addresses at level INFO.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Link(self._keep, self._links), self.host, self.port, family=_family(self.host)
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUseError(
                    f"Port {self.port} on {self.host} is taken by another program.",
                    "Name another with --port, or 0 for any free one.",
                ) from error
            raise RelayError(
                f"The outbox cannot listen on {self.host} port {self.port}: {error.strerror}.",
                "Name another with --port, or 0 for any free one.",
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and cut the links that are still open."""
        if self._server is not None:
            self._server.close()
            for link in tuple(self._links):
                link.cut()
            await asyncio.gather(*(link.gone.wait() for link in tuple(self._links)))
            await self._server.wait_closed()
            self._server = None

    def _keep(self, helo: str, envelope: Envelope) -> None:
        """Write one file for each recipient: whole, or not at all."""
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            # Made here and not at the start: the tray may be cleared while the server runs.
            self.folder.mkdir(parents=True, exist_ok=True)
            now = datetime.now(UTC)
            name = f"{now:%Y%m%dT%H%M%S}-{now:%f}{secrets.token_hex(3)}"
            path = self.folder / f"{name}.eml"
            part = self.folder / f".{name}.part"
            part.write_bytes(_trace(envelope.mail_from or "", recipient, helo, name, now) + content)
            part.replace(path)
            if self._on_message is not None:
                self._on_message(path)


def outbox_relay(server: OutboxServer, connections: int = 4) -> SmtpRelay:
    """The relay that hands messages to this outbox, over real SMTP."""
    return SmtpRelay(
        server.host,
        server.port,
        "plaintext",
        timeout=30,
        dot_timeout=60,
        connections=connections,
        name="outbox",
    )


async def serve_outbox(
    folder: Path,
    host: str = "127.0.0.1",
    port: int = 1025,
    *,
    on_ready: Callable[[OutboxServer], None] | None = None,
    on_message: OnMessage | None = None,
) -> None:
    """Serve the practice tray until Ctrl-C or SIGTERM, then return. `on_ready` is told once it listens."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with OutboxServer(folder, host, port, on_message) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        try:
            if on_ready is not None:
                on_ready(server)
            await stop.wait()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


class _Link(SMTP):
    """One client's connection."""

    def __init__(self, keep: Callable[[str, Envelope], None], links: set[_Link]) -> None:
        self._links = links
        self.gone = asyncio.Event()
        super().__init__(
            _Handler(keep), data_size_limit=SIZE_LIMIT, hostname="localhost", ident="practice tray"
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the link, so that it can be cut at the end."""
        self._links.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        self._links.discard(self)
        self.gone.set()
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take a message in large pieces: the library's own way, line by line, takes most of a rehearsal's time."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT first")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await self._read_message()
            if content is None:
                await self.push("552 5.3.4 Too much mail data")
            else:
                self.envelope.content = self.envelope.original_content = content
                await self.push(await self._call_handler_hook("DATA"))
            self._set_post_data_state()  # type: ignore[no-untyped-call]

    async def _read_message(self) -> bytes | None:
        """The message without its last dot and the doubled ones (RFC 5321 4.5.2); None where it is too large."""
        kept = bytearray(b"\r\n")
        too_large = False
        while not kept.endswith(b"\r\n.\r\n"):
            too_large = too_large or len(kept) > SIZE_LIMIT
            if too_large:
                del kept[:-4]
            try:
                kept += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as more:
                kept += await self._reader.readexactly(more.consumed)
        return None if too_large else bytes(kept[:-3]).replace(b"\r\n.", b"\r\n")[2:]

    def cut(self) -> None:
        """End it at once; what was not complete is not kept."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class _Handler:
    """What aiosmtpd asks at each command; the answers are SMTP replies."""

    def __init__(self, keep: Callable[[str, Envelope], None]) -> None:
        self._keep = keep

    async def handle_EHLO(  # noqa: N802
        self, _server: object, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # One line is read after the other, whatever came with it, so groups are in order (RFC 2920).
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, _server: object, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not _SAFE_ADDRESS.fullmatch(address):
            return "553 5.1.7 The sender's address is not plain"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not _SAFE_ADDRESS.fullmatch(address):
            return "553 5.1.3 The recipient's address is not plain"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        try:
            self._keep(session.host_name or "", envelope)
        except OSError as error:
            log.warning("outbox kept=no reason=%s", error.strerror)
            return "452 4.3.1 The outbox cannot write the message"
        return "250 2.0.0 Kept in the practice tray; not sent"

    async def handle_exception(self, error: Exception) -> str:
        log.error("outbox error=%s", type(error).__name__)
        return "451 4.3.0 The outbox failed at this"


def _family(host: str) -> int:
    """`localhost` means 127.0.0.1: with two families there would be two ports."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _trace(sender: str, recipient: str, helo: str, name: str, now: datetime) -> bytes:
    greeted = helo if _SAFE_HELO.fullmatch(helo) else "unknown"
    lines = (
        f"Return-Path: <{sender}>",
        f"Delivered-To: {recipient}",
        f"Received: from {greeted} by localhost (practice tray, not sent) with ESMTP id {name};",
        f"\t{format_datetime(now)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")
