"""What every relay promises, in types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from mailer.errors import RelayError
from mailer.model.message import Message, Outcome, Phase

BeforeDot = Callable[[], Awaitable[None]]
"""Commits `handed`; raises LostClaimError where the delivery is no longer ours."""

Following = Callable[[], Message | None]
"""Asked right before the final dot is written: the message that comes next on this connection, claimed and within
its pace, so that its envelope goes out in the same write; None where there is none at this moment."""


class ConnectFailure(RelayError):  # noqa: N818
    """No connection could be had. `outcome` says whether to wait (SLOW_DOWN) or to ask a person (STOP)."""

    def __init__(self, message: str, hint: str, outcome: Outcome) -> None:
        super().__init__(message, hint)
        self.outcome = outcome


class Connection(Protocol):
    """One link to a relay, for one transaction after the other; never two at once."""

    @property
    def is_usable(self) -> bool:
        """Whether another message may be sent on it. Once false, it stays false."""

    @property
    def phase(self) -> Phase:
        """How far the last transaction came: after a cancelled `send`, DOT means that the answer is unknown."""

    @property
    def idle_since(self) -> float:
        """When the last transaction ended, or the connection was made, by `time.monotonic()`."""

    @property
    def messages_sent(self) -> int:
        """Transactions that ended on it, whatever became of them."""

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        """Hand one message over, and say what became of it.

        Where `following` gave a message, the next `send` must be for it; its envelope may be with the server already
        (then `close` cuts the link instead of saying QUIT). Where the connection is out of use by then, nothing of it
        counts, and it goes over another connection.
        """

    async def close(self) -> None:
        """Say goodbye within a few seconds; never raises for the server's sake."""


class Relay(Protocol):
    """What takes messages over."""

    @property
    def name(self) -> str:
        """As mailer.toml calls it."""

    @property
    def connections(self) -> int:
        """How many connections may be open at once."""

    async def connect(self) -> Connection:
        """A connection ready for `send`: encrypted and logged in as asked. Raises ConnectFailure."""
