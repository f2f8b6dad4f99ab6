"""Seeing a sending through that workers do, and saying how it stands when the watching ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import typer

from mailer.cli.live import LiveLines
from mailer.cli.output import cell, console, errors, print_json, show_error
from mailer.cli.reporting import report_json, show_sent
from mailer.cli.stopping import run_until_stopped
from mailer.config import Workspace
from mailer.dispatch import Ended
from mailer.errors import MailerError
from mailer.flow.deliver import Sent
from mailer.flow.pulse import clock_in_words, limit_in_words, next_tries_at
from mailer.flow.relays import pace_of
from mailer.flow.working import Crew, Glance, Watched, glance_at, watch
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import DispatchState, State
from mailer.model.pace import Limits

LEAST_ROOM = 1_000_000
"""Bytes; with less than that left, a disk is full."""


def see_through(
    workspace: Workspace,
    ledger: Ledger,
    dispatch_id: str,
    crew: Crew,
    *,
    wait: bool,
    quiet: bool,
    on_stop: Callable[[], None] = lambda: None,
    stopped: bool = False,
) -> None:
    """Watch until there is nothing to wait for, and print what became of it.

    `on_stop` is called when somebody asks for it to stop; `stopped` says that it was asked for before.
    Exit code 1 where it was paused or cancelled, where it ended and nobody has it, or where nobody sends it.
    """

    def asked() -> None:
        if not quiet:
            errors.print("Stopping: what is in flight ends first.")
        on_stop()

    pace = pace_of(workspace, ledger.find_dispatch(dispatch_id).relay)
    lines = LiveLines(pace.limits if pace else Limits(), quiet=quiet)
    with lines:
        how = run_until_stopped(
            lambda stop, leave: watch(
                ledger, dispatch_id, crew, stop=stop, leave=leave, wait=wait, tell=lines.show
            ),
            asked=asked,
            stopped=stopped,
        )
    report = ledger.report(dispatch_id)
    if quiet:
        print_json(report_json(report))
    else:
        stopped = how is Watched.STOPPED
        ended = Ended(report.dispatch.state, stopped, report.dispatch.why, report.next_try_at)
        show_sent(Sent(ended, report), goes_on=how in (Watched.LATER, Watched.LEFT))
    glance = glance_at(ledger, dispatch_id)
    match how:
        case Watched.LATER | Watched.LEFT if not quiet:
            console.print(cell(going_on_in_words(glance, utc_now())))
        case Watched.DIED:
            show_error(died_in_words(dispatch_id, crew, ledger.path.parent))
            raise typer.Exit(1)
        case _:
            pass
    failed = report.dispatch.state in (DispatchState.PAUSED, DispatchState.CANCELLED)
    nobody = report.is_finished and not report.counts.get(State.ACCEPTED)
    if failed or nobody:
        raise typer.Exit(1)


def going_on_in_words(glance: Glance, now: datetime) -> str:
    """What is left, until when it waits, and who sees to it."""
    dispatch, counts = glance.progress.dispatch, glance.progress.counts
    waiting, later = counts.get(State.PLANNED, 0), counts.get(State.DEFERRED, 0)
    said = []
    if waiting:
        limits = [limit_in_words(each.status, now) for each in glance.workers if each.status]
        why = next((words for words in limits if words), "")
        said.append(f"{waiting:,} still to go{f', limited by {why}' if why else ''}.")
    if later:
        due = next_tries_at(glance, now)
        when = f" from {clock_in_words(due, now)}" if due else ""
        said.append(f"{later:,} will be tried again{when}.")
    pids = ", ".join(str(worker.pid) for worker in glance.workers)
    who = f"process{'es' if len(glance.workers) > 1 else ''} {pids}" if pids else "its workers are ending"
    said.append(f"The sending goes on by itself ({who}): see `mailer report {dispatch.id}`.")
    return " ".join(said)


def died_in_words(dispatch_id: str, crew: Crew, record: Path) -> MailerError:
    """Why nobody sends it any more, as far as can be told. `record`: the folder of the send record."""
    go_on = f"Nothing is lost. When it is mended: `mailer resume {dispatch_id}`."
    has_stopped = f"The sending {dispatch_id} has stopped"
    if words := crew.last_words():
        return MailerError(f"{has_stopped}:\n{words}", go_on)
    failed = [status for status in crew.exit_statuses if status > 0]
    status = f" (exit status {failed[0]})" if failed else ""
    if is_full(record):
        full = f"the disk is full where the send record is, in {record}"
        return MailerError(f"{has_stopped}{status}: {full}.", f"Make room there. {go_on}")
    if failed:
        return MailerError(f"{has_stopped}, and could not write why{status}.", go_on)
    return MailerError(
        f"The sending {dispatch_id} was stopped from elsewhere: nobody is sending it now.", go_on
    )


def is_full(folder: Path) -> bool:
    """Whether the disk there has no room to write anything."""
    try:
        return shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:
        return False
