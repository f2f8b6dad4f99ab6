"""One message, one recipient, one transaction: MAIL, RCPT, DATA, body, `before_dot`, dot, reply (RFC 5321 3.3).

Where the server takes commands in groups (RFC 2920), an envelope is one write, and goes out together with the dot of
the message before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Reply
from mailer.relay.contract import BeforeDot, Following
from mailer.relay.habits import Habits
from mailer.relay.reply import conclude
from mailer.relay.service import Service
from mailer.relay.wire import Wire, WireError, read_reply
from mailer.relay.wireform import dot_stuffed

RSET: Final = b"RSET\r\n"
DATA: Final = b"DATA\r\n"
DOT: Final = b".\r\n"
YES: Final = ord("2")
GO_ON: Final = ord("3")
CLOSING: Final = b"421"
OUT_OF_ORDER: Final = b"503"


class Transactions:
    """The transactions of one link, one after the other; knows at every moment how far the present one is."""

    def __init__(
        self,
        wire: Wire,
        service: Service,
        habits: Habits,
        *,
        timeout: float,
        dot_timeout: float,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        self._wire = wire
        self._redact = redact
        """Blots out what we logged in with: a server may say it again at any time."""
        self._service = service
        self._habits = habits
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._needs_reset = False
        self.phase = Phase.MAIL
        self.is_handed = False
        """Whether `before_dot` has returned."""
        self.is_between = True
        """Whether the server has no MAIL of ours that is not settled, an envelope that went ahead left aside."""
        self.ahead: Message | None = None
        """The message whose envelope went out with the last dot."""
        self.count = 0
        """How many have ended."""

    @property
    def is_worn_out(self) -> bool:
        """Whether the link has carried as many as it may."""
        return self._is_worn_out(self.count)

    async def run(
        self, message: Message, before_dot: BeforeDot, following: Following | None, *, is_ahead: bool
    ) -> Outcome:
        """The next one; with `is_ahead` its envelope is out already. Raises WireError, and what the callers raise."""
        self.phase, self.is_handed, self.ahead = Phase.MAIL, False, None
        if is_ahead:
            ended = await self._read_envelope(False)
        else:
            commands = self._service.commands(message)
            if isinstance(commands, Outcome):
                return commands
            self._wire.require_silence()
            if self._pipelines:
                self._wire.put((RSET if self._needs_reset else b"") + b"".join(commands) + DATA)
                ended = await self._read_envelope(self._needs_reset)
            else:
                ended = await self._ask_one_by_one(*commands)
        if ended is not None:
            self.count += 1
            self.is_between = True
            return ended
        return await self._write_content(message, before_dot, following)

    def cut(self) -> None:
        """End the link at once, and with it what went ahead."""
        self.ahead = None
        self._wire.abort()

    async def _ask_one_by_one(self, mail: bytes, rcpt: bytes) -> Outcome | None:
        """The envelope, one command after the other's answer; an outcome where it ends there."""
        if self._needs_reset:
            self._wire.put(RSET)
            if ended := await self._read_reset():
                return ended
        steps = ((Phase.MAIL, mail, YES), (Phase.RCPT, rcpt, YES), (Phase.DATA, DATA, GO_ON))
        for self.phase, line, wanted in steps:
            self._wire.require_silence()
            self._wire.put(line)
            answer = await self._wire.answer(self._timeout)
            if answer[0] != wanted:
                return self._end(answer)
            self._begin()
        return None

    async def _read_envelope(self, with_reset: bool) -> Outcome | None:
        """The answers to an envelope that went out in one write; an outcome where it ends there."""
        if with_reset and (ended := await self._read_reset()):
            return ended
        answer = await self._wire.answer(self._timeout)
        if answer[0] != YES:
            return await self._end_refused(self._end(answer), is_rcpt_next=True)
        self._begin()
        self.phase = Phase.RCPT
        answer = await self._grouped_answer()
        if answer[0] != YES:
            return await self._end_refused(self._end(answer), is_rcpt_next=False)
        self.phase = Phase.DATA
        answer = await self._grouped_answer()
        return None if answer[0] == GO_ON else self._end(answer)

    async def _grouped_answer(self) -> bytes:
        """The answer to a command that the one before it, which was taken, allows."""
        answer = await self._wire.answer(self._timeout)
        if answer.startswith(OUT_OF_ORDER):
            # It announced groups, and then looked at one in another order. One by one it may do better.
            self._habits.takes_groups = False
            raise WireError("the server cannot take commands in groups")
        return answer

    async def _end_refused(self, outcome: Outcome, *, is_rcpt_next: bool) -> Outcome:
        """Read what is left of a refused envelope, and take DATA back where the server has begun to listen."""
        wire, within = self._wire, self._timeout
        has_reader = False
        try:
            if is_rcpt_next and not wire.is_lost:
                answer = await wire.answer(within)
                has_reader = answer[0] == YES
                self._end_if_closing(answer)
            if not wire.is_lost:
                answer = await wire.answer(within)
                self._end_if_closing(answer)
                if answer[0] == YES or (answer[0] == GO_ON and has_reader):
                    # It refused the sender and took the reader: a dot would send them an empty mail.
                    self.cut()
                elif answer[0] == GO_ON:
                    wire.put(DOT)
                    self._end_if_closing(await wire.answer(within))
        except WireError:
            # The refusal is known; only the connection is of no more use.
            self.cut()
        return outcome

    async def _read_reset(self) -> Outcome | None:
        answer = await self._wire.answer(self._timeout)
        if answer.startswith(CLOSING):
            return self._end(answer)
        if answer[0] != YES:
            # Not this message's trouble: a new connection has nothing to reset.
            raise WireError(f"the server would not reset: {self._read(answer)}")
        return None

    async def _write_content(
        self, message: Message, before_dot: BeforeDot, following: Following | None
    ) -> Outcome:
        wire = self._wire
        self.phase = Phase.BODY
        content = message.content if message.is_wire_ready else dot_stuffed(message.content)
        await wire.write(content, self._timeout)
        if wire.has_input:
            return await self._end_early()
        await before_dot()
        self.is_handed = True
        if wire.has_input:
            return await self._end_early()
        wire.require_silence()
        ahead, envelope = self._next(following)
        # From here only a reply tells. Nothing is awaited between this line and the write.
        self.phase = Phase.DOT
        self.ahead = ahead
        wire.put(DOT + envelope)
        answer = await wire.answer(self._dot_timeout)
        self.count += 1
        self.is_between = True
        return self._end(answer)

    def _next(self, following: Following | None) -> tuple[Message | None, bytes]:
        """The message that comes next, and its envelope; nothing where it has to wait for its own turn."""
        if following is None or not self._pipelines or self._is_worn_out(self.count + 1):
            return None, b""
        message = following()
        if message is None:
            return None, b""
        commands = self._service.commands(message)
        if isinstance(commands, Outcome):
            return None, b""
        return message, b"".join(commands) + DATA

    async def _end_early(self) -> Outcome:
        """The server answered in mid-body. Without the dot it holds no message, and the link cannot go on."""
        reply = self._read(await self._wire.answer(self._timeout))
        self.cut()
        return conclude(self.phase, reply, handed=self.is_handed)

    def _end(self, answer: bytes) -> Outcome:
        outcome = conclude(self.phase, self._read(answer), handed=self.is_handed, reused=self.count > 0)
        self._needs_reset = self.phase is not Phase.DOT or answer[0] != YES
        if outcome.relay is RelayTrouble.RECONNECT:
            self.cut()
        self._end_if_closing(answer)
        return outcome

    def _read(self, answer: bytes) -> Reply:
        return read_reply(answer, self._redact)

    def _end_if_closing(self, answer: bytes) -> None:
        if answer.startswith(CLOSING):
            self.cut()

    def _begin(self) -> None:
        """The server has taken a MAIL: there is something to reset."""
        self._needs_reset, self.is_between = True, False

    @property
    def _pipelines(self) -> bool:
        return self._service.pipelines and self._habits.takes_groups

    def _is_worn_out(self, count: int) -> bool:
        limit = self._habits.messages_per_connection
        return limit is not None and count >= limit
