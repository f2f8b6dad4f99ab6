"""`mailer remind`: what is due on the ladders, and send it."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.text import Text

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
from mailer.flow.remind import DaysWork, as_shown, jobs_of, plan_day, troubled, unattended
from mailer.flow.reminder_plan import DueLadder
from mailer.flow.send import Sent
from mailer.flow.timer import timer_text
from mailer.ledger import Ledger
from mailer.model.deadline import parts_of
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
    relay = relay or workspace.config.relay
    relay_settings(workspace, relay)
    if print_unit:
        if is_practice(workspace, relay):
            errors.print(
                "The mail service in mailer.toml is the practice tray: this would rehearse, not remind."
            )
        typer.echo(timer_text(workspace.root))
        return
    quiet = format is Format.JSON
    with ledger_of(workspace) as ledger:
        work = plan_day(workspace, ledger, slugs or (), relay=relay, on=parse_day(on))
        if yes:
            work = unattended(work, digest)
        if not quiet:
            show_due(workspace, work, relay)
        sendings: list[Sent] = []
        if not dry_run and (work.ready or work.going_on) and _ask(work, relay, yes=yes):
            work = as_shown(workspace, ledger, slugs or (), shown=work, on=parse_day(on))
        if not dry_run:
            sendings = work_live(workspace, ledger, work, wait=wait, quiet=quiet)
    if quiet:
        due = [_json(one) for one in work.due]
        print_json({"due": due, "sent": [report_json(one.report) for one in sendings]})
    if not dry_run and troubled(work, sendings):
        raise typer.Exit(1)


def show_due(workspace: Workspace, work: DaysWork, relay: str) -> None:
    """Print what is due: first whom nobody can reach, then each deadline with its reminders."""
    for one in work.due:
        for missing in one.due.unreached:
            who = one.names.get(missing.obligation.who, missing.obligation.who)
            words = f" for {one.file.slug}: {who}: {missing.why}"
            console.print(Text.assemble(("Nobody can be reached", "bold red"), words))
    for mail in work.doubts:
        decide = f"`mailer settle {mail.dispatch_id} {mail.address} --accepted`, or --resend"
        words = f": {mail.occasion} to {mail.address}. Decide it: {decide}"
        console.print(Text.assemble(("In doubt", "bold red"), words))
    for dispatch in work.paused:
        words = f"is paused ({dispatch.why}): `mailer resume {dispatch.id}`"
        console.print(cell(f"{dispatch.slug} of {dispatch.day}, sending {dispatch.id}, {words}"))
    for dispatch in work.going_on:
        words = f"was not finished, and goes on for real, as approved under {dispatch.digest[:6]}"
        console.print(cell(f"{dispatch.slug} of {dispatch.day}, sending {dispatch.id}, {words}"))
    for one in work.due:
        over = one.due.day > end_of(one.file.deadline, one.file.deadline.due)
        if one.due.reminders or one.due.lapsed or not over:
            _show_ladder(one)
    mails = sum(len(one.due.reminders) for one in work.due)
    realm = "[cyan]rehearsal[/cyan]" if is_practice(workspace, relay) else "[bold red]FOR REAL[/bold red]"
    if mails:
        console.print(f"{realm}: [bold]{mails}[/bold] to send, through {relay}")


def _show_ladder(one: DueLadder) -> None:
    deadline, plan = one.file.deadline, one.due
    title = deadline.title.get("en") or deadline.title[deadline.language]
    last = f"{deadline.due} {deadline.time} {deadline.timezone}"
    head = f": {title}, due {last} ({_days((deadline.due - plan.day).days)})"
    console.print(Text.assemble((one.file.slug, "bold"), head))
    steps: dict[tuple[str, date], list[Reminder]] = defaultdict(list)
    for reminder in plan.reminders:
        steps[reminder.step, reminder.obligations[0].due].append(reminder)
    for (step, due), reminders in steps.items():
        mails = f"{len(reminders)} mail{'s' if len(reminders) > 1 else ''}"
        other = f" (due {due})" if due != deadline.due else ""
        console.print(cell(f"  {step}{other}: {mails}, for {_owners(one, reminders)}"))
        for reminder in reminders:
            moved = f", told that it was {reminder.moved_from}" if reminder.moved_from else ""
            console.print(
                cell(f"    {reminder.address}  {reminder.contact.name}{AS[reminder.standing]}{moved}")
            )
    # What a rehearsal of another day has not seen go out is no news.
    rehearsal = one.plan is not None and one.plan.dispatch.is_rehearsal
    for (why, owing), lapsed in () if rehearsal else _lapses(one).items():
        console.print(cell(f"  {', '.join(lapsed)} will not be sent any more to {owing}: {why}"))
    if not (plan.reminders or plan.lapsed):
        console.print(f"  [dim]nothing is due on {plan.day}[/dim]")
    if one.ladder is not None:
        console.print(f"  proof [bold green]{one.ladder.proof.seal}[/bold green]")
    if one.trouble:
        errors.print(cell(f"  It cannot go: {one.trouble.message} {one.trouble.hint}".rstrip()))


def _days(left: int) -> str:
    if left < 0:
        return "1 day ago" if left == -1 else f"{-left} days ago"
    return {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")


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


def _ask(work: DaysWork, relay: str, *, yes: bool) -> bool:
    """Whether somebody was asked, and said yes; False where nobody was to be asked."""
    if yes:
        return False
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", "Add --yes.")
    mails = sum(len(one.plan.deliveries) for one in work.ready if one.plan is not None)
    what = [f"send {mails} reminders through {relay}"] if mails else []
    what += [f"go on with {len(work.going_on)} unfinished real sendings"] if work.going_on else []
    return typer.confirm(f"{' and '.join(what).capitalize()}?", abort=True, err=True)


def work_live(
    workspace: Workspace, ledger: Ledger, work: DaysWork, *, wait: bool = False, quiet: bool = False
) -> list[Sent]:
    """Do the day's work with a progress line each, and print what became of it."""
    sendings: list[Sent] = []
    for job in jobs_of(workspace, ledger, work, wait=wait):
        done = deliver_live(job.mails, job.run, quiet=quiet)
        sendings += done
        for sent in done if not quiet else ():
            show_sent(sent)
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
