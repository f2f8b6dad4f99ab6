"""Who owes what an issue's deadline asks for, and would not get the issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from mailer.audience import resolve
from mailer.audience.deadlines import FOLDER, DeadlineFile, read_deadlines
from mailer.config import Workspace
from mailer.flow.people import read_people
from mailer.flow.send_record import record_files
from mailer.flow.stamps import Stamp, stamp_of
from mailer.flow.versions import Share
from mailer.model.audience import Contact
from mailer.model.deadline import Deadline as Due
from mailer.model.issue import Deadline, Issue


def unreached(
    workspace: Workspace, issue: Issue, shares: Iterable[Share], day: date
) -> Mapping[str, tuple[str, ...]]:
    """Deadline item → names of the States, or persons, that owe it and of whom no reader sees it.

    Only where the item stands for a deadline of the workspace, and some of those who owe it do see it: an issue
    for others is not meant for them. Who is on hold is not missed. ProblemsError where a deadline cannot be used.
    """
    items = [item for item in issue.items if isinstance(item, Deadline)]
    folder = workspace.recipients / FOLDER
    if not items or not folder.is_dir():
        return {}
    stamp = stamp_of(workspace.recipients, *record_files(workspace.ledger_path))
    where = _Where(workspace, workspace.root, workspace.recipients, workspace.ledger_path)
    readers = tuple(shares)
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        if seeing := _seeing(item, readers):
            for slug in _alike(where, stamp, item):
                found[item.id] = (*found.get(item.id, ()), *_owing(where, stamp, slug, day).missed(seeing))
    return {item: names for item, names in found.items() if names}


@dataclass(frozen=True, slots=True)
class _Where:
    """A workspace as far as its deadlines depend on it."""

    workspace: Workspace = field(compare=False)
    root: Path
    recipients: Path
    ledger: Path


@dataclass(frozen=True, slots=True)
class _Owing:
    """Who owes something under a deadline, and who may be told of it."""

    per_country: bool
    told: frozenset[str]
    """Addresses of those in the group that owes it."""
    all: frozenset[str]
    missing: Mapping[str, str]
    """Those from whom it has not come in, but for those on hold: country's code, or address → name."""

    def missed(self, readers: Iterable[Contact]) -> tuple[str, ...]:
        """Names of those of whom none of the readers is; none where the readers are nobody of theirs at all."""
        told = (contact for contact in readers if contact.address in self.told)
        reached = {contact.country if self.per_country else contact.address for contact in told}
        if reached.isdisjoint(self.all):
            return ()
        return tuple(name for who, name in self.missing.items() if who not in reached)


def _seeing(item: Deadline, shares: Iterable[Share]) -> list[Contact]:
    sees: dict[int, bool] = {}
    found = []
    for share in shares:
        version = id(share.variant)
        if version not in sees:
            sees[version] = item.id in share.variant.items
        if sees[version]:
            found.append(share.contact)
    return found


def _alike(where: _Where, stamp: Stamp, item: Deadline) -> list[str]:
    """The deadlines of the workspace for which the item stands."""
    return [slug for slug, file in _files(where, stamp).items() if _is_same(item, file.deadline)]


@lru_cache(maxsize=4)
def _files(where: _Where, _unchanged: Stamp) -> Mapping[str, DeadlineFile]:
    return read_deadlines(where.recipients / FOLDER, where.root)


def _is_same(item: Deadline, due: Due) -> bool:
    """By the number that announced it, or by the day and the group that owes it."""
    if item.reference and due.reference:
        return item.reference.strip() == due.reference.strip()
    return item.due == due.due and item.show_to == due.obliged


@lru_cache(maxsize=16)
def _owing(where: _Where, unchanged: Stamp, slug: str, day: date) -> _Owing:
    # Only where somebody asks: reckoning what is owed brings in more than most commands need.
    from mailer.remind.obligations import obligations_of

    people, file = read_people(where.workspace), _files(where, unchanged)[slug]
    deadline = file.deadline
    scene = people.scene(day, (deadline.obliged,))
    owing = obligations_of(deadline, file.submissions, people.recipients, scene)
    members = resolve((deadline.obliged,), people.recipients, scene)
    per_country, countries = deadline.per == "country", people.registers.countries
    persons = {contact.address: contact.name for contact in members}

    def name(who: str) -> str:
        if per_country:
            return countries[who].name_in_text("en") if who in countries else who
        return persons.get(who) or who

    return _Owing(
        per_country,
        frozenset(contact.address for contact in members),
        frozenset(one.who for one in owing),
        {one.who: name(one.who) for one in owing if one.is_owed and not one.held},
    )
