"""The sending of a proof, before there is a plan for it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from mailer.config import Workspace
from mailer.flow.relays import is_practice
from mailer.model.dispatch import REAL, Dispatch, rehearsal_realm
from mailer.model.proof import Proof


def dispatch_of(
    workspace: Workspace,
    proof: Proof,
    relay: str,
    *,
    occasion: str,
    segments: tuple[str, ...],
    now: datetime,
    begin: datetime | None = None,
    begin_by: datetime | None = None,
) -> Dispatch:
    """A dispatch of that proof through that relay; through the practice tray, a rehearsal in a realm of its own.

    `begin`: at once where left out. Its end of life counts from the moment by which it must have begun.
    """
    dispatch_id = secrets.token_hex(4)
    return Dispatch(
        id=dispatch_id,
        realm=rehearsal_realm(dispatch_id) if is_practice(workspace, relay) else REAL,
        occasion=occasion,
        slug=proof.slug,
        digest=proof.digest,
        message_class=proof.message_class,
        relay=relay,
        segments=segments,
        sender=proof.sender,
        day=proof.day,
        created_at=now,
        expires_at=(begin_by or now) + timedelta(hours=workspace.config.lifetime_hours),
        not_before=begin,
        begin_by=begin_by,
    )
