"""The ledger's verbs for a program that sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mailer.ledger import deciding, delivering, holding, pacing
from mailer.ledger.claiming import claim as claim_due
from mailer.ledger.dialects import Hot, hot
from mailer.ledger.gauges import relay_gauge
from mailer.ledger.holding import Holder
from mailer.ledger.moves import micros
from mailer.ledger.pacing import read_paces
from mailer.ledger.quotas import gone, in_hand
from mailer.ledger.reading import dispatch_named
from mailer.ledger.records import Recovered
from mailer.ledger.scene import Scene, scene_of
from mailer.ledger.schema import EPOCH, MICROSECOND
from mailer.ledger.store import Store
from mailer.model.dispatch import Claimed, Dispatch, DispatchState, State
from mailer.model.message import Outcome
from mailer.model.pace import Pace, Settling, Turn, Turned, Worker, WorkStatus


class Working:
    """Sign on, claim, hand over, settle; at the pace that the relay allows."""

    _store: Store
    _now: Callable[[], datetime]
    _locks: Path

    def hold(self, dispatch_id: str = "") -> Holder:
        """Sign on as a program that may hold deliveries, for as long as the block or the process lives.

        `dispatch_id`: what it is going to send. LedgerError where two other programs are at that already.
        """
        with self._store.write() as connection:
            holder_id, lock = holding.sign_on(connection, self._locks, self._now(), dispatch_id)
        return Holder(holder_id, lock, self._sign_off)

    def recover(self) -> Recovered:
        """Take back what dead programs held: claimed goes later, handed over is in doubt. The living keep theirs."""
        with self._store.write() as connection:
            recovered, locks = holding.recover(connection, self._locks, self._now())
        for lock in locks:
            lock.free()
        return recovered

    def note_status(self, holder: Holder, status: WorkStatus) -> None:
        """Keep what a program that sends says of itself, for those who watch."""
        with self._store.write() as connection:
            holding.note_status(connection, holder.id, status, self._now())

    def workers(self, dispatch_id: str = "") -> list[Worker]:
        """The programs that are sending that dispatch, or any, oldest first; also dead ones, until recovered."""
        with self._store.read() as connection:
            return holding.workers(connection, self._locks, dispatch_id)

    def turn(self, dispatch_id: str, holder: Holder, turn: Turn, pace: Pace | None = None) -> Turned:
        """Settle, skip, give back, hand over and claim, in that order, all on the disk when this returns.

        What was lost to others is missing from the answer. Under a paused dispatch what was claimed may still go;
        under a cancelled one nothing does. One that was to begin by now, and has not, is paused. Nothing at all
        happened where this raises: LostClaimError where it is to claim for a holder that was taken for dead;
        LedgerError for an outcome that cannot be, a dispatch that is not there, a disk that is full.
        """
        with self._store.hot() as db:
            at = self._now()
            scene = scene_of(db, dispatch_id, holder.id)
            turned = scene and delivering.turn(db, scene, turn, pace, at)
        if scene is None or turned is None:
            raise self._unknown(dispatch_id)
        if turned.state is not DispatchState.OPEN or not turn.claim or not scene.is_late(micros(at)):
            return turned
        dispatch = self.lapse_schedule(dispatch_id)
        return replace(turned, state=dispatch.state, why=dispatch.why, next_at=None)

    def claim(self, dispatch_id: str, n: int, holder: Holder) -> list[Claimed]:
        """Up to `n` deliveries that are due, oldest first; none where the dispatch is not open or has run out.

        Who is on the do-not-mail list by now is skipped on the way.
        """
        with self._store.hot() as db:
            scene = scene_of(db, dispatch_id, holder.id)
            got = scene and claim_due(db, scene, n, None, self._now())
        if got is None:
            raise self._unknown(dispatch_id)
        return list(got.rows)

    def hand(self, claimed: Claimed) -> None:
        """Record that the final dot follows. LostClaimError: write no dot, and drop the connection.

        Under a paused dispatch what was claimed may still go. Under a cancelled one nothing goes any more:
        the delivery ends as cancelled.
        """
        with self._store.hot() as db:
            scene = _scene(db, claimed)
            handed = delivering.hand(db, [claimed], micros(self._now()), scene) if scene else ()
        if not handed:
            raise delivering.lost(claimed)

    def settle(self, claimed: Claimed, outcome: Outcome, due_at: datetime | None = None) -> State:
        """Record what became of it, as a try and as the delivery's state, which is returned.

        `due_at`: when a deferred one is tried again. LostClaimError where it is no longer held; LedgerError for an
        outcome that cannot be: accepted before the dot, or deferred after it without a reply.
        """
        with self._store.hot() as db:
            scene = _scene(db, claimed)
            settling = Settling(claimed, outcome, due_at)
            settled = delivering.settle(db, [settling], micros(self._now()), scene) if scene else {}
        if not settled:
            raise delivering.lost(claimed)
        return settled[claimed.id]

    def release(self, claimed: Iterable[Claimed]) -> int:
        """Give back what has not been handed over: to go later, or never, where it was cancelled. How many."""
        with self._store.hot() as db:
            return delivering.release(db, claimed, micros(self._now()))

    def skip(self, claimed: Claimed, why: str) -> None:
        """End a claimed delivery without sending it. LostClaimError where it is no longer held."""
        with self._store.hot() as db:
            skipped = delivering.skip(db, [(claimed, why)], micros(self._now()))
        if not skipped:
            raise delivering.lost(claimed)

    def lapse_schedule(self, dispatch_id: str) -> Dispatch:
        """Pause the dispatch where it was to begin by now and nothing of it was ever claimed; how it then stands."""
        with self._store.write() as connection:
            return deciding.lapse_schedule(connection, dispatch_id, self._now())

    def slow_down(self, key: str, per_second: float, until: datetime | None = None) -> None:
        """Let no more than that many a second go through the relay of that name; doubled for each minute from now.

        `until`: nothing at all before then, and the minutes count from then.
        """
        with self._store.hot() as db:
            end = None if until is None else micros(until)
            pacing.slow_down(db, key, per_second, end, micros(self._now()))

    def pace_now(self, pace: Pace) -> tuple[float | None, str, datetime | None]:
        """Mails a second that the relay may be given now, None for any number; what holds it back, and until when.

        In words where it was slowed down, or where a quota is used up; "" where nothing but the set rate does.
        """
        with self._store.read() as connection:
            db, at = hot(connection), micros(self._now())
            row = read_paces(db, [pace.key])[pace.key]
            gauge = relay_gauge(db, pace, row, at, in_hand(db, pace.key))
            hold = gauge.hold(db) if not gauge.is_free else None
        if hold is not None and hold.words != gauge.rate_words:
            return 0.0, hold.words, EPOCH + hold.until * MICROSECOND
        return gauge.rate, gauge.rate_words if gauge.is_slowed else "", None

    def gone_through(self, relay: str) -> list[tuple[datetime, int]]:
        """What has gone through the relay in the last 24 hours: minutes and how many in each, oldest first."""
        with self._store.read() as connection:
            minutes = gone(hot(connection), relay, micros(self._now()))
        return [(EPOCH + minute * MICROSECOND, count) for minute, count in minutes]

    def _unknown(self, dispatch_id: str) -> Exception:
        with self._store.read() as connection:
            dispatch_named(connection, dispatch_id)
        raise AssertionError(dispatch_id)

    def _sign_off(self, holder: Holder) -> None:
        with self._store.write() as connection:
            holding.sign_off(connection, holder.id, self._now())
        holder.lock.free()


def _scene(db: Hot, claimed: Claimed) -> Scene | None:
    return scene_of(db, claimed.dispatch_id)
