"""How a mail service bears with us: when to wait, slow down, or ask a person."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from mailer.dispatch.advice import advice
from mailer.dispatch.retry import (
    BOUNCES_AT_LEAST,
    LONG_WAITS,
    POLICY_RUN,
    QUOTA_WAIT,
    RELAY_MINUTES,
    RELAY_SECONDS,
    with_jitter,
)
from mailer.dispatch.run import Run
from mailer.model.message import Outcome, Phase, RelayTrouble, Verdict
from mailer.model.pace import Pace
from mailer.relay import is_hard_bounce, is_policy

UNREACHED = "the mail service cannot be reached or is overloaded"
"""Why a dispatch is paused that may go on by itself later."""
CEILING_SECONDS = 300.0
"""How long we believe that a relay takes no more connections than it took."""
SLOWEST = 1 / 60
"""Mails a second below which we do not slow down."""


class Health:
    """What all lanes of a run know of the relay."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lanes = 1
        self._ceiling: tuple[int, float] | None = None
        """So many connections it took when it refused one more, and until when that is believed."""
        self._troubles = 0
        """Since the last message that was taken over."""
        self._counted_at = 0.0
        """When the last trouble was counted: what began before is part of it."""
        self._refusals = 0
        """For reasons of policy, since the last message that was taken over."""
        self._answered = self._bounced = 0
        self._well_at = 0.0
        """Of the monotonic clock: nothing is sent before."""
        self.why = ""
        """What the relay said when it asked to wait."""

    def begin(self) -> None:
        """A new round: from one lane on."""
        self._lanes = 1

    @property
    def lanes(self) -> int:
        """How many may be open; it grows while all goes well."""
        most = self._run.relay.connections
        if self._ceiling is not None and time.monotonic() < self._ceiling[1]:
            most = min(most, self._ceiling[0])
        return min(self._lanes, most)

    @property
    def waits(self) -> float:
        """Seconds that nothing is to be sent for; 0 where all is well."""
        return max(0.0, self._well_at - time.monotonic())

    async def until_well(self) -> None:
        """Return when something may be sent again, or nothing new may begin."""
        while self.waits and not self._run.is_over:
            await self._run.pause_for(self.waits)

    async def mind(self, outcome: Outcome, since: float) -> None:
        """Draw the conclusions: slow down, wait, or pause the dispatch. Returns at once.

        `since`: when the message was begun that had this answer, or the connection opened that was lost: answers
        that come together are one trouble, and so are links that are lost together.
        """
        if outcome.verdict is Verdict.ACCEPTED:
            self._troubles = self._refusals = 0
            self._lanes = min(self._run.relay.connections, self._lanes * 2)
        if outcome.verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
            self._count(outcome)
        match outcome.relay:
            case RelayTrouble.NONE:
                return
            case RelayTrouble.STOP:
                self._pause(f"the mail service says no: {said(outcome)}. {advice(outcome)}")
            case RelayTrouble.QUOTA:
                await self._wait_for_quota(outcome)
            case _ if since < self._counted_at:
                return
            case RelayTrouble.SLOW_DOWN if self._is_one_too_many(outcome):
                self._ceiling = max(1, self._run.connections), time.monotonic() + CEILING_SECONDS
            case RelayTrouble.RECONNECT if self._is_first_loss(outcome):
                self._troubles += 1
                self._counted_at = time.monotonic()
            case _:
                await self._slow_down(outcome)

    def _is_one_too_many(self, outcome: Outcome) -> bool:
        """Whether the relay refuses one more connection, and not those that are open."""
        return outcome.phase in (Phase.CONNECT, Phase.LOGIN) and self._run.connections > 0

    def _is_first_loss(self, outcome: Outcome) -> bool:
        return outcome.phase not in (Phase.CONNECT, Phase.LOGIN) and self._troubles == 0

    def _count(self, outcome: Outcome) -> None:
        self._answered += 1
        if outcome.verdict is not Verdict.REFUSED:
            return
        if is_policy(outcome.reply):
            self._refusals += 1
            if self._refusals >= POLICY_RUN:
                words = f"{self._refusals} refusals for reasons of policy: {said(outcome)}. {advice(outcome)}"
                self._pause(words)
        if is_hard_bounce(outcome.reply):
            self._bounced += 1
            share = self._bounced / self._answered
            if self._answered >= BOUNCES_AT_LEAST and share > self._run.bounces:
                self._pause(
                    f"{self._bounced} of {self._answered} addresses do not exist ({share:.0%}; "
                    f"`stop_at_bounces` is {self._run.bounces:.0%}). Such a share harms the sender's name: look "
                    "at the list of people before going on"
                )

    async def _slow_down(self, outcome: Outcome) -> None:
        """Wait a little longer each time; and where the relay answered, send at half the rate from now on."""
        self._troubles += 1
        self._counted_at = time.monotonic()
        self.why = said(outcome)
        self._lanes = max(1, self.lanes // 2)
        if outcome.phase not in (Phase.CONNECT, Phase.LOGIN) and self._run.pace is not None:
            await self._cap(self._run.pace, await self._half(self._run.pace))
        waits = relay_waits(can_wait=self._run.wait)
        if self._troubles > len(waits):
            self._pause(f"{UNREACHED}: {self.why}")
        else:
            self._wait(with_jitter(waits[self._troubles - 1], self._run.jitter))

    async def _wait_for_quota(self, outcome: Outcome) -> None:
        """Nothing more for an hour: the ledger holds it back, so that every process knows."""
        self.why = said(outcome)
        if self._run.pace is None:
            self._wait(QUOTA_WAIT.total_seconds())
            return
        await self._cap(self._run.pace, 2 * await self._half(self._run.pace), QUOTA_WAIT)
        self._run.halted.set()

    async def _half(self, pace: Pace) -> float:
        """Half of the rate at which it went, or may go; where neither is known, of one mail a second."""
        allowed = (await asyncio.to_thread(self._run.ledger.pace_now, pace))[0]
        rates = [rate for rate in (self._run.gauge.best, allowed) if rate]
        return max(min(rates, default=1.0) / 2, SLOWEST)

    async def _cap(self, pace: Pace, rate: float, wait: timedelta | None = None) -> None:
        until = None if wait is None else self._run.clock() + wait
        await asyncio.to_thread(self._run.ledger.slow_down, pace.key, rate, until)

    def _wait(self, seconds: float) -> None:
        self._well_at = max(self._well_at, time.monotonic() + seconds)

    def _pause(self, why: str) -> None:
        self._run.ledger.pause(self._run.dispatch.id, why)
        self._run.halted.set()


def relay_waits(*, can_wait: bool) -> list[float]:
    """Seconds to wait at each trouble of the relay, one after the other; after the last somebody has to look."""
    minutes = [*RELAY_MINUTES, *[RELAY_MINUTES[-1]] * (LONG_WAITS - len(RELAY_MINUTES))]
    return [*RELAY_SECONDS, *[60.0 * each for each in minutes]] if can_wait else [*RELAY_SECONDS]


def said(outcome: Outcome) -> str:
    """The relay's answer, or what happened in its place."""
    return str(outcome.reply) if outcome.reply else outcome.detail
