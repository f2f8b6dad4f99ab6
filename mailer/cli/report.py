"""`mailer report`: what a sending came to."""

from __future__ import annotations

import csv
import sys
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import Format, FormatOption, print_json
from mailer.cli.reporting import report_json, show_report
from mailer.dispatch import report_dispatch, report_rows
from mailer.flow import ledger_of

Id = Annotated[str, typer.Argument(metavar="ID", help="The sending's id, or how it starts.")]


@app.command(rich_help_panel="Follow up")
def report(
    context: typer.Context,
    dispatch_id: Id,
    rows: Annotated[bool, typer.Option("--rows", help="One row a reader, as CSV or JSON.")] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show what a sending came to: counts, refusals, doubts.

    Example: [bold]mailer report 7f3c --rows > report.csv[/bold]
    """
    with ledger_of(workspace_of(context)) as ledger:
        found = ledger.find_dispatch(dispatch_id)
        made = report_dispatch(found.id, ledger)
        listed = list(report_rows(found.id, ledger)) if rows else []
    if format is Format.JSON:
        print_json(report_json(made) | ({"rows": listed} if rows else {}))
    elif rows:
        _print_csv(listed)
    else:
        show_report(made)


def _print_csv(rows: list[dict[str, str | int]]) -> None:
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _guarded(value) for key, value in row.items()} for row in rows)


def _guarded(value: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.lstrip(" \"'")[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
