"""A worker's turn: settle, skip, give back, hand over and claim, in a few statements however many deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger.claiming import claim
from mailer.ledger.dialects import Hot, listed
from mailer.ledger.moves import micros, record_attempts, storable, take
from mailer.ledger.outlook import more_to_claim
from mailer.ledger.quotas import count_handed
from mailer.ledger.scene import Scene
from mailer.ledger.schema import WAITING
from mailer.model.dispatch import Claimed, DispatchState, State
from mailer.model.message import Outcome, Phase, Verdict
from mailer.model.pace import Pace, Settling, Turn, Turned

ENDS: Mapping[tuple[State, Verdict], State] = {
    (State.CLAIMED, Verdict.RELEASED): State.PLANNED,
    (State.CLAIMED, Verdict.DEFERRED): State.DEFERRED,
    (State.CLAIMED, Verdict.REFUSED): State.REFUSED,
    (State.HANDED, Verdict.ACCEPTED): State.ACCEPTED,
    (State.HANDED, Verdict.DEFERRED): State.DEFERRED,
    (State.HANDED, Verdict.REFUSED): State.REFUSED,
    (State.HANDED, Verdict.UNKNOWN): State.UNKNOWN,
    # The relay's own trouble, told after the dot (a 421): not taken over, and not the reader's fault.
    (State.HANDED, Verdict.RELEASED): State.DEFERRED,
}
"""Where each verdict leads. A pair that is missing cannot happen, and is refused."""

IN_HAND_NOW = """
SELECT id, state, token FROM deliveries
WHERE id IN (SELECT value FROM json_each(:ids)) AND holder_id IS NOT NULL
"""


def turn(db: Hot, scene: Scene, wanted: Turn, pace: Pace | None, at: datetime) -> Turned:
    """All that a worker asks for, in order."""
    now = micros(at)
    _require_one_dispatch(scene.dispatch_id, wanted)
    settled = settle(db, wanted.settle, now, scene)
    skip(db, wanted.skip, now)
    release(db, wanted.release, now)
    handed = hand(db, wanted.hand, now, scene, pace)
    claimed = claim(db, scene, wanted.claim, pace, at) if wanted.claim else None
    more = more_to_claim(db, scene, claimed, pace, now, is_live=bool(handed))
    return Turned(
        settled=settled,
        handed=frozenset(handed),
        claimed=claimed.rows if claimed else (),
        state=more.state,
        at=at,
        why=scene.why,
        next_at=more.next_at,
        held_by=more.held_by,
        held_until=more.held_until,
    )


def hand(
    db: Hot, claimed: Sequence[Claimed], at: int, scene: Scene, pace: Pace | None = None
) -> frozenset[int]:
    """Mark deliveries as handed over; which were.

    Under a cancelled dispatch none is: they end as cancelled. Past the end of its life none is: they are given back.
    """
    if not claimed:
        return frozenset()
    if scene.state is DispatchState.CANCELLED:
        _leave(db, claimed, State.CANCELLED, at, detail="The sending was cancelled.")
        return frozenset()
    if at >= scene.expires_at:
        release(db, claimed, at)
        return frozenset()
    handed = _leave(db, claimed, State.HANDED, at)
    if handed:
        count_handed(db, pace or Pace(scene.relay), [one for one in claimed if one.id in handed], at)
    return frozenset(handed)


def settle(db: Hot, settlings: Sequence[Settling], at: int, scene: Scene) -> dict[int, State]:
    """Write outcomes down as tries, and take the deliveries to where they lead; the states they then have."""
    if not settlings:
        return {}
    wanted = {one.claimed.id: one for one in reversed(settlings)}
    # The usual one needs no look: who is accepted was handed over, or is none of ours.
    usual = {row: one for row, one in wanted.items() if _is_usual(one.outcome)}
    settled = dict.fromkeys(_go(db, State.HANDED, State.ACCEPTED, usual, at), State.ACCEPTED)
    if rest := {row: one for row, one in wanted.items() if row not in settled}:
        found = db.execute(IN_HAND_NOW, {"ids": listed(rest)}).fetchall()
        starts = {row: State(state) for row, state, token in found if rest[row].claimed.token == token}
        steps: dict[tuple[State, State], dict[int, Settling]] = {}
        for row, start in starts.items():
            end = _end(start, rest[row].outcome, rest[row].due_at)
            steps.setdefault((start, end), {})[row] = rest[row]
        for (start, end), some in steps.items():
            settled |= dict.fromkeys(_go(db, start, end, some, at), scene.stays(end))
    record_attempts(db, ((row, wanted[row].outcome) for row in settled), at)
    return settled


def release(db: Hot, claimed: Iterable[Claimed], at: int) -> int:
    """Give back what has not been handed over, and was not taken by others; how many."""
    return len(_leave(db, claimed, State.PLANNED, at, due=at))


def skip(db: Hot, skipped: Iterable[tuple[Claimed, str]], at: int) -> int:
    """End claimed deliveries without sending them; how many were still held."""
    by_why: dict[str, list[Claimed]] = {}
    for one, why in skipped:
        by_why.setdefault(storable(why), []).append(one)
    return sum(len(_leave(db, some, State.SKIPPED, at, detail=why)) for why, some in by_why.items())


def _leave(
    db: Hot, claimed: Iterable[Claimed], end: State, at: int, *, detail: str = "", due: int | None = None
) -> set[int]:
    """Take what is claimed, under its token, to `end`."""
    by_token: dict[int, list[int]] = {}
    for one in claimed:
        by_token.setdefault(one.token, []).append(one.id)
    went: set[int] = set()
    for token, ids in by_token.items():
        went.update(take(db, State.CLAIMED, end, ids, at, token=token, detail=detail, due=due))
    return went


def _go(db: Hot, start: State, end: State, some: Mapping[int, Settling], at: int) -> list[int]:
    """Take what is settled, under its token, to `end`."""
    alike: dict[tuple[int, str, int | None], list[int]] = {}
    for row, one in some.items():
        due = None
        if end in WAITING:
            due = micros(one.due_at) if one.due_at else at
        alike.setdefault((one.claimed.token, one.outcome.detail, due), []).append(row)
    went: list[int] = []
    for (token, detail, due), ids in alike.items():
        went += take(db, start, end, ids, at, token=token, detail=storable(detail), due=due)
    return went


def _is_usual(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.ACCEPTED and outcome.reply is not None


def lost(claimed: Claimed) -> LostClaimError:
    """The error for a delivery that this worker no longer holds."""
    return LostClaimError(
        f"Delivery {claimed.id} is no longer held under token {claimed.token}.",
        "It must not be sent from here.",
    )


def _require_one_dispatch(dispatch_id: str, wanted: Turn) -> None:
    named = [one.claimed for one in wanted.settle] + [one for one, _ in wanted.skip]
    for one in (*named, *wanted.release, *wanted.hand):
        if one.dispatch_id != dispatch_id:
            raise LedgerError(
                f"Delivery {one.id} is not one of the sending {dispatch_id}.",
                "This is a mistake in the program.",
            )


def _end(start: State, outcome: Outcome, due_at: datetime | None) -> State:
    end = ENDS.get((start, outcome.verdict))
    if end is None:
        raise LedgerError(
            f'A delivery that is "{start}" cannot be settled as "{outcome.verdict}".',
            "This is a mistake in the program.",
        )
    # After the dot only the server's own answer shows that it did not keep the message. A link that is lost
    # after `hand` but before the dot (phase BODY) cannot have left a message behind.
    silent = outcome.reply is None and outcome.phase is Phase.DOT
    if start is State.HANDED and outcome.verdict is not Verdict.UNKNOWN and silent:
        raise LedgerError(
            f'Without a reply, a delivery handed over cannot be settled as "{outcome.verdict}": it is in doubt.',
            "This is a mistake in the program.",
        )
    if outcome.verdict is Verdict.DEFERRED and due_at is None:
        raise LedgerError(
            "A deferred delivery needs a time for its next try.", "This is a mistake in the program."
        )
    return end
