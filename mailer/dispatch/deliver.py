"""Delivering: claim, hand over, settle, one reader at a time on each connection."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mailer.dispatch.retry import POLICY_RUN, RELAY_SECONDS, next_try
from mailer.errors import LostClaimError
from mailer.ledger import Holder, Ledger
from mailer.message import HeaderError, MessageTemplate, Recipient
from mailer.model.dispatch import Claimed, Dispatch, DispatchState, State
from mailer.model.message import Outcome, Phase, RelayTrouble, Verdict
from mailer.relay import ConnectFailure, Connection, Relay, is_policy

BATCH = 10
GRACE = 5.0
"""Seconds that what is in flight may take after a stop; then it is broken off, and in doubt."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Why delivering ended, and what is left."""

    state: DispatchState
    stopped: bool = False
    """True where a signal asked for it."""
    why: str = ""
    next_try_at: datetime | None = None


@dataclass
class _Run:
    """What the workers of one process share."""

    dispatch: Dispatch
    ledger: Ledger
    relay: Relay
    templates: Mapping[str, MessageTemplate]
    holder: Holder
    stop: asyncio.Event
    progress: Callable[[State], None]
    clock: Callable[[], datetime]
    jitter: random.Random = field(default_factory=random.Random)
    trouble: int = 0
    """Troubles with the relay since the last message it took."""
    refusals: int = 0
    """Policy refusals since the last message it took."""

    @property
    def is_over(self) -> bool:
        return self.stop.is_set()


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def deliver_dispatch(
    dispatch: Dispatch,
    *,
    ledger: Ledger,
    relay: Relay,
    templates: Mapping[str, MessageTemplate],
    stop: asyncio.Event,
    progress: Callable[[State], None] = lambda _state: None,
    clock: Callable[[], datetime] = _utc_now,
    wait: bool = False,
) -> Ended:
    """Deliver until nothing is left to do now; with `wait`, until every delivery is terminal.

    Setting `stop` ends it within seconds: nothing new is claimed, what is in flight finishes. What a dead
    process left behind is put right first. Never raises for a reader's or a relay's trouble.
    """
    with ledger.hold() as holder:
        ledger.recover()
        run = _Run(dispatch, ledger, relay, templates, holder, stop, progress, clock)
        while True:
            ledger.expire(dispatch.id)
            await _work(run)
            ledger.expire(dispatch.id)
            ledger.finish_if_done(dispatch.id)
            ended = _ended(run)
            if not wait or stop.is_set() or ended.state is not DispatchState.OPEN or not ended.next_try_at:
                return ended
            seconds = max(0.0, (ended.next_try_at - clock()).total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=min(seconds, 60.0))


def _ended(run: _Run) -> Ended:
    report = run.ledger.report(run.dispatch.id)
    state = report.dispatch.state
    return Ended(state, run.stop.is_set(), report.dispatch.why, report.next_try_at)


