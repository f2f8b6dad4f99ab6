"""From an approved proof to a report."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime

from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.dispatch import plan_dispatch
from mailer.errors import ProofError, UsageError
from mailer.flow.approving import approvals_of
from mailer.flow.compose import Composed
from mailer.flow.deliver import Progress, Sent, require_resumable, resume, write_receipt
from mailer.flow.dispatches import dispatch_of
from mailer.flow.messages import compile_proof, nobody, recipient_of
from mailer.flow.prove import draft_proof
from mailer.flow.records import require_record
from mailer.flow.relays import is_practice
from mailer.flow.signing import signer_of
from mailer.flow.under_correction import require_not_wrong
from mailer.flow.when import Schedule
from mailer.ledger import Ledger, utc_now
from mailer.message import Signer
from mailer.model.dispatch import Plan
from mailer.model.proof import Proof
from mailer.proof import changed_text, in_words, require_approved, what_changed

__all__ = ["Progress", "Sent", "plan_send", "require_resumable", "resume", "send_plan", "write_receipt"]


def plan_send(
    workspace: Workspace,
    ledger: Ledger,
    proof: Proof,
    composed: Composed,
    relay: str,
    *,
    repeat: str = "",
    schedule: Schedule | None = None,
) -> Plan:
    """Who gets it and who does not. For a real sending, first everything that must be right.

    Through the practice tray it is a rehearsal, which needs no approval and uses up no occasion; another day
    than the issue's own can only be rehearsed. What is planned for later must be approved for then.
    Raises ProofError or LedgerError where a real one must not go.
    """
    now = datetime.now(UTC)
    rehearsal = is_practice(workspace, relay)
    if not rehearsal and composed.day != composed.issue.date:
        raise UsageError(
            f"{composed.day} is not the issue's day ({composed.issue.date}): that can only be rehearsed.",
            "Use --relay outbox, or leave --on out.",
        )
    if not rehearsal:
        require_not_wrong(workspace, proof.slug, proof.digest)
    require_same(workspace, proof, composed)
    compile_trial(proof, composed, signer_of(workspace, relay, proof.sender))
    if not rehearsal:
        require_here(workspace, composed)
        current = proof.model_copy(update={"findings": composed.findings, "authors": composed.issue.authors})
        given = approvals_of(workspace, proof)
        moments = (schedule.begin, schedule.begin_by) if schedule else (now,)
        office, rules = workspace.config.office, workspace.config.approval_rules
        for day in dict.fromkeys(office.day_of(moment) for moment in moments):
            require_approved(current, given, rules, day, office.timezone)
        require_record(workspace, ledger, read_receipts(composed.file.folder))
    if repeat and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", repeat):
        raise UsageError(f'"{repeat}" cannot name a repeat.', "Use small letters, digits and hyphens.")
    occasion = f"{proof.issue_id}/{repeat}" if repeat else proof.issue_id
    dispatch = dispatch_of(
        workspace,
        proof,
        relay,
        occasion=occasion,
        segments=proof.segments,
        now=now,
        begin=schedule.begin.astimezone(UTC) if schedule else None,
        begin_by=schedule.begin_by.astimezone(UTC) if schedule else None,
    )
    addresses = [address for reader in composed.readers for address in reader.contact.addresses]
    return plan_dispatch(
        proof,
        composed.readers,
        dispatch,
        newsletter=workspace.config.newsletter.list,
        suppressed=ledger.suppressed(addresses, dispatch.message_class),
        already=frozenset(ledger.claimed_addresses(dispatch.realm, occasion, addresses)),
    )


def require_same(workspace: Workspace, proof: Proof, composed: Composed) -> None:
    """ProofError where the issue, its groups or its sender are no longer what the proof shows."""
    now = draft_proof(workspace, composed)
    changed = what_changed(proof, now)
    if changed:
        words = in_words(changed, changed_text(proof, now))
        to = "".join(f" --to {name}" for name in composed.segments)
        raise ProofError(
            f"Something has changed since proof {proof.seal} was made: {words}.",
            f"Make a new one with `mailer proof {proof.slug}{to}`, and have it approved.",
        )


def compile_trial(proof: Proof, composed: Composed, signer: Signer | None) -> None:
    """HeaderError where what all readers share cannot stand in a message, before anybody is written to."""
    for key, template in compile_proof(proof, signer).items():
        template.message_for(recipient_of(nobody(composed.readers, key)))


def require_here(workspace: Workspace, composed: Composed) -> None:
    """UsageError for an issue outside the workspace: its receipts would not be those of the issue."""
    if composed.file.folder.resolve().parent != workspace.issues.resolve():
        raise UsageError(
            f"{composed.file.folder} is not in this workspace.", f"Move it into {workspace.issues}."
        )


async def send_plan(
    workspace: Workspace,
    ledger: Ledger,
    plan: Plan,
    *,
    stop: asyncio.Event,
    progress: Progress = lambda _state: None,
    wait: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> Sent:
    """Write the plan into the ledger, deliver it, and report. The plan's dispatch can be resumed after any end."""
    opened = ledger.open_dispatch(plan)
    return await resume(
        workspace,
        ledger,
        opened.dispatch,
        stop=stop,
        progress=progress,
        wait=wait,
        clock=clock,
    )
