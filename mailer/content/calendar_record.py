"""calendar.yaml beside an issue: which of its dates have gone out, so that a later file moves the same entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Date  # noqa: N812
from pathlib import Path
from typing import Annotated

from pydantic import Field
from ruamel.yaml.comments import CommentedMap

from mailer.content.records import read_record
from mailer.model.base import Language, Noun, Slug
from mailer.model.rendition import CalendarEntry
from mailer.source import alone_in, dump_round_trip

CALENDAR_RECORD = "calendar.yaml"
HEAD = "# Written when dates of this issue go out. By it a changed date moves the entry that readers have: keep it.\n"


class PublishedEntry(Noun):
    """An event or deadline as readers have it in their calendars."""

    sequence: Annotated[int, Field(ge=0)]
    """How often what counts has changed since it went out first (RFC 5545 3.8.7.4)."""
    counts: dict[Language, str]
    """Language → digest of what counts, of those it went out in."""
    published: Date
    """The day on which it went out so."""


class CalendarRecord(Noun):
    """calendar.yaml: the events and deadlines of an issue that have gone out."""

    issue: Slug
    """The issue's id: a copy of the folder under another id begins anew."""
    entries: dict[Slug, PublishedEntry] = {}


def read_published(folder: Path, issue: Slug, root: Path | None = None) -> Mapping[Slug, PublishedEntry]:
    """Item → how it went out last; none where the file is of another issue, or is not there.

    ProblemsError where it cannot be used.
    """
    found = read_record(CalendarRecord, folder / CALENDAR_RECORD, root)
    return found[0].entries if found and found[0].issue == issue else {}


def sequence_of(published: PublishedEntry | None, counts: Mapping[Language, str]) -> int:
    """The number that an entry has now: one more where what counts differs in a language that went out."""
    if published is None:
        return 0
    changed = any(published.counts.get(language, now) != now for language, now in counts.items())
    return published.sequence + changed


def note_published(
    folder: Path, issue: Slug, entries: Iterable[CalendarEntry], day: Date, root: Path | None = None
) -> bool:
    """Write down what goes out on that day; whether anything was new.

    What is older than the record leaves it as it is. ProblemsError where the file cannot be used.
    """
    with alone_in(folder):
        before = read_published(folder, issue, root)
        after = dict(before)
        for entry in entries:
            known = after.get(entry.item)
            counts = {entry.language: entry.counts}
            if known is None or entry.sequence > known.sequence:
                after[entry.item] = PublishedEntry(sequence=entry.sequence, counts=counts, published=day)
            elif entry.sequence == known.sequence:
                after[entry.item] = known.model_copy(update={"counts": known.counts | counts})
        if after == dict(before):
            return False
        record = CalendarRecord(issue=issue, entries=dict(sorted(after.items())))
        dump_round_trip(folder / CALENDAR_RECORD, CommentedMap(record.model_dump(mode="json")), head=HEAD)
    return True
