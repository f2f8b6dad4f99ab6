"""Commands about the do-not-mail list."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.audience import AddressError, normalise
from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, print_json, table
from mailer.errors import MailerError, UsageError, nearest
from mailer.flow import ledger_of, read_people
from mailer.model.suppression import Because

PANEL = "People"


@app.command(rich_help_panel=PANEL)
def suppress(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address that must not be mailed.")],
    note: Annotated[str, typer.Option("--because", help="Why, for the record.")],
    reason: Annotated[
        Because, typer.Option("--reason", help="unsubscribed holds for newsletters only.")
    ] = Because.MANUAL,
) -> None:
    """Put an address on the do-not-mail list.

    Example: [bold]mailer suppress a.person@example.org --because "asked by telephone"[/bold]
    """
    workspace = workspace_of(context)
    try:
        address = normalise(address.strip())
    except AddressError as error:
        raise UsageError(f'"{address}" is not an address: {error}.') from error
    with ledger_of(workspace) as ledger:
        ledger.suppress(address, reason, note)
    console.print(cell(f"{address} is on the do-not-mail list ({reason})."))
    known = [contact.address for contact in read_people(workspace).recipients.contacts]
    if address not in known:
        console.print(cell(f"Nobody in contacts.csv has this address. {nearest(address, known)}".strip()))


@app.command(rich_help_panel=PANEL)
def unsuppress(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address to mail again.")],
) -> None:
    """Take an address off the do-not-mail list.

    Example: [bold]mailer unsuppress a.person@example.org[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        if not ledger.unsuppress(address):
            raise MailerError(f"{address} is not on the do-not-mail list.", "See `mailer suppressions`.")
    console.print(cell(f"{address} is off the do-not-mail list."))


@app.command(rich_help_panel=PANEL)
def suppressions(context: typer.Context, format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """Show the do-not-mail list.

    Example: [bold]mailer suppressions --format json[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        listed = ledger.suppressions()
    if format is Format.JSON:
        print_json([{"address": s.address, "because": s.because, "note": s.note, "at": s.at} for s in listed])
        return
    if not listed:
        console.print("Nobody is on the do-not-mail list.")
        return
    listing = table("address", "kind", "why", "since")
    for entry in listed:
        listing.add_row(cell(entry.address), entry.because, cell(entry.note), f"{entry.at:%Y-%m-%d}")
    console.print(listing)
