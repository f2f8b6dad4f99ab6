"""`mailer deadlines`: how every ladder stands; `outstanding`: who owes; `calendar`: what is to go on which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.app import workspace_of
from mailer.cli.deadlines import Slug, deadlines
from mailer.cli.deadlines_shown import (
    day_json,
    owing_json,
    show_days,
    show_outstanding,
    show_state,
    state_json,
)
from mailer.cli.output import Format, FormatOption, OnOption, cell, console, parse_day, print_json
from mailer.errors import UsageError

if TYPE_CHECKING:
    from mailer.audience import DeadlineFile
    from mailer.config import Workspace
    from mailer.flow import People
    from mailer.flow.ladder_state import LadderState

XlsxOption = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write it as a workbook, a sheet for each deadline."),
]


class CalendarFormat(StrEnum):
    """How to print a calendar."""

    TEXT = "text"
    JSON = "json"
    ICS = "ics"


@deadlines.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    on: OnOption = "",
    xlsx: XlsxOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Deadlines: who owes what, when they are reminded, and what has come in. Alone, it shows how each one stands.

    Example: [bold]mailer deadlines --xlsx deadlines.xlsx[/bold]
    """
    if context.invoked_subcommand is not None:
        if on or xlsx or format is not Format.TEXT:
            raise UsageError(f"Options go after `{context.invoked_subcommand}`.")
        return
    states = _states(context, "", on)
    if xlsx is not None:
        _write_book(xlsx, states)
    elif format is Format.JSON:
        print_json([state_json(state) for state in states])
    elif not states:
        console.print("There are no deadlines. Begin one with `mailer deadlines new`.")
    else:
        for number, state in enumerate(states):
            if number:
                console.print()
            show_state(state)


@deadlines.command()
def outstanding(
    context: typer.Context,
    slug: Slug,
    on: OnOption = "",
    xlsx: XlsxOption = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show who still owes it, when they were reminded and when they will be; first those whom nobody can tell.

    Example: [bold]mailer deadlines outstanding national-report-cop12 --xlsx owed.xlsx[/bold]
    """
    state = _states(context, slug, on)[0]
    if xlsx is not None:
        _write_book(xlsx, [state])
        return
    if format is Format.JSON:
        print_json([owing_json(one, state.plan.day) for one in state.outstanding])
        return
    if not state.outstanding:
        console.print("All have handed in." if state.owing else "Nobody owes it.")
        return
    show_outstanding(state)


@deadlines.command()
def calendar(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="A deadline; all where left out.")] = "",
    start: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day; today where left out.")
    ] = "",
    end: Annotated[
        str,
        typer.Option("--to", metavar="DATE", help="The last day; that of the last ladder where left out."),
    ] = "",
    format: Annotated[  # noqa: A002
        CalendarFormat, typer.Option("--format", help="For people, for programs, or for a calendar program.")
    ] = CalendarFormat.TEXT,
) -> None:
    """Show what is to go on which day, to whom: every ladder run ahead as if nothing more came in. Nothing is sent.

    Example: [bold]mailer deadlines calendar --from 2016-12-19 --to 2017-05-15 --format ics > dates.ics[/bold]
    """
    from mailer.flow import ledger_of, read_people
    from mailer.flow.ladders import days_ahead, last_day

    workspace = workspace_of(context)
    people = read_people(workspace)
    files = _files(workspace, people, slug)
    first = parse_day(start) or min((_today(file) for file in files), default=datetime.now(UTC).date())
    last = parse_day(end) or max((last_day(file) for file in files), default=first)
    if last < first and end:
        raise UsageError(f"The last day, {last}, is before the first, {first}.")
    with ledger_of(workspace) as ledger:
        plans = [
            plan
            for file in files
            for plan in days_ahead(workspace, ledger, people, file, first=first, last=last)
        ]
    plans.sort(key=lambda plan: plan.day)
    names = {code: country.name("en") or code for code, country in people.registers.countries.items()}
    if format is CalendarFormat.ICS:
        from mailer.remind.calendar import as_calendar

        domain = workspace.config.sender.email.rpartition("@")[2]
        typer.echo(as_calendar(plans, names, domain=domain, now=datetime.now(UTC)), nl=False)
    elif format is CalendarFormat.JSON:
        print_json([day_json(plan) for plan in plans])
    else:
        show_days(plans, names, first, last)


def _today(file: DeadlineFile) -> date:
    from mailer.flow.deadlines import today

    return today(file.deadline)


def _files(workspace: Workspace, people: People, slug: str) -> list[DeadlineFile]:
    from mailer.flow.deadlines import deadline_file, read_deadline_files

    return (
        [deadline_file(workspace, people, slug)]
        if slug
        else [*read_deadline_files(workspace, people).values()]
    )


def _states(context: typer.Context, slug: str, on: str) -> list[LadderState]:
    """How the deadline, or each of them, stands; first what is due next, what is past at the end."""
    from mailer.flow import ledger_of, read_people
    from mailer.flow.ladder_state import ladder_state

    workspace = workspace_of(context)
    people = read_people(workspace)
    files = _files(workspace, people, slug)
    asked = parse_day(on)
    with ledger_of(workspace) as ledger:
        states = [ladder_state(workspace, ledger, people, file, asked or _today(file)) for file in files]
    going = sorted((s for s in states if not s.is_over), key=lambda state: state.file.deadline.due)
    over = sorted((s for s in states if s.is_over), key=lambda state: state.file.deadline.due, reverse=True)
    return [*going, *over]


def _write_book(path: Path, states: Iterable[LadderState]) -> None:
    from mailer.flow.ladder_book import as_workbook
    from mailer.source import write_atomically

    if not path.resolve().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", "Make it first, or write the file elsewhere.")
    write_atomically(path, as_workbook(states))
    console.print(cell(f"{path}: written."))
