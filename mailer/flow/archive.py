"""The archive on the web: a folder of static pages for everybody, to be handed over whole.

Nothing in it is made from a contact: not one is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from mailer.audience import read_registers
from mailer.config import Workspace
from mailer.content import find_issue, list_issues, read_receipts
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.flow.archive_files import read_archive, sha256, write_archive
from mailer.flow.archive_index import make_lists
from mailer.flow.archive_issue import MadeIssue, make_issue
from mailer.flow.archive_sent import Sent, freed_problem
from mailer.flow.calendar_notes import note_entries
from mailer.flow.people import People
from mailer.model.archive import Archive
from mailer.model.audience import Recipients
from mailer.source import alone_in

FOLDER = "archive"


@dataclass(frozen=True, slots=True)
class ArchivedNow:
    """What was built of an issue."""

    slug: str
    id: str
    languages: tuple[str, ...]
    """In which it stands in the archive; none where every item of it is kept out: then it is not there."""
    kept_out: tuple[str, ...]
    """Items that `archive: no` keeps out."""
    targeted: tuple[str, ...]
    """Titles of what only some get by mail, and everybody finds there."""
    loose_errata: tuple[str, ...]
    """Errata whose words are published and that name no items, though some items are kept out."""
    sent: Sent
    """How it stands to what was sent."""
    corrected: date | None
    """The day of the correction that its pages tell of."""


@dataclass(frozen=True, slots=True)
class ArchiveBuilt:
    """What was built, and what is in the archive now."""

    folder: Path
    index: Path
    built: tuple[ArchivedNow, ...]
    others: tuple[str, ...]
    """Ids of issues that were in it before, and stay as they are."""
    written: int
    """Files that are new or have changed."""
    removed: tuple[str, ...]
    """Files that it has no more."""
    left: tuple[str, ...]
    """Files that it has no more, which somebody has changed since: they stay."""


def build_archive(
    workspace: Workspace,
    slugs: Sequence[str] | None = None,
    out: Path | None = None,
    *,
    though_changed: bool = False,
) -> ArchiveBuilt:
    """Build these issues into the archive in `out`, build/archive where left out.

    Of all others the pages stay as they were built, and index and feeds name them. Without `slugs`: every issue that
    a real sending of has finished, and those that are in the archive already. Which dates their calendar files give
    is noted beside the issues. ProblemsError with all that is wrong, and nothing written: also where an item would be
    published that the proof which was sent kept out, unless `though_changed`, or a newer proof of the issue as it is
    now is approved.
    """
    folder = out or workspace.build / FOLDER
    before = read_archive(folder)
    made = _made(workspace, _named(workspace, before, slugs), before, though_changed=though_changed)
    after = _with(before, made)
    content = make_lists(workspace, after)
    files = {name: digest for issue in after.issues for name, digest in issue.files.items()}
    files |= {name: sha256(each) for name, each in content.items()}
    for one in made:
        content |= one.content
    after = after.model_copy(update={"files": files})
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        if read_archive(folder) != before:
            raise MailerError(f"{folder} has just been built by another program.", "Build again.")
        swept = write_archive(folder, before, after, content)
    for one in made:  # so that a calendar file of a later day moves the entry
        beside = workspace.issues / one.entry.slug
        note_entries(workspace, beside, one.entry.id, one.dates, datetime.now(UTC))
    new = {one.entry.id for one in made}
    return ArchiveBuilt(
        folder=folder,
        index=folder / "index.html",
        built=tuple(_now(one) for one in made),
        others=tuple(issue.id for issue in after.issues if issue.id not in new),
        written=swept.written,
        removed=swept.removed,
        left=swept.left,
    )


def _named(workspace: Workspace, before: Archive, slugs: Sequence[str] | None) -> list[str]:
    """The issues to build; MailerError where none is named and none has been sent."""
    if slugs:
        return list(dict.fromkeys(find_issue(slug, workspace.issues).name for slug in slugs))
    there = list_issues(workspace.issues)
    known = {issue.slug for issue in before.issues}
    named = [
        slug for slug in there if slug in known or read_receipts(workspace.issues / slug, workspace.root)
    ]
    if not named:
        raise MailerError(
            "No issue has been sent yet: there is nothing to archive.",
            "Name those that are to stand in the archive all the same: `mailer build SLUG --archive`.",
        )
    return named


def _made(
    workspace: Workspace, slugs: Iterable[str], before: Archive, *, though_changed: bool
) -> list[MadeIssue]:
    """Each issue rendered; ProblemsError with what is wrong with any of them."""
    registers = read_registers(workspace.recipients, workspace.root)
    nobody = People(Recipients(()), registers)
    problems: list[Problem] = []
    made: dict[str, MadeIssue] = {}
    for slug in slugs:
        try:
            one = make_issue(workspace, slug, nobody)
            if one.sent.freed and not though_changed:
                file = f"{workspace.shown(workspace.issues / slug)}/issue.yaml"
                raise ProblemsError([freed_problem(file, one.sent.freed)])
            _only_one(workspace, one, before, made.get(one.entry.id))
            made[one.entry.id] = one
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return list(made.values())


def _only_one(workspace: Workspace, one: MadeIssue, before: Archive, beside: MadeIssue | None) -> None:
    """ProblemsError where another issue has the same id: its pages would be overwritten."""
    slug, name = one.entry.slug, one.entry.id
    others = {issue.slug for issue in before.issues if issue.id == name} | (
        {beside.entry.slug} if beside else set()
    )
    for other in sorted(others - {slug}):
        if other in list_issues(workspace.issues):
            file = f"{workspace.shown(workspace.issues / slug)}/issue.yaml"
            message = f'is "{name}", under which the archive has issues/{other}.'
            raise ProblemsError([Problem(message, "Give one of them another id.", file, None, "id")])


def _with(before: Archive, made: Iterable[MadeIssue]) -> Archive:
    """The archive's list with what was made, newest first; issues of which nothing is left are taken out."""
    issues = {issue.id: issue for issue in before.issues}
    for one in made:
        renamed = [each.id for each in issues.values() if each.slug == one.entry.slug]
        for name in renamed:
            del issues[name]
        if one.entry.pages:
            issues[one.entry.id] = one.entry
        else:
            issues.pop(one.entry.id, None)
    ordered = sorted(issues.values(), key=lambda issue: issue.id)
    ordered.sort(key=lambda issue: issue.day, reverse=True)
    return Archive(issues=tuple(ordered))


def _now(one: MadeIssue) -> ArchivedNow:
    entry = one.entry
    return ArchivedNow(
        slug=entry.slug,
        id=entry.id,
        languages=entry.languages,
        kept_out=one.kept_out,
        targeted=one.targeted,
        loose_errata=one.loose_errata,
        sent=one.sent,
        corrected=entry.corrected,
    )
