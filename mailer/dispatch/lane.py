"""One connection's work: the next message, its envelope, body, record and dot, again and again."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial

from mailer.dispatch.health import Health
from mailer.dispatch.retry import next_try
from mailer.dispatch.run import Run
from mailer.dispatch.supply import Job, Supply
from mailer.dispatch.writer import Writer
from mailer.errors import LedgerError, LostClaimError
from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Verdict
from mailer.model.pace import Brake, Settling
from mailer.relay import ConnectFailure, Connection

IDLE = 30.0
"""Seconds after which an idle connection is closed: servers say so by a late 421, which looks like trouble."""
SMOOTH = 0.1
"""Weight of the newest answer in the mean time of answers."""


class Lane:
    """Sends on one connection at a time until nothing more comes, the run is over, or there are too many lanes."""

    def __init__(self, run: Run, supply: Supply, writer: Writer, health: Health) -> None:
        self._run, self._supply, self._writer, self._health = run, supply, writer, health
        self._opened_at = 0.0
        self._mistake: Exception | None = None
        self._connection: Connection | None = None
        self._following: Job | None = None
        self._dotted_at = 0.0

    async def work(self) -> None:
        """Send. Raises what only a mistake in the program raises."""
        job: Job | None = None
        self._run.lanes += 1
        try:
            while True:
                if self._health.waits:
                    await self._wait_for_relay(job)
                    job = None
                job = job or await self._next()
                if job is None:
                    return
                if not await self._connected():
                    if self._is_surplus or self._run.is_over:
                        return
                    continue
                self._following, current, job = None, job, None
                await self._send(current)
                job, self._following = self._following, None
        finally:
            self._run.lanes -= 1
            for left in (job, self._following):
                if left is not None:
                    self._supply.give_back(left)
            self._run.gauge.leave(self)
            await self._hang_up()

    @property
    def _is_surplus(self) -> bool:
        return self._run.lanes > self._health.lanes

    async def _next(self) -> Job | None:
        """The next job; an idle connection is closed while waiting for it."""
        if self._is_surplus or self._run.is_over:
            return None
        if (ready := self._supply.take_now()) is not None:
            return ready
        coming = asyncio.ensure_future(self._supply.next(self))
        try:
            if self._connection is not None:
                await asyncio.wait({coming}, timeout=IDLE)
                if not coming.done():
                    await self._hang_up()
            return await coming
        except asyncio.CancelledError:
            coming.cancel()
            with suppress(asyncio.CancelledError):
                late = await coming
                if late is not None:
                    self._supply.give_back(late)
            raise

    async def _wait_for_relay(self, job: Job | None) -> None:
        """Wait until the relay is well, with empty hands: what was claimed may be suppressed or untrue by then."""
        if job is not None:
            self._supply.give_back(job)
        self._supply.give_all_back()
        self._run.gauge.enter(self, Brake.REFUSALS)
        await self._hang_up()
        await self._health.until_well()

    async def _connected(self) -> bool:
        """Whether there is a connection that can be used; False where there is none at this moment."""
        if self._run.is_over or self._health.waits:
            return False
        if self._connection is not None and self._connection.is_usable:
            return True
        await self._hang_up()
        self._run.gauge.enter(self, Brake.LATENCY)
        self._opened_at = time.monotonic()
        try:
            self._connection = await self._run.relay.connect()
        except ConnectFailure as failure:
            await self._health.mind(failure.outcome, self._opened_at)
            return False
        self._run.connections += 1
        return True

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._run.connections -= 1
            await connection.close()

    async def _send(self, job: Job) -> None:
        assert self._connection is not None
        connection = self._connection
        self._run.gauge.enter(self, Brake.LATENCY)
        began = time.monotonic()
        self._writer.sending += 1
        try:
            outcome = await connection.send(job.message, partial(self._hand, job), self._follow)
        except LostClaimError:
            # Somebody else holds it now; the dot was not written.
            return
        except LedgerError:
            # It could not be recorded that it goes, so no dot was written. The writer has said so.
            self._supply.give_back(job)
            return
        except asyncio.CancelledError:
            at_dot = connection.phase is Phase.DOT
            verdict = Verdict.UNKNOWN if at_dot else Verdict.RELEASED
            self._settle(job, Outcome(verdict, connection.phase, detail="broken off by us"))
            raise
        finally:
            self._writer.sending -= 1
        self._settle(job, outcome)
        if self._mistake is not None:
            raise self._mistake
        if outcome.phase is Phase.DOT and outcome.reply is not None:
            took = time.monotonic() - self._dotted_at
            self._writer.latency += SMOOTH * (took - self._writer.latency)
        await self._health.mind(outcome, began if outcome.reply else self._opened_at)
        self._run.grow()

    async def _hand(self, job: Job) -> None:
        self._run.gauge.enter(self, Brake.DISK)
        if not await self._writer.hand(job.claimed):
            raise LostClaimError(f"Delivery {job.claimed.id} is no longer ours.", "It must not be sent.")
        self._run.gauge.enter(self, Brake.LATENCY)
        self._dotted_at = time.monotonic()

    def _follow(self) -> Message | None:
        if self._is_surplus or self._health.waits:
            return None
        try:
            self._following = self._supply.take_now()
        except Exception as mistake:
            # This is asked between the record and the dot, which must be written; raised when that is settled.
            self._mistake = mistake
        return self._following.message if self._following else None

    def _settle(self, job: Job, outcome: Outcome) -> None:
        due_at = None
        if outcome.verdict is Verdict.DEFERRED and outcome.relay is RelayTrouble.NONE:
            due_at = next_try(job.claimed.attempts, self._run.clock(), self._run.jitter)
        elif outcome.verdict is Verdict.DEFERRED:
            # The relay's trouble is not counted as a try of the reader: due as soon as the relay is well.
            due_at, outcome = self._run.clock(), replace(outcome, verdict=Verdict.RELEASED)
        self._writer.settle(Settling(job.claimed, outcome, due_at))
