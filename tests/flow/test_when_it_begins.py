"""Moments as people write them, and how long a sending will take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.dispatch.timing import gone_within, time_needed
from mailer.errors import UsageError
from mailer.flow.outlook import limits_in_words, span_in_words
from mailer.flow.when import in_words, parse_when, read_schedule
from mailer.model.pace import Limits

NOW = datetime(2016, 12, 19, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_bonn(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016-12-20 09:00", "2016-12-20T08:00+00:00"),
        ("2016-12-20T09:00", "2016-12-20T08:00+00:00"),
        (" 2016-07-01  9:00 ", "2016-07-01T07:00+00:00"),
        ("2016-12-20T09:00+06:00", "2016-12-20T03:00+00:00"),
        ("2016-12-20T09:00Z", "2016-12-20T09:00+00:00"),
        ("tomorrow 09:00", "2016-12-20T08:00+00:00"),
        ("today 23:59", "2016-12-19T22:59+00:00"),
        ("10:00", "2016-12-19T09:00+00:00"),
        ("+2h", "2016-12-19T10:30+00:00"),
        ("+90m", "2016-12-19T10:00+00:00"),
        ("+1d12h", "2016-12-20T20:30+00:00"),
    ],
)
def test_a_moment_is_read_as_it_was_meant(text: str, moment: str) -> None:
    assert parse_when(text, NOW) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        *("", "+", "+h", "+2 h", "-2h", "9", "24:00", "soon", "٠٩:٠٠"),
        *("2016-12-20", "2016-13-01 09:00", "20.12.2016 09:00", "2016-12-20+01:00"),
        *("2016-12-20T09:00+26:00", "0001-01-01T00:00+14:00", "9999-12-31 23:59:61"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(UsageError, match="is not a moment"):
        parse_when(text, NOW)


def test_an_hour_that_the_clocks_leave_out_is_refused() -> None:
    with pytest.raises(UsageError, match="clocks go forward"):
        parse_when("2017-03-26 02:30", NOW)


@given(st.text(max_size=30))
@settings(max_examples=200)
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(UsageError):
        assert parse_when(text, NOW).tzinfo is not None


@given(st.integers(0, 10_000_000), st.sampled_from([0, 6 * 60, -3 * 60 - 30]))
@settings(max_examples=50)
def test_a_moment_with_its_zone_comes_back_as_it_is(minutes: int, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    text = (NOW + timedelta(minutes=minutes)).astimezone(zone).isoformat(timespec="minutes")
    assert parse_when(text, NOW).isoformat(timespec="minutes") == text


def test_a_schedule_says_its_zone_and_lasts_two_hours_where_nothing_is_said() -> None:
    schedule = read_schedule("tomorrow 09:00", "", NOW)
    assert schedule is not None
    assert in_words(schedule.begin) == "Tue 20 Dec 2016 09:00 CET (UTC+01:00)"
    assert schedule.begin_by - schedule.begin == timedelta(hours=2)
    until = read_schedule("tomorrow 09:00", "+30m", NOW)
    assert until is not None
    assert until.begin_by - until.begin == timedelta(minutes=30)
    same_day = read_schedule("2016-12-24 09:00", "12:00", NOW)
    assert same_day is not None
    assert same_day.begin_by == datetime(2016, 12, 24, 11, tzinfo=UTC)
    assert read_schedule("", "", NOW) is None


@pytest.mark.parametrize(
    ("at", "until", "why"),
    [
        ("2016-12-19 09:29", "", "has passed"),
        ("tomorrow 09:00", "2016-12-20 08:59", "not after"),
        ("tomorrow 09:00", "2016-12-20 09:00", "not after"),
        ("2026-12-20 09:00", "", "more than a year"),
        ("", "tomorrow 09:00", "needs --at"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(at: str, until: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read_schedule(at, until, NOW)


@pytest.mark.parametrize(
    ("mails", "limits", "needed"),
    [
        (360, Limits(), timedelta()),
        (1, Limits(per_minute=30), timedelta()),
        (361, Limits(per_minute=30), timedelta(minutes=12)),
        (361, Limits(per_minute=30, per_second=1), timedelta(minutes=12)),
        (10_000, Limits(per_day=10_000), timedelta()),
        (10_001, Limits(per_day=10_000), timedelta(days=1)),
        (25_001, Limits(per_day=10_000, per_minute=50), timedelta(days=2, minutes=100)),
        (25, Limits(per_hour=10), timedelta(hours=2)),
        (0, Limits(per_day=1), timedelta()),
        (151, Limits(per_hour=100, per_minute=1), timedelta(minutes=150)),
    ],
)
def test_the_time_needed_counts_rate_and_quotas(mails: int, limits: Limits, needed: timedelta) -> None:
    assert time_needed(mails, limits) == needed


@pytest.mark.parametrize(
    ("mails", "limits", "needed"),
    [
        (2, Limits(per_day=300), timedelta()),
        (3, Limits(per_day=300), timedelta(hours=18, minutes=1)),
        (100, Limits(per_day=300), timedelta(hours=18, minutes=1)),
        (101, Limits(per_day=300), timedelta(hours=23, minutes=1)),
        (301, Limits(per_day=300), timedelta(hours=24)),
        (303, Limits(per_day=300), timedelta(hours=42, minutes=1)),
        (1, Limits(per_day=200), timedelta(hours=23, minutes=1)),
        (10, Limits(per_hour=50), timedelta(minutes=1)),
        (12, Limits(per_day=300, per_minute=1), timedelta(hours=18, minutes=1 + 9)),
        (10, Limits(per_minute=60), timedelta(seconds=9)),
    ],
)
def test_what_went_today_takes_up_room_until_it_is_a_day_ago(
    mails: int, limits: Limits, needed: timedelta
) -> None:
    gone = [
        (NOW - timedelta(hours=25), 77),
        (NOW - timedelta(hours=6), 98),
        (NOW - timedelta(hours=1), 200),
    ]
    assert time_needed(mails, limits, gone, NOW) == needed
    assert gone_within(timedelta(hours=24), gone, NOW) == 298
    assert time_needed(mails, limits, gone, NOW + timedelta(days=2)) == time_needed(mails, limits)


def test_figures_are_said_as_people_say_them() -> None:
    assert limits_in_words(Limits(per_minute=30, per_day=10_000)) == "30 a minute, 10,000 in 24 hours"
    assert limits_in_words(Limits(per_second=0.5)) == "0.5 a second"
    assert limits_in_words(Limits()) == ""
    spans = (0, 40, 720, 5400, 3600 * 30, 3600 * 52, 3600 * 48)
    assert [span_in_words(timedelta(seconds=seconds)) for seconds in spans] == [
        "1 second",
        "40 seconds",
        "12 minutes",
        "2 hours",
        "30 hours",
        "2 days 4 hours",
        "2 days",
    ]
