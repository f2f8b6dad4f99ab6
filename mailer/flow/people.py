"""Everybody and everything in the recipients folder, read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from mailer.audience import Scene, read_recipients, read_registers
from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.facts import facts_for
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.audience import Facts, Recipients
from mailer.model.register import Registers
from mailer.source import MAX_BYTES, read_bytes

_ID = re.compile(rb"""^id:[ \t]*["']?([a-z0-9_-]+)""", re.MULTILINE)

Asking = Callable[["People", date, Iterable[str]], Facts]
"""People, a day and groups → what the send record and the deadlines say to the rules of those groups."""


def _nothing_known(people: People, day: date, names: Iterable[str]) -> Facts:  # noqa: ARG001
    return Facts()


@dataclass(frozen=True, slots=True)
class People:
    """Contacts and groups, with the registers they rest on."""

    recipients: Recipients
    registers: Registers
    ask: Asking = field(default=_nothing_known, compare=False)

    def scene(self, day: date, names: Iterable[str] | None = None) -> Scene:
        """What group rules are decided by on that day; the facts as they are now.

        Only what the named groups ask of the send record and the deadlines is looked up: where none are named, what
        any group asks. ProblemsError where a deadline that is asked cannot be used.
        """
        asking = self.recipients.segments if names is None else names
        return Scene(self.registers, self.recipients.segments, day, self.ask(self, day, asking))

    def as_of(self, day: date, names: Iterable[str] | None = None) -> People:
        """The same people, with the facts as they are now: for work that asks more than once and must not waver."""
        facts = self.scene(day, names).facts
        return replace(self, ask=lambda *_: facts)


def read_people(workspace: Workspace) -> People:
    """Contacts, groups and registers, read once while their files stay; ProblemsError with all their problems."""
    issues = frozenset(issue_ids(workspace.issues))
    where = _Where(workspace, workspace.root, workspace.recipients, workspace.ledger_path)
    return _people(where, stamp_of(workspace.recipients), issues)


@dataclass(frozen=True, slots=True)
class _Where:
    """A workspace as far as its people depend on it."""

    workspace: Workspace = field(compare=False)
    root: Path
    recipients: Path
    ledger: Path


@lru_cache(maxsize=4)
def _people(where: _Where, _unchanged: Stamp, issues: frozenset[str]) -> People:
    registers = read_registers(where.recipients, where.root)
    recipients = read_recipients(where.recipients, where.root, registers, issues=issues)

    def ask(people: People, day: date, names: Iterable[str]) -> Facts:
        return facts_for(where.workspace, None, people, day, names)

    return People(recipients, registers, ask)


def issue_ids(folder: Path) -> Iterator[str]:
    """The ids of the issues that are there, as far as can be told at a glance."""
    for path in folder.glob("*/issue.yaml"):
        try:
            head = read_bytes(path, path.name, MAX_BYTES)
        except MailerError:
            continue
        if found := _ID.search(head):
            yield found[1].decode()
