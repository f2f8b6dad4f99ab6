"""SMTP commands and replies on a transport that is already connected, encrypted and logged in.

aiosmtplib hands its transport over to this protocol. From then on every byte that comes in is accounted for: a
reply answers exactly the command before it, and bytes that nobody asked for end the connection.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from mailer.model.message import Reply
from mailer.relay.reply import parse_reply

REPLY_LIMIT: Final = 32_768
CHUNK: Final = 65_536

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class WireError(Exception):
    """The link is lost, silent past its time, or speaks something that is not SMTP."""


class Wire(asyncio.Protocol):
    """One connection's bytes: commands out, replies in, in step."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._changed = asyncio.Event()
        self._is_paused = False
        self._is_cut = False
        self._is_gone = False
        # So that `write` returns only when the system has taken everything: what is still in our own hands
        # when the link breaks has surely not arrived.  (At high=0 a TLS transport of Python 3.11 never resumes.)
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)

    @property
    def is_lost(self) -> bool:
        """Whether the link is down, seen from here."""
        return self._is_cut or self._is_gone or self._transport.is_closing()

    @property
    def has_input(self) -> bool:
        """Whether bytes are waiting that no reply has used up."""
        return bool(self._buffer)

    def data_received(self, data: bytes) -> None:
        """Keep what comes in; called by the transport."""
        self._buffer += data
        if len(self._buffer) > REPLY_LIMIT:
            self._transport.pause_reading()
        self._changed.set()

    def eof_received(self) -> None:
        """The server will say no more; called by the transport, which then closes."""
        self._is_cut = True
        self._changed.set()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The link is gone; called by the transport."""
        self._is_gone = True
        self._changed.set()

    def pause_writing(self) -> None:
        """The system takes no more for now; called by the transport."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """The system has taken everything; called by the transport."""
        self._is_paused = False
        self._changed.set()

    async def command(self, line: str, within: float) -> Reply:
        """Send one command line and return its reply. Raises WireError; ValueError for a line break in `line`."""
        if not line.isascii() or not line.isprintable():
            raise ValueError("an SMTP command is one line of printable ASCII")
        self.require_silence()
        self._transport.write(line.encode("ascii") + b"\r\n")
        return await self.reply(within)

    async def write(self, data: bytes, within: float) -> None:
        """Write `data`, each 64 KiB within `within` seconds; stops early when the server speaks. Raises WireError."""
        for start in range(0, len(data), CHUNK):
            if self.is_lost or self.has_input:
                break
            self._transport.write(data[start : start + CHUNK])
            await self._until(lambda: not self._is_paused or self.is_lost or self.has_input, within)
        if self.is_lost and not self.has_input:
            raise WireError("the link was lost")

    def write_dot(self) -> None:
        """Write the final dot at once; nothing is awaited, so the caller knows whether it was written."""
        self._transport.write(b".\r\n")

    async def reply(self, within: float) -> Reply:
        """The next complete reply. Raises WireError where none comes whole within `within` seconds."""
        await self._until(lambda: self.is_lost or _is_whole(self._buffer), within)
        if not _is_whole(self._buffer):
            raise WireError("the link was lost")
        return _take_reply(self._buffer)

    def require_silence(self) -> None:
        """Raise WireError unless the link stands and nothing came in unasked."""
        if self.has_input:
            raise WireError("the server spoke without being asked")
        if self.is_lost:
            raise WireError("the link was lost")

    def abort(self) -> None:
        """Cut the link at once, dropping what is not yet sent."""
        self._is_cut = True
        # QUIRK: on Python 3.11.2 (Debian 12) a TLS transport that was closed twice fails here; it is gone then.
        with suppress(AttributeError):
            self._transport.abort()
        self._changed.set()

    async def hang_up(self, within: float) -> None:
        """Close the link in good order, or cut it after `within` seconds."""
        if not self._transport.is_closing():
            self._transport.close()
        try:
            await self._until(lambda: self._is_gone, within)
        except WireError:
            pass
        finally:
            self.abort()

    async def _until(self, ready: Callable[[], bool], within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not ready():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise WireError(f"nothing within {within:g} seconds") from error


def _is_whole(buffer: bytearray) -> bool:
    """Whether a reply, or something that can no longer become one, is in the buffer."""
    if len(buffer) > REPLY_LIMIT:
        return True
    *lines, _ = bytes(buffer).split(b"\n")
    return any(line[3:4] != b"-" for line in lines)


def _take_reply(buffer: bytearray) -> Reply:
    """Cut the first reply off the buffer (RFC 5321 4.2.1). WireError where it is not one."""
    code = b""
    texts: list[bytes] = []
    while True:
        line, newline, rest = bytes(buffer).partition(b"\n")
        found = _LINE.fullmatch(line.rstrip(b"\r"))
        if not newline or not found or (code and found[1] != code) or len(buffer) > REPLY_LIMIT:
            raise WireError("the server's answer is not SMTP")
        buffer[:] = rest
        code = found[1]
        texts.append(found[3] or b"")
        if found[2] != b"-":
            return parse_reply(int(code), b"\n".join(texts).decode("utf-8", "replace"))
