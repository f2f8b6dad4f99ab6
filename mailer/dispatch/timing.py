"""How long mails need by the pace that mailer.toml sets, counting what has gone through that mail service before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mailer.model.pace import Limits

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

Gone = Sequence[tuple[datetime, int]]
"""Minutes and how many mails went in each, oldest first."""


def time_needed(mails: int, limits: Limits, gone: Gone = (), begin: datetime | None = None) -> timedelta:
    """From `begin` until the last of so many mails, at the soonest.

    An hour's or a day's allowance is used up at the rate, and what is left waits until the first of it is an hour
    or a day ago. What has gone before takes up room until it is as long ago.
    """
    return _until(max(mails - 1, 0), limits, gone, begin)


def gone_within(span: timedelta, gone: Gone, at: datetime) -> int:
    """How many of them still count at that moment; a minute does as long as a part of it lies within."""
    return sum(count for minute, count in gone if minute + MINUTE + span > at)


def _until(last: int, limits: Limits, gone: Gone, begin: datetime | None) -> timedelta:
    """Until the mail before which so many others go."""
    allowance, span = limits.per_day, DAY
    smaller = limits.model_copy(update={"per_day": None})
    if allowance is None:
        allowance, span = limits.per_hour, HOUR
        smaller = limits.model_copy(update={"per_hour": None})
    if allowance is None:
        return timedelta(seconds=last / limits.rate if limits.rate else 0)
    rounds, rest = divmod(last, allowance)
    soonest = _until(rest, smaller, gone, begin)
    for wait, first in _freed(allowance, span, gone, begin):
        if first <= rest:
            soonest = max(soonest, wait + _until(rest - first, smaller, (), None))
    return max(span * rounds + soonest, _until(last, smaller, gone, begin)) if rounds else soonest


def _freed(
    allowance: int, span: timedelta, gone: Gone, begin: datetime | None
) -> Iterator[tuple[timedelta, int]]:
    """When room comes by what went before, and how many mails go before the first that needs it."""
    if begin is None:
        return
    counting = [(minute, count) for minute, count in gone if minute + MINUTE + span > begin]
    before = allowance - sum(count for _, count in counting)
    for minute, count in counting:
        if before + count > 0:
            yield minute + MINUTE + span - begin, max(before, 0)
        before += count
