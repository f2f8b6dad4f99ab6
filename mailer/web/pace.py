"""How fast sites are asked: few questions at once, and a pause between two to the same site."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 16
AT_ONCE_PER_HOST = 2


class Pace:
    """Whose turn it is: at most 16 questions at once, 2 to one host, and a pause before the next to it."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._all = asyncio.Semaphore(AT_ONCE)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))
        self._next: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at that host, and hold it."""
        async with self._hosts[host]:
            now = asyncio.get_running_loop().time()
            begins = max(now, self._next.get(host, now))
            self._next[host] = begins + self._pause
            await asyncio.sleep(begins - now)
            async with self._all:
                yield
