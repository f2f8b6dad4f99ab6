"""Deadlines as their files are now: how each stands on a day, and its letters, composed again when a file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from threading import RLock

from mailer.config import Workspace
from mailer.errors import MailerError, Problem
from mailer.flow import People, ledger_of
from mailer.flow.deadlines import (
    deadline_file,
    deadline_findings,
    deadlines_folder,
    read_deadline_files,
    today,
)
from mailer.flow.ladder_letters import first_copies, whole_ladder
from mailer.flow.ladder_proof import Ladder, draft_ladder
from mailer.flow.ladder_state import LadderState, ladder_state
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.finding import Finding
from mailer.model.rendition import Picture
from mailer.source import is_hidden
from mailer.studio.desk import Desk, problems_in

SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class DeadlineLook:
    """A deadline on a day, or what is wrong with its files."""

    slug: str
    state: LadderState | None = None
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class LettersLook:
    """A deadline's letters as of now, or what is wrong, with the last good state."""

    slug: str
    ladder: Ladder | None = None
    copies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Variant key → the personal fields of its first reader, or of somebody who would get it."""
    problems: tuple[Problem, ...] = ()
    revision: int = 0
    """Counts up each time it was composed anew."""


class LadderDesk:
    """The deadlines of a workspace, looked at and never written. Safe to use from threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._composing = RLock()
        self._drafts: dict[str, tuple[Stamp, Ladder]] = {}
        self._letters: dict[str, tuple[Stamp, LettersLook]] = {}

    def workspace(self) -> Workspace:
        """The workspace as the desk has it."""
        return self._desk.workspace()

    def slugs(self) -> list[str]:
        """Names of the deadlines that have a file."""
        found = deadlines_folder(self.workspace()).glob(f"*{SUFFIX}")
        return sorted(path.name.removesuffix(SUFFIX) for path in found if not is_hidden(path.name))

    def on_day(self, day: date | None = None) -> tuple[tuple[DeadlineLook, ...], tuple[Problem, ...]]:
        """Every deadline on the day, of today where none is given, and problems that belong to none of them.

        First what is due next, then what cannot be read, then what is past.
        """
        workspace = self.workspace()
        try:
            people = self._desk.people()
        except (MailerError, OSError) as error:
            return (), problems_in(error)
        looks = [self._look(workspace, people, slug, day) for slug in self.slugs()]
        told = {problem for look in looks for problem in look.problems}
        return tuple(sorted(looks, key=_place)), tuple(
            problem for problem in _strange(workspace, people) if problem not in told
        )

    def draft(self, slug: str) -> Ladder:
        """The ladder under its digest as its files are now, not kept anywhere. MailerError where it cannot be."""
        with self._composing:
            workspace = self.workspace()
            stamp = _stamp(workspace)
            kept = self._drafts.get(slug)
            if kept is not None and kept[0] == stamp:
                return kept[1]
            people = self._desk.people()
            ladder = draft_ladder(workspace, people, deadline_file(workspace, people, slug))
            self._drafts[slug] = (stamp, ladder)
            return ladder

    def letters(self, slug: str) -> LettersLook:
        """Every letter, with what its first reader gets if the ladder runs from its first step to its end."""
        with self._composing:
            stamp = _stamp(self.workspace())
            kept = self._letters.get(slug)
            if kept is not None and kept[0] == stamp:
                return kept[1]
            look = self._compose(slug, kept[1] if kept else LettersLook(slug))
            self._letters[slug] = (stamp, look)
            return look

    def record(self) -> Stamp:
        """Changes whenever something is written into the send record."""
        path = self.workspace().ledger_path
        return stamp_of(path, path.with_name(f"{path.name}-wal"))

    def pictures(self) -> list[Picture]:
        """Every picture of the letters that were looked at."""
        looks = [look for _, look in list(self._letters.values())]
        return [
            p for look in looks if look.ladder for r in look.ladder.letters.renditions for p in r.pictures
        ]

    def _compose(self, slug: str, before: LettersLook) -> LettersLook:
        workspace = self.workspace()
        try:
            people = self._desk.people()
            file = deadline_file(workspace, people, slug)
            days = whole_ladder(workspace, people, file)
            ladder = draft_ladder(workspace, people, file, days)
            with ledger_of(workspace) as ledger:
                copies = first_copies(workspace, people, ladder, days, ledger.secret("answers"))
        except (MailerError, OSError) as error:
            return replace(before, problems=problems_in(error), revision=before.revision + 1)
        return LettersLook(slug, ladder, copies, (), before.revision + 1)

    def _look(self, workspace: Workspace, people: People, slug: str, day: date | None) -> DeadlineLook:
        try:
            file = deadline_file(workspace, people, slug)
            with ledger_of(workspace) as ledger:
                state = ladder_state(workspace, ledger, people, file, day or today(file.deadline))
            return DeadlineLook(slug, state, deadline_findings(workspace, people, file, day))
        except (MailerError, OSError) as error:
            return DeadlineLook(slug, problems=problems_in(error))


def _strange(workspace: Workspace, people: People) -> tuple[Problem, ...]:
    """What is wrong with the folder: names that no deadline can have, the same id twice, logs of nothing."""
    try:
        read_deadline_files(workspace, people)
    except (MailerError, OSError) as error:
        return problems_in(error)
    return ()


def _place(look: DeadlineLook) -> tuple[int, int]:
    if look.state is None:
        return 1, 0
    due = look.state.file.deadline.due.toordinal()
    return (2, -due) if look.state.is_over else (0, due)


def _stamp(workspace: Workspace) -> Stamp:
    """Changes whenever something changes that letters are composed from."""
    return stamp_of(workspace.templates, workspace.recipients, workspace.root / "mailer.toml")
