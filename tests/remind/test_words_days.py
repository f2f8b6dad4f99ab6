"""Days that are left, in the plural forms of four languages; the last day with its hour and zone."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailer.remind.words import days_left, in_utc, last_day
from mailer.render import read_template
from mailer.render.reminder_strings import categories_of, missing_strings

TEMPLATE = Path(__file__).parents[2] / "templates" / "reminder"
LANGUAGES = ("en", "ru", "fr", "ar")


@cache
def phrases(language: str) -> dict[str, str]:
    return dict(read_template(TEMPLATE, language).phrases)


def left(days: int, language: str) -> str:
    return days_left(days, language, phrases(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_that_reminders_say(language: str) -> None:
    assert missing_strings(phrases(language), language) == ()
    lacking = {name: words for name, words in phrases(language).items() if name != "days_left.other"}
    expected = ("days_left.other",) if language in ("en", "fr", "ar") else ()
    assert missing_strings(lacking, language) == expected


def test_the_plural_categories_are_the_cldrs() -> None:
    assert categories_of("en") == ("one", "other")
    assert categories_of("ru") == ("one", "few", "many")
    assert categories_of("fr-CH") == ("one", "other")
    assert categories_of("ar") == ("zero", "one", "two", "few", "many", "other")


@pytest.mark.parametrize("days", range(2, 121))
def test_english_and_french_have_two_forms(days: int) -> None:
    assert left(days, "en") == f"in {days} days"
    assert left(days, "fr") == f"dans {days} jours"
    assert left(-days, "en") == f"overdue by {days} days"


@pytest.mark.parametrize("days", range(2, 121))
def test_russian_counts_by_the_last_digits(days: int) -> None:
    if days % 10 == 1 and days % 100 != 11:
        form = "день"
    elif days % 10 in (2, 3, 4) and days % 100 not in (12, 13, 14):
        form = "дня"
    else:
        form = "дней"
    assert left(days, "ru") == f"через {days} {form}"
    assert left(-days, "ru") == f"просрочено на {days} {form}"


@pytest.mark.parametrize("days", range(2, 121))
def test_arabic_has_a_dual_and_three_more_forms(days: int) -> None:
    if days == 2:
        expected = "بعد يومين"
    elif 3 <= days % 100 <= 10:
        expected = f"بعد {days} أيام"
    elif days % 100 >= 11:
        expected = f"بعد {days} يومًا"
    else:
        expected = f"بعد {days} يوم"
    assert left(days, "ar") == expected


def test_today_tomorrow_and_yesterday_have_words_of_their_own() -> None:
    assert [left(days, "en") for days in (1, 0, -1)] == ["tomorrow", "today", "overdue by 1 day"]
    assert [left(days, "ru") for days in (1, 0, -1)] == ["завтра", "сегодня", "просрочено на 1 день"]
    assert [left(days, "fr") for days in (1, 0, -1)] == ["demain", "aujourd’hui", "retard de 1 jour"]
    assert [left(days, "ar") for days in (1, 0, -1, -2)] == [
        "غدًا",
        "اليوم",
        "متأخر يومًا واحدًا",
        "متأخر يومين",
    ]


def test_the_last_day_is_said_with_its_hour_its_city_and_what_that_is_to_utc() -> None:
    moment = datetime(2017, 4, 24, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    english = last_day(moment, "en", phrases("en"))
    assert english.whole == "Monday, 24 April 2017, 23:59 (Berlin, UTC+2)"
    assert (english.day, english.time) == ("24 April 2017", "Monday, 23:59 (Berlin, UTC+2)")
    assert last_day(moment, "fr", phrases("fr")).whole == "lundi 24 avril 2017, 23:59 (Berlin, UTC+2)"
    russian = last_day(moment, "ru", phrases("ru")).whole.replace("\u202f", " ").replace("\u00a0", " ")
    assert russian == "понедельник, 24 апреля 2017 г., 23:59 (Берлин, UTC+2)"
    assert in_utc(moment) == "20170424T215900Z"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "(UTC)"),
        ("Asia/Kolkata", "(Kolkata, UTC+5:30)"),
        ("America/New_York", "(New York, UTC-5)"),
    ],
)
def test_zones_are_said_as_they_are_on_that_day(zone: str, said: str) -> None:
    moment = datetime(2017, 1, 24, 18, 0, tzinfo=ZoneInfo(zone))
    assert last_day(moment, "en", phrases("en")).time == f"Tuesday, 18:00 {said}"
