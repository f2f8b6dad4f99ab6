"""`mailer resume`: go on with a sending; and with all that are due, for cron and timers."""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json, show_error
from mailer.cli.reporting import report_json
from mailer.cli.stopping import run_until_stopped
from mailer.cli.watching import see_through
from mailer.config import Workspace
from mailer.dispatch.report import counts_in_words
from mailer.errors import MailerError, UsageError
from mailer.flow import ledger_of
from mailer.flow.due import is_scheduled
from mailer.flow.rounds import Step, work_through
from mailer.flow.steering import go_on
from mailer.flow.timer import resume_timer_text
from mailer.flow.when import in_words
from mailer.flow.working import Crew, glance_at
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch, DispatchState


@app.command(rich_help_panel="Follow up")
def resume(
    context: typer.Context,
    dispatch_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="The sending's id, or how it starts.")
    ] = "",
    due: Annotated[
        bool,
        typer.Option("--due", help="Every sending that is planned for now, or was cut off; asks nothing."),
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until nothing is left to be tried again.")
    ] = False,
    print_unit: Annotated[
        bool,
        typer.Option("--print-unit", help="With --due: print a systemd timer and a cron line that run this."),
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Go on with a sending that was stopped, paused or cut off. Nobody gets it twice.

    With --due, as a timer runs it: whatever was approved and its moment has come. What was to begin and has missed
    its moment is paused instead, and asks; so is what is no longer approved, or not for today.

    Example: [bold]mailer resume 7f3c[/bold]
    """
    if bool(dispatch_id) == due:
        raise UsageError(
            "Say which sending: its ID, or --due for all that are due.", "See `mailer dispatches`."
        )
    if print_unit and not due:
        raise UsageError("--print-unit is for --due.", "`mailer resume --due --print-unit`")
    workspace = workspace_of(context)
    if print_unit:
        typer.echo(resume_timer_text(workspace.root))
        return
    quiet = format is Format.JSON
    with ledger_of(workspace) as ledger:
        if due:
            _resume_due(workspace, ledger, quiet=quiet)
        else:
            _resume_one(workspace, ledger, ledger.find_dispatch(dispatch_id), wait=wait, quiet=quiet)


def _resume_one(workspace: Workspace, ledger: Ledger, found: Dispatch, *, wait: bool, quiet: bool) -> None:
    crew = asyncio.run(go_on(workspace, ledger, found.id, getpass.getuser()))
    if crew is None and is_scheduled(found, utc_now()):
        _say_when_it_begins(ledger, found, quiet=quiet)
        return
    if crew is None and not quiet and glance_at(ledger, found.id).workers:
        console.print("It is being sent already: watching.")
    see_through(workspace, ledger, found.id, crew or Crew(), wait=wait, quiet=quiet)


def _say_when_it_begins(ledger: Ledger, found: Dispatch, *, quiet: bool) -> None:
    """What is planned for later waits for its moment, also when somebody lets it go on."""
    assert found.not_before is not None
    was_paused = found.state is DispatchState.PAUSED
    if quiet:
        print_json(report_json(ledger.report(found.id)))
        return
    again = " again" if was_paused else ""
    console.print(cell(f"{found.id} is{again} planned for {in_words(found.not_before.astimezone())}."))
    console.print("It begins then by `mailer resume --due`, which a timer runs.")


def _resume_due(workspace: Workspace, ledger: Ledger, *, quiet: bool) -> None:
    """Exit code 1 where a person has to look: something is late, could not go on, or was paused."""

    def tell(step: Step) -> None:
        if quiet:
            return
        name = f"{step.dispatch.id} ({step.dispatch.slug})"
        if step.trouble is not None:
            show_error(MailerError(f"{name}: {step.trouble.message}", step.trouble.hint))
        elif step.has_begun:
            console.print(cell(f"{name}: sending."))
        else:
            counts = counts_in_words(ledger.report(step.dispatch.id))
            console.print(cell(f"{name}: {', '.join(f'{count} {words}' for words, count in counts)}."))

    rounds = run_until_stopped(lambda stop, _: work_through(workspace, ledger, stop=stop, tell=tell))
    if quiet:
        print_json([report_json(ledger.report(dispatch_id)) for dispatch_id in rounds.seen])
    elif not rounds.seen and console.is_terminal:
        console.print("Nothing is due.")
    if rounds.troubled:
        raise typer.Exit(1)
