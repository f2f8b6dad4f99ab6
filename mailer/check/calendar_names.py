"""Weekdays and months as texts name them: what calendars list, and the forms that they do not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812
from functools import cached_property

from babel.dates import get_day_names, get_month_names

ON_DAYS_IN_RUSSIAN: Mapping[str, int] = {"среду": 2, "пятницу": 4, "субботу": 5}
"""Russian "on Wednesday", "by Friday", where it is not the name itself."""


@dataclass(frozen=True)
class CalendarNames:
    """The names of some languages, in small letters. Calendars are opened when the first is asked for."""

    languages: tuple[str, ...]
    more_days: Mapping[str, int] = field(default_factory=dict)
    more_months: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def weekdays(self) -> Mapping[str, int]:
        """Name → 0 for Monday."""
        listed = {
            name.casefold(): number
            for language in self.languages
            for number, name in get_day_names("wide", "format", language).items()
        }
        return {**listed, **self.more_days}

    @cached_property
    def months(self) -> Mapping[str, int]:
        """Name → 1 for January."""
        listed = {
            name.casefold(): number
            for language in self.languages
            for number, name in get_month_names("wide", "format", language).items()
        }
        return {**listed, **self.more_months}


def written_day(day: Date) -> str:
    """`5 July 2016`."""
    return f"{day.day} {day:%B} {day.year}"


def one_of(names: Iterable[str]) -> str:
    """A pattern for any of the names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
