"""What people do with a sending that is there: hold it, let it go on, end it. For the terminal and the studio."""

from __future__ import annotations

from collections.abc import Callable

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.allowed import require_allowed
from mailer.flow.deliver import require_resumable, write_receipt
from mailer.flow.due import is_scheduled
from mailer.flow.ready import require_relay
from mailer.flow.under_correction import require_not_corrected
from mailer.flow.working import Crew, glance_at, start_workers
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch, DispatchState
from mailer.proof import load_proof


def pause_sending(ledger: Ledger, dispatch_id: str, because: str, by: str) -> Dispatch:
    """Hold it: what is in flight ends, nothing new starts, within a second. MailerError where it has ended."""
    ledger.recover()
    paused = ledger.pause(dispatch_id, because, by=by)
    if paused.state is not DispatchState.PAUSED:
        raise MailerError(f"{dispatch_id} is {paused.state}: there is nothing left to pause.")
    return paused


async def go_on(workspace: Workspace, ledger: Ledger, dispatch_id: str, by: str) -> Crew | None:
    """Let it go on, by workers of their own session; None where others are at it, or its moment is still to come.

    First everything that must be right: the proof is whole and still approved for that day, the relay is of the same
    kind and answers, this is the ledger of record, and nobody is correcting it. MailerError in words where something
    is not; then nothing has changed.
    """
    found = ledger.find_dispatch(dispatch_id)
    require_resumable(workspace, ledger, found)
    if found.state is DispatchState.FINISHED:
        # A kill may have come between the last answer and the receipt.
        write_receipt(workspace, ledger, ledger.report(found.id))
        return None
    if glance_at(ledger, found.id).workers and found.state is DispatchState.OPEN:
        return None
    require_not_corrected(workspace, found)
    if found.state in (DispatchState.OPEN, DispatchState.PAUSED):
        require_allowed(workspace, found, utc_now())
    if is_scheduled(found, utc_now()):
        ledger.reopen(found.id, by=by)
        return None
    load_proof(found.digest, workspace.proofs)
    await require_relay(workspace, found.relay)
    ledger.reopen(found.id, by=by)
    return start_workers(workspace, found.id)


def cancel_sending(
    workspace: Workspace,
    ledger: Ledger,
    dispatch_id: str,
    because: str,
    by: str,
    *,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """End it: what has not gone never goes. LedgerError where it was finished.

    `meanwhile` may wait for the last answers; its receipt is written after it, once everything has had one.
    """
    ledger.cancel(dispatch_id, because, by)
    ledger.recover()
    meanwhile()
    ledger.finish_if_done(dispatch_id)
    write_receipt(workspace, ledger, ledger.report(dispatch_id))
