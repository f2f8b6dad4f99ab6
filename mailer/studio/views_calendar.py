"""An issue's events and deadlines as the studio lists them."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.config import PublicMode, Workspace
from mailer.content import find_issue, read_issue
from mailer.flow import People
from mailer.flow.calendar import calendar_bytes, issue_calendar
from mailer.model.base import Language
from mailer.model.issue import Deadline, Event
from mailer.render.dates import date_range, long_date
from mailer.source import language_name


@dataclass(frozen=True, slots=True)
class DateFile:
    """A calendar file in one language."""

    name: str
    language: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DateRow:
    """One event or deadline."""

    title: str
    kind: str
    when: str
    how: str
    """What the mail does with the file."""
    changed: str
    """How often it has changed since it first went out; "" where it has not."""
    files: tuple[DateFile, ...]


def date_rows(workspace: Workspace, slug: str, people: People) -> tuple[DateRow, ...]:
    """The issue's dates in reading order. ProblemsError where its files cannot be used."""
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    languages: tuple[Language, ...] = (file.issue.language, *file.translations)
    made = issue_calendar(workspace, file, people, languages)
    rows = []
    for item in file.issue.items:
        if not isinstance(item, Event | Deadline):
            continue
        own = [each for each in made if each.entry and each.entry.item == item.id]
        times = max((each.entry.sequence for each in own if each.entry), default=0)
        rows.append(
            DateRow(
                title=item.title or item.id,
                kind=item.kind,
                when=_when(item),
                how=_how(item.calendar, workspace),
                changed=f"Changed since it went out: calendars that have it move it (number {times})."
                if times
                else "",
                files=tuple(
                    DateFile(each.name, language_name(each.entry.language), calendar_bytes(each))
                    for each in own
                    if each.entry
                ),
            )
        )
    return tuple(rows)


def _when(item: Event | Deadline) -> str:
    if isinstance(item, Event):
        return f"{date_range(item.start, item.end, 'en')}, whole days"
    if item.time and item.timezone:
        return f"{long_date(item.due, 'en')}, {item.time} ({item.timezone.replace('_', ' ')})"
    return f"{long_date(item.due, 'en')}, the whole day: no hour is given"


def _how(calendar: str, workspace: Workspace) -> str:
    if calendar == "attach":
        return "It comes with the mail."
    if calendar == "none":
        return "Mails neither carry it nor link to it."
    if workspace.config.public is PublicMode.NONE:
        return (
            "No mail has it, as nothing of ours answers on the web. `calendar: attach` at the item sends it."
        )
    return "Mails link to it."
