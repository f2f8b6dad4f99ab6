"""Deadlines of a workspace: their files, who owes, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from mailer.audience import DeadlineFile, check_deadline, read_deadline, read_deadlines, resolve
from mailer.audience.deadlines import FOLDER, LOG_SUFFIX, SUFFIX
from mailer.config import Workspace, list_templates
from mailer.errors import UsageError, nearest
from mailer.flow.people import People
from mailer.model.deadline import Deadline, Obligation, Submission, within_reach
from mailer.model.finding import Finding, Severity, worst_first
from mailer.remind.ladder import today_in
from mailer.remind.obligations import mains_of, obligations_of


def deadlines_folder(workspace: Workspace) -> Path:
    """Where deadlines lie; need not exist."""
    return workspace.recipients / FOLDER


def read_deadline_files(workspace: Workspace, people: People) -> Mapping[str, DeadlineFile]:
    """Every deadline by its slug; ProblemsError with the problems of all files."""
    return read_deadlines(
        deadlines_folder(workspace),
        workspace.root,
        segments=people.recipients.segments,
        countries=people.registers.countries,
    )


def deadline_file(workspace: Workspace, people: People, slug: str) -> DeadlineFile:
    """One deadline; `slug` may also be the path of its file. UsageError, naming the nearest, where there is none.

    ProblemsError with every problem of its files; those of other deadlines do not matter.
    """
    folder = deadlines_folder(workspace)
    name = Path(slug).name.removesuffix(LOG_SUFFIX).removesuffix(SUFFIX)
    path = folder / f"{name}{SUFFIX}"
    if not name or not path.is_file():
        known = [other.name.removesuffix(SUFFIX) for other in folder.glob(f"*{SUFFIX}")]
        hint = nearest(name, known) or "Begin one with `mailer deadlines new`."
        raise UsageError(f'There is no deadline "{slug}".', hint)
    return read_deadline(
        path,
        workspace.root,
        segments=people.recipients.segments,
        countries=people.registers.countries,
    )


def obligations(file: DeadlineFile, people: People, day: date) -> tuple[Obligation, ...]:
    """Who owes it on the day, handed in or not, sorted by `who`."""
    scene = people.scene(day, (file.deadline.obliged,))
    return obligations_of(file.deadline, file.submissions, people.recipients, scene)


def today(deadline: Deadline) -> date:
    """The day that it is where the deadline ends."""
    return today_in(deadline, datetime.now(UTC))


def planned(day: date) -> date:
    """The day itself; UsageError where nobody plans for its year."""
    try:
        return within_reach(day)
    except ValueError as error:
        raise UsageError(f"{error}.") from error


def deadline_findings(
    workspace: Workspace, people: People, file: DeadlineFile, day: date | None = None
) -> tuple[Finding, ...]:
    """What somebody should look at in a deadline and its log, worst first.

    As of `day`; of the due date, or of today where that is earlier, where none is given.
    """
    asked = day or min(today(file.deadline), file.deadline.due)
    obliged = (file.deadline.obliged,)
    readers = resolve(obliged, people.recipients, people.scene(asked, obliged))
    roles = {role.name for contact in people.recipients.contacts for role in contact.roles}
    not_owed, not_known = _not_owed(file, people, asked)
    stateless = [one.name or one.email for one in readers if not one.country]
    found = check_deadline(
        file,
        workspace.config.office,
        not_owed=not_owed,
        not_known=not_known,
        readers=len(readers),
        countryless=stateless if file.deadline.per == "country" else (),
        roles=roles,
        day=asked,
    )
    return tuple(worst_first([*found, *_template(workspace, file)]))


def _not_owed(
    file: DeadlineFile, people: People, day: date
) -> tuple[tuple[Submission, ...], tuple[Submission, ...]]:
    """Lines about somebody who owed nothing, neither on their day nor on the day that is asked about.

    First those about somebody whom we know, then those about an address that nobody has, or has any more.
    """

    # Who owes rests on no line, and with thousands of lines each day would go through all of them.
    without_lines = replace(file, submissions=())
    per_person = file.deadline.per == "person"

    @lru_cache(maxsize=256)
    def owing(on: date) -> frozenset[str]:
        owed = obligations(without_lines, people, on)
        others = mains_of(owed, people.recipients) if per_person else ()
        return frozenset((*(one.who for one in owed), *others))

    lines = [
        entry
        for entry in file.submissions
        if not entry.is_of_nobody and entry.who not in owing(day) and entry.who not in owing(entry.on)
    ]
    if file.deadline.per == "country":
        return tuple(lines), ()
    known = {address for contact in people.recipients.contacts for address in contact.addresses}
    return tuple(e for e in lines if e.who in known), tuple(e for e in lines if e.who not in known)


def _template(workspace: Workspace, file: DeadlineFile) -> Iterator[Finding]:
    name, known = file.deadline.template, list_templates(workspace.templates)
    if name not in known:
        yield Finding(
            rule="deadline.template",
            severity=Severity.STOP,
            message=f'There is no template "{name}".',
            hint=nearest(name, known),
            item=file.slug,
            field="template",
            file=file.document.file,
            line=file.document.line(("template",)),
        )
