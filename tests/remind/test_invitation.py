"""The calendar entry that comes with a reminder, filled as it is sent and read by another program's eyes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from mailer.model.rendition import text_slot
from mailer.model.slots import fill_slots, split_slots
from mailer.remind.invitation import event_fields, event_uid, invitation

VALUES = {
    "owed": "the report; of Kazakhstan, and\nof Mongolia\\X",
    "due": "Monday, 24 April 2017",
    "due_utc": "20170424T215900Z",
    "event_uid": "abc@example.org",
} | event_fields(date(2017, 1, 24))


def entry(**changes: Any) -> Any:
    words = f"{text_slot('owed')}: {text_slot('due')}"
    made = invitation(
        "report.ics", "Deadline: a, b; c", words, link="https://example.org/a?b=1,2", language="en"
    )
    content = fill_slots(split_slots(made.content), VALUES | changes, {}, "calendar")
    return Calendar.from_ical(content.replace("\n", "\r\n"))


def test_it_is_published_and_stands_at_the_very_moment() -> None:
    calendar = entry()
    assert calendar["METHOD"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART") == datetime(2017, 4, 24, 21, 59, tzinfo=UTC)
    assert "DTEND" not in event
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == "https://example.org/a?b=1,2"


def test_words_cannot_break_out_of_their_line() -> None:
    (event,) = entry().walk("VEVENT")
    assert event["SUMMARY"] == "Deadline: a, b; c"
    assert event["DESCRIPTION"] == "the report; of Kazakhstan, and of Mongolia\\X: Monday, 24 April 2017"
    assert len(entry(owed="x\r\nBEGIN:VEVENT\r\nUID:y").walk("VEVENT")) == 1


def test_it_rings_seven_days_before() -> None:
    (bell,) = entry().walk("VALARM")
    assert bell.decoded("TRIGGER") == timedelta(days=-7)


def test_a_later_message_moves_the_entry_of_an_earlier_one() -> None:
    (first,) = entry().walk("VEVENT")
    moved = event_fields(date(2017, 2, 1)) | {"due_utc": "20170403T215900Z"}
    (later,) = entry(**moved).walk("VEVENT")
    assert first["UID"] == later["UID"]
    assert first["SEQUENCE"] < later["SEQUENCE"]
    assert first.decoded("DTSTAMP") < later.decoded("DTSTAMP")


def test_the_uid_stays_and_names_nobody() -> None:
    secret = b"s" * 32
    uid = event_uid(secret, "part", ["anna@example.org"], "office.example")
    assert uid == event_uid(secret, "part", ["anna@example.org"], "office.example")
    assert "anna" not in uid
    assert uid.endswith("@office.example")
    others = {
        event_uid(secret, "part", ["KZ"], "office.example"),
        event_uid(secret, "part", ["KZ", "MN"], "office.example"),
        event_uid(secret, "other", ["KZ"], "office.example"),
        event_uid(b"t" * 32, "part", ["KZ"], "office.example"),
    }
    assert len(others) == 4
    assert event_uid(secret, "part", ["MN", "KZ"], "office.example") in others


def test_no_token_is_cut_by_a_fold() -> None:
    long = " ".join([text_slot("owed")] * 20)
    made = invitation("a.ics", long, long, link="", language="ru")
    assert made.content.count(text_slot("owed")) == 60
    assert "\n " not in made.content
