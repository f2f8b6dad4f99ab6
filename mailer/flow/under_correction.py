"""What is being corrected does not go on by itself: `mailer correct` sees to who gets what instead."""

from __future__ import annotations

from mailer.config import Workspace
from mailer.content import find_issue
from mailer.content.errata import ERRATUM_FILE, wrong_digests
from mailer.errors import MailerError, ProofError, UsageError
from mailer.flow.homes import is_deadline
from mailer.model.dispatch import Dispatch, DispatchState

BEING_CORRECTED = "it is being corrected"
"""How the reason begins for which `mailer correct` pauses a sending."""


def why_paused(because: str) -> str:
    """The reason for which `mailer correct` pauses a sending."""
    return f"{BEING_CORRECTED}: {because}" if because else BEING_CORRECTED


def is_paused_for_it(dispatch: Dispatch) -> bool:
    """Whether it was paused to be corrected."""
    return dispatch.state is DispatchState.PAUSED and dispatch.why.startswith(BEING_CORRECTED)


def require_not_corrected(workspace: Workspace, dispatch: Dispatch) -> None:
    """UsageError, with how to give the correction up, where what is left of it is the wrong issue."""
    if dispatch.state not in (DispatchState.OPEN, DispatchState.PAUSED) or is_deadline(dispatch.slug):
        return
    steps = []
    if path := _erratum_of(workspace, dispatch.slug, dispatch.digest):
        steps.append(f"remove {path}")
    if is_paused_for_it(dispatch):
        steps.append(f'`mailer pause {dispatch.id} --because "it was right"`')
    if steps:
        raise UsageError(
            f"{dispatch.id} is being corrected, and going on would send the wrong issue: "
            f"`mailer correct {dispatch.slug}` sees to it.",
            f"Where it was right after all: {', then '.join(steps)}, then `mailer resume {dispatch.id}`.",
        )


def require_not_wrong(workspace: Workspace, slug: str, digest: str) -> None:
    """ProofError, with the way on, where the erratum beside the issue notes that proof as wrong."""
    if not is_deadline(slug) and (path := _erratum_of(workspace, slug, digest)):
        raise ProofError(
            f"Proof {digest[:6]} is noted as wrong in {path}, and is not sent any more.",
            f"`mailer correct {slug}` sees to who gets what instead. Where it was right after all, remove {path}.",
        )


def _erratum_of(workspace: Workspace, slug: str, digest: str) -> str:
    """The erratum.yaml that calls it wrong, as people name it; "" where there is none."""
    try:
        folder = find_issue(slug, workspace.issues)
    except MailerError:
        return ""
    if digest not in wrong_digests(folder):
        return ""
    return workspace.shown(folder / ERRATUM_FILE)
