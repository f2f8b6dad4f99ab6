"""A link to a mail service, from the login to the goodbye."""

from __future__ import annotations

import time
from collections.abc import Callable

from mailer.model.message import Message, Outcome, Phase
from mailer.relay.contract import BeforeDot, Following
from mailer.relay.habits import Habits
from mailer.relay.reply import conclude
from mailer.relay.service import Encryption, Service
from mailer.relay.transaction import Transactions
from mailer.relay.wire import Wire, WireError

QUIT_WITHIN = 3.0
"""Seconds for the goodbye, so that a stop never hangs on it."""
BRISK = 3.0
"""Seconds after a message within which a closing is about how many there were, and not about idling."""


class SmtpConnection:
    """A logged-in link that sends one message after the other and always knows how far it is.

    Whatever leaves it out of step with the server ends it: a cancelled `send`, an answer that is late, malformed or
    unasked for, 421. It is then unusable for good, so that no late answer is ever read as that of another message.
    """

    def __init__(
        self,
        wire: Wire,
        service: Service,
        *,
        timeout: float,
        dot_timeout: float,
        habits: Habits | None = None,
        redact: Callable[[str], str] | None = None,
        encryption: Encryption | None = None,
    ) -> None:
        self.service = service
        """What the server said that it can do."""
        self.encryption = encryption
        """None: not encrypted, on loopback."""
        self._wire = wire
        self._habits = habits or Habits()
        self._work = Transactions(
            wire, service, self._habits, timeout=timeout, dot_timeout=dot_timeout, redact=redact
        )
        self._is_busy = False
        self._is_noted = False
        self._idle_since = time.monotonic()
        wire.on_closing = self._note_closing

    @property
    def is_usable(self) -> bool:
        """Whether another message may be sent on it."""
        if self._is_busy or self._wire.is_lost:
            return False
        return self._work.ahead is not None or not (self._wire.has_input or self._work.is_worn_out)

    @property
    def phase(self) -> Phase:
        """How far the last transaction came. Before DOT the final dot was surely not written."""
        return self._work.phase

    @property
    def messages_sent(self) -> int:
        """Transactions that ended on it, whatever became of them."""
        return self._work.count

    @property
    def idle_since(self) -> float:
        """When the last one ended, by `time.monotonic()`; servers close what is idle for long."""
        return self._idle_since

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        """Hand one message over; `before_dot` is awaited when the body is with the server and the dot is not.

        `following` is asked when the dot is about to be written: its envelope goes out in the same write where the
        server allows it. Raises what `before_dot` and `following` raise, with the link cut and the dot never written;
        CancelledError when cancelled, with the link cut: `phase` then says whether the message may have been taken
        (DOT: unknown). RuntimeError where another message's envelope is out already. All else is an Outcome.
        """
        if self._is_busy:
            raise RuntimeError("a connection sends one message at a time")
        work = self._work
        is_ahead = work.ahead is not None and (message is work.ahead or message == work.ahead)
        if work.ahead is not None and not is_ahead and not self._wire.is_lost:
            raise RuntimeError("another message's envelope is with the server already")
        self._is_busy = True
        try:
            return await work.run(message, before_dot, following, is_ahead=is_ahead)
        except WireError as error:
            work.cut()
            return conclude(work.phase, None, f"{error} ({work.phase})", handed=work.is_handed)
        except BaseException:
            work.cut()
            raise
        finally:
            self._is_busy = False
            self._idle_since = time.monotonic()
            if self._wire.is_closed_by_server:
                self._note_closing()

    async def close(self) -> None:
        """Say QUIT and hang up, within a few seconds whatever the server does.

        Where the next message's envelope is with the server already, the link is cut: QUIT would be part of its body.
        """
        wire = self._wire
        try:
            if not (self._is_busy or self._work.ahead is not None or wire.has_input or wire.is_lost):
                wire.put(b"QUIT\r\n")
                await wire.answer(QUIT_WITHIN)
                await wire.hang_up(QUIT_WITHIN)
        except WireError:
            # Some servers drop the link instead of answering QUIT; there is nothing left to lose.
            pass
        finally:
            self._work.cut()

    def _note_closing(self) -> None:
        """Learn from a link that the server closed right after a message and without a word."""
        if self._is_noted or not self._work.is_between:
            return
        self._is_noted = True
        if time.monotonic() - self._idle_since < BRISK and not self._wire.has_input:
            self._habits.note_closing(self._work.count)
