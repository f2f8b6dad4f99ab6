"""A dispatch as a worker's turn finds it, in one look."""

from __future__ import annotations

from typing import NamedTuple

from mailer.ledger.addresses import PURPOSE
from mailer.ledger.dialects import Hot
from mailer.ledger.keys import CLOCK, secret_key
from mailer.ledger.schema import WAITING
from mailer.model.dispatch import DispatchState, State


class Scene(NamedTuple):
    """What a turn needs to know. Instants are whole microseconds."""

    dispatch_id: str
    state: DispatchState
    """Open, paused or cancelled: whether it is finished is for the rows to say."""
    why: str
    relay: str
    message_class: str
    expires_at: int
    not_before: int | None
    begin_by: int | None
    begun_at: int | None
    clock: int
    """The latest moment at which something was written."""
    forgotten_key: bytes | None
    holder_id: str
    """Who asks."""
    is_held: bool
    """Whether they are signed on."""

    def stays(self, end: State) -> State:
        """Where a delivery that comes to `end` stays: under a cancelled dispatch nothing waits."""
        return State.CANCELLED if self.state is DispatchState.CANCELLED and end in WAITING else end

    def is_late(self, at: int) -> bool:
        """Whether it was to begin by now and has not."""
        return self.begun_at is None and self.begin_by is not None and at > self.begin_by


SCENE = """
SELECT id, state, why, relay, message_class, expires_at, not_before, begin_by, begun_at,
  (SELECT value FROM meta WHERE key = :clock), (SELECT value FROM meta WHERE key = :forgotten),
  EXISTS (SELECT 1 FROM holders WHERE id = :holder)
FROM dispatches WHERE id = :dispatch
"""


def scene_of(db: Hot, dispatch_id: str, holder_id: str = "") -> Scene | None:
    """The scene of that dispatch, as seen by that holder; None where there is no such dispatch."""
    names = {"clock": CLOCK, "forgotten": secret_key(PURPOSE), "holder": holder_id, "dispatch": dispatch_id}
    row = db.execute(SCENE, names).fetchone()
    if row is None:
        return None
    key = bytes.fromhex(row[10]) if row[10] else None
    own = (row[0], DispatchState(row[1]), *row[2:9])
    return Scene._make((*own, int(row[9] or 0), key, holder_id, bool(row[11])))
