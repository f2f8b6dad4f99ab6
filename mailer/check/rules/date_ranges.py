"""From one day to another: in order, on the weekdays that are named, and as the item itself has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from functools import cache, lru_cache

from mailer.check.calendar_names import ON_DAYS_IN_RUSSIAN, CalendarNames, one_of, written_day
from mailer.check.likeness import different_words
from mailer.check.reading import Place, TextPlace, texts
from mailer.check.rule import NOTE, STOP, WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Event, EventReport

FROM_DAYS_IN_RUSSIAN = {
    "понедельника": 0,
    "вторника": 1,
    "среды": 2,
    "четверга": 3,
    "пятницы": 4,
    "субботы": 5,
    "воскресенья": 6,
}
"""Russian "from Monday"."""
NAMES = CalendarNames(("en", "fr", "ru"), {**FROM_DAYS_IN_RUSSIAN, **ON_DAYS_IN_RUSSIAN})

_ONLINE = re.compile(
    r"on-?line|virtual(?:ly)?|webinars?|webcast|zoom|teams|webex|livestream|ligne|webinaires?|visioconf\w*"
    r"|онлайн\w{0,3}|вебинар\w{0,3}|дистанционн\w{0,4}|виртуальн\w{0,4}"
)
"""Words of an event that is nowhere in particular."""
_GAP = r"\s{1,9}"
_TO = r"(?:\s{0,3}[-–—]\s{0,3}|\s{1,9}(?:to|until|till|through|and|au|по|до)\s{1,9}(?:the\s{1,9}|le\s{1,9})?)"
_DAY = r"(?:st|nd|rd|th|er)?"

_NAME = r"[^\W\d_]{3,12}"
# Names are looked up afterwards: trying fifty at every number would be slow.
_RANGE = re.compile(
    rf"(?P<from>\d(?<![\d.,/-].)\d?){_DAY}(?:{_GAP}(?P<from_month>{_NAME}))?{_TO}"
    rf"(?:(?P<weekday>{_NAME})\b,?{_GAP})?(?P<to>\d{{1,2}}){_DAY}{_GAP}(?P<month>{_NAME}),?{_GAP}"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
"""`22-26 August 2016`, `22 to Friday 26 August 2016`, `28 August to 3 September 2016`."""


@dataclass(frozen=True, slots=True)
class _Range:
    """Two days in a text, as they are written; their weekdays where it names them."""

    text: TextPlace
    offset: int
    words: str
    first: Date
    last: Date
    first_named: int | None
    last_named: int | None


def backwards(checked: CheckedIssue) -> Iterator[Finding]:
    """A range that ends before it begins."""
    for each in _ranges(checked):
        if each.last < each.first:
            yield checked.finding(
                "date.range-backwards",
                Severity.WARN,
                f'"{each.words}" ends before it begins.',
                "Correct the first day or the last.",
                at=each.text.at(each.offset),
                words=each.words,
            )


def weekdays(checked: CheckedIssue) -> Iterator[Finding]:
    """The weekdays of a range that are not those of its days."""
    for each in _ranges(checked):
        for day, named in ((each.first, each.first_named), (each.last, each.last_named)):
            if named is not None and day.weekday() != named:
                yield checked.finding(
                    "date.range-weekdays",
                    Severity.STOP,
                    f'"{each.words}": {written_day(day)} is a {day:%A}.',
                    "Find out whether the weekday or the date is right.",
                    at=each.text.at(each.offset),
                    words=each.words,
                )
                break


def other_than_item(checked: CheckedIssue) -> Iterator[Finding]:
    """A range that begins or ends with the event itself, and does not do both."""
    for each in _ranges(checked):
        item = checked.issue.item(each.text.item) if each.text.item else None
        if not isinstance(item, Event | EventReport) or each.last < each.first:
            continue
        start, end = item.start, item.end or item.start
        if (each.first == start) != (each.last == end):
            yield checked.finding(
                "date.range-differs",
                Severity.WARN,
                f'The text says "{each.words}"; the item has {written_day(start)} to {written_day(end)}.',
                "Correct the one that is wrong, if both mean the same.",
                at=each.text.at(each.offset),
                words=each.words,
            )


def no_place(checked: CheckedIssue) -> Iterator[Finding]:
    """An event of which readers do not learn where it is."""
    for item in checked.issue.items:
        if not isinstance(item, Event) or item.place is not None:
            continue
        said = (text.prose for text in texts(checked.issue) if text.item == item.id)
        if not any(_ONLINE.fullmatch(word) for prose in said for word in different_words(prose)):
            yield checked.finding(
                "item.no-place",
                Severity.NOTE,
                "This event has no place, in the mail and in the calendar entry.",
                "Give it one: place: {name: Manila, country: PH}; or say that it is held online.",
                at=Place(item.id, "start"),
                words=item.start.isoformat(),
            )


def _ranges(checked: CheckedIssue) -> Iterator[_Range]:
    for text in texts(checked.issue):
        yield from _ranges_in(text)


@lru_cache(maxsize=2048)
def _ranges_in(text: TextPlace) -> tuple[_Range, ...]:
    return tuple(_read_ranges(text))


def _read_ranges(text: TextPlace) -> Iterator[_Range]:
    if not any(year in text.prose for year in ("19", "20")):
        return
    for found in _RANGE.finditer(text.prose):
        month = NAMES.months.get(found["month"].casefold(), 0)
        starts_in = NAMES.months.get(found["from_month"].casefold(), 0) if found["from_month"] else month
        year = int(found["year"])
        # "28 December to 3 January 2017" begins in the year before; "28 May to 3 January 2017" is a slip.
        before = year - 1 if starts_in == 12 and month == 1 else year  # noqa: PLR2004
        try:
            first, last = Date(before, starts_in, int(found["from"])), Date(year, month, int(found["to"]))
        except ValueError:
            continue
        named = _named_before().search(text.prose, max(0, found.start() - 60), found.start())
        start = named.start() if named else found.start()
        words = " ".join(text.prose[start : found.end()].split())
        both = (named["first"], named["last"]) if named else (None, None)
        one, other = (NAMES.weekdays.get(name.casefold()) if name else None for name in both)
        own = NAMES.weekdays.get((found["weekday"] or "").casefold())
        yield _Range(text, start, words, first, last, one, own if other is None else other)


@cache
def _named_before() -> re.Pattern[str]:
    """The weekdays right before a range: `Monday 22-…`, `Monday to Friday, 22-…`."""
    day = one_of(NAMES.weekdays)
    return re.compile(
        rf"\b(?P<first>{day})\b(?:{_TO}(?P<last>{day})\b)?,?{_GAP}(?:(?:from|du|с|the|le){_GAP})?$",
        re.IGNORECASE,
    )


RULES = (
    Rule(
        "date.range-weekdays",
        '"Monday to Friday" over days that are others',
        STOP,
        "the calendar",
        weekdays,
        reads_words=True,
        needs=Needs("ranges of days", languages=NAMES.languages),
    ),
    Rule(
        "date.range-backwards",
        "A range that ends before it begins",
        WARN,
        "the calendar",
        backwards,
        reads_words=True,
        needs=Needs("ranges of days", languages=NAMES.languages),
    ),
    Rule(
        "date.range-differs",
        "A range in the text other than the event's own",
        WARN,
        "a reader's eye",
        other_than_item,
        reads_words=True,
        is_strict=True,
        needs=Needs("ranges of days", languages=NAMES.languages),
    ),
    Rule("item.no-place", "An event without a place", NOTE, "RFC 5545 section 3.8.1.7", no_place),
)
