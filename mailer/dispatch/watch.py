"""What goes on beside the lanes: seeing a pause or a stop at once, and saying how it stands."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import datetime

from mailer.dispatch.run import Run
from mailer.errors import LedgerError
from mailer.model.dispatch import DispatchState
from mailer.model.pace import Brake, WorkStatus

LOOK = 0.4
"""Seconds between two looks at the dispatch's state: a pause must act within one."""
PATIENCE = 60.0
"""Seconds after which a longer wait is looked at again."""
SAY = 1.0
"""Seconds between two notes of the figures."""


async def look_for_pause(run: Run) -> None:
    """Set `run.halted` when somebody paused or cancelled the dispatch, or asked to stop. Runs until cancelled."""
    while True:
        if run.stop.is_set() or not await _is_open(run):
            run.halted.set()
        try:
            await asyncio.wait_for(run.stop.wait(), LOOK)
        except TimeoutError:
            continue
        run.halted.set()
        return


async def note_figures(run: Run) -> None:
    """Write down once a second how fast it goes and what limits it. Runs until cancelled."""
    while True:
        run.gauge.tick()
        # Figures are not worth stopping for; where the ledger cannot be written, the writer says so.
        with suppress(LedgerError):
            await asyncio.to_thread(_say, run)
        await asyncio.sleep(SAY)


async def note_wait(run: Run, until: datetime) -> None:
    """Wait for a later try, for an hour's or a day's quota, or for the moment to begin; not past a pause or stop.

    Returns after a minute at the latest, to look again: a clock may be set back, a pace be changed.
    """
    run.waits_until = until
    patience = time.monotonic() + PATIENCE
    try:
        while not run.stop.is_set() and run.clock() < until and time.monotonic() < patience:
            if not await _is_open(run):
                return
            seconds = min((until - run.clock()).total_seconds(), LOOK)
            with suppress(TimeoutError):
                await asyncio.wait_for(run.stop.wait(), max(seconds, 0.01))
    finally:
        run.waits_until = None


def status_of(run: Run) -> WorkStatus:
    """How it stands at this moment."""
    rate, held_by, held_until = run.ledger.pace_now(run.pace) if run.pace else (None, "", None)
    brake, why, until = run.gauge.brake, "", None
    health = run.health
    if run.waits_until is not None:
        brake, until = (Brake.PACE if held_by else Brake.RETRIES), run.waits_until
        why = held_by
    elif health is not None and health.waits:
        brake, why = Brake.REFUSALS, health.why
        until = run.moment_in(health.waits)
    elif brake is Brake.PACE:
        why, until = held_by, held_until
    return WorkStatus(
        at=run.clock(),
        brake=brake,
        why=why,
        until=until,
        connections=run.connections,
        measured_rate=run.gauge.rate,
        set_rate=rate,
        done=run.gauge.done,
    )


def _say(run: Run) -> None:
    run.ledger.note_status(run.holder, status_of(run))


async def _is_open(run: Run) -> bool:
    try:
        found = await asyncio.to_thread(run.ledger.find_dispatch, run.dispatch.id)
    except LedgerError:
        return not await asyncio.to_thread(_is_gone, run)
    return found.state is DispatchState.OPEN


def _is_gone(run: Run) -> bool:
    return not run.ledger.path.exists()
