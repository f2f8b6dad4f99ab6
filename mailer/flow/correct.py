"""After a mistake: the corrected issue to those who have nothing yet, the erratum to those who got the wrong one.

    stop_wrong, await_hands   what is under way is paused, what is in hand awaited
    wrong_among               which sendings were wrong (flow/wrong.py)
    prove_both                the mended issue, and the same with the box on top: two proofs (flow/corrected.py)
    plan_both                 who gets which, and who gets neither and why
    as_shown                  the last two anew, once somebody has said yes: nothing may differ
    open_both                 what is left of the wrong ones cancelled, both sendings written down

Each step may be cut off and done again: what has gone is in the ledger, under the occasion that it went for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mailer.config import Workspace
from mailer.content.errata import read_erratum
from mailer.content.records import read_receipts
from mailer.dispatch import plan_dispatch
from mailer.errors import MailerError, ProofError
from mailer.flow.as_shown import require_as_shown, require_proofs_as_shown, require_settings_as_shown
from mailer.flow.corrected import Correction, Half, prove_both
from mailer.flow.deliver import write_receipt
from mailer.flow.dispatches import dispatch_of
from mailer.flow.records import require_record
from mailer.flow.relays import is_practice
from mailer.flow.send import compile_trial, require_here
from mailer.flow.signing import signer_of
from mailer.flow.wrong import Wrong
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, DispatchState, Heading, Plan

LOOK = 0.2
"""Seconds between two looks at what is in hand."""
CORRECTED = "corrected by "
"""How it begins that a sending was put right."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Who gets which of the two editions; None where nobody is to."""

    good: Plan | None
    erratum: Plan | None

    @property
    def all(self) -> tuple[Plan, ...]:
        """Those that there are, the good one first."""
        return tuple(plan for plan in (self.good, self.erratum) if plan is not None)


def stop_wrong(ledger: Ledger, open_now: tuple[Dispatch, ...], why: str, by: str) -> tuple[Dispatch, ...]:
    """Pause those that are under way, before anything else is read; those that were."""
    under_way = tuple(one for one in open_now if one.state is DispatchState.OPEN)
    for dispatch in under_way:
        ledger.pause(dispatch.id, why, by=by)
    return under_way


def await_hands(
    ledger: Ledger, stopped: tuple[Dispatch, ...], tell: Callable[[int], None] = lambda _count: None
) -> None:
    """Wait for the last answer to what was in hand when they were paused. `tell` is given how many are left."""
    said = 0
    while True:
        ledger.recover()
        count = sum(ledger.progress(one.id).in_hand for one in stopped)
        if not count:
            return
        if count != said:
            tell(count)
            said = count
        time.sleep(LOOK)


def plan_both(workspace: Workspace, ledger: Ledger, correction: Correction, relay: str) -> Plans:
    """Who gets what, as the ledger stands now. For a real sending, first everything that must be right.

    Nobody is in both: who got the wrong one, or may have got it, is told of it, and has the issue by that.
    """
    rehearsal = is_practice(workspace, relay)
    for half in correction.halves:
        compile_trial(half.proof, half.composed, signer_of(workspace, relay, half.proof.sender))
        if not rehearsal:
            require_here(workspace, half.composed)
            require_record(workspace, ledger, read_receipts(half.composed.file.folder))
            if missing := half.missing(workspace, workspace.config.office.day_of(datetime.now(UTC))):
                raise ProofError(missing)
    good, erratum = correction.good, correction.erratum
    return Plans(
        _plan_good(workspace, ledger, correction.wrong, good, relay) if good else None,
        _plan_erratum(workspace, ledger, correction, erratum, relay) if erratum else None,
    )


def _plan_good(workspace: Workspace, ledger: Ledger, wrong: Wrong, half: Half, relay: str) -> Plan:
    proof, now = half.proof, datetime.now(UTC)
    first = _first_ahead(wrong, now)
    dispatch = dispatch_of(
        workspace,
        proof,
        relay,
        occasion=proof.issue_id,
        segments=proof.segments,
        now=now,
        begin=first.not_before if first else None,
        begin_by=first.begin_by if first else None,
    )
    addresses = [address for reader in half.composed.readers for address in reader.contact.addresses]
    realms = {dispatch.realm, *(one.realm for one in wrong.sendings)}
    held = {held for realm in realms for held in ledger.claimed_addresses(realm, proof.issue_id, addresses)}
    return plan_dispatch(
        proof,
        half.composed.readers,
        dispatch,
        newsletter=workspace.config.newsletter.list,
        suppressed=ledger.suppressed(addresses, dispatch.message_class),
        already=held - wrong.still_waiting(ledger),
    )


def _first_ahead(wrong: Wrong, now: datetime) -> Dispatch | None:
    """Where all were planned for a moment that has not come yet, the first: the good one begins at its moment."""
    ahead = [one for one in wrong.own if one.not_before and one.not_before > now]
    if len(ahead) < len(wrong.own):
        return None
    return min(ahead, key=lambda one: one.not_before or now, default=None)


