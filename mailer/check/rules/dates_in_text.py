"""Dates written out in texts: days that do not exist, and weekdays that do not fit their date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date as Date  # noqa: N812
from functools import cache

from babel.dates import get_month_names

from mailer.check.calendar_names import ON_DAYS_IN_RUSSIAN, CalendarNames, one_of, written_day
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import NOTE, OWN, STOP, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

SHORT_DAYS = {name: number for number, name in enumerate("mon tue wed thu fri sat sun".split())}
SHORT_DAYS |= {"tues": 1, "thur": 3, "thurs": 3}
SHORT_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
SHORT_MONTHS["sept"] = 9
NAMES = CalendarNames(("en", "ru", "fr", "de", "es"), {**SHORT_DAYS, **ON_DAYS_IN_RUSSIAN}, SHORT_MONTHS)


def weekday(checked: CheckedIssue) -> Iterator[Finding]:
    """A weekday that is not the date's."""
    for text in texts(checked.issue):
        # Looking names up word by word costs a tenth of searching for all of them at every letter.
        if not NAMES.weekdays.keys() & set(re.findall(r"\w+", text.prose.casefold())):
            continue
        own = _own_dates(checked, text.item)
        for pattern in _with_weekday():
            for found in pattern.finditer(text.prose):
                day, named = _day_of(found, own), NAMES.weekdays.get(found["name"].casefold())
                if day is None or named is None or day.weekday() == named:
                    continue
                words = " ".join(found[0].split())
                yield checked.finding(
                    "date.weekday",
                    Severity.STOP,
                    f'"{words}": {written_day(day)} is a {day:%A}.',
                    "Find out whether the weekday or the date is right.",
                    at=text.at(found.start()),
                    words=words,
                )


def impossible(checked: CheckedIssue) -> Iterator[Finding]:
    """A day that no calendar has."""
    for text in texts(checked.issue):
        for found in _plain_date().finditer(text.prose) if any(year in text.prose for year in _YEARS) else ():
            is_written_right = found["month"].casefold() in NAMES.months and int(found["day"]) in range(1, 32)
            if is_written_right and _day_of(found, ()) is None:
                words = " ".join(found[0].split())
                yield checked.finding(
                    "date.impossible",
                    Severity.STOP,
                    f'There is no day "{words}".',
                    "Correct the date.",
                    at=text.at(found.start()),
                    words=words,
                )


def styles(checked: CheckedIssue) -> Iterator[Finding]:
    """Dates written in several ways within one issue."""
    uses: dict[str, list[tuple[TextPlace, re.Match[str]]]] = {}
    for text in texts(checked.issue):
        is_asked = any(month in text.prose for month in _english_months())
        for style, pattern in _styles().items() if is_asked else ():
            for found in pattern.finditer(text.prose):
                uses.setdefault(style, []).append((text, found))
    if len(uses) > 1:
        ranked = sorted(uses.items(), key=lambda style: (-len(style[1]), style[0]))
        text, found = ranked[-1][1][0]
        shown = [_written(places[0][1]) for _, places in ranked]
        counted = ", ".join(
            f'{len(places)} like "{words}"' for words, (_, places) in zip(shown, ranked, strict=True)
        )
        yield checked.finding(
            "date.styles",
            Severity.NOTE,
            f"Dates are written in several ways: {counted}.",
            f'Write them all like "{shown[0]}", or all in the other way.',
            at=text.at(found.start()),
            words=_written(found),
        )


def _written(found: re.Match[str]) -> str:
    return " ".join(found[0].split())


def _day_of(found: re.Match[str], own: tuple[Date, ...]) -> Date | None:
    """The day that is written; without a year, the item's own date of that day and month."""
    day, month = int(found["day"]), NAMES.months.get(found["month"].casefold(), 0)
    if not found["year"]:
        return next((date for date in own if (date.day, date.month) == (day, month)), None)
    try:
        return Date(int(found["year"]), month, day)
    except ValueError:
        return None


def _own_dates(checked: CheckedIssue, item_id: str | None) -> tuple[Date, ...]:
    if item_id is None:
        return ()
    item = checked.issue.item(item_id)
    values = (getattr(item, name, None) for name in ("start", "end", "due"))
    return tuple(value for value in values if value is not None)


@cache
def _english_months() -> tuple[str, ...]:
    return tuple(get_month_names("wide", "format", "en").values())


@cache
def _styles() -> dict[str, re.Pattern[str]]:
    month = rf"(?:{'|'.join(_english_months())})"
    return {
        "5 July 2016": re.compile(rf"\b\d{{1,2}}{_GAP}{month}{_GAP}\d{{4}}\b"),
        "5 July, 2016": re.compile(rf"\b\d{{1,2}}{_GAP}{month},{_GAP}\d{{4}}\b"),
        "July 5, 2016": re.compile(rf"\b{month}{_GAP}\d{{1,2}},{_GAP}\d{{4}}\b"),
        "5th July 2016": re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th){_GAP}{month},?{_GAP}\d{{4}}\b"),
    }


_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d|\s{0,2}h(?:rs|ours)?\b)"
_YEARS = ("19", "20")
"""How the years of full dates begin."""
_GAP = r"\s{1,9}"


@cache
def _with_weekday() -> tuple[re.Pattern[str], ...]:
    name = rf"\b(?P<name>{one_of(NAMES.weekdays)})\b"
    month = rf"(?P<month>{one_of(NAMES.months)})\b\.?"
    article = rf"(?:(?:the|le|el|den){_GAP})?"
    day_first = rf"{_DAY}{_GAP}(?:(?:of|de){_GAP})?{month}"
    month_first = rf"{month}{_GAP}{_DAY}(?!\d)"
    forms = (
        rf"{name}[.,]?{_GAP}{article}{day_first}(?:{_GAP}(?:de{_GAP})?{_YEAR}|(?!{_GAP}\d))",
        rf"{name}[.,]?{_GAP}{month_first}(?:,?{_GAP}{_YEAR}|(?!,?{_GAP}\d))",
        rf"{day_first}{_GAP}(?:de{_GAP})?{_YEAR}{_GAP}\({name}\)",
        rf"{month_first},?{_GAP}{_YEAR}{_GAP}\({name}\)",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


@cache
def _plain_date() -> re.Pattern[str]:
    month = rf"(?P<month>{one_of(NAMES.months)})\b\.?"
    return re.compile(rf"(?<![\d.,/-]){_DAY}{_GAP}(?:(?:of|de){_GAP})?{month}{_GAP}{_YEAR}", re.IGNORECASE)


RULES = (
    Rule(
        "date.weekday",
        "A weekday that is not the date's",
        STOP,
        "the calendar",
        weekday,
        reads_words=True,
        needs=Needs("weekdays", languages=NAMES.languages),
    ),
    Rule(
        "date.impossible",
        "A day that no calendar has",
        STOP,
        "the calendar",
        impossible,
        reads_words=True,
        needs=Needs("days that do not exist", languages=NAMES.languages),
    ),
    Rule("date.styles", "Dates written in several ways", NOTE, OWN, styles, reads_words=True),
)
