"""Noting beside an issue which of its dates have gone out, so that calendar files of a later day move the entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.config import Workspace
from mailer.content.calendar_record import note_published
from mailer.flow.homes import is_deadline, records_folder
from mailer.model.proof import Proof
from mailer.model.rendition import Attachment, Rendition

if TYPE_CHECKING:
    from mailer.flow.compose import Composed  # a worker that only sends does not load it


def note_sent(workspace: Workspace, slug: str, proof: Proof, now: datetime) -> None:
    """Note the dates that go out with a sending, as its frozen proof has them; those of a deadline have no record."""
    if not is_deadline(slug):
        note_files(
            workspace, records_folder(workspace, slug), proof.issue_id, files_of(proof.renditions), now
        )


def note_composed(workspace: Workspace, composed: Composed) -> bool:
    """Note the dates that go out with what was composed, today; whether anything was new.

    Nothing is noted of an issue that was composed for another day than its own: that is a trial.
    """
    if composed.day != composed.issue.date:
        return False
    folder, files = composed.file.folder, files_of(composed.renditions)
    return note_files(workspace, folder, composed.issue.id, files, datetime.now(UTC))


def files_of(renditions: Iterable[Rendition]) -> list[Attachment]:
    """Every calendar file that comes with them or that they link to."""
    return [file for one in renditions for file in (*one.attachments, *one.linked) if file.entry]


def note_files(
    workspace: Workspace, folder: Path, issue: str, files: Iterable[Attachment], now: datetime
) -> bool:
    """Note that these calendar files of the issue with that id go out; whether anything was new."""
    entries = [file.entry for file in files if file.entry is not None]
    day = workspace.config.office.day_of(now)
    return bool(entries) and note_published(folder, issue, entries, day, workspace.root)
