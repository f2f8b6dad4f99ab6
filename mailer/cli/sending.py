"""`mailer send`: plan, ask, deliver, report."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    ToOption,
    cell,
    console,
    errors,
    parse_day,
    print_json,
)
from mailer.cli.plan_shown import plan_json, show_plan
from mailer.cli.reporting import report_json
from mailer.cli.watching import see_through
from mailer.config import Workspace
from mailer.errors import LedgerError, UsageError
from mailer.flow import compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.as_shown import require_as_shown, require_settings_as_shown
from mailer.flow.ready import require_relay
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import relay_settings
from mailer.flow.when import Schedule, in_words, read_schedule
from mailer.flow.working import start_workers
from mailer.ledger import Ledger, Opened, utc_now
from mailer.model.dispatch import Plan
from mailer.model.proof import Proof
from mailer.proof import load_proof

Addresses = list[str] | None


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
    only: Annotated[
        str,
        typer.Option(
            "--only", metavar="WHICH", help="With --repeat: only who has it (accepted), or was refused."
        ),
    ] = "",
    at: Annotated[
        str, typer.Option("--at", metavar="WHEN", help="Begin later: 2016-12-20 09:00, tomorrow 09:00, +2h.")
    ] = "",
    until: Annotated[
        str,
        typer.Option("--until", metavar="WHEN", help="With --at: later than this it asks before it begins."),
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
    in mailer.toml and an approved proof. Programs of their own do the sending: it goes on when this terminal is
    closed; Ctrl-C stops it.

    Example: [bold]mailer send 2016-12-cami --to national-focal-points --dry-run[/bold]
    """
    if not to and not also:
        raise UsageError("Say to whom: --to SEGMENT, or --also EMAIL.", "See the groups: `mailer audience`.")
    if only and not repeat:
        raise UsageError("--only is for sending again.", "Name the repeat too: --repeat NAME.")
    if only not in ("", "accepted", "refused"):
        raise UsageError(f'--only cannot be "{only}".', "Use --only accepted, or --only refused.")
    schedule = read_schedule(at, until, utc_now())
    workspace = workspace_of(context)
    relay = relay or workspace.config.relay
    relay_settings(workspace, relay)
    quiet = format is Format.JSON
    asking = Asking(
        slug, tuple(to or ()), tuple(also or ()), tuple(except_ or ()), relay, on, digest, repeat, only
    )
    with ledger_of(workspace) as ledger:
        plan, proof = _plan(workspace, ledger, asking, schedule)
        if not quiet:
            show_plan(workspace, ledger, plan, proof, schedule)
        if dry_run or not plan.deliveries:
            if quiet:
                print_json(plan_json(plan))
            elif not dry_run:
                console.print("Nobody to send to: nothing was done.")
            return
        asked = _ask(plan, yes=yes, digest=digest, schedule=schedule)
        asyncio.run(require_relay(workspace, relay))
        if asked:
            plan = _as_shown(workspace, ledger, asking, schedule, plan)
        opened = ledger.open_dispatch(plan)
        dispatch_id = opened.dispatch.id
        # A plan of a million readers need not be held while they are sent to.
        del plan, proof
        _require_some(opened)
        if schedule:
            _planned(ledger, opened, schedule, quiet=quiet)
            return
        crew = start_workers(workspace, dispatch_id)
        see_through(workspace, ledger, dispatch_id, crew, wait=wait, quiet=quiet)


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked for on the command line."""

    slug: str
    to: tuple[str, ...]
    also: tuple[str, ...]
    except_: tuple[str, ...]
    relay: str
    on: str
    digest: str
    repeat: str
    only: str


def _plan(
    workspace: Workspace, ledger: Ledger, asking: Asking, schedule: Schedule | None
) -> tuple[Plan, Proof]:
    composed = compose_issue(
        workspace,
        asking.slug,
        asking.to,
        secret=unsubscribe_secret(ledger),
        on=parse_day(asking.on),
        also=asking.also,
        except_=asking.except_,
    )
    digest = asking.digest
    proof = load_proof(digest, workspace.proofs) if digest else prove_issue(workspace, composed)
    if asking.only:
        from mailer.flow.only import only_readers

        composed = only_readers(ledger, proof.issue_id, composed, asking.only)
    plan = plan_send(
        workspace, ledger, proof, composed, asking.relay, repeat=asking.repeat, schedule=schedule
    )
    return plan, proof


def _as_shown(
    workspace: Workspace, ledger: Ledger, asking: Asking, schedule: Schedule | None, shown: Plan
) -> Plan:
    """The same plan made anew, with all that must be right; MailerError where anything is not as it was shown."""
    require_settings_as_shown(workspace)
    plan, _ = _plan(workspace, ledger, replace(asking, digest=shown.dispatch.digest), schedule)
    require_as_shown([shown], [plan])
    return plan


def _require_some(opened: Opened) -> None:
    """Two people who send the same at the same moment are told so: whoever was first has everybody."""
    if opened.already and not opened.planned:
        raise LedgerError(
            "Nothing was sent: another sending has just taken up everybody in this plan.",
            "See it with `mailer dispatches`.",
        )
    if opened.already:
        errors.print(f"{len(opened.already)} of them were taken up by another sending meanwhile.")


def _planned(ledger: Ledger, opened: Opened, schedule: Schedule, *, quiet: bool) -> None:
    if quiet:
        print_json(report_json(ledger.report(opened.dispatch.id)))
        return
    dispatch_id = opened.dispatch.id
    console.print(
        cell(f"Planned: sending {dispatch_id}, {opened.planned:,} mails, begins {in_words(schedule.begin)}.")
    )
    console.print(
        "A timer must run `mailer resume --due` then. This shows one:\n"
        "  [bold]mailer resume --due --print-unit[/bold]\n"
        f"Hold it back: [bold]mailer pause {dispatch_id}[/bold]. "
        f"Not at all: [bold]mailer cancel {dispatch_id}[/bold]."
    )


def _ask(plan: Plan, *, yes: bool, digest: str, schedule: Schedule | None) -> bool:
    """Whether somebody was asked, and said yes; False where nobody was to be asked."""
    real = not plan.dispatch.is_rehearsal
    if yes:
        if real and not digest:
            raise UsageError(
                "For real, --yes needs --digest.",
                f"Add --digest {plan.dispatch.digest[:12]} if that is the one.",
            )
        return False
    if not sys.stdin.isatty():
        needs = f"--yes --digest {plan.dispatch.digest[:12]}" if real else "--yes"
        raise UsageError("There is no terminal to ask at.", f"Add {needs}.")
    verb = "Plan the sending" if schedule else "Send"
    question = f"{verb} to {len(plan.deliveries)} people for real?" if real else f"{verb} as a rehearsal?"
    return typer.confirm(question, abort=True, err=True)
