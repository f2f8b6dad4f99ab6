"""Time zones by their IANA names, as files name them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from mailer.errors import nearest


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name. Looks for the one: a list of all takes a tenth of a second."""
    try:
        return ZoneInfo(name).key == name
    except (OSError, LookupError, ValueError):
        return False


def nearest_zone(name: str) -> str:
    """A hint with the nearest zone's name, or an example where none is near."""
    close = nearest(name, available_timezones())
    return close if close.startswith("Did") else "Write an IANA name such as Europe/Berlin."


def times_that_clocks_show(moment: datetime) -> int:
    """How often clocks show that hour: once; never where they are put forward over it; twice where back.

    `moment` is in the zone that is meant (PEP 495).
    """
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        return 0
    offsets = {moment.replace(fold=fold).utcoffset() for fold in (0, 1)}
    return len(offsets)


def first_hour_after(moment: datetime) -> datetime:
    """The first moment that clocks show after an hour that they leap over."""
    later = moment
    while times_that_clocks_show(later) == 0:
        later += timedelta(minutes=1)
    return later
