"""An event or a deadline as a calendar file, whatever its words: read back by two parsers that know nothing of us."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from render_kit import template

from mailer.message.mime import fold_calendar
from mailer.model.issue import Deadline, Event, Issue, Place
from mailer.render import calendar_text, what_counts
from mailer.render.calendar import MOST_TEXT, MOST_TITLE

DATED = Event | Deadline
ODD = "".join(map(chr, range(0xA0))) + "\u061c\u200b\u200d\u200e\u202e\u2028\u2029\ufeff\ufffe\U0001f98c"
WORDS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from(f"\\;,:\"'\r\n {ODD}")), max_size=300)
NAMES = st.one_of(
    WORDS, st.sampled_from(["الغزال; الحقل, ٢٤ أبريل", "שָׁלוֹם, עולם", "🦌" * 90, "д" * 200, "x" * 400])
)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 30))
SOON = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def an_issue(item: DATED, day: date = date(2016, 12, 19)) -> Issue:
    return Issue(id="one", series="News", date=day, items=(item,))


@cache
def phrases(language: str) -> dict[str, str]:
    return dict(template(language).phrases)


def file_of(item: DATED, language: str = "en", sequence: int = 0) -> bytes:
    text = calendar_text(item, an_issue(item), language, phrases(language), "example.org", sequence=sequence)
    return fold_calendar(text).encode("utf-8")


def entry_in(content: bytes) -> Any:
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    return entry


def other_entry_in(content: bytes) -> Any:
    """The same, by the other parser."""
    return vobject.readOne(content.decode("utf-8")).vevent


def event(**values: Any) -> Event:
    return Event(**{"kind": "event", "id": "e", "title": "Meeting", "start": date(2017, 10, 23)} | values)


def deadline(**values: Any) -> Deadline:
    return Deadline(**{"kind": "deadline", "id": "d", "title": "Reports", "due": date(2017, 4, 24)} | values)


def seen(words: str) -> str:
    """Only what can be seen: how many blanks, and signs that nothing shows, are the parsers' own affair."""
    return "".join(sign for sign in words if sign.isprintable() and not sign.isspace())


@given(title=NAMES, body=WORDS, place=NAMES, language=st.sampled_from(["en", "ru", "ar"]))
@SOON
def test_any_words_come_back_whole_from_two_parsers_and_add_no_property(
    title: str, body: str, place: str, language: str
) -> None:
    content = file_of(event(title=title, body=body, place=Place(name=place, country="MN")), language)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
        assert not set(line) & {10, 13}
    one, other = entry_in(content), other_entry_in(content)
    properties = {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "DTSTART",
        "DTEND",
        "TRANSP",
    }
    assert set(one) == properties | {"X-MICROSOFT-CDO-BUSYSTATUS"}
    assert len(Calendar.from_ical(content).walk()) == len(["calendar", "entry", "bell"])
    for name in ("summary", "description", "location"):
        assert seen(str(one[name])) == seen(getattr(other, name).value)
    if len(title) < MOST_TITLE and seen(title) and "{{" not in title:
        assert seen(str(one["summary"])) == seen(title)


@given(first=DAYS, more=st.integers(0, 400))
@SOON
def test_whole_days_end_on_the_day_after_in_both_parsers(first: date, more: int) -> None:
    content = file_of(event(start=first, end=first + timedelta(days=more)))
    one, other = entry_in(content), other_entry_in(content)
    after = first + timedelta(days=more + 1)
    assert (one["dtstart"].dt, one["dtend"].dt) == (first, after)
    assert (other.dtstart.value, other.dtend.value) == (first, after)


@pytest.mark.parametrize(
    ("first", "last", "end"),
    [
        (date(2017, 10, 23), date(2017, 10, 28), b"20171029"),
        (date(2017, 12, 31), None, b"20180101"),
        (date(2016, 2, 28), None, b"20160229"),
        (date(2017, 3, 25), date(2017, 3, 26), b"20170327"),  # clocks go forward
    ],
)
def test_the_end_of_whole_days_is_the_next_day_over_years_and_changes_of_the_clock(
    first: date, last: date | None, end: bytes
) -> None:
    assert b"\r\nDTEND;VALUE=DATE:" + end + b"\r\n" in file_of(event(start=first, end=last))


