"""What is seen while a sending goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mailer.cli.output import errors
from mailer.cli.stopping import run_until_stopped
from mailer.flow.pulse import Pulse, Pulses, left_in_words, rates_in_words
from mailer.flow.working import Glance
from mailer.ledger import utc_now
from mailer.model.dispatch import State
from mailer.model.pace import Limits

Result = TypeVar("Result")
Deliver = Callable[[asyncio.Event, Callable[[State], None]], Awaitable[Result]]
EVERY = 0.5
"""Seconds between two pictures."""


class LiveLines:
    """Two lines that follow a sending by the ledger; nothing where there is no terminal. A context manager."""

    def __init__(self, limits: Limits, *, quiet: bool = False) -> None:
        self._pulses = Pulses(limits)
        self._shown_at = 0.0
        hidden = quiet or not errors.is_terminal
        self._live = None if hidden else Live(console=errors, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, glance: Glance) -> None:
        """Draw them anew, at most twice a second."""
        if self._live is None or time.monotonic() - self._shown_at < EVERY:
            return
        self._shown_at = time.monotonic()
        pulse = self._pulses.feel(glance, utc_now())
        self._live.update(lines_of(pulse, is_working=bool(glance.workers)), refresh=True)


def lines_of(pulse: Pulse, *, is_working: bool = True) -> Table:
    """A bar with its figures; and below it what limits, and what is not well."""
    figures = f"{pulse.done:,}/{pulse.total:,}"
    words = [figures, rates_in_words(pulse.rate, pulse.set_rate), left_in_words(pulse)]
    first = Table.grid(padding=(0, 1), expand=True)
    first.add_column(ratio=1, min_width=8)
    first.add_column(no_wrap=True)
    first.add_row(
        ProgressBar(total=max(pulse.total, 1), completed=pulse.done),
        Text(" · ".join(word for word in words if word)),
    )
    counted = ((pulse.not_taken, "not taken over"), (pulse.later, "to be tried again"))
    troubles = [f"{count:,} {what}" for count, what in counted if count]
    limit = f"limit: {pulse.limit}" if pulse.limit else "measuring" if is_working else "starting"
    whole = Table.grid(expand=True)
    whole.add_row(first)
    whole.add_row(Text(" · ".join([*troubles, limit]), style="dim"))
    return whole


def deliver_live(total: int, deliver: Deliver[Result], *, quiet: bool = False) -> Result:
    """Run `deliver` to its end in this process. A signal sets its stop event: what is in flight finishes."""
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

        return run_until_stopped(lambda stop, _: deliver(stop, progress))
