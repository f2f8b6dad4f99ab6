"""Days and places in the words of a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

ENGLISH = "en_GB"
"""Days stand before months in international correspondence."""


@dataclass(frozen=True, slots=True)
class Tile:
    """What a date tile shows."""

    days: str
    """`23` or `23–28`."""
    month: str
    year: str


@lru_cache(maxsize=64)
def locale_for(language: str) -> Locale:
    """The conventions of a language; English where it is unknown."""
    try:
        return Locale.parse(ENGLISH if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if locale_for(language).character_order == "right-to-left" else "ltr"


@lru_cache(maxsize=1024)
def long_date(day: date, language: str) -> str:
    """`24 April 2017`."""
    return format_date(day, "long", locale=locale_for(language))


@lru_cache(maxsize=1024)
def full_date(day: date, language: str) -> str:
    """The day with its weekday, put together as the language does: `vendredi 14 avril 2017`."""
    return format_date(day, "full", locale=locale_for(language))


@lru_cache(maxsize=1024)
def weekday(day: date, language: str) -> str:
    """`Monday`."""
    return format_date(day, "EEEE", locale=locale_for(language))


@lru_cache(maxsize=1024)
def date_range(start: date, end: date | None, language: str) -> str:
    """`23–28 October 2017`, `30 October – 2 November 2017`, or one day."""
    if end is None or end == start:
        return long_date(start, language)
    locale = locale_for(language)
    pattern = locale.date_formats["long"].pattern
    if (start.year, start.month) == (end.year, end.month):
        return format_date(start, pattern.replace("d", f"'{start.day}–{end.day}'", 1), locale=locale)
    if start.year == end.year and pattern.startswith("d"):
        return f"{format_skeleton('MMMMd', start, locale=locale)} – {long_date(end, language)}"
    return f"{long_date(start, language)} – {long_date(end, language)}"


@lru_cache(maxsize=1024)
def date_tile(start: date, end: date | None, language: str) -> Tile:
    """The tile of an event; of a range over two months, its first day."""
    locale = locale_for(language)
    same_month = end is not None and (start.year, start.month) == (end.year, end.month)
    days = f"{start.day}–{end.day}" if same_month and end and end != start else str(start.day)
    month = format_date(start, "LLL", locale=locale).rstrip(".")
    return Tile(days, month, str(start.year))


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """The name of a country, or its code where it has none in that language."""
    return str(locale_for(language).territories.get(code, code))
