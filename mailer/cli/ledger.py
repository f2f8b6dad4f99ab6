"""`mailer ledger …`: which send record counts."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, console, errors, print_json
from mailer.flow import adopt_ledger, ledger_of

group = typer.Typer(no_args_is_help=True, help="The send record: the only truth about what went out.")
app.add_typer(group, name="ledger", rich_help_panel="Follow up")


@group.command()
def show(context: typer.Context, format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """Show where the send record is, its id, and whether it is the one that counts.

    Example: [bold]mailer ledger show[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        ledger_id = ledger.id
        sendings = len(ledger.dispatches(include_rehearsals=False))
        suppressed = len(ledger.suppressions())
    counts = workspace.config.ledger.record == ledger_id
    if format is Format.JSON:
        print_json(
            {"path": str(workspace.ledger_path), "id": ledger_id, "of_record": counts}
            | {"real_sendings": sendings, "do_not_mail": suppressed}
        )
        return
    console.print(f"{workspace.shown(workspace.ledger_path)}  {ledger_id}")
    console.print(f"{sendings} real sendings, {suppressed} entries on the do-not-mail list")
    console.print(
        "It is the ledger of record."
        if counts
        else "It is [bold]not[/bold] the ledger of record: only rehearsals go from here. To change that:"
        "\n  [bold]mailer ledger adopt[/bold]"
    )


@group.command()
def adopt(
    context: typer.Context, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Make this the ledger of record, in mailer.toml: the one that real sendings are written into.

    Example: [bold]mailer ledger adopt[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        if not yes:
            sendings, entries = len(ledger.dispatches(False)), len(ledger.suppressions())
            errors.print(f"This ledger holds {sendings} real sendings and {entries} do-not-mail entries.")
            typer.confirm("Make it the one that counts, from now on?", abort=True, err=True)
        adopt_ledger(workspace, ledger)
        console.print(f"{ledger.id} is the ledger of record now.")
