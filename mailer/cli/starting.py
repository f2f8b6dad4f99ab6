"""Commands to begin with: init, new, schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.following import follow
from mailer.cli.output import cell, console, parse_day
from mailer.errors import UsageError


@app.command(rich_help_panel="Begin")
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; new or empty.")],
    sample: Annotated[
        bool, typer.Option("--sample", help="With the sample issue and its invented people.")
    ] = False,
) -> None:
    """Make a new workspace in which every command runs at once.

    Its mail service is the practice tray: nothing leaves this machine.

    Example: [bold]mailer init my-newsletter[/bold]
    """
    from mailer.flow.starter import make_workspace

    made = make_workspace(folder, sample=sample)
    console.print(cell(f"Made {made.root}"))
    for line in (
        f"cd {folder}",
        f"mailer check {made.first_issue}",
        f"mailer send {made.first_issue} --to everyone",
        "mailer studio",
    ):
        console.print(cell(f"  {line}"))


@app.command(rich_help_panel="Begin")
def new(
    context: typer.Context,
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="The new issue's folder name, such as 2017-03-cami.")
    ],
    date: Annotated[
        str, typer.Option("--date", metavar="DATE", help="Its planned day; today where left out.")
    ] = "",
    template: Annotated[
        str,
        typer.Option("--template", metavar="NAME", help="newsletter, bulletin, notice, letter or your own."),
    ] = "",
    from_: Annotated[
        str,
        typer.Option("--from", metavar="OTHER", help="An issue of which all that stands is taken over."),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --from: show what it would be; write nothing.")
    ] = False,
) -> None:
    """Begin a new issue: a folder with an issue.yaml to fill in, or the next one after another.

    With --from, what stands in every issue stays as it is written, with its translations and pictures; so does what
    is still to come. What was of its time is left behind, each with the reason, and words that were are listed.

    Example: [bold]mailer new 2017-03-cami --from 2016-12-cami --date 2017-03-15[/bold], or
    [bold]mailer new 2017-04-reports --template notice[/bold]
    """
    from mailer.flow.starter import start_issue

    workspace = workspace_of(context)
    if from_:
        if template:
            raise UsageError("--from and --template cannot go together.", "The new issue has the old one's.")
        follow(workspace, slug, from_, parse_day(date), dry_run=dry_run)
        return
    if dry_run:
        raise UsageError("--dry-run goes with --from only.", "Name the issue that this one follows.")
    path = start_issue(workspace, slug, parse_day(date), template)
    console.print(cell(f"Made {workspace.shown(path)}"))
    console.print(f"Look at it: [bold]mailer studio[/bold], or [bold]mailer check {slug}[/bold]")


@app.command(rich_help_panel="Begin")
def schema(context: typer.Context) -> None:
    """Write JSON Schemas, so that editors complete and check issue files and mailer.toml.

    Example: [bold]mailer schema[/bold]
    """
    from mailer.flow.starter import write_all_schemas

    workspace = workspace_of(context)
    for path in write_all_schemas(workspace.root):
        console.print(cell(workspace.shown(path)))
