"""Seeing a sending through that workers do, and saying how it stands when the watching ends."""

from __future__ import annotations

from datetime import datetime

import typer

from mailer.cli.live import LiveLines
from mailer.cli.output import cell, console, errors, print_json, show_error
from mailer.cli.reporting import report_json, show_sent
from mailer.cli.stopping import run_until_stopped
from mailer.config import Workspace
from mailer.dispatch import Ended
from mailer.errors import MailerError
from mailer.flow.deliver import Sent
from mailer.flow.pulse import clock_in_words, limit_in_words
from mailer.flow.relays import pace_of
from mailer.flow.working import Crew, Glance, Watched, glance_at, watch
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import DispatchState, State
from mailer.model.pace import Limits


def see_through(
    workspace: Workspace, ledger: Ledger, dispatch_id: str, crew: Crew, *, wait: bool, quiet: bool
) -> None:
    """Watch until there is nothing to wait for, and print what became of it.

    Exit code 1 where it was paused or cancelled, where it ended and nobody has it, or where nobody sends it.
    """
    pace = pace_of(workspace, ledger.find_dispatch(dispatch_id).relay)
    lines = LiveLines(pace.limits if pace else Limits(), quiet=quiet)
    with lines:
        how = run_until_stopped(
            lambda stop, leave: watch(
                ledger, dispatch_id, crew, stop=stop, leave=leave, wait=wait, tell=lines.show
            ),
            asked=lambda: None if quiet else errors.print("Stopping: what is in flight ends first."),
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
            show_error(_died(dispatch_id, crew))
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
    if later and glance.progress.next_try_at:
        due = clock_in_words(glance.progress.next_try_at, now)
        said.append(f"{later:,} will be tried again from {due}.")
    pids = ", ".join(str(worker.pid) for worker in glance.workers)
    who = f"process{'es' if len(glance.workers) > 1 else ''} {pids}" if pids else "its workers are ending"
    said.append(f"The sending goes on by itself ({who}): see `mailer report {dispatch.id}`.")
    return " ".join(said)


def _died(dispatch_id: str, crew: Crew) -> MailerError:
    go_on = f"Nothing is lost. When it is mended: `mailer resume {dispatch_id}`."
    if words := crew.last_words():
        return MailerError(f"The sending {dispatch_id} has stopped:\n{words}", go_on)
    return MailerError(
        f"The sending {dispatch_id} was stopped from elsewhere: nobody is sending it now.", go_on
    )
