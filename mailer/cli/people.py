"""Commands about the do-not-mail list."""

from __future__ import annotations

import csv
import getpass
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import cell, console, print_json, table
from mailer.errors import UsageError, nearest
from mailer.model.suppression import Because, Suppression
from mailer.source.formulas import guarded

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.barring import Barred

PANEL = "People"
FEW = 5
SHOWN = 50
IN_WORDS = {Because.MANUAL: "by hand"}
"""How a kind of reason reads where its own name will not do."""

Addresses = Annotated[
    list[str] | None, typer.Argument(metavar="ADDRESS…", help="One address or several.", show_default=False)
]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Addresses, one a line, or a CSV with a column `email`."),
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so, for the record.")]


class ListFormat(StrEnum):
    """How to print the list."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command(rich_help_panel=PANEL)
def suppress(
    context: typer.Context,
    addresses: Addresses = None,
    because: Annotated[
        str,
        typer.Option(
            "--because",
            metavar="KIND|WORDS",
            help="unsubscribed (holds for newsletters only), bounced, complained or by-hand; "
            "other words count as by-hand.",
        ),
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="More about it, for the record.")] = "",
    file: FileOption = None,
    by: ByOption = "",
) -> None:
    """Put addresses on the do-not-mail list: all of them, or none where one is wrong.

    Example: [bold]mailer suppress a.person@example.org --because unsubscribed --note "by telephone"[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.barring import addresses_of, bar, kind_of

    workspace = workspace_of(context)
    if not because.strip():
        raise UsageError(
            "Why must they not be mailed?", "Say so: --because unsubscribed, bounced, complained or by-hand."
        )
    kind, words = kind_of(because)
    wanted = addresses_of(addresses or (), file)
    told = " – ".join(filter(None, (words, " ".join(note.split()))))
    with ledger_of(workspace) as ledger:
        done = bar(ledger, wanted, kind, told, by or getpass.getuser())
    _show_barred(done, kind, len(wanted))
    _show_strangers(workspace, wanted)


@app.command(rich_help_panel=PANEL)
def unsuppress(
    context: typer.Context,
    addresses: Addresses = None,
    because: Annotated[
        str, typer.Option("--because", metavar="TEXT", help="Why they may be mailed again, for the record.")
    ] = "",
    file: FileOption = None,
    by: ByOption = "",
) -> None:
    """Take addresses off the do-not-mail list: all of them, or none where one is not on it.

    Example: [bold]mailer unsuppress a.person@example.org --because "asked for it again on 12 January"[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.barring import addresses_of, unbar

    workspace = workspace_of(context)
    wanted = addresses_of(addresses or (), file)
    why = " ".join(because.split()) or _asked_why()
    with ledger_of(workspace) as ledger:
        gone = unbar(ledger, wanted, why, by or getpass.getuser())
    for entry in gone[:FEW]:
        note = f": {entry.note}" if entry.note else ""
        since = f"{_kind(entry.because)} since {entry.at:%Y-%m-%d}{note}"
        console.print(cell(f"{entry.address} is off the do-not-mail list ({since})."))
    if len(wanted) > FEW:
        console.print(f"{len(wanted):,} addresses are off the do-not-mail list.")
    if any(entry.because.of_person for entry in gone):
        console.print(
            "Some had asked not to be mailed, or complained: write to them only if they asked you to."
        )


@app.command(rich_help_panel=PANEL)
def suppressions(
    context: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Only those with this in address or note.")
    ] = "",
    because: Annotated[
        str, typer.Option("--because", metavar="KIND", help="unsubscribed, bounced, complained or by-hand.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help=f"Every one, not only the first {SHOWN}.")
    ] = False,
    format: Annotated[  # noqa: A002
        ListFormat, typer.Option("--format", help="For people, for programs, or as a file for spreadsheets.")
    ] = ListFormat.TEXT,
) -> None:
    """Show the do-not-mail list, or search it.

    Example: [bold]mailer suppressions --because bounced --format csv > bounced.csv[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.barring import KINDS, NAMES, chosen

    kind = KINDS.get(because.casefold().replace(" ", "-")) if because else None
    if because and kind is None:
        raise UsageError(f'"{because}" is no kind of reason.', nearest(because.casefold(), NAMES))
    with ledger_of(workspace_of(context)) as ledger:
        listed = chosen(ledger.suppressions(), kind, text)
    if format is ListFormat.JSON:
        print_json([{"address": s.address, "because": s.because, "note": s.note, "at": s.at} for s in listed])
    elif format is ListFormat.CSV:
        _print_csv(listed)
    else:
        _show_list(listed, everything=everything, filtered=bool(text or because))


def _asked_why() -> str:
    """The reason, asked at the terminal. UsageError where there is none, or no answer."""
    why = typer.prompt("Why may they be mailed again?", err=True) if sys.stdin.isatty() else ""
    if not why.strip():
        raise UsageError(
            "Why may they be mailed again?", 'Say so for the record: --because "asked for it again".'
        )
    return " ".join(why.split())


def _show_barred(done: Barred, kind: Because, named: int) -> None:
    for entry in done.added[:FEW]:
        console.print(cell(f"{entry.address} is on the do-not-mail list ({_kind(kind)})."))
    if len(done.added) > FEW:
        console.print(f"{len(done.added):,} addresses were put on the do-not-mail list ({_kind(kind)}).")
    for entry in done.already[:FEW]:
        words = (
            f"{entry.address} was on it already ({_kind(kind)}, since {entry.at:%Y-%m-%d}); that entry stays."
        )
        console.print(cell(words))
    if len(done.already) > FEW:
        console.print(f"{len(done.already):,} were on it already; their entries stay.")
    for dispatch, count in done.waiting:
        mails = "A mail waits" if count == 1 else f"{count:,} mails wait"
        whom = "this address" if named == 1 else "these addresses"
        where = f"in sending {dispatch.id} ({dispatch.slug})"
        console.print(cell(f"{mails} for {whom} {where}, and will not go."))


def _show_strangers(workspace: Workspace, wanted: Sequence[str]) -> None:
    """Whom contacts.csv does not know: perhaps a typing mistake."""
    from mailer.flow import read_people

    known = {each for one in read_people(workspace).recipients.contacts for each in one.addresses}
    strange = [address for address in wanted if address not in known]
    if len(strange) == 1:
        close = nearest(strange[0], known)
        hint = f" {close}" if close.startswith("Did") else ""
        console.print(cell(f"Nobody in contacts.csv has the address {strange[0]}.{hint}"))
    elif strange:
        shown = ", ".join(strange[:FEW]) + (", …" if len(strange) > FEW else "")
        console.print(cell(f"{len(strange):,} of them are not in contacts.csv: {shown}"))


def _show_list(listed: Sequence[Suppression], *, everything: bool, filtered: bool) -> None:
    if not listed:
        nobody = "Nobody on the do-not-mail list fits." if filtered else "Nobody is on the do-not-mail list."
        console.print(nobody)
        return
    listing = table("address", "!kind", "why", "!since")
    for entry in listed if everything else listed[:SHOWN]:
        listing.add_row(cell(entry.address), _kind(entry.because), cell(entry.note), f"{entry.at:%Y-%m-%d}")
    console.print(listing)
    if not everything and len(listed) > SHOWN:
        console.print(Text.assemble(f"… and {len(listed) - SHOWN:,} more: ", ("--all", "bold")))


def _print_csv(listed: Iterable[Suppression]) -> None:
    """As `suppress --file` reads it again; no cell of it is a formula to a spreadsheet."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("email", "because", "note", "since"))
    for entry in listed:
        cells = (entry.address, _kind(entry.because), entry.note, f"{entry.at:%Y-%m-%d}")
        writer.writerow([guarded(one) for one in cells])


def _kind(because: Because) -> str:
    return IN_WORDS.get(because, because.value)
