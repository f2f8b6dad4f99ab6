"""A pace and a span of time, in words."""

from __future__ import annotations

from datetime import timedelta

from mailer.model.pace import Limits


def limits_in_words(limits: Limits) -> str:
    """Such as `30 a minute, 10,000 in 24 hours`; "" where there is no limit."""
    shown = (
        (limits.per_second, "a second"),
        (limits.per_minute, "a minute"),
        (limits.per_hour, "in 60 minutes"),
        (limits.per_day, "in 24 hours"),
    )
    return ", ".join(f"{number:,.10g} {words}" for number, words in shown if number)


def span_in_words(span: timedelta) -> str:
    """Such as `40 seconds`, `12 minutes`, `3 hours`, `2 days 4 hours`: as exact as a forecast can be."""
    seconds = span.total_seconds()
    if seconds < 90:  # noqa: PLR2004
        return _counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return _counted(round(seconds / 60), "minute")
    hours = round(seconds / 3600)
    if hours < 48:  # noqa: PLR2004
        return _counted(hours, "hour")
    days, hours = divmod(hours, 24)
    return " ".join(
        part for part in (_counted(days, "day"), _counted(hours, "hour") if hours else "") if part
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