async def _work(run: _Run) -> None:
    workers = [asyncio.create_task(_worker(run)) for _ in range(run.relay.connections)]
    stopped = asyncio.create_task(run.stop.wait())
    everyone = asyncio.create_task(_all_of(workers))
    try:
        await asyncio.wait({everyone, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not everyone.done():
            await asyncio.wait({everyone}, timeout=GRACE)
    finally:
        everyone.cancel()
        stopped.cancel()
        for worker in workers:
            worker.cancel()
        results = await asyncio.gather(*workers, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _all_of(workers: list[asyncio.Task[None]]) -> None:
    """Wait for every worker, or for the first that fails."""
    await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)


async def _worker(run: _Run) -> None:
    connection: Connection | None = None
    try:
        while not run.is_over:
            rows = run.ledger.claim(run.dispatch.id, BATCH, run.holder)
            if not rows:
                return
            while rows:
                try:
                    connection = await _connected(run, connection)
                    if connection is None:
                        return
                    row = rows.pop(0)
                    await _deliver_one(run, connection, row)
                finally:
                    if rows and (run.is_over or connection is None or _cancelled()):
                        run.ledger.release(rows)
                        rows = []
    finally:
        if connection is not None:
            await connection.close()


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _connected(run: _Run, connection: Connection | None) -> Connection | None:
    """A connection that can be used; None where the dispatch must not go on."""
    while not run.is_over and _still_open(run):
        if connection is not None and connection.is_usable:
            return connection
        if connection is not None:
            await connection.close()
            connection = None
        try:
            connection = await run.relay.connect()
        except ConnectFailure as failure:
            await _mind_relay(run, failure.outcome)
    if connection is not None:
        await connection.close()
    return None


def _still_open(run: _Run) -> bool:
    return run.ledger.find_dispatch(run.dispatch.id).state is DispatchState.OPEN


async def _deliver_one(run: _Run, connection: Connection, row: Claimed) -> None:
    async def before_dot() -> None:
        run.ledger.hand(row)

    try:
        message = run.templates[row.variant].message_for(_recipient(row))
    except (HeaderError, KeyError, ValueError) as error:
        _settle(run, row, Outcome(Verdict.REFUSED, Phase.MAIL, detail=f"cannot be written: {error}"))
        return
    try:
        outcome = await connection.send(message, before_dot)
    except LostClaimError:
        # Somebody else holds it now; the dot was not written.
        return
    except asyncio.CancelledError:
        at_dot = connection.phase is Phase.DOT
        verdict = Verdict.UNKNOWN if at_dot else Verdict.RELEASED
        _settle(run, row, Outcome(verdict, connection.phase, detail="broken off by us"))
        raise
    _settle(run, row, outcome)
    await _mind_relay(run, outcome)


def _settle(run: _Run, row: Claimed, outcome: Outcome) -> None:
    due_at = None
    if outcome.verdict is Verdict.DEFERRED and outcome.relay is RelayTrouble.NONE:
        due_at = next_try(row.attempts, run.clock(), run.jitter)
    elif outcome.verdict is Verdict.DEFERRED:
        # The relay's trouble is not counted as a try of the reader: due as soon as the relay is well.
        due_at, outcome = run.clock(), replace(outcome, verdict=Verdict.RELEASED)
    run.progress(run.ledger.settle(row, outcome, due_at))


async def _mind_relay(run: _Run, outcome: Outcome) -> None:
    """Wait where the relay is in trouble; pause the dispatch where waiting does not help."""
    reason = str(outcome.reply) if outcome.reply else outcome.detail
    if outcome.verdict is Verdict.ACCEPTED:
        run.trouble = run.refusals = 0
    if outcome.verdict is Verdict.REFUSED and is_policy(outcome.reply):
        run.refusals += 1
        if run.refusals >= POLICY_RUN:
            run.ledger.pause(run.dispatch.id, f"{run.refusals} refusals for reasons of policy: {reason}")
    match outcome.relay:
        case RelayTrouble.NONE:
            return
        case RelayTrouble.STOP:
            run.ledger.pause(run.dispatch.id, f"the mail service says no: {reason}")
            return
        case RelayTrouble.RECONNECT if outcome.phase not in (Phase.CONNECT, Phase.LOGIN) and run.trouble == 0:
            run.trouble += 1
            return
        case _:
            pass
    run.trouble += 1
    if run.trouble > len(RELAY_SECONDS):
        run.ledger.pause(run.dispatch.id, f"the mail service cannot be reached or is overloaded: {reason}")
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(run.stop.wait(), timeout=RELAY_SECONDS[run.trouble - 1])


def _recipient(row: Claimed) -> Recipient:
    return Recipient(
        email=row.email,
        name=row.name,
        message_id=row.message_id,
        dated_at=row.dated_at,
        slots=row.slots,
        list_unsubscribe=tuple(row.slots.get("list_unsubscribe", "").split()),
    )
