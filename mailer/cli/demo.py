"""`mailer demo`: the whole flow on the sample issue, as a rehearsal."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import Session, app
from mailer.cli.live import deliver_live
from mailer.cli.output import console, count_words, show_findings
from mailer.cli.plan_shown import show_plan
from mailer.cli.proving import show_proof
from mailer.cli.reminding import show_due, work_live
from mailer.cli.reporting import show_sent
from mailer.config import Workspace, open_workspace
from mailer.errors import MailerError
from mailer.flow import compose_issue, ledger_of, plan_send, prove_issue, send_plan
from mailer.flow.records import unsubscribe_secret
from mailer.flow.remind import plan_day
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.model.finding import Severity
from mailer.relay import Tray

DEMO_FOLDER = Path("saiga-demo")
GROUPS = ("everyone",)
REMINDERS_ON = date(2017, 1, 24)
"""Ninety days before the sample's national reports are due."""


@app.command(rich_help_panel="Begin")
def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End after the report, without the studio.")] = False,
    port: Annotated[int, typer.Option("--port", help="Where the studio listens.")] = 8620,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Check, render, prove and rehearse the sample issue, then open the studio. Nothing leaves this machine.

    Example: [bold]mailer demo --once[/bold]
    """
    started = time.monotonic()
    workspace = _workspace(context.find_root().obj)
    run_demo(workspace)
    console.print(f"[dim]{time.monotonic() - started:.1f} s[/dim]")
    if once:
        console.print("Look at it in the browser: [bold]mailer studio[/bold]")
        return
    from mailer.studio import run_studio

    run_studio(workspace.root, port=port, open_browser=open_)


def run_demo(workspace: Workspace) -> None:
    """Run every stage on the sample issue, each time afresh."""
    with ledger_of(workspace) as ledger:
        Tray(workspace.outbox).clear()
        ledger.forget_rehearsals()
        _step(1, "Check and render")
        composed = compose_issue(workspace, SAMPLE, GROUPS, secret=unsubscribe_secret(ledger))
        show_findings(f for f in composed.standing if f.severity is not Severity.NOTE)
        console.print(f"{len(composed.issue.items)} items, {len(composed.renditions)} versions: ", end="")
        console.print(f"{count_words(composed.standing)} (all of them: `mailer check {SAMPLE}`)")
        _step(2, "Proof")
        proof = prove_issue(workspace, composed)
        show_proof(proof, workspace.config.office)
        _step(3, "Plan")
        plan = plan_send(workspace, ledger, proof, composed, "outbox")
        show_plan(workspace, ledger, plan, proof)
        _step(4, "Send, as a rehearsal, over SMTP into the practice tray")
        sent = deliver_live(
            len(plan.deliveries),
            lambda stop, progress: send_plan(workspace, ledger, plan, stop=stop, progress=progress),
        )
        _step(5, "Report")
        show_sent(sent)
        _step(6, f"The deadline reminders of {REMINDERS_ON}, rehearsed too")
        work = plan_day(workspace, ledger, relay="outbox", on=REMINDERS_ON)
        show_due(workspace, work, "outbox")
        work_live(workspace, ledger, work)
    kept = len(list(Tray(workspace.outbox).list()))
    console.print(f"{kept} mails lie in the practice tray: {workspace.shown(workspace.outbox)}")


def _workspace(session: Session) -> Workspace:
    """The workspace here if it has the sample issue, else one made in a folder of its own."""
    for start in (session.start, DEMO_FOLDER):
        try:
            workspace = open_workspace(start)
        except MailerError:
            continue
        if (workspace.issues / SAMPLE).is_dir():
            return workspace
    made = make_workspace(DEMO_FOLDER, sample=True)
    console.print(f"Made a workspace to try in: {made.root}")
    return open_workspace(made.root)


def _step(number: int, title: str) -> None:
    console.print()
    console.rule(f"[bold]{number}  {title}[/bold]", align="left", style="dim")
