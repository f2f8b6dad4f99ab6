"""The next issue from an old one: what stands stays as it is written, what was of its time goes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from mailer.check.rules.starter_words import OF_ISSUES
from mailer.config import Workspace
from mailer.content import ISSUE_FILE, IssueFile, find_issue, read_issue
from mailer.content.places import OF_SHARED, SHARED, picture_path
from mailer.content.starter import must_name_an_issue
from mailer.content.translations import translation_path
from mailer.errors import MailerError
from mailer.flow.following_findings import EMPTIED, head_findings, passing_findings, window
from mailer.flow.following_items import Fate, fates
from mailer.flow.people import issue_ids
from mailer.model.base import Language
from mailer.model.finding import Finding
from mailer.source import MAX_BYTES, decode, parse_yaml, read_bytes, write_atomically
from mailer.source.entries import with_values, without_entries

SUBJECT, PREHEADER = OF_ISSUES[:2]
"""Words that `mailer check` stops a real sending on."""
OF_TRANSLATIONS = ("source", "number", "title", "subject", "preheader")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of the new issue, whole."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NextIssue:
    """All of the next issue, before anything is written."""

    slug: str
    from_slug: str
    day: date
    fates: tuple[Fate, ...]
    """Of every item of the old issue, in its order."""
    head: tuple[Finding, ...]
    """What is emptied, moved or to be written in the head, at its lines of the new file."""
    passing: tuple[Finding, ...]
    """Words in what stays that were of their time, at their lines of the new files."""
    files: tuple[NewFile, ...]
    """issue.yaml, then its translations."""
    pictures: tuple[tuple[str, Path], ...]
    """Path in the new folder → the file that is copied there."""

    @property
    def stays(self) -> tuple[Fate, ...]:
        """The items that the new issue has."""
        return tuple(fate for fate in self.fates if fate.stays)

    @property
    def goes(self) -> tuple[Fate, ...]:
        """Those that it has no more, each with the reason."""
        return tuple(fate for fate in self.fates if not fate.stays)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that somebody has to look at."""
        return (*self.head, *self.passing)


def plan_next(workspace: Workspace, slug: str, from_slug: str, day: date | None = None) -> NextIssue:
    """The issue `slug` of that day, today where left out, made from `from_slug`. Nothing is written.

    UsageError where the slug cannot name an issue; MailerError where it is taken, or an issue has that `id`, or the
    old file is laid out so that nothing can be cut out of it; ProblemsError where the old issue cannot be used.
    """
    must_name_an_issue(slug)
    folder, day = workspace.issues / slug, day or datetime.now(UTC).date()
    if folder.exists() or folder.is_symlink():
        hint = "Choose another name."
        raise MailerError(f'There is already something called "{slug}" among the issues.', hint)
    old = read_issue(find_issue(from_slug, workspace.issues), workspace.root)
    _id_must_be_free(workspace, slug, old)
    decided = fates(old.issue.items, day, old.shared.keys())
    gone = {fate.item for fate in decided if not fate.stays}
    source = _source(old, slug, day, gone)
    overlays = {tag: _overlay(old, tag, gone) for tag in old.overlays}
    new = _as_written(old, workspace.shown(folder), source, overlays)
    return NextIssue(
        slug=slug,
        from_slug=old.slug,
        day=day,
        fates=decided,
        head=tuple(head_findings(old.issue, new, day)),
        passing=tuple(passing_findings(old, new, gone, day)),
        files=(
            NewFile(ISSUE_FILE, source.encode()),
            *(NewFile(f"issue.{tag}.yaml", text.encode()) for tag, text in overlays.items()),
        ),
        pictures=tuple(_pictures(old, gone)),
    )


def _as_written(old: IssueFile, shown: str, source: str, overlays: Mapping[Language, str]) -> IssueFile:
    """The old issue with the lines of the new files, to say where something stands in them."""
    documents = {
        tag: parse_yaml(text.encode(), f"{shown}/issue.{tag}.yaml") for tag, text in overlays.items()
    }
    return replace(old, document=parse_yaml(source.encode(), f"{shown}/{ISSUE_FILE}"), overlays=documents)


def write_next(workspace: Workspace, plan: NextIssue) -> Path:
    """Make the folder, whole or not at all, and return it.

    MailerError where something of that name has come meanwhile, or a picture can be read no more.
    """
    folder = workspace.issues / plan.slug
    workspace.issues.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=workspace.issues, prefix=f".{plan.slug}-"))
    try:
        draft.chmod(workspace.issues.stat().st_mode & 0o777)
        (draft / "images").mkdir()
        for file in plan.files:
            write_atomically(draft / file.name, file.content)
        for name, picture in plan.pictures:
            target = draft / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, target)
        read_issue(draft, workspace.root)
        folder.mkdir()
        try:
            draft.rename(folder)
        except OSError:
            folder.rmdir()
            raise
    except FileExistsError as error:
        message = f'Something called "{plan.slug}" has come among the issues meanwhile.'
        raise MailerError(message, "Nothing was written. Choose another name.") from error
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise MailerError(f"{plan.slug}: {reason}.", "Nothing was written. Run it again.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _id_must_be_free(workspace: Workspace, slug: str, old: IssueFile) -> None:
    """An id that was used once is never used again."""
    if slug in {old.issue.id, *issue_ids(workspace.issues)}:
        hint = "Choose another name: nobody gets the same id twice."
        raise MailerError(f'There is an issue with the id "{slug}" already.', hint)


def _source(old: IssueFile, slug: str, day: date, gone: Collection[str]) -> str:
    """issue.yaml of the new issue."""
    name = old.document.file
    text = decode(read_bytes(old.folder / ISSUE_FILE, name, MAX_BYTES), name)
    _must_be_as_read(old, text)
    text = without_entries(
        text, "items", {at for at, each in enumerate(old.issue.items) if each.id in gone}, name
    )
    values = {
        "id": json.dumps(slug) if slug[0].isdigit() or slug in ("null", "true", "false") else slug,
        "date": day.isoformat(),
        "subject": json.dumps(SUBJECT),
        "preheader": json.dumps(PREHEADER),
        **{key: '""' for key in EMPTIED if getattr(old.issue, key)},
        **{key: moved.isoformat() for key, moved in window(old.issue, day).items()},
    }
    return with_values(text, values, name)


def _must_be_as_read(old: IssueFile, text: str) -> None:
    items = parse_yaml(text.encode(), old.document.file).data["items"]
    if [each.get("id", each.get(SHARED)) for each in items] != [each.id for each in old.issue.items]:
        raise MailerError(
            f"{old.document.file} has been changed meanwhile.", "Nothing was written. Run it again."
        )


def _overlay(old: IssueFile, language: Language, gone: Collection[str]) -> str:
    """A translation's file: the words of what stays, and of the head those that every issue has."""
    document = old.overlays[language]
    path = translation_path(old.folder, language)
    text = decode(read_bytes(path, document.file, MAX_BYTES), document.file)
    there = document.data.get("items") or {}
    text = without_entries(text, "items", {name for name in there if name in gone}, document.file)
    return with_values(text, dict.fromkeys(OF_TRANSLATIONS, ""), document.file)


def _pictures(old: IssueFile, gone: Collection[str]) -> Iterator[tuple[str, Path]]:
    """The pictures of what stays, but for those that issues share."""
    names = {
        item.image.src: None
        for item in old.issue.items
        if item.image is not None and item.id not in gone and not item.image.src.startswith(OF_SHARED)
    }
    for name in names:
        yield name, picture_path(old.folder, name)
