"""One message, one recipient, one transaction: MAIL, RCPT, DATA, body, `before_dot`, dot, reply (RFC 5321 3.3)."""

from __future__ import annotations

from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Reply
from mailer.relay.contract import BeforeDot, Following
from mailer.relay.reply import Silence, conclude
from mailer.relay.wire import Wire, WireError
from mailer.relay.wireform import UnsendableAddressError, dot_stuffed, why_unsendable, wire_address

QUIT_WITHIN = 3.0
"""Seconds for the goodbye, so that a stop never hangs on it."""


class SmtpConnection:
    """A logged-in link that sends one message after the other and always knows how far it is.

    Whatever leaves it out of step with the server ends it: a cancelled `send`, an answer that is late, malformed or
    unasked for, 421. It is then unusable for good, so that no late answer is ever read as that of another message.
    """

    def __init__(
        self, wire: Wire, *, timeout: float, dot_timeout: float, announces_size: bool, size_limit: int
    ) -> None:
        self._wire = wire
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._announces_size = announces_size
        self._size_limit = size_limit
        self._phase = Phase.MAIL
        self._handed = False
        self._needs_reset = False
        self._is_busy = False

    @property
    def is_usable(self) -> bool:
        """Whether another message may be sent on it."""
        return not (self._is_busy or self._wire.is_lost or self._wire.has_input)

    @property
    def phase(self) -> Phase:
        """How far the last transaction came. Before DOT the final dot was surely not written."""
        return self._phase

    async def send(
        self,
        message: Message,
        before_dot: BeforeDot,
        following: Following | None = None,  # noqa: ARG002
    ) -> Outcome:
        """Hand one message over; `before_dot` is awaited when the body is with the server and the dot is not.

        Raises what `before_dot` raises, with the link cut and the dot never written. Raises CancelledError when
        cancelled, with the link cut; `phase` then says whether the message may have been taken (DOT: unknown).
        Everything else is an Outcome.
        """
        if self._is_busy:
            raise RuntimeError("a connection sends one message at a time")
        self._phase, self._handed, self._is_busy = Phase.MAIL, False, True
        try:
            return await self._transact(message, before_dot)
        except WireError as error:
            self._wire.abort()
            return conclude(self._phase, None, f"{error} ({self._phase})", handed=self._handed)
        except BaseException:
            self._wire.abort()
            raise
        finally:
            self._is_busy = False

    async def close(self) -> None:
        """Say QUIT and hang up, within a few seconds whatever the server does."""
        try:
            if self.is_usable:
                await self._wire.command("QUIT", QUIT_WITHIN)
            await self._wire.hang_up(QUIT_WITHIN)
        except WireError:
            # Some servers drop the link instead of answering QUIT; there is nothing left to lose.
            pass
        finally:
            self._wire.abort()

    async def _transact(self, message: Message, before_dot: BeforeDot) -> Outcome:
        refusal, sender, recipient = self._look_at(message)
        if refusal:
            return refusal
        size = f" SIZE={len(message.content)}" if self._announces_size else ""
        steps = [
            (Phase.MAIL, f"MAIL FROM:<{sender}>{size}", 2),
            (Phase.RCPT, f"RCPT TO:<{recipient}>", 2),
            (Phase.DATA, "DATA", 3),
        ]
        if self._needs_reset:
            steps.insert(0, (Phase.MAIL, "RSET", 2))
        for self._phase, line, wanted in steps:
            reply = await self._wire.command(line, self._timeout)
            if line == "RSET" and reply.code // 100 == 5:  # noqa: PLR2004
                # Not this message's trouble: a new connection has nothing to reset.
                raise WireError(f"the server would not reset: {reply}")
            if reply.code // 100 != wanted:
                return self._end(reply)
            self._needs_reset = True
        return await self._write_content(message.content, before_dot)

    async def _write_content(self, content: bytes, before_dot: BeforeDot) -> Outcome:
        self._phase = Phase.BODY
        await self._wire.write(dot_stuffed(content), self._timeout)
        if self._wire.has_input:
            return await self._end_early()
        await before_dot()
        self._handed = True
        if self._wire.has_input:
            return await self._end_early()
        self._wire.require_silence()
        # From here only a reply tells. Nothing is awaited between this line and the write.
        self._phase = Phase.DOT
        self._wire.write_dot()
        return self._end(await self._wire.reply(self._dot_timeout))

    async def _end_early(self) -> Outcome:
        """The server answered in mid-body. Without the dot it holds no message, and the link cannot go on."""
        reply = await self._wire.reply(self._timeout)
        self._wire.abort()
        return conclude(self._phase, reply, handed=self._handed)

    def _end(self, reply: Reply) -> Outcome:
        outcome = conclude(self._phase, reply, handed=self._handed)
        self._needs_reset = self._phase is not Phase.DOT or reply.code // 100 != 2  # noqa: PLR2004
        if outcome.relay is RelayTrouble.RECONNECT or reply.code == 421:  # noqa: PLR2004
            self._wire.abort()
        return outcome

    def _look_at(self, message: Message) -> tuple[Outcome | None, str, str]:
        """An outcome where the message must not be sent at all; else None and the two addresses in wire form."""
        if reason := why_unsendable(message.content, self._size_limit):
            return conclude(Phase.MAIL, None, reason, silence=Silence.OURS), "", ""
        try:
            sender = wire_address(message.envelope.sender)
        except UnsendableAddressError as error:
            reason = f"the envelope sender: {error}"
            return conclude(Phase.MAIL, None, reason, silence=Silence.UNSAFE), "", ""
        try:
            return None, sender, wire_address(message.envelope.recipient)
        except UnsendableAddressError as error:
            return conclude(Phase.RCPT, None, str(error), silence=Silence.READER), "", ""
