"""`mailer correct`: after a mistake, the mended issue to the rest, and the erratum to those who got the wrong one."""

from __future__ import annotations

import asyncio
import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.both_halves import TO_THE_REST, TO_THE_TOLD, require_approvals, send_both
from mailer.cli.output import cell, console, errors
from mailer.cli.plan_shown import show_plan
from mailer.config import Workspace
from mailer.content import find_issue, read_issue
from mailer.content.errata import begin_erratum, note_digests, put_away_erratum, read_erratum
from mailer.dispatch.report import counts_in_words
from mailer.errors import MailerError, UsageError
from mailer.flow import ledger_of
from mailer.flow.correct import (
    Plans,
    as_shown,
    await_hands,
    open_both,
    plan_both,
    stop_wrong,
)
from mailer.flow.corrected import Correction, prove_both
from mailer.flow.erratum import languages_of
from mailer.flow.ready import require_relay
from mailer.flow.relays import is_practice
from mailer.flow.under_correction import why_paused
from mailer.flow.wrong import Wrong, free_name, sendings_of, wrong_among
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, State
from mailer.model.erratum import Erratum

FEW = 12
"""So many in doubt are named; of more, only the number is shown."""


@app.command(rich_help_panel="Prove and send")
def correct(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The issue, or its folder.")],
    of: Annotated[
        list[str] | None,
        typer.Option("--of", metavar="ID", help="A sending that was wrong; all that went out, if left out."),
    ] = None,
    because: Annotated[str, typer.Option("--because", help="What was wrong, for the record.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who corrects, for the record.")] = "",
    new: Annotated[
        bool, typer.Option("--new", help="Begin another erratum: the last one has gone out.")
    ] = False,
    relay: Annotated[
        str, typer.Option("--relay", help="The mail service to use; that of the wrong sending, if left out.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Pause nothing, show the plan and stop.")
    ] = False,
    digest: Annotated[
        list[str] | None, typer.Option("--digest", help="With --yes: a proof that may go; one for each.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. For real it needs both --digest.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until nothing is left to be tried again.")
    ] = False,
) -> None:
    """Put a mistake right: whoever got the wrong issue gets an erratum, all others the corrected issue.

    A sending that is under way is paused first of all. Run it again after each step: it says what is next.
    Through the practice tray it is a rehearsal, which touches no real sending.

    Example: [bold]mailer correct 2016-12-cami --because "wrong date of the workshop"[/bold]
    """
    workspace = workspace_of(context)
    folder = find_issue(slug, workspace.issues)
    by = by or getpass.getuser()
    with ledger_of(workspace) as ledger:
        found = sendings_of(ledger, folder.name, tuple(of or ()))
        relay = relay or found[-1].relay
        touches = _touches(workspace, found, relay)
        right = () if new else _right(folder, workspace.root)
        stopped: tuple[Dispatch, ...] = ()
        if touches and not dry_run:
            stopped = _stop(ledger, tuple(one for one in found if one.digest not in right), because, by)
        file = None if new else read_erratum(folder, workspace.root)
        if file is None:
            _begin(workspace, ledger, folder, found, because, dry_run=dry_run)
            raise typer.Exit(1)
        digests = _wrong_digests(file.erratum, found, stopped, named=bool(of))
        if not dry_run:
            note_digests(folder, "wrong", digests)
        wrong = wrong_among(ledger, found, folder.name, digests)
        correction = prove_both(workspace, ledger, wrong, file)
        _require_unsent(correction, found, right)
        _show_wrong(ledger, correction)
        if not is_practice(workspace, relay):
            require_approvals(workspace, correction)
        plans = plan_both(workspace, ledger, correction, relay)
        _show_plans(workspace, ledger, correction, plans)
        if dry_run:
            return
        asked = _ask(plans, yes=yes, digests=tuple(digest or ()))
        asyncio.run(require_relay(workspace, relay))
        if asked:
            correction, plans = as_shown(workspace, ledger, correction, plans, relay)
        if touches:
            note_digests(folder, "right", [half.proof.digest for half in correction.halves])
        opened = open_both(workspace, ledger, correction, plans, relay=relay, by=by)
        if not opened:
            console.print("Nobody is left to send to: nothing was done.")
        send_both(workspace, ledger, opened, by=by, wait=wait)


def _touches(workspace: Workspace, found: tuple[Dispatch, ...], relay: str) -> bool:
    """Whether the sendings themselves are corrected; else it is a rehearsal of that."""
    practice = is_practice(workspace, relay)
    if found[0].is_rehearsal and not practice:
        raise UsageError(
            f"{found[-1].id} was a rehearsal: nobody has really got {found[-1].slug}.",
            "Practise with --relay outbox, or just send the mended issue.",
        )
    if practice and not found[0].is_rehearsal:
        console.print("[cyan]A rehearsal[/cyan]: no real sending is paused, cancelled or sent.")
    return practice == found[0].is_rehearsal


def _right(folder: Path, root: Path) -> tuple[str, ...]:
    """What an earlier run has sent instead: that is not stopped."""
    try:
        file = read_erratum(folder, root)
    except MailerError:
        return ()
    return file.erratum.right if file else ()


