"""`mailer send`: plan, ask, deliver, report."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer
from rich.markup import escape

from mailer.cli.app import app, workspace_of
from mailer.cli.live import deliver_live
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    ToOption,
    cell,
    console,
    parse_day,
    print_json,
    table,
)
from mailer.cli.reporting import report_json, show_sent
from mailer.config import Workspace
from mailer.errors import UsageError
from mailer.flow import compose_issue, ledger_of, plan_send, prove_issue, send_plan
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import relay_settings
from mailer.model.dispatch import Plan, State
from mailer.model.proof import Proof
from mailer.proof import load_proof

Addresses = list[str] | None
FEW = 5
"""So many people are named; of more, only the number is shown."""


@app.command(rich_help_panel="Prove and send")
def send(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    to: ToOption = None,
    also: Annotated[Addresses, typer.Option("--also", metavar="EMAIL", help="One more reader.")] = None,
    except_: Annotated[Addresses, typer.Option("--except", metavar="EMAIL", help="One reader less.")] = None,
    relay: Annotated[str, typer.Option("--relay", help="The mail service to use; see mailer.toml.")] = "",
    on: OnOption = "",
    digest: Annotated[str, typer.Option("--digest", help="Send this proof; it must still be true.")] = "",
    repeat: Annotated[
        str,
        typer.Option("--repeat", metavar="NAME", help="Send again to those who have it, under this name."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. For real it needs --digest too.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until nothing is left to be tried again.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Send an issue to groups: shows who gets it and asks first.

    Through the practice tray it is a rehearsal: nothing leaves this machine. For real it needs a mail service
    in mailer.toml and an approved proof.

    Example: [bold]mailer send 2016-12-cami --to national-focal-points --dry-run[/bold]
    """
    if not to and not also:
        raise UsageError("Say to whom: --to SEGMENT, or --also EMAIL.", "See the groups: `mailer audience`.")
    workspace = workspace_of(context)
    relay = relay or workspace.config.relay
    relay_settings(workspace, relay)
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
        proof = load_proof(digest, workspace.proofs) if digest else prove_issue(workspace, composed)
        plan = plan_send(workspace, ledger, proof, composed, relay, repeat=repeat)
        if format is Format.TEXT:
            show_plan(workspace, plan, proof)
        if dry_run:
            if format is Format.JSON:
                print_json(_plan_json(plan))
            return
        if not plan.deliveries:
            if format is Format.JSON:
                print_json(_plan_json(plan))
            else:
                console.print("Nobody to send to: nothing was done.")
            return
        _ask(plan, yes=yes, digest=digest)
        sent = deliver_live(
            len(plan.deliveries),
            lambda stop, progress: send_plan(
                workspace, ledger, plan, stop=stop, progress=progress, wait=wait
            ),
            quiet=format is Format.JSON,
        )
    if format is Format.JSON:
        print_json(report_json(sent.report))
    else:
        show_sent(sent)
    if sent.ended.why or not sent.report.counts.get(State.ACCEPTED):
        raise typer.Exit(1)


def show_plan(workspace: Workspace, plan: Plan, proof: Proof) -> None:
    """Print who gets what, through what, and who is left out."""
    dispatch = plan.dispatch
    realm = "[cyan]rehearsal[/cyan]" if dispatch.is_rehearsal else "[bold red]FOR REAL[/bold red]"
    settings = relay_settings(workspace, dispatch.relay)
    place = "practice tray – not sent" if settings.kind == "outbox" else f"{settings.host}:{settings.port}"
    console.print(
        f"{realm}: {escape(dispatch.slug)}, proof [bold]{proof.seal}[/bold], through {dispatch.relay} ({place})"
    )
    console.print(cell(f"from {dispatch.sender.name} <{dispatch.sender.email}>, planned for {dispatch.day}"))
    listing = table(">readers", "version")
    for key, count in Counter(d.variant for d in plan.deliveries).most_common():
        listing.add_row(str(count), cell(proof.words.get(key, key)))
    console.print(listing)
    for why, count in Counter(left.why for left in plan.left_out).most_common():
        names = [left.address for left in plan.left_out if left.why == why]
        shown = f": {', '.join(names)}" if count <= FEW else ""
        console.print(cell(f"left out: {count} ({why}){shown}"))
    console.print(f"[bold]{len(plan.deliveries)}[/bold] to send, {len(plan.left_out)} left out")


def _ask(plan: Plan, *, yes: bool, digest: str) -> None:
    real = not plan.dispatch.is_rehearsal
    if yes:
        if real and not digest:
            raise UsageError(
                "For real, --yes needs --digest.",
                f"Add --digest {plan.dispatch.digest[:12]} if that is the one.",
            )
        return
    if not sys.stdin.isatty():
        needs = f"--yes --digest {plan.dispatch.digest[:12]}" if real else "--yes"
        raise UsageError("There is no terminal to ask at.", f"Add {needs}.")
    question = f"Send to {len(plan.deliveries)} people for real?" if real else "Send this rehearsal?"
    typer.confirm(question, abort=True, err=True)


def _plan_json(plan: Plan) -> dict[str, object]:
    return {
        "rehearsal": plan.dispatch.is_rehearsal,
        "digest": plan.dispatch.digest,
        "relay": plan.dispatch.relay,
        "deliveries": [
            {"address": d.email, "language": d.language, "country": d.country, "variant": d.variant}
            for d in plan.deliveries
        ],
        "left_out": [{"address": left.address, "why": left.why} for left in plan.left_out],
    }
