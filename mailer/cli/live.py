"""Delivering with a progress line, and a clean stop on Ctrl-C and SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mailer.cli.output import errors
from mailer.model.dispatch import State

Result = TypeVar("Result")
Deliver = Callable[[asyncio.Event, Callable[[State], None]], Awaitable[Result]]


def deliver_live(total: int, deliver: Deliver[Result], *, quiet: bool = False) -> Result:
    """Run `deliver` to its end. A signal sets its stop event: what is in flight finishes, nothing is lost."""
    bar = Progress(
        TextColumn("sending"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("{task.fields[trouble]}"),
        TimeRemainingColumn(),
        console=errors,
        disable=quiet or not errors.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("sending", total=total, trouble="")
        troubles = 0

        def progress(state: State) -> None:
            nonlocal troubles
            if state.is_terminal:
                bar.advance(task)
            if state is not State.ACCEPTED:
                troubles += 1
                bar.update(task, trouble=f"{troubles} not taken over")

        return asyncio.run(_until_done(deliver, progress))


async def _until_done(deliver: Deliver[Result], progress: Callable[[State], None]) -> Result:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        return await deliver(stop, progress)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
