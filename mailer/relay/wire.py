"""SMTP commands and replies on a transport that is already connected, encrypted and logged in.

aiosmtplib hands its transport over to this protocol. From then on every byte that comes in is accounted for: a
reply answers exactly the command before it, and bytes that nobody asked for end the connection.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from mailer.model.message import Reply
from mailer.relay.reply import parse_reply

REPLY_LIMIT: Final = 32_768
PIECE: Final = 262_144
"""Octets that are written at once; each may take as long as an answer."""
SEND_BUFFER: Final = 524_288
"""What the system may hold for us, so that a whole mail is one write."""
TICK: Final = 5.0
"""Seconds between looks at the clock while an answer is awaited: one timer a connection, not one a message."""

_ONE_LINERS = re.compile(rb"(?:[2-5]\d\d(?: [^\n]*)?\r?\n)+")
"""Nothing but whole replies of one line: nearly all that ever comes in."""
_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


class WireError(Exception):
    """The link is lost, silent past its time, or speaks something that is not SMTP."""


class Wire(asyncio.BufferedProtocol):
    """One connection's bytes: commands out, replies in, in step."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._room = memoryview(bytearray(REPLY_LIMIT))
        self._answers: deque[bytes] = deque()
        """Whole replies; what came after them, or cannot be told at a glance, is still in `_input`."""
        self._input = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_paused = False
        self._is_cut = False
        self._is_gone = False
        self._is_closed_by_server = False
        self.on_closing: Callable[[], None] = _nothing
        """Called once when the server closes the link."""
        # So that writing is over only when the system has taken everything: what is still in our own hands when
        # the link breaks has surely not arrived.  (At high=0 a TLS transport of Python 3.11 never resumes.)
        transport.set_write_buffer_limits(high=1 if transport.get_extra_info("sslcontext") else 0, low=0)
        link: socket.socket | None = transport.get_extra_info("socket")
        if link is not None:
            with suppress(OSError):
                link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        transport.set_protocol(self)

    @property
    def is_lost(self) -> bool:
        """Whether the link is down, seen from here."""
        return self._is_cut or self._is_gone or self._transport.is_closing()

    @property
    def is_closed_by_server(self) -> bool:
        """Whether it was not we who ended the link."""
        return self._is_closed_by_server

    @property
    def has_input(self) -> bool:
        """Whether bytes are waiting that no reply has used up."""
        return bool(self._answers or self._input)

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Room for what comes in; called by the transport."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what came in; called by the transport."""
        data = bytes(self._room[:nbytes])
        if not self._answers and not self._input and _ONE_LINERS.fullmatch(data):
            self._answers.extend(data.split(b"\n")[:-1])
        else:
            self._input += data
            if len(self._input) > REPLY_LIMIT:
                self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The server will say no more; called by the transport, which then closes."""
        self._note_closing()
        self._is_cut = True
        self._wake()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The link is gone; called by the transport."""
        self._note_closing()
        self._is_gone = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def pause_writing(self) -> None:
        """The system takes no more for now; called by the transport."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """The system has taken everything; called by the transport."""
        self._is_paused = False
        self._wake()

    def put(self, data: bytes) -> None:
        """Write at once; nothing is awaited, so the caller knows that it was written, if not that it arrived."""
        self._transport.write(data)

    async def write(self, data: bytes, within: float) -> None:
        """Write `data`, each piece within `within` seconds; stops early when the server speaks. Raises WireError."""
        for start in range(0, len(data), PIECE):
            if self.has_input or self.is_lost:
                break
            self._transport.write(data if len(data) <= PIECE else data[start : start + PIECE])
            if self._is_paused:
                self._allow(within)
                while self._is_paused and not self.has_input and not self.is_lost:
                    await self._change(within)
        if not self.has_input and self.is_lost:
            raise WireError("the link was lost")

    async def answer(self, within: float) -> bytes:
        """The next complete reply as it came. Raises WireError where none comes whole within `within` seconds."""
        if self._answers:
            return self._answers.popleft()
        self._allow(within)
        while not (whole := self._take()):
            if self.is_lost:
                raise WireError("the link was lost")
            await self._change(within)
        return whole

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
        self._wake()

    async def hang_up(self, within: float) -> None:
        """Close the link in good order, or cut it after `within` seconds."""
        self._is_cut = True
        if not self._transport.is_closing():
            self._transport.close()
        self._allow(within)
        try:
            while not self._is_gone:
                await self._change(within)
        except WireError:
            pass
        finally:
            self.abort()

    def _take(self) -> bytes:
        """Cut the first whole reply off the input (RFC 5321 4.2.1); b"" where there is none yet."""
        if self._answers:
            return self._answers.popleft()
        end = self._input.find(b"\n")
        while end >= 0 and self._input.startswith(b"-", self._input.rfind(b"\n", 0, end) + 4, end):
            end = self._input.find(b"\n", end + 1)
        if len(self._input) > REPLY_LIMIT:
            raise WireError("the server's answer is not SMTP")
        if end < 0:
            return b""
        whole = bytes(self._input[:end])
        _require_reply(whole)
        del self._input[: end + 1]
        return whole

    def _note_closing(self) -> None:
        if not (self._is_cut or self._is_closed_by_server):
            self._is_closed_by_server = True
            self.on_closing()

    def _allow(self, within: float) -> None:
        self._deadline = self._loop.time() + within

    async def _change(self, within: float) -> None:
        """Wait until something happens; WireError once the time that was allowed is over."""
        now = self._loop.time()
        if now >= self._deadline:
            raise WireError(f"nothing within {within:g} seconds")
        if self._timer is None or self._timer.when() > self._deadline:
            self._set_timer(now)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(min(self._deadline, now + TICK), self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        now = self._loop.time()
        if now < self._deadline:
            self._set_timer(now)
        else:
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _nothing() -> None:
    pass


def read_reply(whole: bytes, redact: Callable[[str], str] | None = None) -> Reply:
    """Code, enhanced code and words of a whole reply, without what `redact` blots out."""
    texts = [line.rstrip(b"\r")[4:] for line in whole.split(b"\n")]
    return parse_reply(int(whole[:3]), b"\n".join(texts).decode("utf-8", "replace"), redact)


def _require_reply(whole: bytes) -> None:
    """Raise WireError unless every line is one of the same reply."""
    lines = [_LINE.fullmatch(line.rstrip(b"\r")) for line in whole.split(b"\n")]
    if not all(line and line[1] == whole[:3] for line in lines):
        raise WireError("the server's answer is not SMTP")
