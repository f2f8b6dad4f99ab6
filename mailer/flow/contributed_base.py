"""What an import adds to: an issue as it is, or the beginning of a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from mailer.config import Workspace
from mailer.content import ISSUE_FILE, STARTER, IssueFile, find_issue, read_issue
from mailer.content.starter import first_text
from mailer.errors import MailerError, UsageError
from mailer.flow.contributed_text import read_on_trial
from mailer.flow.starter import last_series
from mailer.source import MAX_BYTES, decode, read_bytes


@dataclass(frozen=True, slots=True)
class Base:
    """What is added to: an issue as it is, or the head of a new one."""

    slug: str
    folder: Path
    shown: str
    before: bytes
    text: str
    file: IssueFile


def base_of(workspace: Workspace, into: str, new: str, day: date | None) -> Base:
    """The issue `into`, or the beginning of `new`. UsageError where neither or both are named, or it cannot be;
    MailerError where there is none, or is one already; ProblemsError where it cannot be read."""
    if into and new:
        raise UsageError("--into and --new name two issues.", "Leave one of them out.")
    if not into and not new:
        hint = "Add --into SLUG for an issue that is there, or --new SLUG to begin one."
        raise UsageError("Say into which issue this goes.", hint)
    if into and day:
        raise UsageError(
            "--date is the day of a new issue.", "Leave it out with --into, or begin one with --new."
        )
    return _new_base(workspace, new, day or datetime.now(UTC).date()) if new else _issue_base(workspace, into)


def _issue_base(workspace: Workspace, into: str) -> Base:
    folder = find_issue(into, workspace.issues)
    path = folder / ISSUE_FILE
    if path.is_symlink():
        raise MailerError(f"{ISSUE_FILE} is a link.", f"Put the file itself into {folder.name}.")
    file = read_issue(folder, workspace.root)
    shown = file.document.file
    before = read_bytes(path, shown, MAX_BYTES)
    return Base(folder.name, folder, shown, before, decode(before, shown), file)


def _new_base(workspace: Workspace, slug: str, day: date) -> Base:
    language = workspace.config.languages[0]
    series = last_series(workspace, language) or workspace.config.sender.name
    whole = first_text(slug, day=day, series=series, language=language, text=STARTER)
    folder = workspace.issues / slug
    must_be_free(folder)
    text = whole.partition("\nitems:\n")[0] + "\nitems: []\n"
    shown = workspace.shown(folder / ISSUE_FILE)
    file = read_on_trial(workspace, folder, slug, text.encode(), ())
    return Base(slug, folder, shown, b"", text, file)


def must_be_free(folder: Path) -> None:
    """MailerError where something of that name is there."""
    if folder.exists() or folder.is_symlink():
        raise MailerError(
            f'There is already something called "{folder.name}" among the issues.',
            f"Choose another name, or add to it: --into {folder.name}.",
        )
