"""Commands about what went out: dispatches, pause, cancel, settle."""

from __future__ import annotations

import getpass
import time
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, errors, print_json, table
from mailer.cli.reporting import badge, progress_json, show_report
from mailer.dispatch.report import in_words
from mailer.flow import ledger_of
from mailer.flow.due import is_scheduled
from mailer.flow.steering import cancel_sending, pause_sending
from mailer.flow.working import glance_at
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch, DispatchState

Id = Annotated[str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")]
PANEL = "Follow up"
ANSWERS = 3.0
"""Seconds that what was in flight is waited for before the report is shown."""


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
        found = [ledger.progress(one.id) for one in ledger.dispatches(include_rehearsals=not real)]
    if format is Format.JSON:
        print_json([progress_json(progress) for progress in found])
        return
    if not found:
        console.print("Nothing has been sent yet.")
        return
    listing = table("!id", "!issue", "!kind", "!state", "mails", "!made (UTC)")
    for progress in found:
        dispatch = progress.dispatch
        counts = ", ".join(f"{count} {words}" for words, count in in_words(progress.counts).items())
        listing.add_row(
            dispatch.id,
            cell(dispatch.slug),
            badge(dispatch),
            state_of(dispatch),
            counts,
            f"{dispatch.created_at:%Y-%m-%d %H:%M}",
        )
    console.print(listing)


def state_of(dispatch: Dispatch) -> str:
    """Where it stands, for a table: what is planned for later says when."""
    if dispatch.state is DispatchState.OPEN and dispatch.not_before and is_scheduled(dispatch, utc_now()):
        return f"planned for {dispatch.not_before:%Y-%m-%d %H:%M} UTC"
    return dispatch.state.value


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
        pause_sending(ledger, found.id, because, getpass.getuser())
        _await_answers(ledger, found.id)
        show_report(ledger.report(found.id))


def _await_answers(ledger: Ledger, dispatch_id: str) -> None:
    """Say what was in flight, and give it a moment: nothing new starts, but what was begun gets its answer."""
    glance = glance_at(ledger, dispatch_id)
    if not glance.in_flight:
        return
    were = "mail was" if glance.in_flight == 1 else "mails were"
    errors.print(
        f"{glance.in_flight} {were} in flight: what the mail service has begun to take it may still take."
    )
    end = time.monotonic() + ANSWERS
    while glance_at(ledger, dispatch_id).in_flight and time.monotonic() < end:
        time.sleep(0.1)


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
        cancel_sending(
            *(workspace, ledger, found.id, because, getpass.getuser()),
            meanwhile=lambda: _await_answers(ledger, found.id),
        )
        show_report(ledger.report(found.id))


@app.command(rich_help_panel=PANEL)
def settle(
    context: typer.Context,
    dispatch_id: Id,
    email: Annotated[
        str, typer.Argument(metavar="[EMAIL]", help="The address in doubt; without one, all are shown.")
    ] = "",
    accepted: Annotated[bool, typer.Option("--accepted", help="The mail service did take it.")] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="It did not: send the same message again.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every doubt of the sending; asks first.")
    ] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided, for the record.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Decide a mail in doubt: the link broke when the mail service may have had it already.

    Look for the Message-ID in the mail service's log or Sent Items first.

    Example: [bold]mailer settle 7f3c a.person@example.org --accepted[/bold]
    """
    from mailer.cli.reporting import server_of
    from mailer.cli.settling import require_one_wish, settle_doubts

    require_one_wish(email, everything=everything, accepted=accepted, resend=resend)
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        server = server_of(workspace, found.relay)
        settle_doubts(ledger, found, email, server=server, accepted=accepted, resend=resend, by=by, yes=yes)
