"""`mailer deadlines proof`: every reminder of a deadline, frozen and shown, to be approved once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mailer.cli.app import workspace_of
from mailer.cli.approvals_shown import show_approvals
from mailer.cli.deadlines import Slug, deadlines
from mailer.cli.output import Format, FormatOption, cell, console, print_json, show_findings, table
from mailer.flow import ledger_of
from mailer.flow.approving import approvals_of
from mailer.flow.deadlines import deadline_file
from mailer.flow.ladder_letters import first_copies, whole_ladder, write_letters
from mailer.flow.ladder_proof import Ladder, prove_ladder
from mailer.flow.people import read_people
from mailer.model.finding import Severity
from mailer.model.proof import Approval
from mailer.proof import good_approvals
from mailer.render.preview import fill


@deadlines.command()
def proof(
    context: typer.Context,
    slug: Slug,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write every letter there, to look at.")
    ] = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Freeze every reminder of a deadline, in every language, and show the seal to approve.

    Approved once, the whole ladder may go: what comes in, extensions and holds change nothing of it. Its words,
    date, steps and groups do: then it needs a new approval.

    Example: [bold]mailer deadlines proof national-report-cop12 --out build/reminders[/bold]
    """
    workspace = workspace_of(context)
    people = read_people(workspace)
    file = deadline_file(workspace, people, slug)
    days = whole_ladder(workspace, people, file)
    ladder = prove_ladder(workspace, people, file, days)
    approvals = good_approvals(
        ladder.proof, approvals_of(workspace, ladder.proof), workspace.config.approval_rules
    )
    with ledger_of(workspace) as ledger:
        copies = first_copies(workspace, people, ladder, days, ledger.secret("answers"))
    written = write_letters(ladder, copies, out) if out else 0
    if format is Format.JSON:
        print_json(_json(ladder, approvals))
        return
    show_ladder(ladder, copies)
    show_findings(ladder.proof.findings)
    if out:
        console.print(
            cell(f"{written} letters are in {out}, each as its first reader gets it, or would get it.")
        )
    if any(finding.severity is Severity.STOP for finding in ladder.proof.findings):
        console.print("[bold red]It cannot be approved[/bold red] while a stop is not mended.")
    else:
        show_approvals(workspace, ladder.proof, approvals)


def show_ladder(ladder: Ladder, copies: Mapping[str, Mapping[str, str]]) -> None:
    """Print a ladder's proof: the versions that somebody would get as things stand, and how many mails of each."""
    made = ladder.proof
    console.print(
        f"Proof [bold green]{made.seal}[/bold green] of [bold]{escape(made.slug)}[/bold], due {made.day}"
    )
    console.print(f"[dim]digest {made.digest}[/dim]")
    listing = table(">mails", "version", "subject, as its first reader gets it")
    for rendition in made.renditions:
        key = rendition.variant.key
        if made.heads[key]:
            subject = fill(rendition.subject, copies[key], rendition.defaults, escape=False)
            listing.add_row(str(made.heads[key]), cell(made.words[key]), cell(subject))
    console.print(listing)
    if others := sum(not count for count in made.heads.values()):
        console.print(
            cell(f"and {others} versions for other languages, dates that move, and what may yet come in")
        )


def _json(ladder: Ladder, approvals: tuple[Approval, ...]) -> dict[str, object]:
    made = ladder.proof
    return {
        "digest": made.digest,
        "seal": made.seal,
        "due": made.day.isoformat(),
        "versions": [
            {
                "key": one.variant.key,
                "words": made.words[one.variant.key],
                "mails": made.heads[one.variant.key],
            }
            for one in made.renditions
        ],
        "approvals": [approval.model_dump(mode="json") for approval in approvals],
    }
