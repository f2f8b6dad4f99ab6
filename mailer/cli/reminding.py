"""`mailer remind`: what is due on the ladders, and send it."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.live import deliver_live
from mailer.cli.output import (
    Format,
    FormatOption,
    OnOption,
    cell,
    console,
    errors,
    parse_day,
    print_json,
)
from mailer.cli.reporting import report_json, show_sent
from mailer.config import Workspace
from mailer.errors import UsageError
from mailer.flow import ledger_of
from mailer.flow.relays import is_practice, relay_settings
from mailer.flow.remind import (
    DueLadder,
    may_go_on,
    plan_reminders,
    record_lapsed,
    send_reminders,
    unfinished_reminders,
)
from mailer.flow.send import Progress, Sent, resume
from mailer.flow.still_true import still_true_for
from mailer.flow.timer import timer_text
from mailer.ledger import Ledger
from mailer.model.deadline import parts_of
from mailer.model.dispatch import Dispatch
from mailer.model.reminder import Reminder, Standing
from mailer.remind.ladder import end_of

PANEL = "Deadlines"
AS = {Standing.HOLDER: "", Standing.ALTERNATE: " (alternate)", Standing.ESCALATION: " (told besides)"}


@app.command(rich_help_panel=PANEL)
def remind(
    context: typer.Context,
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[DEADLINE]…", help="Only these; all where left out.")
    ] = None,
    on: OnOption = "",
    relay: Annotated[str, typer.Option("--relay", help="The mail service to use; see mailer.toml.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is due and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for cron and timers.")] = False,
    digest: Annotated[
        str, typer.Option("--digest", help="With --yes, for a deadline that asks at each step: its proof.")
    ] = "",
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until nothing is left to be tried again.")
    ] = False,
    print_unit: Annotated[
        bool, typer.Option("--print-unit", help="Print a systemd timer and a cron line that run this.")
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Show which reminders are due today, to whom and why; ask, and send them. Nobody is reminded twice.

    Who has handed in gets nothing more. Run it every day: what was missed while the machine was off is made good
    by the latest reminder only.

    Example: [bold]mailer remind national-report-cop12 --on 2017-01-24 --dry-run[/bold]
    """
    workspace = workspace_of(context)
    if print_unit:
        typer.echo(timer_text(workspace.root))
        return
    relay = relay or workspace.config.relay
    relay_settings(workspace, relay)
    with ledger_of(workspace) as ledger:
        unfinished = unfinished_reminders(ledger)
        due = plan_reminders(workspace, ledger, slugs or (), relay=relay, on=parse_day(on))
        if format is Format.TEXT:
            show_due(workspace, due, relay, unfinished)
        ready = tuple(one for one in due if one.plan is not None and one.trouble is None)
        going_on = tuple(one for one in unfinished if may_go_on(one))
        sendings: list[Sent] = []
        if not dry_run and (ready or going_on):
            _ask(ready, going_on, relay, yes=yes)
            ready = _agreed(workspace, ready, relay, yes=yes, digest=digest)
            quiet = format is Format.JSON
            sendings += _go_on(workspace, ledger, going_on, wait=wait, quiet=quiet)
            sendings += send_live(workspace, ledger, ready, wait=wait, quiet=quiet)
        if not dry_run and not is_practice(workspace, relay):
            record_lapsed(ledger, due)
    if format is Format.JSON:
        print_json(
            {"due": [_json(one) for one in due], "sent": [report_json(one.report) for one in sendings]}
        )
    troubled = any(one.trouble for one in due) and not dry_run
    if troubled or len(going_on) < len(unfinished) or any(one.ended.why for one in sendings):
        raise typer.Exit(1)


def show_due(
    workspace: Workspace, due: Sequence[DueLadder], relay: str, unfinished: Sequence[Dispatch] = ()
) -> None:
    """Print what is due: first whom nobody can reach, then each deadline with its reminders."""
    for one in due:
        for missing in one.due.unreached:
            who = one.names.get(missing.obligation.who, missing.obligation.who)
            console.print(f"[bold red]Nobody can be reached[/bold red] for {one.file.slug}: ", end="")
            console.print(cell(f"{who}: {missing.why}"))
    for dispatch in unfinished:
        state = (
            "goes on" if may_go_on(dispatch) else f"is paused ({dispatch.why}): `mailer resume {dispatch.id}`"
        )
        console.print(cell(f"{dispatch.slug} of {dispatch.day}, sending {dispatch.id}, {state}"))
    for one in due:
        if (
            one.due.reminders
            or one.due.lapsed
            or one.due.day <= end_of(one.file.deadline, one.file.deadline.due)
        ):
            _show_ladder(one)
    people = sum(len(one.due.reminders) for one in due)
    realm = "[cyan]rehearsal[/cyan]" if is_practice(workspace, relay) else "[bold red]FOR REAL[/bold red]"
    if people:
        console.print(f"{realm}: [bold]{people}[/bold] to send, through {relay}")


