"""Delivering: claim, hand over, settle, one reader at a time on each connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from mailer.dispatch.retry import POLICY_RUN, RELAY_SECONDS, next_try
from mailer.dispatch.run import Ended, Run, StillTrue
from mailer.errors import LostClaimError, MailerError
from mailer.ledger import Ledger, utc_now
from mailer.message import HeaderError, MessageTemplate, Recipient
from mailer.model.dispatch import Claimed, Dispatch, DispatchState, State
from mailer.model.message import Outcome, Phase, RelayTrouble, Verdict
from mailer.relay import ConnectFailure, Connection, Relay, is_policy

BATCH = 10
UNREACHED = "the mail service cannot be reached or is overloaded"
"""Why a dispatch is paused that may go on by itself later."""
UNSURE = "it cannot be seen whether the mails are still needed"
"""The same."""
GRACE = 5.0
"""Seconds that what is in flight may take after a stop; then it is broken off, and in doubt."""


async def deliver_dispatch(
    dispatch: Dispatch,
    *,
    ledger: Ledger,
    relay: Relay,
    templates: Mapping[str, MessageTemplate],
    stop: asyncio.Event,
    progress: Callable[[State], None] = lambda _state: None,
    clock: Callable[[], datetime] = utc_now,
    wait: bool = False,
    still_true: StillTrue = lambda _row: "",
) -> Ended:
    """Deliver until nothing is left to do now; with `wait`, until every delivery is terminal.

    Setting `stop` ends it within seconds: nothing new is claimed, what is in flight finishes. What a dead
    process left behind is put right first. `still_true` is asked about each mail right before it goes: what it
    answers is why the mail is skipped; where it raises MailerError the dispatch is paused with those words.
    Never raises for a reader's or a relay's trouble.
    """
    with ledger.hold() as holder:
        ledger.recover()
        run = Run(dispatch, ledger, relay, templates, holder, stop, progress, clock, still_true)
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


def _ended(run: Run) -> Ended:
    report = run.ledger.report(run.dispatch.id)
    state = report.dispatch.state
    return Ended(state, run.stop.is_set(), report.dispatch.why, report.next_try_at)


async def _work(run: Run) -> None:
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


async def _worker(run: Run) -> None:
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


async def _connected(run: Run, connection: Connection | None) -> Connection | None:
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


def _still_open(run: Run) -> bool:
    return run.ledger.find_dispatch(run.dispatch.id).state is DispatchState.OPEN


async def _deliver_one(run: Run, connection: Connection, row: Claimed) -> None:
    async def before_dot() -> None:
        run.ledger.hand(row)

    try:
        message = run.templates[row.variant].message_for(_recipient(row))
    except (HeaderError, KeyError, ValueError) as error:
        _settle(run, row, Outcome(Verdict.REFUSED, Phase.MAIL, detail=f"cannot be written: {error}"))
        return
    if not _is_still_true(run, row):
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


def _is_still_true(run: Run, row: Claimed) -> bool:
    """Whether the mail is to go; where not, it is skipped, or given back under a paused dispatch."""
    try:
        why = run.still_true(row)
    except MailerError as error:
        run.ledger.release([row])
        run.ledger.pause(run.dispatch.id, f"{UNSURE}: {error}")
        return False
    if not why:
        return True
    try:
        run.ledger.skip(row, why)
    except LostClaimError:
        # Somebody else holds it now, and asks for themselves.
        return False
    run.progress(State.SKIPPED)
    return False


def _settle(run: Run, row: Claimed, outcome: Outcome) -> None:
    due_at = None
    if outcome.verdict is Verdict.DEFERRED and outcome.relay is RelayTrouble.NONE:
        due_at = next_try(row.attempts, run.clock(), run.jitter)
    elif outcome.verdict is Verdict.DEFERRED:
        # The relay's trouble is not counted as a try of the reader: due as soon as the relay is well.
        due_at, outcome = run.clock(), replace(outcome, verdict=Verdict.RELEASED)
    run.progress(run.ledger.settle(row, outcome, due_at))


async def _mind_relay(run: Run, outcome: Outcome) -> None:
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
        run.ledger.pause(run.dispatch.id, f"{UNREACHED}: {reason}")
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
        heading=row.heading,
    )
