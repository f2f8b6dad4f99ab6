"""Mending what is certain in the words of an issue and its translations, in their files, at its very place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mailer.check.fixes import Mend, mends_in
from mailer.config import Workspace
from mailer.content import IssueFile, find_issue, read_issue
from mailer.errors import MailerError
from mailer.model.issue import Issue
from mailer.model.translation import head_digest, item_digest
from mailer.source import Loc, alone_in, parse_yaml, read_bytes, write_atomically
from mailer.source.rewording import Reword, reword

MOST_PASSES = 8
"""One mend can bring another one to light, as a space less does a torn word."""
MAX_BYTES = 2_000_000
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class FileMend:
    """A file as it is, and as it would be."""

    path: Path
    shown: str
    before: bytes
    after: bytes

    @property
    def diff(self) -> tuple[str, ...]:
        """The lines that change, with those around them."""
        old, new = (each.decode().splitlines() for each in (self.before, self.after))
        return tuple(unified_diff(old, new, self.shown, f"{self.shown} (mended)", lineterm="", n=1))


@dataclass(frozen=True, slots=True)
class Mending:
    """All that would be mended of an issue."""

    folder: Path
    files: tuple[FileMend, ...]
    """Those that change; issue.yaml before its translations."""
    rules: Mapping[str, int]
    """Rule → how many texts are mended by it."""
    by_hand: tuple[tuple[str, int | None, str], ...]
    """File, line and rules of what is written in a way that only people can mend."""
    stamps: int
    """Notes of what a translation translates that are kept true: its source is mended, and says the same."""
    issue: Issue
    """What issue.yaml says afterwards."""


def plan_mending(workspace: Workspace, slug: str) -> Mending:
    """What is certain to mend. Nothing is written. ProblemsError where files cannot be used as they are."""
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    sheets = [_source_sheet(file), *_translated_sheets(file)]
    for sheet in sheets:
        sheet.mend()
    mended = sheets[0].noun
    stamps = sum(_stamp(file, mended, sheet) for sheet in sheets[1:])
    changed = [sheet for sheet in sheets if sheet.text != sheet.old]
    return Mending(
        folder=file.folder,
        files=tuple(FileMend(s.path, s.shown, s.before, s.after) for s in changed),
        rules=sum((sheet.rules for sheet in sheets), Counter()),
        by_hand=tuple(left for sheet in sheets for left in sheet.by_hand.values()),
        stamps=stamps,
        issue=mended,
    )


def write_mending(workspace: Workspace, mending: Mending) -> None:
    """Write it, read it again, and put everything back where it does not say what it should.

    The source is written last: cut off before that, translations seem stale until it is run again, and none that
    is stale seems fresh for good.
    MailerError where a file was changed meanwhile, or was put back.
    """
    with alone_in(mending.folder):
        for file in mending.files:
            if read_bytes(file.path, file.shown, MAX_BYTES) != file.before:
                hint = "Nothing was written. Run it again."
                raise MailerError(f"{file.shown} has been changed meanwhile.", hint)
        try:
            for file in reversed(mending.files):
                write_atomically(file.path, file.after)
            is_right = _is_as_planned(workspace, mending)
        except BaseException:
            _put_back(mending)
            raise
        if not is_right:
            _put_back(mending)
            raise MailerError("What was mended would not read as before; all files are as they were.")


def _is_as_planned(workspace: Workspace, mending: Mending) -> bool:
    again = read_issue(mending.folder, workspace.root)
    return again.issue == mending.issue and all(
        file.path.read_bytes() == file.after for file in mending.files
    )


def _put_back(mending: Mending) -> None:
    for file in mending.files:
        write_atomically(file.path, file.before)


@dataclass(slots=True)
class _Sheet:
    """A file that is being mended, in thought: its text, and the issue in its words."""

    path: Path
    shown: str
    before: bytes
    noun: Issue
    place_of: Callable[[Issue, str | None], Loc]
    old: str = ""
    text: str = ""
    rules: Counter[str] = field(default_factory=Counter)
    by_hand: dict[Loc, tuple[str, int | None, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.old = self.text = self.before.decode("utf-8").removeprefix(BOM)

    @property
    def after(self) -> bytes:
        mark = BOM if self.before.startswith(BOM.encode()) else ""
        return (mark + self.text).encode()

    def mend(self) -> None:
        """All that can be mended, over and over until there is nothing more."""
        for _ in range(MOST_PASSES):
            document = parse_yaml(self.text.encode(), self.shown)
            wanted: dict[Loc, Mend] = {}
            for mend in mends_in(self.noun):
                loc = (*self.place_of(self.noun, mend.item), *_parts(mend.field))
                # What a translation has from its source is mended there.
                if loc not in self.by_hand and loc not in wanted and _at(document.data, loc) == mend.old:
                    wanted[loc] = mend
            if not wanted:
                return
            self.text, refused = reword(self.text, [_reword(loc, mend) for loc, mend in wanted.items()])
            for loc, mend in wanted.items():
                if loc in refused:
                    self.by_hand[loc] = (self.shown, document.line(loc), ", ".join(mend.rules))
                else:
                    self.noun = _with_words(self.noun, mend)
                    self.rules.update(mend.rules)


def _source_sheet(file: IssueFile) -> _Sheet:
    def place_of(issue: Issue, item: str | None) -> Loc:
        ids = [each.id for each in issue.items]
        return () if item is None else ("items", ids.index(item))

    return _sheet(file, file.document.file, "issue.yaml", file.issue, place_of)


def _translated_sheets(file: IssueFile) -> Iterator[_Sheet]:
    def place_of(_: Issue, item: str | None) -> Loc:
        return () if item is None else ("items", item)

    for language, words in file.translations.items():
        items = tuple(words.items[item.id].item for item in file.issue.items if item.id in words.items)
        issue = file.issue.model_copy(update={**words.head, "language": language, "items": items})
        shown = file.overlays[language].file
        yield _sheet(file, shown, f"issue.{language}.yaml", issue, place_of)


def _sheet(
    file: IssueFile, shown: str, name: str, issue: Issue, place_of: Callable[[Issue, str | None], Loc]
) -> _Sheet:
    path = file.folder / name
    if path.is_symlink():
        hint = f"Mend it there, or put the file itself into {file.folder.name}."
        raise MailerError(f"{name} is a link to {shown}.", hint)
    return _Sheet(path, shown, read_bytes(path, shown, MAX_BYTES), issue, place_of)


def _stamp(file: IssueFile, mended: Issue, sheet: _Sheet) -> int:
    """Note anew what is translated, where it was noted rightly before: a space less is no change of words."""
    words = file.translations[sheet.noun.language]
    notes: list[tuple[Loc, str, str, str]] = [
        (("source",), words.source, head_digest(file.issue), head_digest(mended))
    ]
    for old, new in zip(file.issue.items, mended.items, strict=True):
        if old.id in words.items:
            noted = words.items[old.id].source
            notes.append((("items", old.id, "source"), noted, item_digest(old), item_digest(new)))
    wanted = [
        Reword(loc, noted, ((0, len(noted), now),))
        for loc, noted, then, now in notes
        if noted == then and then != now
    ]
    sheet.text, refused = reword(sheet.text, wanted) if wanted else (sheet.text, frozenset())
    return len(wanted) - len(refused)


def _reword(loc: Loc, mend: Mend) -> Reword:
    return Reword(loc, mend.old, tuple((slip.start, slip.end, slip.right or "") for slip in mend.slips))


def _with_words(issue: Issue, mend: Mend) -> Issue:
    parts = _parts(mend.field)
    if mend.item is None:
        head: Issue = _with(issue, parts, mend.new)
        return head
    items = tuple(_with(item, parts, mend.new) if item.id == mend.item else item for item in issue.items)
    return issue.model_copy(update={"items": items})


def _with(noun: Any, parts: Loc, words: str) -> Any:
    """The same noun, or list, with other words at that path."""
    if not parts:
        return words
    first, rest = parts[0], parts[1:]
    if isinstance(first, int):
        return tuple(_with(each, rest, words) if at == first else each for at, each in enumerate(noun))
    if isinstance(noun, BaseModel):
        return noun.model_copy(update={first: _with(getattr(noun, first), rest, words)})
    return noun


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _parts(path: str) -> Loc:
    found = re.finditer(r"\[(\d+)\]|([^.\[\]]+)", path)
    return tuple(int(part[1]) if part[1] else part[2] for part in found)
