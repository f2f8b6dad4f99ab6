"""How a sending goes at this moment, in figures and in words: for the terminal and the studio."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.dispatch.timing import time_needed
from mailer.flow.outlook import span_in_words
from mailer.flow.working import Glance
from mailer.model.dispatch import State
from mailer.model.pace import Brake, Limits, WorkStatus, just_said, rate_set

SPAN = timedelta(seconds=10)
"""What is measured is measured over so long."""
ENOUGH = timedelta(seconds=3)
"""Nothing is foretold before something was measured for so long."""
TO_GO = (State.PLANNED, State.CLAIMED, State.HANDED)
NOT_TAKEN = (State.REFUSED, State.UNKNOWN, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How it goes."""

    done: int
    """Mails that have had their last answer."""
    total: int
    not_taken: int
    """Refused, in doubt, or given up."""
    later: int
    """To be tried again."""
    rate: float
    """Mails a second, measured."""
    set_rate: float | None
    """Mails a second that the pace allows; None: no limit."""
    left: timedelta | None
    """Until the last first try, at this rate; None where that cannot be said."""
    is_at_least: bool
    """Whether a quota may make it longer."""
    limit: str
    """What limits now, in words; "" where nothing has been measured yet."""


class Pulses:
    """Feels the pulse again and again, and remembers what was done when."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._seen: deque[tuple[datetime, int]] = deque()

    def feel(self, glance: Glance, now: datetime) -> Pulse:
        """How it goes by this glance at the ledger, and by those of the last seconds."""
        counts = glance.progress.counts
        done = sum(count for state, count in counts.items() if state.is_terminal)
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - SPAN:  # noqa: PLR2004
            self._seen.popleft()
        said = just_said(glance.workers, now)
        rate = sum(status.measured_rate for status in said) if said else self._measured(now, done)
        to_go = sum(counts.get(state, 0) for state in TO_GO)
        return Pulse(
            done=done,
            total=glance.progress.total,
            not_taken=sum(counts.get(state, 0) for state in NOT_TAKEN),
            later=counts.get(State.DEFERRED, 0),
            rate=rate,
            set_rate=rate_set(said),
            left=self._left(glance, to_go, rate, said, now),
            is_at_least=self._exceeds_quota(glance.progress.total),
            limit=_limit(said, now),
        )

    def _measured(self, now: datetime, done: int) -> float:
        since, before = self._seen[0]
        passed = (now - since).total_seconds()
        return max(0.0, (done - before) / passed) if passed > 0 else 0.0

    def _exceeds_quota(self, total: int) -> bool:
        quotas = (self._limits.per_hour, self._limits.per_day)
        return any(quota is not None and total > quota for quota in quotas)

    def _left(
        self, glance: Glance, to_go: int, rate: float, said: list[WorkStatus], now: datetime
    ) -> timedelta | None:
        if not to_go:
            return timedelta()
        waits = any(status.until is not None and status.until > now + SPAN for status in said)
        if waits or rate <= 0 or now - self._seen[0][0] < ENOUGH:
            return None
        at_this_rate = timedelta(seconds=to_go / rate)
        if not self._exceeds_quota(glance.progress.total):
            return at_this_rate
        dispatch = glance.progress.dispatch
        begun = max(dispatch.created_at, dispatch.not_before or dispatch.created_at)
        return max(at_this_rate, begun + time_needed(glance.progress.total, self._limits) - now)


def _limit(said: list[WorkStatus], now: datetime) -> str:
    """What limits, by the worker that is held back longest."""
    limited = [status for status in said if status.brake is not Brake.NONE]
    if not limited:
        return ""
    return limit_in_words(max(limited, key=lambda status: status.until or status.at), now)


def limit_in_words(status: WorkStatus, now: datetime) -> str:
    """What limits a worker, such as `our own pace: 30 a minute`."""
    until = f" until {clock_in_words(status.until, now)}" if status.until else ""
    match status.brake:
        case Brake.PACE:
            rate = rate_in_words(status.set_rate) if status.set_rate else ""
            return f"our own pace: {status.why or rate or 'as mailer.toml sets it'}{until}"
        case Brake.LATENCY:
            return "the mail service's answers"
        case Brake.REFUSALS:
            return f"the mail service has us wait{until}{': ' if status.why else ''}{status.why}"
        case Brake.DISK:
            return "the disk, where the send record is written"
        case Brake.CPU:
            return "this computer's processor"
        case Brake.RETRIES:
            return f"nothing is due before the next tries{until.replace(' until', ', at')}"
        case Brake.NONE:
            return ""


def next_tries_at(glance: Glance, now: datetime) -> datetime | None:
    """When what is to be tried again can be, not before its workers may send at all; None where that is past."""
    due = glance.progress.next_try_at
    if due is None:
        return None
    waits = [each.status.until if each.status else None for each in glance.workers]
    known = [until for until in waits if until is not None]
    if known and len(known) == len(waits):
        due = max(due, min(known))
    return due if due > now else None


def clock_in_words(moment: datetime, now: datetime) -> str:
    """`14:05 UTC`, with the day where that is another one."""
    form = "%H:%M UTC" if moment.date() == now.date() else "%a %d %b %H:%M UTC"
    return f"{moment:{form}}"


def rate_in_words(rate: float) -> str:
    """`28 a second`, `30 a minute`, `12 an hour`: whatever makes a number that one can read."""
    number, per = _scaled(rate, rate)
    return f"{number} {per}"


def rates_in_words(measured: float, allowed: float | None) -> str:
    """What is measured beside what is set: `29 of 30 a minute`; "" where nothing has been measured."""
    if measured <= 0:
        return ""
    if not allowed:
        return rate_in_words(measured)
    most, per = _scaled(allowed, allowed)
    number, _ = _scaled(measured, allowed)
    return f"{number} of {most} {per}"


def left_in_words(pulse: Pulse) -> str:
    """`9 minutes left`, or that it is not known."""
    if pulse.left is None:
        return "time left unknown"
    if not pulse.left:
        return ""
    return f"{'at least ' if pulse.is_at_least else ''}{span_in_words(pulse.left)} left"


def _scaled(rate: float, by: float) -> tuple[str, str]:
    for seconds, per in ((1, "a second"), (60, "a minute")):
        if by * seconds >= 1:
            return _number(rate * seconds), per
    return _number(rate * 3600), "an hour"


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if value < 10 else f"{value:,.0f}"  # noqa: PLR2004
