"""Moments that people write down: for sendings that are to begin later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailer.errors import UsageError

FORMS = "Write it as 2016-12-20 09:00, tomorrow 09:00, 09:00, +2h or 2016-12-20T09:00+01:00."
LATEST = timedelta(hours=2)
"""How much later a planned sending may begin, where nothing else is said."""
FARTHEST = timedelta(days=366)
"""How far ahead a sending can be planned: a slip in the year must not wait for centuries."""

_SPAN = re.compile(r"\+(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.ASCII)
_DAY_AND_TIME = re.compile(r"(?:(today|tomorrow|\d{4}-\d\d-\d\d)[ T])?(\d\d?):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a sending is to begin, and by when it must have, in the zone that the person wrote it in."""

    begin: datetime
    begin_by: datetime
    """Where it has not begun by then, it asks first."""


def read_schedule(at: str, until: str, now: datetime) -> Schedule | None:
    """The schedule from `--at` and `--until`; None where neither is given.

    UsageError: no moment, one that has passed, one too far away, or an end before the beginning.
    """
    if not at:
        if until:
            raise UsageError("--until needs --at: when is it to begin?", FORMS)
        return None
    begin = parse_when(at, now)
    if begin <= now:
        raise UsageError(
            f"{in_words(begin)} has passed: it is {in_words(now.astimezone(begin.tzinfo))}.", FORMS
        )
    begin_by = parse_when(until, begin) if until else begin + LATEST
    if begin_by <= begin:
        raise UsageError(
            f"It cannot begin by {in_words(begin_by)}: that is not after {in_words(begin)}.",
            "Give --until a later moment than --at.",
        )
    if begin_by - now > FARTHEST:
        raise UsageError(f"{in_words(begin_by)} is more than a year away.", "Plan it nearer to its day.")
    return Schedule(begin, begin_by)


def parse_when(text: str, now: datetime) -> datetime:
    """A moment: with a zone as it stands, without one in this machine's; `+2h` and `09:00` count from `now`.

    UsageError where it is none, or where the clocks skip it that night.
    """
    asked = " ".join(text.split())
    if span := _SPAN.fullmatch(asked):
        days, hours, minutes = (int(part or 0) for part in span.groups())
        return (now + timedelta(days=days, hours=hours, minutes=minutes)).astimezone()
    try:
        if found := _DAY_AND_TIME.fullmatch(asked):
            return _local(datetime.combine(_day(found[1], now), time(int(found[2]), int(found[3]))), text)
        given = datetime.fromisoformat(asked)
        if given.tzinfo is None or not re.search(r"\d[T ]\d", asked):
            raise ValueError("a day alone, or no zone")
        given.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f'"{text}" is not a moment.', FORMS) from error
    return given


def in_words(moment: datetime) -> str:
    """Such as `Tue 20 Dec 2016 09:00 EET (UTC+02:00)`."""
    offset = f"{moment:%z}"
    zone = moment.tzname() or ""
    shown = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"
    named = f"{zone} ({shown})" if zone and not zone.startswith(("UTC", "+", "-")) else shown
    return f"{moment:%a %d %b %Y %H:%M} {named}"


def _day(said: str | None, now: datetime) -> date:
    today = now.astimezone().date()
    if said in (None, "today"):
        return today
    return today + timedelta(days=1) if said == "tomorrow" else date.fromisoformat(said or "")


def _local(naive: datetime, text: str) -> datetime:
    """That time on this machine's clocks. Of two such moments, when clocks go back, the first."""
    moment = naive.astimezone()
    if moment.astimezone(UTC).astimezone().replace(tzinfo=None) != naive:
        raise UsageError(f'"{text}" does not exist: the clocks go forward then.', "Choose another time.")
    return moment
