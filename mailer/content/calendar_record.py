"""calendar.yaml beside an issue: which of its dates have gone out, so that a later file moves the same entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Date  # noqa: N812
from pathlib import Path
from typing import Annotated

from pydantic import Field
from ruamel.yaml.comments import CommentedMap

from mailer.content.records import read_record, shown_in
from mailer.model.base import Language, Noun, Slug
from mailer.model.rendition import CalendarEntry
from mailer.source import alone_in, load_round_trip, write_atomically
from mailer.source.round_trip import round_trip_text

CALENDAR_RECORD = "calendar.yaml"
HEAD = "# Written when dates of this issue go out. By it a changed date moves the entry that readers have: keep it.\n"
LARGEST = 2_147_483_647
"""The largest number of a calendar entry (RFC 5545 3.3.8)."""


class PublishedEntry(Noun):
    """An event or deadline as readers have it in their calendars."""

    sequence: Annotated[int, Field(ge=0, le=LARGEST)]
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
    """The number that an entry has now: one more where what counts differs in a language that went out.

    At the largest it stays.
    """
    if published is None:
        return 0
    changed = any(published.counts.get(language, now) != now for language, now in counts.items())
    return min(published.sequence + changed, LARGEST)


def note_published(
    folder: Path, issue: Slug, entries: Iterable[CalendarEntry], day: Date, root: Path | None = None
) -> bool:
    """Write down what goes out on that day; whether anything was new. Comments in the file stay.

    What is older than the record leaves it as it is. A record of another issue is begun anew, and says so.
    ProblemsError where the file cannot be used.
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
        new = {item: one for item, one in sorted(after.items()) if one != before.get(item)}
        if new:
            _write(folder / CALENDAR_RECORD, issue, new, root)
    return bool(new)


def _write(path: Path, issue: Slug, new: Mapping[Slug, PublishedEntry], root: Path | None) -> None:
    """Put these entries in the place of what the file has of the same items."""
    data = load_round_trip(path, shown_in(path, root))
    head = "" if data else HEAD
    if data and data["issue"] != issue:
        head = f"# Begun anew for {issue}: before, it had the dates of {data['issue']}.\n"
        data.pop("entries", None)
    data["issue"] = issue
    if not data.get("entries"):
        data["entries"] = CommentedMap()
    for item, entry in new.items():
        data["entries"][item] = CommentedMap(entry.model_dump(mode="json"))
    write_atomically(path, (head + round_trip_text(data)).encode())
