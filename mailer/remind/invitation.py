"""The last day as a calendar entry that comes with a reminder, its personal fields open."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from mailer.model.rendition import Attachment, text_slot

MEDIA_TYPE = "text/calendar; method=PUBLISH"
_EPOCH = date(2000, 1, 1)
_OPEN_TIME = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_OPEN_STAMP = datetime(2002, 3, 4, 5, 6, 7, tzinfo=UTC)
_OPEN_NUMBER = 987654321
"""Values that stand where fields go, until the entry is written: icalendar only takes times and numbers there."""


def invitation(
    name: str, summary: str, words: str, *, link: str, language: str, alarm: timedelta = timedelta(days=7)
) -> Attachment:
    """An entry at the very moment that something is due, with an alarm so long before.

    It is a VEVENT at the moment itself in UTC, without an end, which ends when it begins (RFC 5545 3.6.1): so every
    calendar shows the hour in its owner's own zone, and blocks no time (TRANSP). A VTODO would say it better, but
    fewer programs take one from a mail. METHOD:PUBLISH (RFC 5546 3.2.1) asks for no answer.

    `summary` and `words` may hold tokens of personal fields: whoever fills them escapes their values. The fields of
    CALENDAR_SLOTS stand open: the moment, the UID, the number that grows with every later message, so that a moved
    date moves the entry, and the stamp.
    """
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Saiga Mailer//reminder//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", text_slot("event_uid"))
    event.add("sequence", _OPEN_NUMBER)
    event.add("dtstamp", _OPEN_STAMP)
    event.add("dtstart", _OPEN_TIME)
    event.add("summary", summary, parameters={"LANGUAGE": language})
    event.add("description", words, parameters={"LANGUAGE": language})
    if link:
        event.add("url", link)
    event.add("transp", "TRANSPARENT")
    bell = Alarm()
    bell.add("action", "DISPLAY")
    bell.add("description", summary)
    bell.add("trigger", -alarm)
    event.add_component(bell)
    calendar.add_component(event)
    return Attachment(name=name, media_type=MEDIA_TYPE, content=_opened(calendar.to_ical()))


def _opened(written: bytes) -> str:
    """Logical lines (RFC 5545 3.1), with tokens where the stand-ins are."""
    text = written.decode("utf-8").replace("\r\n ", "").replace("\r\n", "\n")
    for stands_in, field in (
        (f"{_OPEN_TIME:%Y%m%dT%H%M%SZ}", "due_utc"),
        (f"{_OPEN_STAMP:%Y%m%dT%H%M%SZ}", "event_stamp"),
        (str(_OPEN_NUMBER), "event_sequence"),
    ):
        text = text.replace(f":{stands_in}\n", f":{text_slot(field)}\n")
    return text


def event_uid(secret: bytes, deadline: str, who: Iterable[str], domain: str) -> str:
    """The entry's UID (RFC 5545 3.8.4.7): the same for the same obligations, whatever their date; names nobody."""
    key = "\x00".join(("event", deadline, *sorted(who)))
    return f"{hmac.new(secret, key.encode(), sha256).hexdigest()[:32]}@{domain}"


def event_fields(day: date) -> dict[str, str]:
    """Number and stamp of an entry that is sent on that day.

    The number (SEQUENCE, RFC 5545 3.8.7.4) is days since 2000: a later message always counts for more, also where
    its date is an earlier one.
    """
    return {"event_sequence": str((day - _EPOCH).days), "event_stamp": f"{day:%Y%m%d}T000000Z"}
