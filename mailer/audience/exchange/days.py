"""Days as people write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from mailer.audience.exchange.plainly import UnclearError, plain


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for speaker in ("en", "fr", "es", "ru", "de"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, speaker).items():
                    found[plain(name)] = number
    return found


def read_day(text: str, day_first: bool | None) -> date:
    """The day that a text names: 2016-12-19, 19.12.2016, 19/12/2016, 19 December 2016, December 19, 2016.

    With full stops the day comes first, as nobody writes them otherwise. UnclearError where there is no such day, or
    where 03/04/2016 may be two and `day_first` does not say which.
    """
    words = " ".join(text.replace(",", " ").split())
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+)?", words, re.ASCII):
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", words, re.ASCII):
        return _numbers(
            int(found[1]), int(found[3]), int(found[4]), True if found[2] == "." else day_first, text
        )
    if found := re.fullmatch(
        r"(?:(\d{1,2})\.?(?:st|nd|rd|th|er)?\s+)?(?:de |of )?([^\W\d]+)\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?"
        r"(?:de |of )?(\d{4})(?:\s*г(?:ода|\.)?)?",
        words.casefold(),
        re.ASCII if words.isascii() else 0,
    ):
        month = _months().get(plain(found[2]))
        if month and bool(found[1]) != bool(found[3]):
            return _date(int(found[4]), month, int(found[1] or found[3]), text)
    raise UnclearError(f'"{text}" is no day', "Write it as 2016-12-19.")


def _numbers(first: int, second: int, year: int, day_first: bool | None, text: str) -> date:
    if day_first is None:
        if first <= 12 and second <= 12 and first != second:  # noqa: PLR2004
            ways = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
            raise UnclearError(f'"{text}" may be {ways}', "Say --day-first or --month-first.")
        day_first = second <= 12  # noqa: PLR2004
    return _date(year, second, first, text) if day_first else _date(year, first, second, text)


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnclearError(f'"{text}" is not a day in the calendar', "Write it as 2016-12-19.") from error
