"""Words in a text that were of their time: what was to come when it was written, and has come since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from functools import cache

from mailer.check.calendar_names import CalendarNames, one_of, written_day
from mailer.check.time_tables import PART, PASSING, PERIODS, UNTIL
from mailer.model.base import primary

_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9}
_SHORT |= {"oct": 10, "nov": 11, "dec": 12}
_STEMS = {"январ": 1, "феврал": 2, "апрел": 4, "ма": 5, "июн": 6, "июл": 7, "сентябр": 9, "октябр": 10}
_STEMS |= {"ноябр": 11, "декабр": 12}
_CASES = {f"{stem}{end}": month for stem, month in _STEMS.items() for end in ("ь", "й", "я", "е", "ю")}
_CASES |= {
    f"{stem}{end}": month for stem, month in (("март", 3), ("август", 8)) for end in ("", "а", "е", "у")
}
NAMES = CalendarNames(("en", "ru", "fr", "de", "es"), more_months={**_SHORT, **_CASES})
"""Months in every form in which a text names them."""

_GAP = r"\s{1,9}"
_YEAR = r"(?:19|20)\d\d(?![\d/–-])"
_DAY_GROUPS = (("day", "us_day"), ("of_day", "us_of"), ("year_of_day", "us_year"))


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Words of a text that were of their time, and why they need a look."""

    words: str
    offset: int
    why: str


def passed_words(prose: str, language: str, then: Date, now: Date) -> Iterator[TimeWords]:
    """What of a text written for the day `then` may not be so on the day `now`, in the order in which it stands.

    Days, months and years that were to come, or were going on, and have begun or gone by since: what was past already
    is told as past, and stays true, but for "until" one. A month without a year up to which something is so; words
    such as "this year" in English, French, Russian, German and Spanish.
    """
    tag = primary(language)
    for found in _pattern(tag).finditer(prose):
        if why := _why(found, tag, then, now):
            yield TimeWords(" ".join(found[0].split()), found.start(), why)


def _why(found: re.Match[str], language: str, then: Date, now: Date) -> str:
    """Why it needs a look; "" where it does not."""
    if found["passing"]:
        return "means another time now"
    if found["bare"]:
        # Small letters make English verbs of two of them.
        is_month = language != "en" or found["bare"][0].isupper()
        what = "day" if found["bare_day"] or found["bare_us"] else "month"
        return f"names a {what} without its year" if is_month else ""
    if found["year"]:
        year = int(found["year"])
        if not (then.year <= year <= now.year) or year == then.year == now.year:
            return ""
        return f"{year} {'is over' if year < now.year else 'has begun'}"
    return next(filter(None, (_span_passed(*span, found, then, now) for span in _spans(found, language))), "")


def _span_passed(first: Date, last: Date, found: re.Match[str], then: Date, now: Date) -> str:
    """What is to be said of a time from one day to another; "" where it is still to come, or was past then."""
    if first > now or (last < then and not found["until"]):
        return ""
    if first == last:
        return f"{written_day(last)} is over" if last < now else ""
    name = f"{first:%B} {first.year}" if found["month"] else " ".join(found[0].split())
    return f"{name} {'is over' if last < now else 'has begun'}"


def _spans(found: re.Match[str], language: str) -> Iterator[tuple[Date, Date]]:
    """The first and the last day of what is named, in each way of reading it; none where no calendar has it."""
    if found["period"]:
        first, months = _period(found["period"])
        yield from _months(int(found["of_period"]), first, months)
        return
    if found["month"]:
        yield from _months(int(found["of_month"]), NAMES.months[found["month"].casefold()], 1)
        return
    for year, month, day in _days(found, language):
        with suppress(ValueError):
            named = Date(int(year), month, int(day))
            yield named, named


def _days(found: re.Match[str], language: str) -> Iterator[tuple[str, int, str]]:
    """Year, month and day, as they are written."""
    if found["iso"]:
        year, month, day = found["iso"].split("-")
        yield year, int(month), day
    elif found["figures"]:
        first, second, year = re.split(r"[./]", found["figures"])
        yield year, int(second), first
        if language == "en" and "/" in found["figures"]:
            yield year, int(first), second
    else:
        day, month, year = (found[one] or found[other] for one, other in _DAY_GROUPS)
        yield year, NAMES.months[month.casefold()], day


def _period(words: str) -> tuple[int, int]:
    return next(span for span, names in PERIODS.items() if re.fullmatch(names, words, re.IGNORECASE))


def _months(year: int, first: int, count: int) -> Iterator[tuple[Date, Date]]:
    begin, end = year * 12 + first - 1, year * 12 + first - 1 + count
    after = Date(end // 12, end % 12 + 1, 1)
    yield Date(begin // 12, begin % 12 + 1, 1), Date.fromordinal(after.toordinal() - 1)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    month, until = one_of(NAMES.months), UNTIL.get(language, UNTIL["en"])
    passing, part = PASSING.get(language, r"(?!)"), PART.get(language, r"(?!)")
    of = rf"{_GAP}(?:(?:of|de){_GAP})?"
    article = rf"(?:(?:the|le|el|den){_GAP})?"
    before = rf"(?:{until}){_GAP}{article}(?:(?:{part})(?:{_GAP}|-))?"
    day = r"\d{1,2})(?:st|nd|rd|th|er|\.)?"
    periods = "|".join(PERIODS.values())
    return re.compile(
        rf"\b(?:(?P<until>{before})|(?:{part})(?:{_GAP}|-))?(?:"
        r"(?<![\d-])(?P<iso>(?:19|20)\d\d-\d\d-\d\d)(?!\d)"
        rf"|(?<![\d./-])(?P<figures>\d{{1,2}}(?P<point>[./])\d{{1,2}}(?P=point){_YEAR})(?!\d)"
        rf"|(?<![\d.,/-])(?P<day>{day}{of}(?P<of_day>{month})\b\.?,?{of}(?P<year_of_day>{_YEAR})"
        rf"|(?P<us_of>{month})\b\.?{_GAP}(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?{_GAP}(?P<us_year>{_YEAR})"
        rf"|(?P<month>{month})\b\.?,?{of}(?P<of_month>{_YEAR})"
        rf"|(?P<period>{periods})\b,?{of}(?P<of_period>{_YEAR})"
        rf"|(?:(?<=\bmid-)|(?<![\w/.,–-]))(?P<year>{_YEAR}))"
        rf"|\b{before}(?:(?P<bare_day>{day}{of})?(?P<bare>{month})\b"
        rf"(?:{_GAP}(?P<bare_us>\d{{1,2}})(?:st|nd|rd|th)?\b)?(?!,?{_GAP}\d)"
        rf"|\b(?P<passing>{passing})\b",
        re.IGNORECASE,
    )
