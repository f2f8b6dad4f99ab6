"""The two halves of a correction: what they still need, and seeing both through."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import typer

from mailer.cli.output import cell, command, console, count_words, show_findings
from mailer.cli.proving import show_proof
from mailer.cli.watching import see_through
from mailer.config import Workspace
from mailer.flow.corrected import Correction, Half
from mailer.flow.deliver import write_receipt
from mailer.flow.due import is_scheduled
from mailer.flow.when import in_words
from mailer.flow.working import Crew, glance_at, start_workers, stop_workers
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch
from mailer.model.finding import Finding, worst_first

TO_THE_REST, TO_THE_TOLD = "to those who have nothing yet", "to those who got the wrong one"
MENDED, WITH_BOX = "the mended issue", "the same with the box for those who got the wrong one"

Started = list[tuple[Dispatch, Crew]]
Place = tuple[str | int | None, ...]


def require_approvals(workspace: Workspace, correction: Correction) -> None:
    """Show the two proofs and what is missing; exit code 1 where something is."""
    today = workspace.config.office.day_of(datetime.now(UTC))
    missing = {half.proof.digest: half.missing(workspace, today) for half in correction.halves}
    if not any(missing.values()):
        return
    for half in correction.halves:
        console.print(f"\n[bold]{_named(half)}[/bold]")
        show_proof(half.proof, workspace.config.office)
    findings = once(half.proof.standing for half in correction.halves)
    show_findings(findings)
    console.print(f"Findings: {count_words(findings)}")
    for half in correction.halves:
        if why := missing[half.proof.digest]:
            console.print(cell(f"\n{_named(half)}: {why}"))
            command(f"mailer approve {half.proof.digest[:12]} --by NAME")
    console.print("\nNothing has been sent. Then again:")
    command(f"mailer correct {correction.wrong.slug}")
    raise typer.Exit(1)


def _named(half: Half) -> str:
    """What it is and for whom."""
    if half.proof.corrects:
        return f"{WITH_BOX[0].upper()}{WITH_BOX[1:]}"
    return f"{MENDED[0].upper()}{MENDED[1:]}, {TO_THE_REST}"


def once(halves: Iterable[Iterable[Finding]]) -> list[Finding]:
    """What was found in either half, worst first; of what is alike in both, the graver words alone.

    Who reads a half decides some of the words, so that the same finding may read a little otherwise in the other.
    """
    kept: dict[Place, list[Finding]] = {}
    for half in halves:
        alike: dict[Place, list[Finding]] = {}
        for one in half:
            where = (one.rule, one.file, one.line, one.item, one.field, one.words)
            alike.setdefault(where, []).append(one)
        for place, found in alike.items():
            if place not in kept or _weight(found) > _weight(kept[place]):
                kept[place] = found
    return worst_first([one for found in kept.values() for one in found])


def _weight(found: list[Finding]) -> tuple[int, int]:
    return -min(one.severity.rank for one in found), len(found)


def send_both(
    workspace: Workspace, ledger: Ledger, opened: Iterable[Dispatch], *, by: str, wait: bool
) -> None:
    """Start both, then watch one after the other: neither waits for the other, nor for this command.

    Exit code 1 where one of them is in trouble. Ctrl-C stops both.
    """
    started = _start(workspace, ledger, opened, by)
    failed = stopped = False

    def stop_all() -> None:
        nonlocal stopped
        stopped = True
        for dispatch, crew in started:
            stop_workers(ledger, dispatch.id, crew)

    for dispatch, crew in started:
        try:
            see_through(
                *(workspace, ledger, dispatch.id, crew),
                wait=wait,
                quiet=False,
                on_stop=stop_all,
                stopped=stopped,
            )
        except typer.Exit:
            failed = True
        # The worker writes it too; it may still be at it.
        write_receipt(workspace, ledger, ledger.report(dispatch.id))
    if failed:
        raise typer.Exit(1)


def _start(workspace: Workspace, ledger: Ledger, opened: Iterable[Dispatch], by: str) -> Started:
    """Workers for each that is to go now; none for what others are at already."""
    started: Started = []
    for dispatch in opened:
        if is_scheduled(dispatch, utc_now()) and dispatch.not_before:
            ledger.reopen(dispatch.id, by=by)
            begins = in_words(dispatch.not_before.astimezone())
            console.print(cell(f"{dispatch.id} is planned for {begins}, as the wrong one was."))
            continue
        crew = Crew()
        if not glance_at(ledger, dispatch.id).workers:
            ledger.reopen(dispatch.id, by=by)
            crew = start_workers(workspace, dispatch.id)
        started.append((dispatch, crew))
    return started
