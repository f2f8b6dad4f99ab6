"""What of an issue stands in the archive, as the studio says it."""

from __future__ import annotations

from dataclasses import dataclass

from mailer.config import Workspace
from mailer.content import find_issue, read_issue, read_receipts
from mailer.flow.archive import FOLDER
from mailer.flow.archive_editions import targeted
from mailer.flow.archive_files import read_archive
from mailer.flow.archive_issue import PAGE
from mailer.model.base import Language
from mailer.studio.views_proofs import many


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """One issue."""

    words: str
    kept_out: tuple[str, ...]
    """Titles of the items that `archive: no` keeps out."""
    targeted: tuple[str, ...]
    """Titles of what only some get by mail, and everybody finds there."""
    was_sent: bool
    pages: tuple[tuple[Language, str], ...]
    """Language → path below the archive's folder, of the pages that are built."""


def archive_row(workspace: Workspace, slug: str) -> ArchiveRow:
    """How the issue stands. ProblemsError or MailerError where it, or the archive's list, cannot be read."""
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    items = [item for item in file.issue.items if item.kind != "heading"]
    out = tuple(item.title or item.id for item in items if not item.archive)
    built = read_archive(workspace.build / FOLDER)
    entry = next((each for each in built.issues if each.id == file.issue.id), None)
    languages = entry.languages if entry else ()
    inside = len(items) - len(out)
    words = f"{many(inside, 'item')} for everybody."
    if out:
        words = f"{words} Kept out: {len(out)}."
    return ArchiveRow(
        words=words,
        kept_out=out,
        targeted=tuple(item.title or item.id for item in targeted(file.issue)),
        was_sent=bool(read_receipts(file.folder, workspace.root)),
        pages=tuple((language, f"{file.issue.id}/{language}/{PAGE}") for language in languages),
    )
