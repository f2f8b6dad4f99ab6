"""An event or a deadline of an issue as a calendar file, for anybody: nothing personal is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailer.model.base import Language
from mailer.model.issue import Deadline, Event, Issue
from mailer.model.slots import fill_slots, split_slots
from mailer.render.markdown import open_fields
from mailer.render.marks import comma
from mailer.render.plain import body_lines
from mailer.render.rendition import stand_ins
from mailer.render.text_links import TextLinks
from mailer.render.view import item_view

PRODID = "-//Saiga Mailer//issue//EN"
WEEK_BEFORE = timedelta(days=7)
MORNING_A_WEEK_BEFORE = timedelta(days=6, hours=15)
"""Of a whole day, which begins at midnight: nobody wants to be woken then."""
UNBROKEN = 10_000
"""Columns: calendars break lines themselves."""


def calendar_file(
    item: Event | Deadline, issue: Issue, language: Language, phrases: Mapping[str, str], domain: str
) -> bytes:
    """The item, which is in that language, as an iCalendar file (RFC 5545) with an alarm a week before.

    An event is whole days, and its DTEND the day after its last (3.6.1). A deadline with hour and zone is that
    moment in UTC, so that every calendar shows its owner's own hour; one that lacks either is a whole day. The UID
    is the same in every language and at every building, so that a file that is read again moves its entry instead
    of doubling it; DTSTAMP is the issue's day, so that the same issue gives the same bytes. `domain`: for the UID.
    """
    from icalendar import Alarm, Calendar
    from icalendar import Event as Entry

    calendar, entry, bell = Calendar(), Entry(), Alarm()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry.add("uid", f"{issue.id}.{item.id}@{domain}")
    entry.add("dtstamp", datetime.combine(issue.date, time(), UTC))
    said = _Said(item, issue, language, phrases)
    in_language = {"LANGUAGE": language}
    entry.add("summary", said.summary, parameters=in_language)
    entry.add("description", said.description, parameters=in_language)
    if said.place:
        entry.add("location", said.place, parameters=in_language)
    if said.pages:
        entry.add("url", said.pages[0])
    entry.add("transp", "TRANSPARENT")
    alarm = _set_time(entry, item)
    bell.add("action", "DISPLAY")
    bell.add("description", said.summary)
    bell.add("trigger", -alarm)
    entry.add_component(bell)
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _set_time(entry: Any, item: Event | Deadline) -> timedelta:
    """Put in when it is; gives how long before its beginning the alarm goes."""
    if isinstance(item, Deadline) and item.time and item.timezone:
        moment = datetime.combine(item.due, time.fromisoformat(item.time), ZoneInfo(item.timezone))
        entry.add("dtstart", moment.astimezone(UTC))
        return WEEK_BEFORE
    first, last = (item.due, item.due) if isinstance(item, Deadline) else (item.start, item.end or item.start)
    entry.add("dtstart", first)
    entry.add("dtend", last + timedelta(days=1))
    return MORNING_A_WEEK_BEFORE


class _Said:
    """The item in plain words, with its personal fields as they are for readers of whom nothing is known."""

    def __init__(
        self, item: Event | Deadline, issue: Issue, language: Language, phrases: Mapping[str, str]
    ) -> None:
        defaults: dict[str, str] = {}
        bare = item.model_copy(update={"image": None, "body": ""})
        view = item_view(bare, language, phrases, pictures={}, public_url="", defaults=defaults)
        body = "\n".join(body_lines(open_fields(item.body, defaults), UNBROKEN))
        general = dict(stand_ins(phrases, issue)) | defaults
        person, links = view["person"], [link for link in view["links"] if link["url"]]
        told = [person[name] for name in ("name", "role", "email")] if person else []
        parts = (
            fill_slots(split_slots(body), {}, general, kind="text"),
            view["reference"],
            comma(language).join(words for words in told if words),
            "\n".join(TextLinks().linked(link["text"], link["url"]) for link in links),
        )
        title = view["title"] or view["label"]
        self.summary = fill_slots(split_slots(title), {}, general, kind="text")
        self.description = "\n\n".join(part for part in parts if part)
        self.place: str = view["where"]
        self.pages = [
            link["url"] for link in links if link["url"].lower().startswith(("http://", "https://"))
        ]
