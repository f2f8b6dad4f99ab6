"""`mailer outbox …`: the practice tray."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json, table
from mailer.errors import MailerError
from mailer.flow import ledger_of
from mailer.relay import OutboxServer, Tray, serve_outbox

SHOWN = 50
CUT = 36
"""Signs of a subject in the list, so that a row stays a row at 80 columns."""

group = typer.Typer(no_args_is_help=True, help="The practice tray: mail that was kept here, and not sent.")
app.add_typer(group, name="outbox", rich_help_panel="Follow up")


@group.command(name="list")
def list_(context: typer.Context, format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """List what lies in the practice tray, newest first.

    Example: [bold]mailer outbox list[/bold]
    """
    messages = list(Tray(workspace_of(context).outbox).list())
    if format is Format.JSON:
        print_json(
            [
                {
                    "id": m.id,
                    "at": m.received_at,
                    "to": m.delivered_to,
                    "from": m.sender,
                    "subject": m.subject,
                }
                | {"bytes": m.size}
                for m in messages
            ]
        )
        return
    if not messages:
        console.print("Nothing in the practice tray yet. `mailer send SLUG --to SEGMENT` puts mail here.")
        return
    listing = table("!to", "subject", ">KB")
    for m in messages[:SHOWN]:
        listing.add_row(cell(m.delivered_to), cell(_cut(m.subject)), f"{m.size / 1024:,.0f}")
    console.print(listing)
    if len(messages) > SHOWN:
        console.print(f"… and {len(messages) - SHOWN} older ones")
    console.print(f"{len(messages)} mails – practice tray, not sent. Look at one: mailer outbox show ADDRESS")


def _cut(subject: str) -> str:
    return subject if len(subject) <= CUT else f"{subject[: CUT - 1].rstrip()}…"


@group.command()
def show(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whose newest mail; or a mail's id.")],
    raw: Annotated[bool, typer.Option("--raw", help="Every byte as it was received.")] = False,
) -> None:
    """Show one mail: its headers and text, or all of it.

    Example: [bold]mailer outbox show a.person@example.org[/bold]
    """
    tray = Tray(workspace_of(context).outbox)
    wanted = which.strip().casefold()
    found = next((m.id for m in tray.list() if wanted in (m.delivered_to.casefold(), m.id)), None)
    if found is None:
        raise MailerError(f"The practice tray has no mail to {which}.", "See `mailer outbox list`.")
    if raw:
        sys.stdout.buffer.write(tray.read(found))
        return
    detail = tray.parse(found)
    for name, value in detail.headers:
        console.print(cell(f"{name}: {value}"), soft_wrap=True)
    console.print()
    console.print(cell(detail.text), soft_wrap=True)


@group.command()
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where to listen, on 127.0.0.1.")
    ] = 2525,
) -> None:
    """Run a local SMTP server that keeps what it gets, until Ctrl-C.

    Example: [bold]mailer outbox serve --port 2525[/bold]
    """
    workspace = workspace_of(context)

    def ready(server: OutboxServer) -> None:
        console.print(
            f"Listening on 127.0.0.1:{server.port}; mail is kept in {workspace.shown(workspace.outbox)}"
        )

    asyncio.run(serve_outbox(workspace.outbox, "127.0.0.1", port, on_ready=ready))


@group.command()
def clear(context: typer.Context) -> None:
    """Empty the practice tray and forget all rehearsals.

    Example: [bold]mailer outbox clear[/bold]
    """
    workspace = workspace_of(context)
    removed = Tray(workspace.outbox).clear()
    with ledger_of(workspace) as ledger:
        forgotten = ledger.forget_rehearsals()
    console.print(f"{removed} mails removed, {forgotten} rehearsals forgotten.")
