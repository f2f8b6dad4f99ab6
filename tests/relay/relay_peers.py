"""Mail servers that do as they are told, for meeting the relay's client with real bytes on real sockets."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import os
import socket
import ssl
import subprocess
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailer.model.message import Envelope, Message
from mailer.relay import SmtpRelay

SENDER = "bounces@cami.example.org"
READER = "reader@example.com"
CONTENT = (
    b"From: a@example.org\r\nSubject: saiga\r\n\r\nThe steppe.\r\n.one dot\r\n..two dots\r\n.\r\nEnd.\r\n"
)
PASSWORD = "correct-horse-4711"

DROP, STALL = "drop", "stall"


def a_message(content: bytes = CONTENT, recipient: str = READER, sender: str = SENDER) -> Message:
    return Message(Envelope(sender, recipient), content)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@dataclass
class Peer:
    """What a server was told to do, and what it saw."""

    orders: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """By stage (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, DOT, RSET, QUIT): drop, stall, late …, raw:… or a reply."""
    held: list[bytes] = field(default_factory=list)
    """Contents the server has taken, whether or not it could say so."""
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    greetings: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)
    """What XOAUTH2 logins said, decoded."""
    good_tokens: set[str] = field(default_factory=set)
    links: list[Rogue] = field(default_factory=list)
    port: int = 0

    @property
    def connections(self) -> int:
        return len(self.links)

    def cut(self) -> None:
        """Break every link that still stands."""
        for link in self.links:
            if link.transport is not None:
                link.transport.abort()

    def order(self, stage: str, *what: str) -> None:
        self.orders[stage].extend(what)

    def relay(self, **settings: object) -> SmtpRelay:
        given = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "plaintext",
            "timeout": 10,
            "dot_timeout": 10,
        }
        return SmtpRelay(**(given | settings))  # type: ignore[arg-type]


class Rogue(SMTP):
    """aiosmtpd, whose every answer can be replaced, delayed or swallowed."""

    def __init__(self, peer: Peer, **settings: object) -> None:
        self.peer = peer
        self.stage = "CONNECT"
        settings = {"hostname": "rogue.invalid", "data_size_limit": 1_000_000} | settings
        super().__init__(self, authenticator=self._check, **settings)
        for name in ("EHLO", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT", "STARTTLS"):
            self._smtp_methods[name] = self._staged(name, self._smtp_methods[name])

    def _check(self, server, session, envelope, mechanism, data):
        self.peer.logins.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    async def auth_CRAM__MD5(self, _, args):  # noqa: N802
        challenge = b"<4711@rogue.invalid>"
        login, _, digest = (await self.challenge_auth(challenge)).partition(b" ")
        right = hmac.new(PASSWORD.encode(), challenge, "md5").hexdigest().encode()
        self.peer.logins.append((login, PASSWORD.encode() if digest == right else b"wrong"))
        return AuthResult(success=digest == right, handled=False)

    async def auth_XOAUTH2(self, _, args):  # noqa: N802
        said = base64.b64decode(args[1]).decode()
        self.peer.bearers.append(said)
        if said in {f"user=office@example.org\1auth=Bearer {token}\1\1" for token in self.peer.good_tokens}:
            return AuthResult(success=True)
        await self.challenge_auth(b'{"status":"400","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)

    def _staged(self, name, method):
        async def run(arg):
            self.stage = name
            self.peer.commands.append(f"{name} {arg or ''}".strip())
            await method(arg)

        return run

    def connection_made(self, transport):
        if self not in self.peer.links:
            self.peer.links.append(self)
        super().connection_made(transport)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.peer.held.append(envelope.original_content)
        self.peer.recipients.extend(envelope.rcpt_tos)
        self.stage = "DOT"
        return "250 2.0.0 taken"

    async def push(self, status):
        orders = self.peer.orders[self.stage]
        is_part_of_many = isinstance(status, str) and status[3:4] == "-"
        if not orders or is_part_of_many:
            await super().push(status)
            return
        order = orders.popleft()
        if order == DROP:
            self.transport.abort()
        elif order == STALL:
            await asyncio.sleep(30)
        elif order.startswith("late "):
            await asyncio.sleep(0.3)
            await super().push(order.removeprefix("late "))
        elif order.startswith("raw:"):
            self._writer.write(order.removeprefix("raw:").encode("latin-1"))
        else:
            await super().push(order)


@contextlib.asynccontextmanager
async def rogue(
    tls: ssl.SSLContext | None = None, implicit_tls: bool = False, **settings: object
) -> AsyncIterator[Peer]:
    peer = Peer()
    starttls = None if implicit_tls else tls

    def make() -> Rogue:
        return Rogue(peer, tls_context=starttls, auth_require_tls=bool(tls) and not implicit_tls, **settings)

    server = await asyncio.get_running_loop().create_server(
        make, "127.0.0.1", 0, ssl=tls if implicit_tls else None
    )
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        peer.cut()
        await asyncio.sleep(0.01)


class Tape:
    """A server of few words that records every byte it gets, and answers 250 to a dot line only."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.taken = 0
        self.port = 0
        self.is_closed = asyncio.Event()
        self.reads_body = True
        self.interrupts = b""
        """Said instead of reading the body."""
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.write(b"220 tape\r\n")
        try:
            while line := await reader.readline():
                word = line.split()[0].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    writer.write(self.interrupts)
                    if not self.reads_body:
                        await asyncio.sleep(30)
                    await self._body(reader, writer)
                else:
                    writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.is_closed.set()
            writer.close()

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not self.body.endswith(b"\r\n.\r\n"):
            more = await reader.read(65_536)
            if not more:
                raise ConnectionResetError
            self.body += more
        self.taken += 1
        writer.write(b"250 taken\r\n")


@contextlib.asynccontextmanager
async def tape() -> AsyncIterator[Tape]:
    machine = Tape()
    server = await asyncio.start_server(machine.serve, "127.0.0.1", 0)
    machine.port = server.sockets[0].getsockname()[1]
    try:
        yield machine
    finally:
        server.close()


def make_certificate(folder: Path, names: str, *, is_expired: bool = False) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate for these names ("DNS:a,IP:b"), and a server's context with it."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    end = datetime.now(UTC) + timedelta(days=-1 if is_expired else 2)
    kinds = {"DNS": x509.DNSName, "IP": lambda value: x509.IPAddress(ip_address(value))}
    given = [kinds[name.partition(":")[0]](name.partition(":")[2]) for name in names.split(",")]
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=4))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName(given), critical=False)
        .sign(secret, hashes.SHA256())
    )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


SMTP_SINK = Path("/usr/sbin/smtp-sink")


@contextlib.contextmanager
def smtp_sink(folder: Path, *options: str) -> Iterator[int]:
    """Postfix's own test server with these options; gives its port. Dumps each taken message into `folder`."""
    if not SMTP_SINK.exists():
        pytest.fail(f"{SMTP_SINK} is missing: `make test` installs it (Debian package postfix).")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    user = ["-u", "root"] if os.geteuid() == 0 else []
    command = [str(SMTP_SINK), *user, *options, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "10"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, f"smtp-sink ended with {process.returncode}"
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()
