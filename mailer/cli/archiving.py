"""`mailer build --archive`: the archive on the web, and what stands in it."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from mailer.cli.output import cell, console, table
from mailer.config import Workspace
from mailer.flow.archive import ArchiveBuilt, ArchivedNow, build_archive
from mailer.flow.archive_words import archived_notes, sent_words


def archive(workspace: Workspace, slug: str, out: Path | None, *, though_changed: bool = False) -> None:
    """Build an issue into the archive, or, without a slug, all that have been sent; say what was built."""
    show_archive(
        workspace, build_archive(workspace, [slug] if slug else None, out, though_changed=though_changed)
    )


def show_archive(workspace: Workspace, built: ArchiveBuilt) -> None:
    """One row an issue, and where the folder is."""
    listing = table("issue", "languages", "!in the archive")
    for one in built.built:
        listing.add_row(cell(one.slug), cell(", ".join(one.languages)), _said(one))
    console.print(listing)
    for one in built.built:
        for words in archived_notes(one):
            console.print(cell(f"{one.slug}: {words}"))
    for name in built.left:
        console.print(
            cell(f"{name} is in the archive no more, but somebody has changed it: remove it yourself")
        )
    number = len(built.others) + sum(bool(one.languages) for one in built.built)
    issues = "1 issue" if number == 1 else f"{number:,} issues"
    changed = f"{built.written:,} files written, {len(built.removed):,} removed"
    where = f"{issues} in {workspace.shown(built.folder)} ({changed}); hand over the whole folder"
    console.print(cell(where))


def _said(one: ArchivedNow) -> Text:
    """What there is to know of an issue in the archive."""
    if not one.languages:
        return Text("taken out: every item of it says `archive: no`", "yellow")
    words = sent_words(one.sent)
    parts = [Text(words, "" if words == "sent" else "yellow")]
    if one.corrected:
        parts.append(cell(f"corrected on {one.corrected}"))
    if one.kept_out:
        parts.append(cell(f"without {', '.join(one.kept_out)}"))
    return Text("; ").join(parts)