def _plan_erratum(
    workspace: Workspace, ledger: Ledger, correction: Correction, half: Half, relay: str
) -> Plan:
    proof, told = half.proof, {one.contact.address: one for one in correction.correcting.readers}
    occasion = f"{proof.issue_id}/{correction.file.erratum.name}"
    dispatch = dispatch_of(
        workspace,
        proof,
        relay,
        occasion=occasion,
        segments=correction.wrong.segments,
        now=datetime.now(UTC),
    )
    suppressed = ledger.suppressed(
        [address for one in told.values() for address in one.contact.addresses], dispatch.message_class
    )
    # It goes to the address that the wrong one went to; their own word under another holds all the same.
    for one in told.values():
        listed = [suppressed[address] for address in one.contact.addresses if address in suppressed]
        if own := next((entry for entry in listed if entry.because.of_person), None):
            suppressed[one.contact.address] = own
    readers = [
        replace(reader, contact=replace(reader.contact, other_emails=())) for reader in half.composed.readers
    ]
    plan = plan_dispatch(
        proof,
        readers,
        dispatch,
        newsletter=workspace.config.newsletter.list,
        suppressed=suppressed,
        already=frozenset(ledger.claimed_addresses(dispatch.realm, occasion, told)),
    )
    followed = tuple(
        replace(one, heading=Heading(references=(told[one.address].message_id,))) for one in plan.deliveries
    )
    return replace(plan, deliveries=followed)


def as_shown(
    workspace: Workspace, ledger: Ledger, shown: Correction, plans: Plans, relay: str
) -> tuple[Correction, Plans]:
    """Both editions and the plan made anew, with all that must be right; MailerError where anything has changed.

    Nothing is cancelled before that.
    """
    require_settings_as_shown(workspace)
    file = read_erratum(workspace.issues / shown.wrong.slug, workspace.root)
    if file is None:
        raise MailerError("erratum.yaml is not there any more: nothing was sent.")
    now = prove_both(workspace, ledger, shown.wrong, file)
    require_proofs_as_shown(*([half.proof for half in one.halves] for one in (shown, now)))
    fresh = plan_both(workspace, ledger, now, relay)
    require_as_shown(plans.all, fresh.all)
    return now, fresh


def open_both(
    workspace: Workspace, ledger: Ledger, correction: Correction, plans: Plans, *, relay: str, by: str
) -> tuple[Dispatch, ...]:
    """Cancel what is left of the wrong ones and write both sendings down; what is to be sent, new or cut off before.

    A rehearsal touches no real sending. MailerError where somebody else got the wrong one at the last moment: then
    nothing was opened.
    """
    wrong, erratum = correction.wrong, correction.file.erratum
    said = f"{CORRECTED}{by}: {erratum.because}" if erratum.because else f"{CORRECTED}{by}"
    touches = wrong.is_rehearsal == is_practice(workspace, relay)
    if touches:
        for dispatch in wrong.sendings:
            if ledger.find_dispatch(dispatch.id).state in (DispatchState.OPEN, DispatchState.PAUSED):
                ledger.cancel(dispatch.id, said, by=by)
        await_hands(ledger, wrong.sendings)
        _require_known(correction, wrong, ledger)
        # What the ledger says now counts, not what it said when the plan was shown.
        plans = plan_both(workspace, ledger, correction, relay)
    opened = [ledger.open_dispatch(plan).dispatch for plan in plans.all if plan.deliveries]
    if not touches:
        return tuple(opened)
    digests = {half.proof.digest: half for half in correction.halves}
    ours = [
        one
        for one in reversed(ledger.dispatches())
        if one.slug == wrong.slug and one.digest in digests and one.is_rehearsal == wrong.is_rehearsal
    ]
    for dispatch in wrong.sendings:
        _note(workspace, ledger, dispatch.id, _why(said, ours), by)
    return tuple(one for one in ours if one.state in (DispatchState.OPEN, DispatchState.PAUSED))


def _require_known(correction: Correction, wrong: Wrong, ledger: Ledger) -> None:
    known = {told.contact.address for told in correction.correcting.readers}
    new = sum(row.address not in known for row in wrong.got_it(ledger).values())
    if new:
        raise MailerError(
            f"{new} more got the wrong one before it could be stopped: nothing new was sent yet.",
            f"Run `mailer correct {wrong.slug}` again.",
        )


def _note(workspace: Workspace, ledger: Ledger, dispatch_id: str, why: str, by: str) -> None:
    ledger.finish_if_done(dispatch_id)
    if ledger.find_dispatch(dispatch_id).why != why:
        ledger.note_correction(dispatch_id, why, by=by)
    write_receipt(workspace, ledger, ledger.report(dispatch_id))


def _why(said: str, ours: list[Dispatch]) -> str:
    """By whom, why, and by which sendings, as the ledger has them."""
    parts = [f"{one.occasion.rpartition('/')[2]}, proof {one.digest[:6]}, in {one.id}" for one in ours]
    return "; ".join([said, *parts])
