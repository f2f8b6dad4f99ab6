"""Delivering what the ledger has, from its frozen proof; and the receipt of what has ended."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from mailer.config import Workspace
from mailer.content.records import Receipt, add_receipt, read_receipts
from mailer.dispatch import Ended, StillTrue, always, deliver_dispatch
from mailer.errors import UsageError
from mailer.flow.allowed import hold_back
from mailer.flow.calendar_notes import note_sent
from mailer.flow.homes import is_deadline, records_folder
from mailer.flow.messages import compile_proof
from mailer.flow.records import require_record
from mailer.flow.relays import is_practice, open_relay, pace_of
from mailer.flow.signing import signer_of
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch, DispatchState, Report, State
from mailer.proof import load_proof

Progress = Callable[[State], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """How a sending ended, and what the ledger says of it."""

    ended: Ended
    report: Report


async def resume(
    workspace: Workspace,
    ledger: Ledger,
    dispatch: Dispatch,
    *,
    stop: asyncio.Event,
    progress: Progress = lambda _state: None,
    wait: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> Sent:
    """Go on with a dispatch that the ledger has, from its frozen proof; nothing is planned again.

    Where it is no longer approved, or not for today, it is paused and nothing goes. Of each reminder it is asked
    right before it goes whether it is still needed, by the day of the clock.
    LedgerError where this is not the ledger of record; UsageError where the relay has become another kind.
    """
    require_resumable(workspace, ledger, dispatch)
    is_open = ledger.find_dispatch(dispatch.id).state is DispatchState.OPEN
    if is_open and (held := hold_back(workspace, ledger, dispatch, clock())):
        return Sent(Ended(DispatchState.PAUSED, False, held.message, None), ledger.report(dispatch.id))
    proof = load_proof(dispatch.digest, workspace.proofs)
    if not dispatch.is_rehearsal:
        # Before the first mail: a correction that is made while it is under way must know of it.
        note_sent(workspace, dispatch.slug, proof, clock())
    templates = compile_proof(proof, signer_of(workspace, dispatch.relay, proof.sender))
    async with open_relay(workspace, dispatch.relay, dispatch.id) as relay:
        ended = await deliver_dispatch(
            dispatch,
            ledger=ledger,
            relay=relay,
            templates=templates,
            stop=stop,
            progress=progress,
            wait=wait,
            clock=clock,
            still_true=_still_true(workspace, dispatch, clock),
            pace=pace_of(workspace, dispatch.relay),
            bounces=workspace.config.stop_at_bounces,
        )
    report = ledger.report(dispatch.id)
    write_receipt(workspace, ledger, report)
    return Sent(ended, report)


def require_resumable(workspace: Workspace, ledger: Ledger, dispatch: Dispatch) -> None:
    """A rehearsal stays in the practice tray, and a real sending out of it and in the ledger of record."""
    if is_practice(workspace, dispatch.relay) != dispatch.is_rehearsal:
        was = "a rehearsal" if dispatch.is_rehearsal else "a real sending"
        raise UsageError(
            f'{dispatch.id} is {was}, and "{dispatch.relay}" in mailer.toml is now a mail service of another kind.',
            "Give the relay its former settings back.",
        )
    if not dispatch.is_rehearsal:
        require_record(workspace, ledger, read_receipts(records_folder(workspace, dispatch.slug)))


def write_receipt(workspace: Workspace, ledger: Ledger, report: Report) -> None:
    """Write an ended real sending that somebody got, or may have got, beside its issue, once."""
    reached = report.counts.get(State.ACCEPTED, 0) + report.counts.get(State.UNKNOWN, 0)
    if report.dispatch.is_rehearsal or not report.is_finished or not reached:
        return
    folder = records_folder(workspace, report.dispatch.slug, make=True)
    with _one_at_a_time(workspace):
        if not any(receipt.id == report.dispatch.id for receipt in read_receipts(folder)):
            add_receipt(folder, _receipt(ledger, report))


def _receipt(ledger: Ledger, report: Report) -> Receipt:
    from mailer.evidence.making import head_to_note

    return Receipt(
        id=report.dispatch.id,
        digest=report.dispatch.digest,
        ledger=ledger.id,
        finished_at=datetime.now(UTC).replace(microsecond=0),
        counts={state.value: count for state, count in report.counts.items() if count},
        relay=report.dispatch.relay,
        segments=report.dispatch.segments,
        evidence=head_to_note(report.dispatch, ledger.stood(report.dispatch.id)),
    )


@contextmanager
def _one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Two programs that end the same sending write one receipt: the second finds the first one's."""
    with (workspace.state / "receipts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _still_true(workspace: Workspace, dispatch: Dispatch, clock: Callable[[], datetime]) -> StillTrue:
    """Only reminders are asked about; what that takes need not be loaded for an issue."""
    if not is_deadline(dispatch.slug):
        return always
    from mailer.flow.still_true import still_true_for

    return still_true_for(workspace, dispatch, clock)
