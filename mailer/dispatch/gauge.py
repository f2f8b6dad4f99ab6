"""What limits a sending right now, from where its lanes spend their time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from mailer.model.pace import Brake

SPAN = 10.0
"""Seconds that the figures are about."""
BUSY = 0.85
"""Share of one processor above which the processor is what limits."""


class Gauge:
    """Counts what is settled, and in which waits the lanes' seconds go. Each lane is in one wait at a time."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        self._now = now
        self._worked = worked
        self._spent = dict.fromkeys(Brake, 0.0)
        self._lanes: dict[object, tuple[Brake, float]] = {}
        self._marks: deque[tuple[float, float, int, dict[Brake, float]]] = deque()
        self.done = 0
        self.best = 0.0
        """The highest rate so far."""
        self._mark()

    def enter(self, lane: object, brake: Brake) -> None:
        """The lane waits for this from now on."""
        now = self._now()
        before, since = self._lanes.get(lane, (brake, now))
        self._spent[before] += now - since
        self._lanes[lane] = brake, now

    def leave(self, lane: object) -> None:
        """The lane has ended."""
        before, since = self._lanes.pop(lane, (Brake.NONE, self._now()))
        self._spent[before] += self._now() - since

    def tick(self) -> None:
        """To be called about once a second."""
        now = self._now()
        for lane, (brake, since) in list(self._lanes.items()):
            self._spent[brake] += now - since
            self._lanes[lane] = brake, now
        self._mark()
        self.best = max(self.best, self.rate)
        while len(self._marks) > 2 and self._marks[1][0] <= now - SPAN:  # noqa: PLR2004
            self._marks.popleft()

    @property
    def rate(self) -> float:
        """Mails settled a second, over the last SPAN seconds or since the beginning."""
        since, _, done, _ = self._marks[0]
        passed = self._now() - since
        return (self.done - done) / passed if passed > 0 else 0.0

    @property
    def brake(self) -> Brake:
        """What limits: the wait that took most of the lanes' time, or the processor where it was hardly ever idle."""
        (since, worked, _, before), (until, by_now, _, spent) = self._marks[0], self._marks[-1]
        if until <= since:
            return Brake.NONE
        shares = {brake: spent[brake] - before[brake] for brake in Brake if brake is not Brake.NONE}
        most = max(shares, key=lambda brake: shares[brake])
        if shares[most] <= 0:
            return Brake.NONE
        held = most in (Brake.PACE, Brake.REFUSALS, Brake.RETRIES)
        if not held and (by_now - worked) / (until - since) > BUSY:
            return Brake.CPU
        return most

    def _mark(self) -> None:
        self._marks.append((self._now(), self._worked(), self.done, dict(self._spent)))
