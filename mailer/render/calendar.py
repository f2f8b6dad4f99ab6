"""An event or a deadline of an issue as a calendar file, for anybody: nothing personal is in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailer.model.base import Language
from mailer.model.issue import Deadline, Event, Issue
from mailer.model.slots import fill_slots, split_slots
from mailer.render.markdown import close_fields, open_fields
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
MOST_TITLE = 250
MOST_TEXT = 4_000
"""Signs of title and place, and of the text: a file that comes with every mail has to be small."""
FACTS = frozenset({"title", "start", "end", "due", "time", "timezone", "place"})


def calendar_text(
    item: Event | Deadline,
    issue: Issue,
    language: Language,
    phrases: Mapping[str, str],
    domain: str,
    *,
    sequence: int = 0,
) -> str:
    """The item, which is in that language, as an iCalendar object (RFC 5545) with an alarm a week before.

    Logical lines with LF: `fold_calendar` makes a file of them. An event is whole days, and its DTEND the day after
    its last (3.6.1). A deadline with hour and zone is that moment in UTC, so that every calendar shows its owner's
    own hour; one that lacks either is a whole day. The UID is the same in every language and at every building;
    `sequence` (3.8.7.4) says which of two files is the newer. DTSTAMP is the issue's day and a second more for each
    of them, so that it grows too and the same issue gives the same bytes. `domain`: for the UID.
    """
    from icalendar import Alarm, Calendar
    from icalendar import Event as Entry

    calendar, entry, bell = Calendar(), Entry(), Alarm()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry.add("uid", f"{issue.id}.{item.id}@{domain}")
    entry.add("sequence", sequence)
    entry.add("dtstamp", _stamp(issue, sequence))
    said = _Said(item, issue, language, phrases)
    in_language = {"LANGUAGE": language}
    entry.add("summary", said.summary, parameters=in_language)
    entry.add("description", said.description, parameters=in_language)
    if said.place:
        entry.add("location", said.place, parameters=in_language)
    if said.pages:
        entry.add("url", said.pages[0])
    entry.add("transp", "TRANSPARENT")
    entry.add("x-microsoft-cdo-busystatus", "FREE")
    alarm = _set_time(entry, item)
    bell.add("action", "DISPLAY")
    bell.add("description", said.summary)
    bell.add("trigger", -alarm)
    entry.add_component(bell)
    calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written.decode("utf-8").replace("\r\n ", "").replace("\r\n", "\n")


def what_counts(item: Event | Deadline) -> str:
    """Twelve hexadecimal digits over what readers must hear of when it changes: days, hour, zone, place, title."""
    facts = item.model_dump(mode="json", include=set(FACTS))
    titles = [wording.title for wording in item.wording if wording.title is not None]
    canonical = json.dumps([facts, titles], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _stamp(issue: Issue, sequence: int) -> datetime:
    first = datetime.combine(issue.date, time(), UTC)
    return first + min(timedelta(seconds=sequence), datetime.max.replace(tzinfo=UTC) - first)


def _set_time(entry: Any, item: Event | Deadline) -> timedelta:
    """Put in when it is; gives how long before its beginning the alarm goes."""
    if isinstance(item, Deadline) and item.time and item.timezone:
        moment = datetime.combine(item.due, time.fromisoformat(item.time), ZoneInfo(item.timezone))
        with suppress(OverflowError):  # at either end of what years there are
            entry.add("dtstart", moment.astimezone(UTC))
            return WEEK_BEFORE
    first, last = (item.due, item.due) if isinstance(item, Deadline) else (item.start, item.end or item.start)
    entry.add("dtstart", first)
    if last < date.max:
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
        self.summary = _within(fill_slots(split_slots(title), {}, general, kind="text"), MOST_TITLE)
        self.description = _within("\n\n".join(part for part in parts if part), MOST_TEXT)
        self.place: str = _within(view["where"], MOST_TITLE)
        self.pages = [
            link["url"] for link in links if link["url"].lower().startswith(("http://", "https://"))
        ]


def _within(words: str, most: int) -> str:
    """The words, cut behind one of them where they are too long; nothing in them stands for a personal field."""
    words = close_fields(words)
    if len(words) <= most:
        return words
    cut = words[: most - 1]
    whole = cut.rpartition(" ")[0]
    return f"{whole if len(whole) > most // 2 else cut}…"
