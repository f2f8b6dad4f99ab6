"""`mailer evidence` and `mailer verify`: the record of notice, and whether one is still as it was exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, cell, console, errors, print_json, table
from mailer.errors import MailerError, UsageError

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.evidence.making import Made
    from mailer.evidence.verifying import Verdict
    from mailer.ledger import Ledger
    from mailer.model.dispatch import Dispatch

PANEL = "Record"
CHANGED = 1


@app.command(rich_help_panel=PANEL)
def evidence(
    context: typer.Context,
    dispatch_id: Annotated[
        str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")
    ] = "",
    deadline: Annotated[
        str, typer.Option("--deadline", metavar="SLUG", help="Every sending of that deadline together.")
    ] = "",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write it as CSV.", dir_okay=False)
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write it as a workbook.", dir_okay=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show who was told what and when: the record of notice, signed by this office's send record.

    Files, and what --format json prints, can be checked with [bold]mailer verify[/bold] at any time.

    Example: [bold]mailer evidence 7f3c --xlsx notice-2016-035.xlsx[/bold]
    """
    from mailer.flow import ledger_of
    from mailer.flow.evidence import evidence_of, sendings_of
    from mailer.flow.records import note_key

    if bool(dispatch_id) == bool(deadline):
        raise UsageError(
            "Say either a sending's id or --deadline.", "`mailer dispatches --real` lists sendings."
        )
    for path in filter(None, (csv, xlsx)):
        if not path.absolute().parent.is_dir():
            raise UsageError(f"There is no folder {path.parent}.", "Make it first, or name another.")
        if path.exists() and not force:
            raise UsageError(f"{path} is there already.", "Keep it, and name another; or add --force.")
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        meant = sendings_of(ledger, deadline) if deadline else (ledger.find_dispatch(dispatch_id),)
        made = evidence_of(workspace, ledger, meant)
        if note_key(workspace, ledger):
            errors.print("The public key is in mailer.toml now: \\[ledger] evidence_key.")
        else:
            _remark_on_key(workspace, ledger)
    _write(made, csv, xlsx)
    if format is Format.JSON:
        from mailer.evidence.json_form import to_json

        typer.echo(to_json(made.record).decode(), nl=False)
    else:
        _show(made, meant)


@app.command(rich_help_panel=PANEL)
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or JSON from `mailer evidence`.")],
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="Public key, where mailer.toml does not have it.")
    ] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Check a record of notice: whether it is as it was exported, or else where it was changed.

    Ends with exit code 1 where it was changed. Needs no send record, only the public key in mailer.toml;
    holds it against dispatches.yaml too where that is there.

    Example: [bold]mailer verify notice-2016-035.xlsx[/bold]
    """
    from mailer.evidence.reading import read_loose
    from mailer.flow.evidence import verify_file

    try:
        workspace = workspace_of(context)
    except MailerError:
        if not key:
            raise
        workspace = None
    verdict = verify_file(read_loose(file), workspace, key)
    if format is Format.JSON:
        print_json(_verdict_json(verdict))
    else:
        _show_verdict(verdict, file.name)
    if not verdict.is_intact:
        raise typer.Exit(CHANGED)


def _remark_on_key(workspace: Workspace, ledger: Ledger) -> None:
    """Say where mailer.toml does not have the key that signed: nobody could verify it by that."""
    from mailer.flow.records import evidence_key

    if workspace.config.ledger.evidence_key != evidence_key(ledger):
        errors.print(
            "Signed with a key that mailer.toml does not name as the office's: this is not the ledger of record. "
            "To make it so:\n  [bold]mailer ledger adopt[/bold]"
        )


def _write(made: Made, csv: Path | None, xlsx: Path | None) -> None:
    from mailer.source import write_atomically

    if csv:
        from mailer.evidence.csv_form import to_csv

        write_atomically(csv, to_csv(made.record))
    if xlsx:
        from mailer.evidence.xlsx_form import to_xlsx

        write_atomically(xlsx, to_xlsx(made.record))
    for path in filter(None, (csv, xlsx)):
        errors.print(cell(f"{path}: {len(made.rows)} rows, signed."))


def _show(made: Made, meant: tuple[Dispatch, ...]) -> None:
    from mailer.evidence.making import ENDED
    from mailer.evidence.summary import by_country

    for dispatch in meant:
        console.print(
            cell(f"Sending {dispatch.id} of {dispatch.slug}, {dispatch.created_at:%Y-%m-%d %H:%M} UTC")
        )
        if dispatch.state not in ENDED:
            console.print(f"[yellow]It is {dispatch.state} and not finished: rows can still change.[/yellow]")
    listed = by_country(made.rows)
    nobody = [one for one in listed if not one.reached]
    if nobody:
        console.print(f"[bold red]Nobody was reached in {len(nobody)} of {len(listed)}:[/bold red]")
    for group in (nobody, [one for one in listed if one.reached]):
        if not group:
            continue
        listing = table("country", ">mails", ">over", ">bounced", ">answered", ">in", "who, and when (UTC)")
        for one in group:
            figures = (one.mails, one.taken_over, one.bounced, one.answered, one.handed_in)
            shown = (str(figure) if figure else "–" for figure in figures)
            listing.add_row(cell(one.country), *shown, cell(one.who.removeprefix("nobody: ")))
        console.print(listing)
    console.print(
        "[dim]over: taken over by the mail service, which does not say that it was read. in: handed in.[/dim]"
    )


def _show_verdict(verdict: Verdict, name: str) -> None:
    rows = f"{verdict.rows} row{'s' if verdict.rows != 1 else ''}"
    if not verdict.is_intact:
        count = len(verdict.troubles)
        console.print(
            cell(f"{name}: NOT as it was exported, {count} thing{'s' if count != 1 else ''} found:")
        )
        for trouble in verdict.troubles:
            console.print(cell(f"  {trouble}"))
        if verdict.signed:
            console.print("  The statement at its end is still signed by this office's key.")
    else:
        days = sorted({note.on for note in verdict.noted.values()})
        noted = f", noted in dispatches.yaml on {', '.join(days)}" if days else ""
        console.print(cell(f"{name}: intact: {rows}, signed by this office's key{noted}."))
    for remark in verdict.remarks:
        console.print(cell(remark), style="dim")


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    return {
        "intact": verdict.is_intact,
        "rows": verdict.rows,
        "sendings": list(verdict.sendings),
        "signed": verdict.signed,
        "noted": {name: note.on for name, note in verdict.noted.items()},
        "troubles": list(verdict.troubles),
        "remarks": list(verdict.remarks),
    }
