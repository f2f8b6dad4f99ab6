"""`mailer proof`."""

from __future__ import annotations

import asyncio
import getpass
from collections import Counter
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from mailer.cli.app import app, workspace_of
from mailer.cli.approvals_shown import show_approvals
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
    show_not_checked,
    show_waivers,
    table,
)
from mailer.cli.proof_shown import mailed_json, require_taken, show_mailed, show_page
from mailer.config import Office, Workspace
from mailer.errors import MailerError, UsageError
from mailer.flow import approvals_of, compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.archive_editions import archive_words
from mailer.flow.compose import Composed
from mailer.flow.proof_mail import mail_proof, require_reviewers
from mailer.flow.proof_page import write_proof_page
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import PRACTICE, is_practice, relay_settings
from mailer.model.dispatch import Plan
from mailer.model.proof import Approval, Proof
from mailer.proof import good_approvals, warning_of_window, why_not_yet, window_in_words


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
    mail: Annotated[
        list[str] | None,
        typer.Option(
            "--mail", metavar="ADDRESS", help="Mail it to a reviewer, marked as a proof; may be repeated."
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="With --mail: every version, not one for each language.")
    ] = False,
    relay: Annotated[
        str, typer.Option("--relay", help="With --mail: the mail service; the practice tray where left out.")
    ] = "",
    screenshots: Annotated[
        bool,
        typer.Option("--screenshots/--no-screenshots", help="Photograph the mails, if Chromium is here."),
    ] = True,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Freeze what would be sent, and show it: versions, readers, findings, and the seal to approve.

    A page to look at, or to pass round as a folder, is written to build/SLUG/proof. Mailed proofs are in no send
    record and unsubscribe nobody.

    Example: [bold]mailer proof 2016-12-cami --to everyone --mail a.person@example.org[/bold]
    """
    if not to and not also:
        raise UsageError("Say for whom: --to SEGMENT, or --also EMAIL.", "See the groups: `mailer audience`.")
    if (all_ or relay) and not mail:
        raise UsageError("--all and --relay are for mailing the proof.", "Say to whom: --mail ADDRESS.")
    reviewers = require_reviewers(mail or ())
    workspace = workspace_of(context)
    relay = relay or PRACTICE
    relay_settings(workspace, relay)
    composed, made, plan = _prove(
        workspace, slug, tuple(to or ()), parse_day(on), also=tuple(also or ()), except_=tuple(except_ or ())
    )
    approvals = good_approvals(made, approvals_of(workspace, made), workspace.config.approval_rules)
    page = write_proof_page(
        *(workspace, composed, made, plan, approvals), made_by=getpass.getuser(), screenshots=screenshots
    )
    mailed = (
        asyncio.run(mail_proof(workspace, composed, made, reviewers, relay, every=all_)) if reviewers else ()
    )
    if format is Format.JSON:
        print_json(
            _proof_json(made, plan, approvals) | {"page": str(page.index), "mailed": mailed_json(mailed)}
        )
    else:
        _show(workspace, composed, made, plan, approvals)
        show_page(workspace, page)
        show_mailed(mailed, practice=is_practice(workspace, relay))
    require_taken(mailed)


def _prove(
    workspace: Workspace,
    slug: str,
    segments: tuple[str, ...],
    on: date | None,
    *,
    also: tuple[str, ...],
    except_: tuple[str, ...],
) -> tuple[Composed, Proof, Plan]:
    """The issue as it would be sent, frozen, and who would get it now; MailerError where nobody would."""
    with ledger_of(workspace) as ledger:
        composed = compose_issue(
            workspace,
            slug,
            segments,
            secret=unsubscribe_secret(ledger),
            on=on,
            also=also,
            except_=except_,
        )
        if not composed.readers:
            raise MailerError(
                "Nobody is in these groups: there is nothing to prove.", "See `mailer audience`."
            )
        made = prove_issue(workspace, composed)
        return composed, made, plan_send(workspace, ledger, made, composed, PRACTICE)


def _show(
    workspace: Workspace, composed: Composed, made: Proof, plan: Plan, approvals: tuple[Approval, ...]
) -> None:
    """Print the proof, whom it reaches, what was found, and what is missing to approve it."""
    show_proof(made, workspace.config.office, archive_words(workspace, composed.file))
    left_out = Counter(left.why for left in plan.left_out)
    why = "".join(f", {count} {reason}" for reason, count in left_out.items())
    console.print(
        cell(f"{len(composed.readers)} people in the groups{why}; {len(plan.deliveries)} would get it")
    )
    show_findings(made.standing)
    console.print(f"Findings: {count_words(made.standing)}")
    show_waivers(made.findings, made.waivers)
    show_not_checked(composed.not_checked)
    if why := why_not_yet(made):
        console.print(cell(why), style="bold red")
    else:
        show_approvals(workspace, made, approvals)


def _proof_json(made: Proof, plan: Plan, approvals: tuple[Approval, ...]) -> dict[str, object]:
    return {
        "digest": made.digest,
        "seal": made.seal,
        "variants": [
            {"key": r.variant.key, "words": made.words[r.variant.key], "html_bytes": r.html_bytes}
            | {"readers": made.heads[r.variant.key], "subject": r.subject}
            for r in made.renditions
        ],
        "kept_out_of_archive": list(made.kept_out),
        "would_get_it": len(plan.deliveries),
        "left_out": [{"address": left.address, "why": left.why} for left in plan.left_out],
        "findings": [finding_json(f) for f in made.standing],
        "waived": [finding_json(f) for f in made.findings if f not in made.standing],
        "approvals": [a.model_dump(mode="json") for a in approvals],
    }


def show_proof(made: Proof, office: Office, archive: str = "") -> None:
    """Print a proof's head and its versions. `archive`: what everybody will find, items by their titles."""
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
    if archive or made.kept_out:
        console.print(cell(archive or f"Archive: all items but {', '.join(made.kept_out)}."))
    show_window(made, office)


def show_window(made: Proof, office: Office) -> None:
    """Between which of the office's days it may be sent, and a warning where today is none of them."""
    if words := window_in_words(made):
        warning = warning_of_window(made, office.day_of(datetime.now(UTC)))
        zone = f" The days are those in {office.timezone}."
        console.print(Text.assemble(words, zone, (f" {warning}" if warning else "", "bold yellow")))
