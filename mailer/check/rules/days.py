"""Days that have gone by, or not come yet, or are miscounted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.check.calendar_names import written_day
from mailer.check.reading import Place, texts
from mailer.check.rule import NOTE, OWN, WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Deadline, Event, EventReport, Greeting, ItemBase, StaffChange
from mailer.model.kinds import OwnItem

NUMBERS = "zero one two three four five six seven eight nine ten".split()

_DAYS = re.compile(
    rf"\b(?P<count>{'|'.join(NUMBERS[2:])}|[1-9]\d?)(?:\s+[a-z]{{3,20}})?(?:\s+days|-day)\b"
    r"(?!\s+(?:before|after|later|ago|earlier|in\s+advance|ahead|prior|notice|until|from))",
    re.IGNORECASE,
)


def past(checked: CheckedIssue) -> Iterator[Finding]:
    """An event announced after it ended, or a deadline after it was due."""
    items: Sequence[ItemBase] = checked.issue.items
    for item in items:
        if item.expires is not None and item.expires < checked.day:
            continue
        match item:
            case Event():
                day, field = item.end or item.start, "end" if item.end else "start"
                what = f"The event ended on {written_day(day)}"
            case Deadline():
                day, field = item.due, "due"
                what = f"The deadline was on {written_day(day)}"
            case OwnItem() if item.declared_day is not None:
                day, field = item.declared_day, item.declaration.day or ""
                what = f"Its day was {written_day(day)}"
            case _:
                continue
        if day < checked.day:
            yield checked.finding(
                "date.past",
                Severity.WARN,
                f"{what}, {_days((checked.day - day).days)} before the day of sending.",
                "Correct the date, leave the item out, or make an event_report of it.",
                at=Place(item.id, field),
                words=day.isoformat(),
            )


def ahead(checked: CheckedIssue) -> Iterator[Finding]:
    """A report on something that has not begun."""
    for item in checked.issue.items:
        if isinstance(item, EventReport) and item.start > checked.day:
            yield checked.finding(
                "date.ahead",
                Severity.WARN,
                f"This reports on an event that begins on {written_day(item.start)}, "
                f"{_days((item.start - checked.day).days)} after the day of sending.",
                "Correct the date, or make it kind: event.",
                at=Place(item.id, "start"),
                words=item.start.isoformat(),
            )


def no_expiry(checked: CheckedIssue) -> Iterator[Finding]:
    """Greetings and staff changes that would still be sent long after their time."""
    for item in checked.issue.items:
        if isinstance(item, Greeting | StaffChange) and item.expires is None:
            kind = "greeting" if isinstance(item, Greeting) else "staff change"
            yield checked.finding(
                "item.no-expiry",
                Severity.WARN,
                f"A {kind} is true for a while only, and this one has no last day.",
                "Say until when it may be sent: expires: YYYY-MM-DD.",
                at=Place(item.id, "expires"),
            )


def expired(checked: CheckedIssue) -> Iterator[Finding]:
    """An item whose last day is over."""
    for item in checked.issue.items:
        if item.expires is not None and item.expires < checked.day:
            yield checked.finding(
                "item.expired",
                Severity.NOTE,
                f"This item was to be sent until {written_day(item.expires)}, so readers will not see it.",
                "Move its last day, or take the item out.",
                at=Place(item.id, "expires"),
                words=item.expires.isoformat(),
            )


def span(checked: CheckedIssue) -> Iterator[Finding]:
    """A number of days in the text that is not the number between start and end."""
    for item in checked.issue.items:
        if not isinstance(item, Event | EventReport) or item.end is None:
            continue
        lasts = (item.end - item.start).days + 1
        for text in texts(checked.issue):
            if text.item != item.id or "day" not in text.prose.casefold():
                continue
            for found in _DAYS.finditer(text.prose):
                said = found["count"].casefold()
                count = NUMBERS.index(said) if said in NUMBERS else int(said)
                if count != lasts:
                    yield checked.finding(
                        "date.span",
                        Severity.NOTE,
                        f'The text says "{" ".join(found[0].split())}"; from {item.start.day} {item.start:%B} '
                        f"to {written_day(item.end)} it is {lasts} days.",
                        "See whether both are meant.",
                        at=text.at(found.start()),
                        words=" ".join(found[0].split()),
                    )


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count} days"


RULES = (
    Rule("date.past", "An event or deadline that is over", WARN, "the day of sending", past),
    Rule("date.ahead", "A report on an event that has not begun", WARN, "the day of sending", ahead),
    Rule(
        "date.span",
        "A number of days that start and end do not give",
        NOTE,
        OWN,
        span,
        reads_words=True,
        needs=Needs("numbers of days", languages=("en",)),
    ),
    Rule("item.no-expiry", "Greetings, staff changes without a last day", WARN, OWN, no_expiry),
    Rule("item.expired", "An item whose last day is over", NOTE, "the day of sending", expired),
)
