"""Which sendings are to begin or to go on now, where nobody is at a terminal: for cron and timers."""

from __future__ import annotations

from datetime import datetime

from mailer.flow.working import Glance, glance_at
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, DispatchState, State


def find_due(ledger: Ledger, now: datetime) -> tuple[Dispatch, ...]:
    """What is open, has come to its moment, has something that can go now, and has no living worker.

    Oldest first. Rehearsals only where they were planned for a moment.
    """
    return tuple(dispatch for dispatch in reversed(ledger.dispatches()) if is_due(ledger, dispatch, now))


def is_due(ledger: Ledger, dispatch: Dispatch, now: datetime) -> bool:
    """Whether that dispatch is to begin or to go on now."""
    is_meant = not dispatch.is_rehearsal or dispatch.not_before is not None
    if dispatch.state is not DispatchState.OPEN or not is_meant or is_scheduled(dispatch, now):
        return False
    glance = glance_at(ledger, dispatch.id)
    return not glance.workers and has_work(glance, now)


def is_scheduled(dispatch: Dispatch, now: datetime) -> bool:
    """Whether its moment is still to come."""
    return dispatch.not_before is not None and now < dispatch.not_before


def has_work(glance: Glance, now: datetime) -> bool:
    """Whether something can go, or must be put right, at this moment."""
    counts, due = glance.progress.counts, glance.progress.next_try_at
    if counts.get(State.PLANNED, 0) or glance.in_flight:
        return True
    if not counts.get(State.DEFERRED, 0):
        return False
    return due is None or due <= now or glance.progress.dispatch.expires_at <= now