@pytest.mark.parametrize(
    ("due", "hour", "zone", "moment"),
    [
        (date(2017, 4, 24), "23:59", "Europe/Berlin", "20170424T215900Z"),
        (date(2017, 12, 31), "23:59", "Europe/Berlin", "20171231T225900Z"),
        (date(2017, 12, 31), "23:59", "America/New_York", "20180101T045900Z"),
        (date(2017, 3, 25), "12:00", "Europe/Berlin", "20170325T110000Z"),  # the day before clocks go forward
        (date(2017, 3, 26), "12:00", "Europe/Berlin", "20170326T100000Z"),
        (date(2017, 10, 29), "12:00", "Europe/Berlin", "20171029T110000Z"),
        (date(2017, 1, 1), "00:00", "Asia/Almaty", "20161231T180000Z"),
        (date(2017, 4, 24), "12:00", "Asia/Kathmandu", "20170424T061500Z"),
    ],
)
def test_an_hour_is_that_moment_everywhere(due: date, hour: str, zone: str, moment: str) -> None:
    content = file_of(deadline(due=due, time=hour, timezone=zone))
    at = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert entry_in(content)["dtstart"].dt == at
    assert other_entry_in(content).dtstart.value == at
    assert b"VTIMEZONE" not in content
    assert b"DTEND" not in content  # RFC 5545 3.8.2.2: an end has to be later than its start


def test_both_have_an_alarm_and_block_no_time() -> None:
    for item, before in (
        (deadline(time="12:00", timezone="UTC"), timedelta(days=7)),
        (deadline(), timedelta(days=6, hours=15)),
        (event(), timedelta(days=6, hours=15)),
    ):
        content = file_of(item)
        one, other = entry_in(content), other_entry_in(content)
        assert one.walk("VALARM")[0]["trigger"].dt == -before
        assert other.valarm.trigger.value == -before
        assert other.valarm.action.value == "DISPLAY"
        assert one["transp"] == "TRANSPARENT"
        assert one["x-microsoft-cdo-busystatus"] == "FREE"


def test_it_is_published_and_nobody_is_invited_nor_a_calendar_named() -> None:
    content = file_of(event())
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert b"\r\nMETHOD:PUBLISH\r\n" in content
    assert content.endswith(b"END:VCALENDAR\r\n")
    for name in (b"ATTENDEE", b"ORGANIZER", b"X-WR-CALNAME", b"X-MICROSOFT-CDO-ALLDAYEVENT"):
        assert name not in content


def test_a_later_number_has_a_later_stamp_and_the_same_uid() -> None:
    first, second = entry_in(file_of(event())), entry_in(file_of(event(), sequence=1))
    assert (int(first["sequence"]), int(second["sequence"])) == (0, 1)
    assert first["dtstamp"].dt == datetime(2016, 12, 19, tzinfo=UTC)
    assert second["dtstamp"].dt > first["dtstamp"].dt
    assert first["uid"] == second["uid"] == "one.e@example.org"
    assert file_of(event(), sequence=1) == file_of(event(), sequence=1)


def test_a_title_that_needs_words_of_the_template_has_them_in_the_item_s_language() -> None:
    entry = entry_in(file_of(event(title=""), "fr"))
    assert entry["summary"] == phrases("fr")["kind.event"]
    assert entry["summary"].params["LANGUAGE"] == "fr"


def test_what_is_too_long_is_cut_behind_a_word() -> None:
    entry = entry_in(file_of(event(title="word " * 200, body="слово " * 3_000, place=Place(name="x" * 900))))
    assert len(entry["summary"]) <= MOST_TITLE
    assert entry["summary"].endswith("word…")
    assert len(entry["description"]) <= MOST_TEXT
    assert entry["description"].endswith("слово…")
    assert len(entry["location"]) == MOST_TITLE
    assert len(file_of(event(title="🦌" * 999, body="🦌" * 20_000))) < 25_000


def test_nothing_in_it_stands_for_a_personal_field() -> None:
    title = "%%slot:country%% {{country|%%slot:name%%}} {{salutation}} https://slot.invalid/unsubscribe"
    content = file_of(event(title=title, place=Place(name=title))).decode()
    assert "%%slot:country%%" not in content
    assert "%%slot:name%%" not in content
    assert "https://slot.invalid/unsubscribe" not in content.replace("\r\n ", "")
    assert "Dear colleague" in content.replace("\r\n ", "")


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_either_end_of_time_end_in_no_traceback(day: date) -> None:
    for zone in ("Asia/Almaty", "America/New_York"):
        entry_in(file_of(deadline(due=day, time="23:59", timezone=zone)))
    entry_in(file_of(event(start=day)))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"start": date(2017, 10, 22)},
        {"end": date(2017, 10, 24)},
        {"place": Place(name="Manila")},
        {"wording": ({"title": "For you"},)},
    ],
)
def test_what_readers_must_hear_of_counts(change: dict[str, Any]) -> None:
    assert what_counts(event(**change)) != what_counts(event())


@pytest.mark.parametrize(
    "change", [{"time": "12:00"}, {"timezone": "Europe/Berlin"}, {"due": date(2017, 4, 25)}]
)
def test_of_a_deadline_hour_and_zone_count_too(change: dict[str, Any]) -> None:
    assert what_counts(deadline(**change)) != what_counts(deadline())


def test_other_words_and_looks_do_not_count() -> None:
    assert what_counts(event(body="More", layout="side", calendar="attach")) == what_counts(event())
