"""Noting beside an issue which of its dates have gone out, so that calendar files of a later day move the entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.config import Workspace
from mailer.content.calendar_record import note_published
from mailer.flow.homes import is_deadline, records_folder
from mailer.model.proof import Proof
from mailer.model.rendition import CalendarEntry, Rendition

if TYPE_CHECKING:
    from mailer.flow.compose import Composed  # a worker that only sends does not load it


def note_sent(workspace: Workspace, slug: str, proof: Proof, now: datetime) -> None:
    """Note the dates that readers of a sending see, as its frozen proof has them; reminders have no record."""
    if not is_deadline(slug):
        folder = records_folder(workspace, slug)
        note_entries(workspace, folder, proof.issue_id, entries_of(proof.renditions), now)


def note_composed(workspace: Workspace, composed: Composed) -> bool:
    """Note the dates that readers see of what was composed, today; whether anything was new.

    Nothing is noted of an issue that was composed for another day than its own: that is a trial.
    """
    if composed.day != composed.issue.date:
        return False
    folder, entries = composed.file.folder, entries_of(composed.renditions)
    return note_entries(workspace, folder, composed.issue.id, entries, datetime.now(UTC))


def entries_of(renditions: Iterable[Rendition]) -> list[CalendarEntry]:
    """Every date that their readers see; of a proof from before these were kept, those with a calendar file."""
    return [
        entry
        for one in renditions
        for entry in (*one.dates, *(file.entry for file in (*one.attachments, *one.linked)))
        if entry is not None
    ]


def note_entries(
    workspace: Workspace, folder: Path, issue: str, entries: Collection[CalendarEntry], now: datetime
) -> bool:
    """Note that these dates of the issue with that id go out; whether anything was new."""
    day = workspace.config.office.day_of(now)
    return bool(entries) and note_published(folder, issue, entries, day, workspace.root)
