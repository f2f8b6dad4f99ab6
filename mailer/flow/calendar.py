"""An issue's events and deadlines as calendar files on disk and on the web."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from mailer.config import Workspace
from mailer.content import IssueFile
from mailer.flow.calendar_entries import CALENDAR
from mailer.flow.compose import Composed
from mailer.flow.desk import Desk
from mailer.flow.people import People
from mailer.message.mime import fold_calendar
from mailer.model.base import Language
from mailer.model.issue import Deadline, Event
from mailer.model.rendition import Attachment, Rendition
from mailer.model.translation import item_language
from mailer.render import PRODID

__all__ = [
    "CALENDAR",
    "build_calendar",
    "calendar_bytes",
    "issue_calendar",
    "write_linked",
]


def issue_calendar(
    workspace: Workspace, file: IssueFile, people: People, languages: Iterable[Language]
) -> tuple[Attachment, ...]:
    """Every event and deadline of an issue as a calendar file ITEM.LANGUAGE.ics, whatever its `calendar` says.

    In those of the languages that the item has, and in the words of everybody outside the groups. `calendar_bytes`
    gives what to write. ProblemsError where the record of what has gone out, or the template, cannot be used.
    """
    issue, translations = file.issue, file.translations
    desk = Desk(workspace, file, people, issue.date, b"")
    return tuple(
        desk.entries.general(item.id, language)
        for language in dict.fromkeys(languages)
        for item in issue.items
        if isinstance(item, Event | Deadline)
        and item_language(item.id, (language, issue.language), translations) == language
    )


def calendar_bytes(file: Attachment) -> bytes:
    """A calendar file as programs read it: UTF-8, lines of at most 75 octets ended by CRLF (RFC 5545 3.1)."""
    return fold_calendar(file.content).encode("utf-8")


def build_calendar(workspace: Workspace, composed: Composed, out: Path) -> list[Path]:
    """Write every event and deadline as a calendar file, ITEM.LANGUAGE.ics, in the languages that it has.

    Of these, in the languages that readers meet. Files of an earlier build that are no longer among them go.
    """
    files = issue_calendar(workspace, composed.file, composed.people, composed.phrases)
    folder = out / CALENDAR
    entries = {folder / file.name: calendar_bytes(file) for file in files}
    for old in folder.glob("*.ics"):
        if old not in entries and PRODID.encode() in old.read_bytes():
            old.unlink()
    return _write(entries)


def write_linked(renditions: Iterable[Rendition], folder: Path) -> list[Path]:
    """Write the calendar files that mails link to. What is there already stays: earlier mails link to it."""
    return _write(
        {folder / file.name: calendar_bytes(file) for rendition in renditions for file in rendition.linked}
    )


def _write(entries: Mapping[Path, bytes]) -> list[Path]:
    for path, content in entries.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted(entries)
