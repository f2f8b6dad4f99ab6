"""What the workers of one process share, and how their work ended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailer.ledger import Holder, Ledger
from mailer.message import MessageTemplate
from mailer.model.dispatch import Claimed, Dispatch, DispatchState, State
from mailer.relay import Relay

StillTrue = Callable[[Claimed], str]
"""Asked about a mail right before it goes: why it need not go any more, or ""."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why delivering ended, and what is left."""

    state: DispatchState
    stopped: bool = False
    """True where a signal asked for it."""
    why: str = ""
    next_try_at: datetime | None = None


@dataclass
class Run:
    """What the workers of one process share."""

    dispatch: Dispatch
    ledger: Ledger
    relay: Relay
    templates: Mapping[str, MessageTemplate]
    holder: Holder
    stop: asyncio.Event
    progress: Callable[[State], None]
    clock: Callable[[], datetime]
    still_true: StillTrue
    jitter: random.Random = field(default_factory=random.Random)
    trouble: int = 0
    """Troubles with the relay since the last message it took."""
    refusals: int = 0
    """Policy refusals since the last message it took."""

    @property
    def is_over(self) -> bool:
        return self.stop.is_set()
