"""Commands about what went out: dispatches, resume, pause, cancel, settle."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.live import deliver_live
from mailer.cli.output import Format, FormatOption, cell, console, print_json, table
from mailer.cli.reporting import badge, report_json, show_report, show_sent
from mailer.dispatch.report import ON_SCREEN, counts_in_words
from mailer.errors import MailerError, UsageError
from mailer.flow import ledger_of
from mailer.flow import resume as resume_dispatch
from mailer.flow.send import require_resumable, write_receipt
from mailer.model.dispatch import DispatchState

Id = Annotated[str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")]
PANEL = "Follow up"


@app.command(rich_help_panel=PANEL)
def dispatches(
    context: typer.Context,
    real: Annotated[bool, typer.Option("--real", help="Leave rehearsals out.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """List what went out, newest first.

    Example: [bold]mailer dispatches --real[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        reports = [ledger.report(d.id) for d in ledger.dispatches(include_rehearsals=not real)]
    if format is Format.JSON:
        print_json([report_json(report) for report in reports])
        return
    if not reports:
        console.print("Nothing has been sent yet.")
        return
    listing = table("!id", "!issue", "!kind", "!state", "mails", "!planned (UTC)")
    for report in reports:
        dispatch = report.dispatch
        counts = ", ".join(f"{count} {words}" for words, count in counts_in_words(report))
        listing.add_row(
            dispatch.id,
            cell(dispatch.slug),
            badge(dispatch),
            dispatch.state.value,
            counts,
            f"{dispatch.created_at:%Y-%m-%d %H:%M}",
        )
    console.print(listing)


@app.command(rich_help_panel=PANEL)
def resume(
    context: typer.Context,
    dispatch_id: Id,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until nothing is left to be tried again.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Go on with a sending that was stopped, paused or cut off. Nobody gets it twice.

    Example: [bold]mailer resume 7f3c[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        require_resumable(workspace, ledger, found)
        if found.state is DispatchState.FINISHED:
            # A kill may have come between the last answer and the receipt.
            write_receipt(workspace, ledger, ledger.report(found.id))
        ledger.reopen(found.id)
        total = ledger.report(found.id).total
        sent = deliver_live(
            total,
            lambda stop, progress: resume_dispatch(
                workspace, ledger, found, stop=stop, progress=progress, wait=wait
            ),
            quiet=format is Format.JSON,
        )
    if format is Format.JSON:
        print_json(report_json(sent.report))
    else:
        show_sent(sent)
    if sent.ended.why:
        raise typer.Exit(1)


@app.command(rich_help_panel=PANEL)
def pause(
    context: typer.Context,
    dispatch_id: Id,
    because: Annotated[str, typer.Option("--because", help="Why, for the record.")] = "asked to",
) -> None:
    """Pause a sending, whoever runs it: what is in flight finishes, nothing new starts.

    Example: [bold]mailer pause 7f3c --because "wrong date in the lead"[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        paused = ledger.pause(found.id, because, by=getpass.getuser())
        show_report(ledger.report(found.id))
    if paused.state is not DispatchState.PAUSED:
        raise MailerError(f"{found.id} is {paused.state}: there is nothing left to pause.")


@app.command(rich_help_panel=PANEL)
def cancel(
    context: typer.Context,
    dispatch_id: Id,
    because: Annotated[str, typer.Option("--because", help="Why, for the record.")] = "asked to",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Cancel what has not gone yet. It cannot be taken back, and those who have it keep it.

    Example: [bold]mailer cancel 7f3c[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        if not yes:
            typer.confirm(f"Cancel what is left of {found.id} ({found.slug})?", abort=True, err=True)
        ledger.cancel(found.id, because)
        ledger.finish_if_done(found.id)
        made = ledger.report(found.id)
        write_receipt(workspace, ledger, made)
        show_report(made)


@app.command(rich_help_panel=PANEL)
def settle(
    context: typer.Context,
    dispatch_id: Id,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address in doubt.")],
    accepted: Annotated[bool, typer.Option("--accepted", help="The mail service did take it.")] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="It did not: send the same message again.")
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided, for the record.")] = "",
) -> None:
    """Decide a mail in doubt: the link broke when the mail service may have had it already.

    Look for the Message-ID in the mail service's log or Sent Items first.

    Example: [bold]mailer settle 7f3c a.person@example.org --accepted[/bold]
    """
    if accepted == resend:
        raise UsageError("Say either --accepted or --resend.")
    with ledger_of(workspace_of(context)) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        state = ledger.resolve(found.id, email, accepted=accepted, by=by)
        ledger.finish_if_done(found.id)
    if accepted:
        console.print(cell(f"{email}: {ON_SCREEN[state]}."))
    else:
        console.print(f"{email} waits again: [bold]mailer resume {found.id}[/bold]")
