"""Where a dispatch stands after a turn, and when there is more of it to claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.ledger import quotas
from mailer.ledger.claiming import Got
from mailer.ledger.dialects import Hot
from mailer.ledger.gauges import domain_gauge
from mailer.ledger.pacing import Hold
from mailer.ledger.scene import Scene
from mailer.ledger.schema import EPOCH, MICROSECOND
from mailer.model.dispatch import DispatchState, State
from mailer.model.pace import Pace

WAITS = """
SELECT
  (SELECT min(due_at) FROM deliveries WHERE dispatch_id = :dispatch AND state = 'planned' AND due_at IS NOT NULL),
  (SELECT min(due_at) FROM deliveries WHERE dispatch_id = :dispatch AND state = 'deferred' AND due_at IS NOT NULL),
  EXISTS (SELECT 1 FROM holders AS h CROSS JOIN deliveries AS d ON d.holder_id = h.id
    WHERE d.dispatch_id = :dispatch)
"""
NEXT_DOMAIN = """
SELECT domain FROM deliveries WHERE dispatch_id = :dispatch AND state = :state AND due_at IS NOT NULL
ORDER BY due_at, id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class More:
    """Where the dispatch stands after a turn, and when there is more to claim."""

    state: DispatchState
    next_at: datetime | None = None
    held_by: str = ""
    held_until: datetime | None = None


def more_to_claim(
    db: Hot, scene: Scene, got: Got | None, pace: Pace | None, at: int, *, is_live: bool
) -> More:
    """Where the dispatch stands now, and when there is more to claim."""
    if got is not None and got.is_full and got.rows:
        return More(scene.state, _instant(at))
    if got is None and is_live:
        return More(scene.state)
    planned, deferred, held = db.execute(WAITS, {"dispatch": scene.dispatch_id}).fetchone()
    state = scene.state
    if state is not DispatchState.CANCELLED and planned is None and deferred is None and not held:
        return More(DispatchState.FINISHED)
    waits = [due for due in (planned, deferred) if due is not None]
    if not waits or state is not DispatchState.OPEN or at >= scene.expires_at:
        return More(state)
    due = min(waits)
    if got is not None and got.not_before is not None:
        return More(state, _instant(max(due, got.not_before)))
    if got is not None and got.hold is not None and due <= at:
        until = _instant(got.hold.until)
        return More(state, until, got.hold.words, until)
    hold = None
    if due > at and due == planned and pace is not None and pace.domains:
        hold = _domain_hold(db, scene, pace, at, due)
    if hold is not None:
        return More(state, _instant(due), hold.words, _instant(due))
    return More(state, _instant(max(due, at)))


def _domain_hold(db: Hot, scene: Scene, pace: Pace, at: int, due: int) -> Hold | None:
    """Why what was never tried waits: its domain's limit."""
    values = {"dispatch": scene.dispatch_id, "state": State.PLANNED}
    domain = db.execute(NEXT_DOMAIN, values).fetchone()[0]
    limits = quotas.limits_of(pace, domain)
    if limits is None:
        return None
    return domain_gauge(db, pace, domain, limits, at).hold(db) or Hold(f"{domain}: its limits", due)


def _instant(at: int) -> datetime:
    return EPOCH + at * MICROSECOND
