"""Delivering: lanes hand messages over, a writer records it in groups, and a watch sees to pauses and figures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from mailer.dispatch.health import Health
from mailer.dispatch.lane import Lane
from mailer.dispatch.run import Ended, Run, StillTrue, always
from mailer.dispatch.supply import Supply
from mailer.dispatch.watch import look_for_pause, note_figures, note_wait
from mailer.dispatch.writer import Writer
from mailer.ledger import Ledger, utc_now
from mailer.message import MessageTemplate
from mailer.model.dispatch import Dispatch, DispatchState, State
from mailer.model.pace import Pace, Turned
from mailer.relay import Relay

log = logging.getLogger(__name__)

BREATH = 0.2
"""Seconds between two rounds at the least."""
GRACE = 5.0
"""Seconds that what is in flight may take after a stop; then it is broken off, and in doubt."""
BOUNCES = 0.05


async def deliver_dispatch(
    dispatch: Dispatch,
    *,
    ledger: Ledger,
    relay: Relay,
    templates: Mapping[str, MessageTemplate],
    stop: asyncio.Event,
    progress: Callable[[State], None] = lambda _state: None,
    clock: Callable[[], datetime] = utc_now,
    wait: bool = False,
    still_true: StillTrue = always,
    pace: Pace | None = None,
    bounces: float = BOUNCES,
) -> Ended:
    """Deliver until nothing is left to do now; with `wait`, until every delivery is terminal.

    Setting `stop` ends it within seconds: nothing new is claimed, what is in flight finishes. What a dead
    process left behind is put right first. `still_true` is asked about each mail right before it goes: what it
    answers is why the mail is skipped; where it raises MailerError the dispatch is paused with those words.
    `pace` limits how fast it goes; above a share of `bounces` of addresses that do not exist it is paused.
    Never raises for a reader's or a relay's trouble; LedgerError where the ledger could not be written for long.
    """
    with ledger.hold(dispatch.id) as holder:
        ledger.recover()
        run = Run(
            dispatch, ledger, relay, templates, holder, stop, progress, clock, still_true, pace, bounces, wait
        )
        run.health = health = Health(run)
        figures = asyncio.create_task(note_figures(run))
        try:
            while True:
                ledger.expire(dispatch.id)
                await _round(run, health)
                ledger.expire(dispatch.id)
                ledger.finish_if_done(dispatch.id)
                ended = _ended(run)
                again_at = _again_at(run, ended)
                if again_at is None:
                    return ended
                # Never in haste: what brought a round to its end may bring the next one to it.
                await note_wait(run, max(again_at, run.moment_in(BREATH)))
        finally:
            figures.cancel()
            (failed,) = await asyncio.gather(figures, return_exceptions=True)
            if isinstance(failed, Exception):
                log.error("the figures failed: %r", failed)


def _ended(run: Run) -> Ended:
    found = run.ledger.progress(run.dispatch.id)
    held = run.ledger.pace_now(run.pace)[2] if run.pace is not None else None
    due = [found.next_try_at, found.next_due_at]
    next_at = min((moment for moment in due if moment is not None), default=None)
    if next_at is not None:
        next_at = max(moment for moment in (next_at, held, found.dispatch.not_before) if moment is not None)
    return Ended(found.dispatch.state, run.stop.is_set(), found.dispatch.why, next_at)


def _again_at(run: Run, ended: Ended) -> datetime | None:
    """When another round has something to do; None where there is none.

    At once where something is due: it was paused and let go on, or the ledger was mended. Later only where we wait.
    """
    if run.stop.is_set() or ended.state is not DispatchState.OPEN or ended.next_try_at is None:
        return None
    return ended.next_try_at if run.wait or ended.next_try_at <= run.clock() else None


async def _round(run: Run, health: Health) -> None:
    """Send what is due, until nothing is left that may go before long, or nothing new may begin."""
    run.halted.clear()
    if run.stop.is_set():
        return

    def settled(state: State) -> None:
        run.gauge.done += 1
        run.progress(state)

    def turned(what: Turned) -> None:
        if what.state is not DispatchState.OPEN:
            run.halted.set()

    writer = Writer(
        run.ledger,
        run.dispatch.id,
        run.holder,
        run.pace,
        settled=settled,
        turned=turned,
        failed=run.halted.set,
    )
    supply = Supply(run, writer)
    health.begin()
    watch = asyncio.create_task(look_for_pause(run))
    try:
        await _Lanes(run, supply, writer, health).work()
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await supply.close()
        await writer.finish()


class _Lanes:
    """As many lanes as the relay bears, from one on."""

    def __init__(self, run: Run, supply: Supply, writer: Writer, health: Health) -> None:
        self._run, self._supply, self._writer, self._health = run, supply, writer, health
        self._lanes: list[asyncio.Task[None]] = []

    async def work(self) -> None:
        """Return when all have ended; after a stop what is in flight has GRACE seconds."""
        self._run.grow = self._grow
        self._grow()
        try:
            while working := {lane for lane in self._lanes if not lane.done()}:
                if self._run.is_over:
                    await asyncio.wait(working, timeout=GRACE)
                    break
                over = asyncio.create_task(self._run.halted.wait())
                done, _ = await asyncio.wait({*working, over}, return_when=asyncio.FIRST_COMPLETED)
                over.cancel()
                if any(task.exception() for task in done - {over}):
                    break
        finally:
            self._run.grow = lambda: None
            for lane in self._lanes:
                lane.cancel()
            results = await asyncio.gather(*self._lanes, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    def _grow(self) -> None:
        if self._run.lanes >= self._health.lanes or self._run.is_over or not self._supply.has_more:
            return
        self._lanes = [lane for lane in self._lanes if not lane.done() or lane.exception()]
        for _ in range(self._health.lanes - len(self._lanes)):
            lane = Lane(self._run, self._supply, self._writer, self._health)
            self._lanes.append(asyncio.create_task(lane.work()))
