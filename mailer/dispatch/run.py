"""What the lanes of one process share, and how their work ended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mailer.dispatch.gauge import Gauge
from mailer.ledger import Holder, Ledger
from mailer.message import MessageTemplate
from mailer.model.dispatch import Claimed, Dispatch, DispatchState, State
from mailer.model.pace import Pace
from mailer.relay import Relay

StillTrue = Callable[[Claimed], str]
"""Asked about a mail right before it goes: why it need not go any more, or ""."""


def always(_row: Claimed) -> str:
    """What may always go."""
    return ""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why delivering ended, and what is left."""

    state: DispatchState
    stopped: bool = False
    """True where a signal asked for it."""
    why: str = ""
    next_try_at: datetime | None = None


class _Health(Protocol):
    why: str

    @property
    def waits(self) -> float: ...


@dataclass
class Run:
    """What the lanes of one process share."""

    dispatch: Dispatch
    ledger: Ledger
    relay: Relay
    templates: Mapping[str, MessageTemplate]
    holder: Holder
    stop: asyncio.Event
    progress: Callable[[State], None]
    clock: Callable[[], datetime]
    still_true: StillTrue
    pace: Pace | None
    bounces: float
    """Share of addresses that do not exist, of those answered, at which the dispatch is paused."""
    wait: bool
    jitter: random.Random = field(default_factory=random.Random)
    gauge: Gauge = field(default_factory=Gauge)
    halted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when nothing new may begin: asked to stop, paused, cancelled, or the ledger cannot be written."""

    connections: int = 0
    """Open now."""
    lanes: int = 0
    """At work now."""
    grow: Callable[[], None] = lambda: None
    """Open more lanes, where more are allowed by now."""

    health: _Health | None = None
    """What is known of the relay, from round to round."""
    waits_until: datetime | None = None
    """Until when nothing is due, where that is long."""

    @property
    def is_over(self) -> bool:
        """Whether nothing new may begin."""
        return self.halted.is_set() or self.stop.is_set()

    async def pause_for(self, seconds: float) -> None:
        """Wait, but not past the moment at which nothing new may begin."""
        if seconds > 0 and not self.is_over:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.halted.wait(), seconds)

    def moment_in(self, seconds: float) -> datetime:
        """The moment so many seconds from now."""
        return self.clock() + timedelta(seconds=seconds)
