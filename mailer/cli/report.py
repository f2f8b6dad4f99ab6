"""`mailer report`: what a sending came to."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption
from mailer.cli.report_json import account_json
from mailer.cli.report_shown import show_account
from mailer.cli.reporting import server_of
from mailer.cli.waived_shown import show_waived, waived_json
from mailer.dispatch.account import MOST_NAMED, account_of
from mailer.dispatch.report import COLUMNS, report_rows
from mailer.flow import ledger_of
from mailer.source.formulas import guarded

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.model.pace import Limits
    from mailer.model.proof import Proof

Id = Annotated[str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")]
Row = Mapping[str, str | int]


@app.command(rich_help_panel="Follow up")
def report(
    context: typer.Context,
    dispatch_id: Id,
    rows: Annotated[bool, typer.Option("--rows", help="One row a reader, as CSV or JSON.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every country, domain and address.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show what a sending came to: what needs doing, counts, times, refusals in words, doubts.

    Example: [bold]mailer report 7f3c --rows > report.csv[/bold]
    """
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        if rows and format is Format.TEXT:
            _print_csv(report_rows(found.id, ledger))
            return
        whole = everything or format is Format.JSON
        made = account_of(
            found.id, ledger, most=None if whole else MOST_NAMED, limits=limits_of(workspace, found.relay)
        )
        proof, server = kept_proof(workspace, found.digest), server_of(workspace, found.relay)
        words, waived = (proof.words, proof.waived) if proof else ({}, ())
        if format is Format.TEXT:
            show_account(made, words, server, everything=everything)
            show_waived(waived)
        else:
            told = account_json(made, words, server) | {"waived": waived_json(waived)}
            _print_json(told, report_rows(found.id, ledger) if rows else None)


def limits_of(workspace: Workspace, relay: str) -> Limits | None:
    """The limits that mailer.toml sets for that mail service; None where it names it no more, or sets none."""
    from mailer.flow.relays import pace_of

    pace = pace_of(workspace, relay) if relay in workspace.config.relays else None
    return pace.limits if pace else None


def kept_proof(workspace: Workspace, digest: str) -> Proof | None:
    """The proof that was sent; None where it is not kept any more."""
    from mailer.errors import MailerError
    from mailer.proof import load_proof

    try:
        return load_proof(digest, workspace.proofs)
    except MailerError:
        return None


def _print_csv(rows: Iterator[Row]) -> None:
    """A line a row as it is read, no cell of which a spreadsheet takes for a formula."""
    writer = csv.DictWriter(sys.stdout, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {key: guarded(value) if isinstance(value, str) else value for key, value in row.items()}
        )


def _print_json(told: Mapping[str, Any], rows: Iterator[Row] | None) -> None:
    """The same as one value, but the rows are written as they are read."""
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    if rows is None:
        typer.echo(text)
        return
    sys.stdout.write(text.rstrip().removesuffix("}").rstrip() + ',\n  "rows": [')
    for number, row in enumerate(rows):
        sys.stdout.write((",\n    " if number else "\n    ") + json.dumps(row, ensure_ascii=False))
    sys.stdout.write("\n  ]\n}\n")
