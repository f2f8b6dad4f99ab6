"""A clean stop on Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")
Job = Callable[[asyncio.Event, asyncio.Event], Awaitable[Result]]
"""Takes the event of the first signal, and that of the second."""


def run_until_stopped(job: Job[Result], asked: Callable[[], None] = lambda: None) -> Result:
    """Run `job` to its end. The first signal sets its first event and calls `asked`; another sets its second."""
    return asyncio.run(_run(job, asked))


async def _run(job: Job[Result], asked: Callable[[], None]) -> Result:
    first, second = asyncio.Event(), asyncio.Event()

    def mind() -> None:
        if first.is_set():
            second.set()
        else:
            first.set()
            asked()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, mind)
    try:
        return await job(first, second)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
