"""`mailer deadlines …`: what came in, what was put off, and whether a deadline's files are in order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    cell,
    console,
    count_words,
    finding_json,
    parse_day,
    print_json,
    show_findings,
)
from mailer.errors import ProblemsError, UsageError
from mailer.model.deadline import What

if TYPE_CHECKING:
    from mailer.flow.submitting import Recorded
    from mailer.model.finding import Finding

PANEL = "Deadlines"
deadlines = typer.Typer()
app.add_typer(deadlines, name="deadlines", rich_help_panel=PANEL)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The deadline, as its file is called.")]
Whom = Annotated[
    list[str], typer.Argument(metavar="WHO", help="Countries by code or name, or people by address.")
]
Day = Annotated[
    str, typer.Option("--on", metavar="DATE", help="The day on which it happened; today where left out.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who handed it in, or decided.")]
Note = Annotated[str, typer.Option("--note", help="A remark, for the record.")]
Because = Annotated[str, typer.Option("--because", help="Why, for the record.")]


@deadlines.command()
def submitted(
    context: typer.Context, slug: Slug, whom: Whom, on: Day = "", by: By = "", note: Note = ""
) -> None:
    """Record that it came in: no more reminders to anybody of that country.

    Example: [bold]mailer deadlines submitted national-report-cop12 KZ Mongolia --on 2017-02-01[/bold]
    """
    _record(context, slug, What.SUBMITTED, whom, on, by, note)


@deadlines.command()
def withdrawn(
    context: typer.Context, slug: Slug, whom: Whom, on: Day = "", by: By = "", note: Note = ""
) -> None:
    """Record that it was taken back, or had been recorded by mistake: it is owed again.

    Example: [bold]mailer deadlines withdrawn national-report-cop12 KZ --note "was last year's"[/bold]
    """
    _record(context, slug, What.WITHDRAWN, whom, on, by, note)


@deadlines.command()
def returned(
    context: typer.Context, slug: Slug, whom: Whom, on: Day = "", by: By = "", note: Note = ""
) -> None:
    """Record that it was sent back for correction: it is owed again.

    Example: [bold]mailer deadlines returned national-report-cop12 KZ --note "part 3 is empty"[/bold]
    """
    _record(context, slug, What.RETURNED, whom, on, by, note)


@deadlines.command()
def extend(
    context: typer.Context,
    slug: Slug,
    whom: Whom,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The new due date.")],
    because: Because,
    on: Day = "",
    by: By = "",
) -> None:
    """Give some of them more time: their reminders go by the new date.

    Example: [bold]mailer deadlines extend national-report-cop12 UZ --until 2017-05-15 --because "letter 44"[/bold]
    """
    _record(context, slug, What.EXTENDED, whom, on, by, because, until)


@deadlines.command()
def hold(context: typer.Context, slug: Slug, whom: Whom, because: Because, on: Day = "", by: By = "") -> None:
    """Stop reminders for some of them, until `release`. They still owe it.

    Example: [bold]mailer deadlines hold national-report-cop12 TJ --because "the ministry is moving"[/bold]
    """
    _record(context, slug, What.HELD, whom, on, by, because)


@deadlines.command()
def release(
    context: typer.Context, slug: Slug, whom: Whom, on: Day = "", by: By = "", note: Note = ""
) -> None:
    """Let reminders go again after `hold`.

    Example: [bold]mailer deadlines release national-report-cop12 TJ[/bold]
    """
    _record(context, slug, What.RELEASED, whom, on, by, note)


def _record(
    context: typer.Context,
    slug: str,
    what: What,
    whom: list[str],
    on: str,
    by: str,
    note: str,
    until: str = "",
) -> None:
    from mailer.flow import read_people
    from mailer.flow.deadlines import deadline_file
    from mailer.flow.submitting import record_submissions

    if what in (What.EXTENDED, What.HELD) and not note.strip():
        raise UsageError("It needs a reason.", 'Write it: --because "…".')
    workspace = workspace_of(context)
    people = read_people(workspace)
    file = deadline_file(workspace, people, slug)
    done = record_submissions(
        workspace, people, file, what, whom, on=parse_day(on), until=parse_day(until), by=by, note=note
    )
    for entry in done.new:
        console.print(cell(f"{done.names.get(entry.who, entry.who)}: {_words(done, entry.who)}"))
    console.print(cell(_still_owed(done)))


def _words(done: Recorded, who: str) -> str:
    """What has happened, and what it means."""
    entry = next(entry for entry in done.new if entry.who == who)
    due = next(one.due for one in done.obligations if one.who == who)
    match entry.what:
        case What.SUBMITTED:
            late = (entry.on - due).days
            after = f", {late} {'day' if late == 1 else 'days'} after it was due" if late > 0 else ""
            return f"handed in on {entry.on}{after}."
        case What.WITHDRAWN:
            return f"taken back on {entry.on}; owed again."
        case What.RETURNED:
            return f"sent back for correction on {entry.on}; owed again."
        case What.EXTENDED:
            return f"due on {due} now; reminders go by that date."
        case What.HELD:
            command = f"mailer deadlines release {done.file.slug} {who}"
            return f"no reminders from {entry.on} on, until `{command}`."
        case What.RELEASED:
            return f"reminders go again, due on {due}."


def _still_owed(done: Recorded) -> str:
    owed = [one for one in done.obligations if one.is_owed]
    if not owed:
        return "All have handed in."
    held = sum(1 for one in owed if one.held)
    said = f"{len(owed)} still {'owes' if len(owed) == 1 else 'owe'} it"
    return f"{said}; {held} of them on hold." if held else f"{said}."


@deadlines.command()
def check(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="A deadline; all where left out.")] = "",
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Look whether deadlines and their logs are in order; exit 1 where something stops them.

    Example: [bold]mailer deadlines check national-report-cop12[/bold]
    """
    found = _found(context, slug, parse_day(on))
    every = [finding for findings in found.values() for finding in findings]
    if format is Format.JSON:
        print_json({"findings": [finding_json(finding) for finding in every]})
    else:
        if not found:
            console.print("There are no deadlines. Begin one with `mailer deadlines new`.")
        for name, findings in found.items():
            show_findings(findings, heading=f"{name}: {count_words(findings)}".removeprefix(": "))
    if any(finding.severity == "stop" for finding in every):
        raise typer.Exit(1)


