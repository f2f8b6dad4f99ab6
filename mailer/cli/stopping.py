"""A clean stop on Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")
Job = Callable[[asyncio.Event, asyncio.Event], Awaitable[Result]]
"""Takes the event of the first signal, and that of the second."""


def run_until_stopped(
    job: Job[Result], asked: Callable[[], None] = lambda: None, *, stopped: bool = False
) -> Result:
    """Run `job` to its end. The first signal sets its first event and calls `asked`; another sets its second.

    With `stopped` the first event is set from the beginning.
    """
    return asyncio.run(_run(job, asked, stopped=stopped))


async def _run(job: Job[Result], asked: Callable[[], None], *, stopped: bool) -> Result:
    first, second = asyncio.Event(), asyncio.Event()
    if stopped:
        first.set()

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
