"""Messages for the lanes: claimed in batches, made and signed ahead on other threads, let go at the relay's pace."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from mailer.dispatch.run import Run, always
from mailer.dispatch.writer import Writer
from mailer.errors import LedgerError, MailerError
from mailer.message import HeaderError, Recipient
from mailer.model.dispatch import Claimed
from mailer.model.message import Message, Outcome, Phase, Verdict
from mailer.model.pace import Brake, Settling

PER_LANE = 4
"""Messages made ahead for each connection."""
MOST_BYTES = 32 * 1024 * 1024
"""Of messages made ahead."""
SIGNERS = 2
"""Threads that sign at once: RSA does without the interpreter's lock."""
PATIENCE = 60.0
"""So many seconds a lane keeps its place for what may go later; beyond, the connections are closed."""
LOOK = 0.5
"""Seconds between two looks whether there is something to claim."""

UNSURE = "it cannot be seen whether the mails are still needed"
"""Why a dispatch is paused that may go on by itself later."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery with its message."""

    claimed: Claimed
    message: Message
    moment: float = 0.0
    """Of the monotonic clock: not before. By the pace; a clock that is set back must not hold it up."""


class Supply:
    """What goes next. Lanes ask `next`, which may wait, or `take_now`, which never does."""

    def __init__(self, run: Run, writer: Writer) -> None:
        self._run, self._writer = run, writer
        self._ready: deque[Job] = deque()
        self._filling: asyncio.Task[None] | None = None
        self._signed = any(template.is_signed for template in run.templates.values())
        self._threads = ThreadPoolExecutor(SIGNERS if self._signed else 1, "message")
        self._size = 1
        self._look_at: float | None = None
        """When, by the monotonic clock, there may be something to claim where there is nothing now; None: no more."""
        self._is_held = False
        """Whether it is the pace that holds back what is due."""
        self._is_empty = False
        """Whether there was nothing to claim when it was last tried."""

    @property
    def has_more(self) -> bool:
        """Whether more lanes would have something to do, as far as is known."""
        return bool(self._ready) or not self._is_empty

    async def next(self, lane: object) -> Job | None:
        """The next one, at its moment; None where nothing more can come before long, or the run is over."""
        while not self._run.is_over:
            job = self._fit()
            if job is not None:
                return await self._at_its_moment(job, lane)
            self._run.gauge.enter(lane, Brake.PACE if self._is_held else Brake.CPU)
            await asyncio.shield(self._fill())
            if self._ready or self._run.is_over:
                continue
            left = None if self._look_at is None else self._look_at - time.monotonic()
            if left is None or left > PATIENCE:
                return None
            self._run.gauge.enter(lane, Brake.PACE if self._is_held else Brake.RETRIES)
            await self._run.pause_for(min(max(left, 0.005), LOOK))
        return None

    def take_now(self) -> Job | None:
        """The next one, where it is made and its moment has come."""
        if self._run.is_over or not self._ready:
            return None
        if self._ready[0].moment > time.monotonic():
            return None
        return self._fit()

    def give_back(self, job: Job) -> None:
        """Return one that did not go."""
        self._writer.release([job.claimed])

    def give_all_back(self) -> None:
        """Return what is made ahead: after a wait it may be suppressed, no longer true, or out of time."""
        self._writer.release([job.claimed for job in self._ready])
        self._ready.clear()

    async def close(self) -> None:
        """Give back all that is left."""
        if self._filling is not None:
            await asyncio.wait({self._filling})
        self.give_all_back()
        self._threads.shutdown(wait=False)

    async def _at_its_moment(self, job: Job, lane: object) -> Job | None:
        if job.moment > time.monotonic():
            self._run.gauge.enter(lane, Brake.PACE)
            await self._run.pause_for(job.moment - time.monotonic())
        if self._run.is_over:
            self.give_back(job)
            return None
        return job

    def _fit(self) -> Job | None:
        """The first that is still to go. Where that cannot be seen, the dispatch is paused."""
        while self._ready:
            job = self._ready.popleft()
            if len(self._ready) < self._wanted // 2:
                self._fill()
            if self._run.still_true is always:
                return job
            try:
                why = self._run.still_true(job.claimed)
            except MailerError as error:
                self.give_back(job)
                self._run.ledger.pause(self._run.dispatch.id, f"{UNSURE}: {error}")
                self._run.halted.set()
                return None
            except BaseException:
                self.give_back(job)
                raise
            if not why:
                return job
            self._writer.skip(job.claimed, why)
        return None

    @property
    def _wanted(self) -> int:
        lanes = self._run.relay.connections
        return max(lanes, min(PER_LANE * lanes, MOST_BYTES // self._size))

    def _fill(self) -> asyncio.Task[None]:
        """The task that claims and makes more; one at a time."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self._claim_and_make())
        return self._filling

    async def _claim_and_make(self) -> None:
        if self._run.is_over or len(self._ready) >= self._wanted:
            return
        try:
            turned = await self._writer.claim(self._wanted - len(self._ready))
        except LedgerError:
            # The writer has said so already, and ends the run.
            return
        # The ledger's moments are counted from its own: the clock may be set back before we look at it.
        base = time.monotonic() - turned.at.timestamp()
        look_at = turned.held_until or turned.next_at
        self._look_at = base + look_at.timestamp() if look_at else None
        self._is_held = bool(turned.held_by)
        self._is_empty = not turned.claimed
        rows = turned.claimed
        if not rows:
            return
        if self._run.is_over:
            self._writer.release(list(rows))
            return
        loop = asyncio.get_running_loop()
        size = -(-len(rows) // SIGNERS) if self._signed else len(rows)
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        try:
            made = await asyncio.gather(
                *(loop.run_in_executor(self._threads, self._make, part) for part in parts)
            )
        except BaseException:
            self._writer.release(list(rows))
            raise
        for row, message in zip(rows, [one for part in made for one in part], strict=True):
            if isinstance(message, Message):
                moment = base + row.go_at.timestamp() if row.go_at else 0.0
                self._ready.append(Job(row, message, moment))
                self._size = max(self._size, len(message.content))
            else:
                self._writer.settle(Settling(row, message))

    def _make(self, rows: Sequence[Claimed]) -> list[Message | Outcome]:
        return [self._message(row) for row in rows]

    def _message(self, row: Claimed) -> Message | Outcome:
        try:
            return self._run.templates[row.variant].message_for(recipient_of(row))
        except (HeaderError, KeyError, ValueError) as error:
            return Outcome(Verdict.REFUSED, Phase.MAIL, detail=f"cannot be written: {error}")


def recipient_of(row: Claimed) -> Recipient:
    """What makes the message that delivery's own."""
    return Recipient(
        email=row.email,
        name=row.name,
        message_id=row.message_id,
        dated_at=row.dated_at,
        slots=row.slots,
        list_unsubscribe=tuple(row.slots.get("list_unsubscribe", "").split()),
        heading=row.heading,
    )
