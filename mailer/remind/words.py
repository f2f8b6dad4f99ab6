"""What a reminder says of its reader: the days that are left, what is owed by whom, as what they are written to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from babel.dates import get_timezone_location
from babel.lists import format_list

from mailer.model.deadline import Obligation
from mailer.model.register import Registers
from mailer.render.dates import full_date, locale_for, long_date
from mailer.render.marks import comma

Phrases = Mapping[str, str]
"""A template's fixed strings in one language."""


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last moment in words."""

    whole: str
    """Monday 24 April 2017, 23:59 (Berlin, UTC+2)"""
    day: str
    """24 April 2017"""
    time: str
    """Monday, 23:59 (Berlin, UTC+2)"""


def days_left(days: int, language: str, phrases: Phrases) -> str:
    """`in 14 days`, `tomorrow`, `today`, `overdue by 3 days`: in the plural form that the language has.

    `days` are those to the due date, below zero after it. The forms are the Unicode CLDR's, as Babel has them.
    """
    if days in (0, 1):
        return phrases["days_left.tomorrow" if days else "days_left.today"]
    name = "days_left" if days > 0 else "overdue"
    category = locale_for(language).plural_form(abs(days))
    return phrases[f"{name}.{category}"].replace("{days}", str(abs(days)))


def owed_words(
    owed: str, obligations: Iterable[Obligation], registers: Registers, language: str, phrases: Phrases
) -> str:
    """`the national report of Kazakhstan and of Mongolia`; only what is owed, where each owes for themselves.

    Where the register lacks the form with "of" for one of the countries, all are named in brackets instead.
    """
    codes = countries_owing(obligations)
    patterns = phrases["owed.of"], phrases["owed.named"]
    return _with_countries(patterns, owed, codes, registers, language) if codes else owed


def addressee_words(
    office: str, countries: Iterable[str], registers: Registers, language: str, phrases: Phrases
) -> str:
    """`National Focal Point of Kazakhstan`. `office` is a role's name; "" where the strings do not name it."""
    named, codes = phrases.get(f"addressee.{office}", ""), tuple(countries)
    patterns = phrases["addressee.of"], phrases["addressee.named"]
    return _with_countries(patterns, named, codes, registers, language) if named and codes else named


def countries_owing(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """Codes of the countries that owe, in the order given; none where persons do."""
    return tuple(each.who for each in obligations if each.who == each.country)


def last_day(moment: datetime, language: str, phrases: Phrases) -> LastDay:
    """The due moment, in its own zone, in words: with the zone's city and what it is to UTC on that day."""
    time = phrases["time"].format(time=f"{moment:%H:%M}", timezone=_zone(moment, language))
    between, whole = comma(language), full_date(moment.date(), language)
    weekday = locale_for(language).days["stand-alone"]["wide"][moment.weekday()]
    return LastDay(f"{whole}{between}{time}", long_date(moment.date(), language), f"{weekday}{between}{time}")


def in_utc(moment: datetime) -> str:
    """The moment as RFC 5545 3.3.5 writes it in UTC: `20170424T215900Z`."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def days_until(due: date, day: date) -> int:
    """Days from one to the other: 0 on the due date, below zero after it."""
    return (due - day).days


def listed(words: Sequence[str], language: str) -> str:
    """The words with commas and the language's "and"."""
    return format_list(list(words), locale=locale_for(language)) if words else ""


def _with_countries(
    patterns: tuple[str, str], said: str, codes: Sequence[str], registers: Registers, language: str
) -> str:
    """`said` with the countries, in the first pattern; in the second, by their names, where a form is missing."""
    known = [registers.countries.get(code) for code in codes]
    forms = [country.of_it(language) if country else "" for country in known]
    if all(forms):
        return _filled(patterns[0], said, listed(forms, language))
    pairs = zip(codes, known, strict=True)
    names = [
        (country.name(language) or country.name_in_text(language)) if country else code
        for code, country in pairs
    ]
    return _filled(patterns[1], said, listed(names, language))


def _filled(pattern: str, said: str, countries: str) -> str:
    """In one pass: what is owed may itself hold braces."""
    values = {"owed": said, "office": said, "countries": countries}
    return re.sub(r"\{(\w+)\}", lambda field: values[field[1]], pattern)


def _zone(moment: datetime, language: str) -> str:
    offset = moment.utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta() else "+"
    against = f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else "UTC"
    city = get_timezone_location(moment.tzinfo, locale=locale_for(language), return_city=True)
    return against if city in ("", "UTC", "Unknown") else f"{city}{comma(language)}{against}"