def _found(context: typer.Context, slug: str, day: date | None) -> dict[str, tuple[Finding, ...]]:
    """Deadline → what was found; problems in files are stops under no deadline."""
    from mailer.flow import read_people
    from mailer.flow.deadlines import deadline_file, deadline_findings, read_deadline_files
    from mailer.model.finding import Finding

    workspace = workspace_of(context)
    people = read_people(workspace)
    try:
        files = (
            [deadline_file(workspace, people, slug)]
            if slug
            else [*read_deadline_files(workspace, people).values()]
        )
    except ProblemsError as error:
        return {slug: tuple(Finding.from_problem(problem) for problem in error.problems)}
    return {file.slug: deadline_findings(workspace, people, file, day) for file in files}


@deadlines.command()
def new(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Name of the new deadline, for its file.")],
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="The day on which it is due.")],
    to: Annotated[str, typer.Option("--to", metavar="SEGMENT", help="The group that owes it.")],
    per_person: Annotated[
        bool, typer.Option("--per-person", help="Each owes it for themselves, not for their country.")
    ] = False,
) -> None:
    """Begin a deadline: a file that explains itself.

    Example: [bold]mailer deadlines new national-report-cop13 --due 2019-08-19 --to cms-parties[/bold]
    """
    from mailer.flow import read_people
    from mailer.flow.deadline_starter import new_deadline

    workspace = workspace_of(context)
    day = parse_day(due)
    if day is None:
        raise UsageError("It needs a due date.", "Write it: --due 2017-04-24.")
    path = new_deadline(
        workspace, read_people(workspace), slug, day, to, per="person" if per_person else "country"
    )
    console.print(
        cell(f"{workspace.shown(path)}: write what is owed, then run `mailer deadlines check {slug}`.")
    )