def _stop(ledger: Ledger, wrong: tuple[Dispatch, ...], because: str, by: str) -> tuple[Dispatch, ...]:
    stopped = stop_wrong(ledger, wrong, why_paused(because), by)
    for dispatch in stopped:
        console.print(cell(f"Paused {dispatch.id}."))
    await_hands(ledger, wrong, lambda count: errors.print(f"{count} in hand: waiting for the answer …"))
    return stopped


def _begin(
    workspace: Workspace,
    ledger: Ledger,
    folder: Path,
    found: tuple[Dispatch, ...],
    because: str,
    *,
    dry_run: bool,
) -> None:
    """Begin erratum.yaml, with the last one kept under its name, and say what is to be done now."""
    digests = {one.digest for one in found}
    _show_counts(ledger, wrong_among(ledger, found, folder.name, digests))
    if dry_run:
        console.print(cell("There is no erratum.yaml yet: without --dry-run, this begins one."))
        return
    if last := read_erratum(folder, workspace.root):
        kept = put_away_erratum(folder, last.erratum.name)
        console.print(cell(f"The last erratum is kept as {workspace.shown(kept)}."))
    languages = languages_of(read_issue(folder, workspace.root))
    path = begin_erratum(folder, languages, free_name(ledger, folder.name), because, folder.name)
    note_digests(folder, "wrong", digests)
    console.print("Now mend the issue, and write what was wrong in")
    console.print(cell(f"  {workspace.shown(path)}"))
    console.print(cell(f"Then: mailer correct {folder.name}"))


def _wrong_digests(
    erratum: Erratum, found: tuple[Dispatch, ...], stopped: tuple[Dispatch, ...], *, named: bool
) -> set[str]:
    """What is to be put right: as named, else as erratum.yaml notes it, with what has been stopped just now."""
    if named or not erratum.wrong:
        return {one.digest for one in found}
    return {*erratum.wrong, *(one.digest for one in stopped)}


def _require_unsent(correction: Correction, found: tuple[Dispatch, ...], right: tuple[str, ...]) -> None:
    """MailerError where the erratum has gone out, and the issue or its words have changed since."""
    now = {half.proof.digest for half in correction.halves}
    sent = sorted({one.digest for one in found if one.digest in right} - now)
    if sent:
        raise MailerError(
            f"{correction.file.erratum.name} has gone out, and something has changed since: proof {sent[0][:6]}.",
            f"For another mistake: `mailer correct {correction.wrong.slug} --new`.",
        )


def _show_counts(ledger: Ledger, wrong: Wrong) -> None:
    for dispatch in wrong.sendings:
        report = ledger.report(dispatch.id)
        counts = ", ".join(f"{count} {words}" for words, count in counts_in_words(report))
        console.print(cell(f"Wrong: {dispatch.id}, proof {dispatch.digest[:6]}: {counts}"))


def _show_wrong(ledger: Ledger, correction: Correction) -> None:
    wrong = correction.wrong
    _show_counts(ledger, wrong)
    doubts = [told.contact.email for told in correction.correcting.readers if told.in_doubt]
    if doubts:
        named = f": {', '.join(doubts)}" if len(doubts) <= FEW else ""
        console.print(cell(f"In doubt: {len(doubts)} may have it, so they get the erratum too{named}"))
    refused = sum(ledger.progress(one.id).counts.get(State.REFUSED, 0) for one in wrong.own)
    if refused:
        console.print(
            cell(
                f"Refused: {refused} have nothing, and get neither. `mailer send … --only refused --repeat NAME`"
            )
        )


def _show_plans(workspace: Workspace, ledger: Ledger, correction: Correction, plans: Plans) -> None:
    for half in correction.halves:
        plan = plans.erratum if half.proof.corrects else plans.good
        if plan is not None:
            title = correction.file.erratum.name if half.proof.corrects else "The corrected issue"
            who = TO_THE_TOLD if half.proof.corrects else TO_THE_REST
            console.print(f"\n[bold]{title}[/bold], {who}")
            show_plan(workspace, ledger, plan, half.proof)


def _ask(plans: Plans, *, yes: bool, digests: tuple[str, ...]) -> bool:
    """Whether somebody was asked, and said yes; False where nobody was to be asked."""
    going = [plan for plan in plans.all if plan.deliveries]
    real = any(not plan.dispatch.is_rehearsal for plan in going)
    needed = [plan.dispatch.digest for plan in going]
    flags = " ".join(["--yes", *(f"--digest {one[:12]}" for one in needed)]) if real else "--yes"
    if yes:
        if real and not all(any(one.startswith(d) for d in digests if d) for one in needed):
            raise UsageError("For real, --yes needs the --digest of each proof.", f"Add {flags}.")
        return False
    if not going:
        return False
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", f"Add {flags}.")
    counts = " and ".join(f"{len(plan.deliveries)}" for plan in going)
    return typer.confirm(f"Send to {counts} people{' for real' if real else ''}?", abort=True, err=True)
