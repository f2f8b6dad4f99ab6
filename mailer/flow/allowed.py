"""Whether a real sending may begin, or go on, now: its approvals and its days are asked each time.

What is planned may lie for long; meanwhile an approval may have been taken back, the last day may have passed, or
`mailer correct` may have noted the proof as wrong.
"""

from __future__ import annotations

from datetime import datetime

from mailer.config import Workspace
from mailer.errors import MailerError, ProofError
from mailer.flow.approving import approvals_of
from mailer.flow.under_correction import require_not_wrong
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch
from mailer.proof import load_proof, require_approved


def require_allowed(workspace: Workspace, dispatch: Dispatch, now: datetime) -> None:
    """ProofError, with what to do, where a real sending is not approved as mailer.toml asks, or not for today."""
    if why := why_held(workspace, dispatch, now):
        raise why


def hold_back(workspace: Workspace, ledger: Ledger, dispatch: Dispatch, now: datetime) -> ProofError | None:
    """Pause it where it may not go now, and say why; None where it may."""
    if why := why_held(workspace, dispatch, now):
        ledger.recover()
        ledger.pause(dispatch.id, why.message)
        return why
    return None


def why_held(workspace: Workspace, dispatch: Dispatch, now: datetime) -> ProofError | None:
    """Why it may not go; None where it may. A rehearsal needs no approval.

    Of one whose moment is still to come, the days are asked on which it may begin. ProofError where the proof itself
    is damaged or gone.
    """
    if dispatch.is_rehearsal:
        return None
    office, rules = workspace.config.office, workspace.config.approval_rules
    proof = load_proof(dispatch.digest, workspace.proofs)
    ahead = [moment for moment in (dispatch.not_before, dispatch.begin_by) if moment is not None]
    moments = ahead if ahead and now < ahead[0] else [now]
    days = dict.fromkeys(office.day_of(moment) for moment in moments)
    try:
        require_not_wrong(workspace, dispatch.slug, dispatch.digest)
        given = approvals_of(workspace, proof)
        for day in days:
            require_approved(proof, given, rules, day, office.timezone)
    except MailerError as error:
        then = f"Then `mailer resume {dispatch.id}`; or, if it is not wanted, `mailer cancel {dispatch.id}`."
        if proof.send_until and max(days) > proof.send_until:
            # A later last day makes another proof, and a sending is of one proof only.
            then = (
                f"Then `mailer cancel {dispatch.id}`, and send the new proof: who has it already is left out."
            )
        return ProofError(" ".join(error.message.split()), f"{error.hint} {then}".strip())
    return None
