"""`mailer proof` and `mailer approve`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    ToOption,
    cell,
    console,
    count_words,
    finding_json,
    parse_day,
    print_json,
    show_findings,
    show_waivers,
    table,
)
from mailer.errors import MailerError, UsageError
from mailer.flow import approvals_of, approve_proof, compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import PRACTICE
from mailer.model.dispatch import Plan
from mailer.model.finding import Severity
from mailer.model.proof import Approval, Proof
from mailer.proof import good_approvals, warning_of_window, window_in_words


@app.command(rich_help_panel="Prove and send")
def proof(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    to: ToOption = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", metavar="EMAIL", help="One more reader.")
    ] = None,
    except_: Annotated[
        list[str] | None, typer.Option("--except", metavar="EMAIL", help="One reader less.")
    ] = None,
    on: OnOption = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Freeze what would be sent, and show it: versions, readers, findings, and the seal to approve.

    Example: [bold]mailer proof 2016-12-cami --to everyone[/bold]
    """
    if not to and not also:
        raise UsageError("Say for whom: --to SEGMENT, or --also EMAIL.", "See the groups: `mailer audience`.")
    workspace = workspace_of(context)
    with ledger_of(workspace) as ledger:
        composed = compose_issue(
            workspace,
            slug,
            tuple(to or ()),
            secret=unsubscribe_secret(ledger),
            on=parse_day(on),
            also=tuple(also or ()),
            except_=tuple(except_ or ()),
        )
        if not composed.readers:
            raise MailerError(
                "Nobody is in these groups: there is nothing to prove.", "See `mailer audience`."
            )
        made = prove_issue(workspace, composed)
        plan = plan_send(workspace, ledger, made, composed, PRACTICE)
    approvals = good_approvals(made, approvals_of(workspace, made))
    if format is Format.JSON:
        print_json(_proof_json(made, plan, approvals))
        return
    show_proof(made)
    left_out = Counter(left.why for left in plan.left_out)
    why = "".join(f", {count} {reason}" for reason, count in left_out.items())
    console.print(
        cell(f"{len(composed.readers)} people in the groups{why}; {len(plan.deliveries)} would get it")
    )
    show_findings(made.standing)
    console.print(f"Findings: {count_words(made.standing)}")
    show_waivers(made.findings, made.waivers)
    stops = sum(finding.severity is Severity.STOP for finding in made.standing)
    if stops:
        console.print(
            f"[bold red]It cannot be approved[/bold red] while "
            f"{'1 stop is' if stops == 1 else f'{stops} stops are'} neither mended nor waived."
        )
    elif approvals:
        console.print(cell(f"Approved by {', '.join(a.by for a in approvals)}."))
    else:
        console.print(f"To approve: [bold]mailer approve {made.digest[:12]} --by NAME[/bold]")


def _proof_json(made: Proof, plan: Plan, approvals: tuple[Approval, ...]) -> dict[str, object]:
    return {
        "digest": made.digest,
        "seal": made.seal,
        "variants": [
            {"key": r.variant.key, "words": made.words[r.variant.key], "html_bytes": r.html_bytes}
            | {"readers": made.heads[r.variant.key], "subject": r.subject}
            for r in made.renditions
        ],
        "would_get_it": len(plan.deliveries),
        "left_out": [{"address": left.address, "why": left.why} for left in plan.left_out],
        "findings": [finding_json(f) for f in made.standing],
        "waived": [finding_json(f) for f in made.findings if f not in made.standing],
        "approvals": [a.model_dump(mode="json") for a in approvals],
    }


def show_proof(made: Proof) -> None:
    """Print a proof's head and its versions."""
    console.print(
        f"Proof [bold green]{made.seal}[/bold green] of [bold]{escape(made.slug)}[/bold], as of {made.day}"
    )
    console.print(f"[dim]digest {made.digest}[/dim]")
    for subject in sorted({rendition.subject for rendition in made.renditions}):
        console.print(cell(f"subject: {subject}"))
    listing = table(">readers", ">html bytes", "version")
    for rendition in sorted(made.renditions, key=lambda r: -made.heads[r.variant.key]):
        key = rendition.variant.key
        listing.add_row(str(made.heads[key]), f"{rendition.html_bytes:,}", cell(made.words[key]))
    console.print(listing)
    _show_window(made)


def _show_window(made: Proof) -> None:
    """Between which days it may be sent, and a warning where today is none of them."""
    if words := window_in_words(made):
        warning = warning_of_window(made, datetime.now(UTC).date())
        console.print(Text.assemble(words, (f" {warning}" if warning else "", "bold yellow")))


@app.command(rich_help_panel="Prove and send")
def approve(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="The proof's digest, or how it starts.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves; not one of the authors.")],
    words: Annotated[str, typer.Option("--words", help="A remark to keep with it.")] = "",
) -> None:
    """Approve exactly the bytes of a proof. Any change to them later makes the approval void.

    Example: [bold]mailer approve 3f2a91 --by "Head of Unit"[/bold]
    """
    workspace = workspace_of(context)
    made, approval = approve_proof(workspace, digest, by, words)
    console.print(cell(f"Approved {made.seal} of {made.slug} by {approval.by}."))
    missing = workspace.config.approvals - len(good_approvals(made, approvals_of(workspace, made)))
    if missing > 0:
        needed = "1 more approval is" if missing == 1 else f"{missing} more approvals are"
        console.print(f"{needed} needed, by somebody else.")
    _show_window(made)