def _show_ladder(one: DueLadder) -> None:
    deadline, plan = one.file.deadline, one.due
    title = deadline.title.get("en") or deadline.title[deadline.language]
    left = (deadline.due - plan.day).days
    when = f"in {left} days" if left > 1 else {1: "tomorrow", 0: "today"}.get(left, f"{-left} days ago")
    console.print(f"[bold]{one.file.slug}[/bold]: ", end="")
    console.print(cell(f"{title}, due {deadline.due} {deadline.time} {deadline.timezone} ({when})"))
    steps: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in plan.reminders:
        steps[reminder.step].append(reminder)
    for step, reminders in steps.items():
        console.print(cell(f"  {step}: {len(reminders)} mails, for {_owners(one, reminders)}"))
        for reminder in reminders:
            moved = f", told that it was {reminder.moved_from}" if reminder.moved_from else ""
            console.print(
                cell(f"    {reminder.address}  {reminder.contact.name}{AS[reminder.standing]}{moved}")
            )
    for (why, owing), lapsed in _lapses(one).items():
        console.print(cell(f"  {', '.join(lapsed)} will not be sent any more to {owing}: {why}"))
    if not (plan.reminders or plan.lapsed):
        console.print(f"  [dim]nothing is due on {plan.day}[/dim]")
    if one.ladder is not None:
        console.print(f"  proof [bold green]{one.ladder.proof.seal}[/bold green]")
    if one.trouble:
        errors.print(cell(f"  It cannot go: {one.trouble.message} {one.trouble.hint}".rstrip()))


def _lapses(one: DueLadder) -> dict[tuple[str, str], list[str]]:
    """Reason and for whom → steps."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for lapsed in one.due.lapsed:
        if parts := parts_of(lapsed.occasion):
            found[parts[2], lapsed.why].append(one.names.get(parts[3], parts[3]))
    joined: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (step, why), owing in found.items():
        joined[why, ", ".join(sorted(owing))].append(step)
    return joined


def _owners(one: DueLadder, reminders: Sequence[Reminder]) -> str:
    owing = {obligation.who for reminder in reminders for obligation in reminder.obligations}
    return ", ".join(sorted(one.names.get(who, who) for who in owing))


def _ask(ready: Sequence[DueLadder], going_on: Sequence[Dispatch], relay: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", "Add --yes.")
    mails = sum(len(one.plan.deliveries) for one in ready if one.plan is not None)
    what = [f"send {mails} reminders through {relay}"] if mails else []
    what += [f"go on with {len(going_on)} unfinished sendings"] if going_on else []
    typer.confirm(f"{' and '.join(what).capitalize()}?", abort=True, err=True)


def _agreed(
    workspace: Workspace, ready: Sequence[DueLadder], relay: str, *, yes: bool, digest: str
) -> tuple[DueLadder, ...]:
    """Those that may go: a deadline that asks at each step needs a person, or its digest."""
    agreed = []
    for one in ready:
        asks = one.file.deadline.confirm == "each-step" and not is_practice(workspace, relay)
        proof = one.ladder.proof if one.ladder else None
        if asks and yes and not (digest and proof and proof.digest.startswith(digest)):
            seal = proof.digest[:12] if proof else "DIGEST"
            console.print(
                cell(f"{one.file.slug} asks at each step: add --digest {seal}, or answer at a terminal.")
            )
            continue
        agreed.append(one)
    return tuple(agreed)


def _go_on(
    workspace: Workspace, ledger: Ledger, unfinished: Sequence[Dispatch], *, wait: bool, quiet: bool
) -> list[Sent]:
    sendings = []
    for dispatch in unfinished:
        ledger.reopen(dispatch.id)

        def deliver(
            stop: asyncio.Event, progress: Progress, dispatch: Dispatch = dispatch
        ) -> Awaitable[Sent]:
            check = still_true_for(workspace, dispatch)
            return resume(
                workspace, ledger, dispatch, stop=stop, progress=progress, wait=wait, still_true=check
            )

        sendings.append(deliver_live(ledger.report(dispatch.id).total, deliver, quiet=quiet))
        if not quiet:
            show_sent(sendings[-1])
    return sendings


def send_live(
    workspace: Workspace,
    ledger: Ledger,
    ready: Sequence[DueLadder],
    *,
    wait: bool = False,
    quiet: bool = False,
) -> list[Sent]:
    """Send each ladder's reminders with a progress line, and print what became of them."""
    sendings: list[Sent] = []
    for one in ready:

        def deliver(
            stop: asyncio.Event, progress: Progress, one: DueLadder = one
        ) -> Awaitable[tuple[Sent, ...]]:
            return send_reminders(workspace, ledger, one, stop=stop, progress=progress, wait=wait)

        sent = deliver_live(len(one.plan.deliveries) if one.plan else 0, deliver, quiet=quiet)
        sendings += sent
        for each in sent if not quiet else ():
            show_sent(each)
    return sendings


def _json(one: DueLadder) -> dict[str, object]:
    return {
        "deadline": one.file.slug,
        "day": one.due.day.isoformat(),
        "due": one.file.deadline.due.isoformat(),
        "digest": one.ladder.proof.digest if one.ladder else None,
        "trouble": str(one.trouble.message) if one.trouble else None,
        "unreached": [{"who": each.obligation.who, "why": each.why} for each in one.due.unreached],
        "lapsed": [{"occasion": each.occasion, "why": each.why} for each in one.due.lapsed],
        "reminders": [
            {
                "step": each.step,
                "as": each.standing.value,
                "address": each.address,
                "for": [obligation.who for obligation in each.obligations],
                "moved_from": each.moved_from.isoformat() if each.moved_from else None,
            }
            for each in one.due.reminders
        ],
    }
