"""Deadlines: to the hour, with sums that add up, and shown to those who owe."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date as Date  # noqa: N812
from datetime import timedelta

from mailer.check.calendar_names import written_day
from mailer.check.listing import some_of
from mailer.check.reading import Place, TextPlace, texts
from mailer.check.rule import NOTE, OWN, WARN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Deadline, Event

MOST_NAMED = 5

_SPAN = re.compile(
    r"\b(\d{1,3})\s+(days?|weeks?|months?)\s+(?:before|in\s+advance\s+of|prior\s+to|ahead\s+of)\b"
    r"(?!\s+(?:the\s+|this\s+)?(?:deadline|due|closing))([^.;!?]{0,200})",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\w*\b")
_EVERY_PARTY = re.compile(r"\b(?i:each|every|all|for|remind\w*)\s+(?:\w+\s+)?Part(?:y|ies)\b")


def without_zone(checked: CheckedIssue) -> Iterator[Finding]:
    """A deadline of which nobody knows when it ends."""
    for item in _deadlines(checked):
        lacks = [name for name in ("time", "timezone") if not getattr(item, name)]
        if lacks:
            what = {"time": "hour", "timezone": "time zone"}
            yield checked.finding(
                "date.deadline-zone",
                Severity.WARN,
                f"The deadline of {written_day(item.due)} has no "
                f"{' and no '.join(what[name] for name in lacks)}, so nobody can tell when that day is over.",
                'Say when it ends, such as time: "23:59" and timezone: Europe/Berlin.',
                at=Place(item.id, "due"),
                words=item.due.isoformat(),
            )


def sum_wrong(checked: CheckedIssue) -> Iterator[Finding]:
    """So many days before an event, and the due date is another day."""
    for item in _deadlines(checked):
        own = list(_texts_of(checked, item.id))
        named = {word for text in own for word in _ACRONYM.findall(text.text)}
        for text in own:
            for found in _SPAN.finditer(text.text):
                event = _event_meant(checked, set(_ACRONYM.findall(found[3])), named)
                if event is None:
                    continue
                expected = _before(event.start, int(found[1]), found[2])
                if expected != item.due:
                    yield checked.finding(
                        "date.sum",
                        Severity.WARN,
                        f"{found[1]} {found[2]} before {_long(event.start)} is {_long(expected)}; the due date, "
                        f"{_long(item.due)}, is {(event.start - item.due).days} days before.",
                        f"Ask which holds: {_long(expected)}, by the sum, or {_long(item.due)}, as written. "
                        "Do not change the date by the sum alone.",
                        at=text.at(found.start()),
                        words=f"{found[1]} {found[2]}",
                    )


def _before(day: Date, count: int, unit: str) -> Date:
    """So many days, weeks or months before a day; the month's last day where it has no such day."""
    match unit.casefold()[:1]:
        case "m":
            months = day.year * 12 + day.month - 1 - count
            year, month = divmod(months, 12)
            return Date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        case "w":
            return day - timedelta(weeks=count)
        case _:
            return day - timedelta(days=count)


def for_everybody(checked: CheckedIssue) -> Iterator[Finding]:
    """A duty of Parties, shown to everybody; or to States that are none on the day, where the registers tell."""
    for item in _deadlines(checked):
        outside = _no_parties(checked, item)
        if outside == () or (outside is None and item.show_to is not None):
            continue
        who = "every reader will see it, those of other States too"
        if outside:
            who = f"readers in States that are none on {checked.day} will see it: {some_of(outside, MOST_NAMED)}"
        for text in _texts_of(checked, item.id):
            if not _for_all(item, text.field):
                continue
            if found := _EVERY_PARTY.search(text.text):
                yield checked.finding(
                    "deadline.for-everybody",
                    # Where a group was named, somebody has thought of who is in it.
                    Severity.NOTE if item.show_to else Severity.WARN,
                    f'The duty is that of Parties ("{" ".join(found[0].split())}"), and {who}.',
                    "Name the group that owes it: show_to: …",
                    at=text.at(found.start()),
                    words=" ".join(found[0].split()),
                )
                break


def _no_parties(checked: CheckedIssue, item: Deadline) -> tuple[str, ...] | None:
    """Names of the States of an item's readers that are no Parties; None where readers or treaty are not known."""
    registers, codes = checked.registers, checked.audience.states_of.get(item.id)
    if registers is None or codes is None or not (treaty := _treaty_of(checked, item)):
        return None
    parties = registers.parties(treaty, checked.day)
    if not parties:
        return None
    known = registers.countries
    names = (known[code].name_in_text("en") if code in known else code for code in codes - parties)
    return tuple(sorted(names, key=lambda name: name.removeprefix("the ")))


def _treaty_of(checked: CheckedIssue, item: Deadline) -> str:
    """The treaty that an item's words name, or the only one that there is; "" where it cannot be told."""
    treaties = checked.registers.treaties if checked.registers else {}
    known = {slug: one for slug, one in treaties.items() if one.kind == "treaty"}
    said = "\n".join(text.text for text in _texts_of(checked, item.id))
    named = [
        slug
        for slug, one in known.items()
        if any(
            re.search(rf"\b{re.escape(name)}\b", said) for name in (*one.short.values(), *one.titles.values())
        )
    ]
    only = named or list(known)
    return only[0] if len(only) == 1 else ""


def _for_all(item: Deadline, field: str) -> bool:
    """Whether a text is not kept for one group: some wordings are, and the item's own words may be for nobody."""
    if found := re.match(r"wording\[(\d+)\]", field):
        return item.wording[int(found[1])].for_ is None
    last = item.wording[-1] if item.wording else None
    replaced = last is not None and last.for_ is None and getattr(last, field, None) is not None
    return not replaced


def _deadlines(checked: CheckedIssue) -> Iterator[Deadline]:
    return (item for item in checked.issue.items if isinstance(item, Deadline))


def _texts_of(checked: CheckedIssue, item_id: str) -> Iterator[TextPlace]:
    return (text for text in texts(checked.issue) if text.item == item_id)


def _event_meant(checked: CheckedIssue, *named: set[str]) -> Event | None:
    """The one event of the issue that shares an acronym with the sentence, or else with the item."""
    events = [item for item in checked.issue.items if isinstance(item, Event)]
    for words in named:
        meant = [event for event in events if words & set(_ACRONYM.findall(_said(checked, event)))]
        if len(meant) == 1:
            return meant[0]
    return None


def _long(day: Date) -> str:
    return f"{day:%A} {written_day(day)}"


def _said(checked: CheckedIssue, event: Event) -> str:
    return " ".join(text.text for text in _texts_of(checked, event.id))


RULES = (
    Rule("date.deadline-zone", "A deadline without hour or time zone", WARN, OWN, without_zone),
    Rule(
        "date.sum",
        '"180 days before" that does not give the due date',
        WARN,
        OWN,
        sum_wrong,
        reads_words=True,
        needs=Needs("days before an event", languages=("en",)),
    ),
    Rule(
        "deadline.for-everybody",
        "A duty of Parties shown to all, or to States that are none on the day",
        (*WARN, *NOTE),
        OWN,
        for_everybody,
        reads_words=True,
        needs=Needs("duties of Parties", languages=("en",)),
    ),
)
