"""Seeing to all sendings that are due, with nobody at a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.flow.allowed import hold_back
from mailer.flow.deliver import require_resumable
from mailer.flow.due import find_due
from mailer.flow.working import Crew, glance_at, start_workers, stop_workers, until_ended
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Dispatch, DispatchState
from mailer.proof import load_proof

LOOK = 0.3
"""Seconds between two looks at the workers."""
AGAIN = 30.0
"""Seconds between two looks for what has become due, while something is still being sent."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to one of the sendings."""

    dispatch: Dispatch
    has_begun: bool = False
    """True where workers were started; False where they have ended, or it cannot go."""
    trouble: MailerError | None = None


@dataclass
class Rounds:
    """All that was seen to."""

    seen: dict[str, Crew | None] = field(default_factory=dict)
    """Dispatch id → its workers; None where there was nothing to start."""
    troubled: bool = False
    """Whether a person has to look."""


async def work_through(
    workspace: Workspace, ledger: Ledger, *, stop: asyncio.Event, tell: Callable[[Step], None]
) -> Rounds:
    """Start workers for every sending that is due, and stay until all of them have ended; then it is all done.

    What was to begin by a moment that has passed is paused, and so is what is no longer approved. `stop` stops the
    workers.
    """
    rounds = Rounds()
    loop = asyncio.get_running_loop()
    looked = -AGAIN
    working: dict[str, Crew] = {}
    while True:
        if loop.time() - looked >= AGAIN:
            looked = loop.time()
            for step in _begin(workspace, ledger, rounds, working):
                tell(step)
        for dispatch_id in [each for each, crew in working.items() if not crew.is_alive]:
            tell(_ended(ledger, rounds, dispatch_id, working.pop(dispatch_id)))
        if not working:
            return rounds
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK)
        if stop.is_set():
            await _stop(ledger, working)
            looked = loop.time() + AGAIN


def _begin(workspace: Workspace, ledger: Ledger, rounds: Rounds, working: dict[str, Crew]) -> list[Step]:
    steps: list[Step] = []
    for dispatch in find_due(ledger, utc_now()):
        if dispatch.id in rounds.seen:
            continue
        rounds.seen[dispatch.id] = None
        try:
            _require_timely(ledger, dispatch)
            require_resumable(workspace, ledger, dispatch)
            if held := hold_back(workspace, ledger, dispatch, utc_now()):
                raise MailerError(f"Paused: {held.message}", held.hint)
            load_proof(dispatch.digest, workspace.proofs)
            crew = start_workers(workspace, dispatch.id)
        except MailerError as error:
            rounds.troubled = True
            steps.append(Step(dispatch, trouble=error))
            continue
        rounds.seen[dispatch.id] = working[dispatch.id] = crew
        steps.append(Step(dispatch, has_begun=True))
    return steps


def _require_timely(ledger: Ledger, dispatch: Dispatch) -> None:
    """What was to begin by a moment that has passed asks first, and is paused: MailerError."""
    lapsed = ledger.lapse_schedule(dispatch.id)
    if lapsed.state is DispatchState.PAUSED:
        raise MailerError(
            f"Paused: {lapsed.why}, and nothing was running then. Is it still wanted?",
            f"Then: `mailer resume {dispatch.id}`. If not: `mailer cancel {dispatch.id}`.",
        )


def _ended(ledger: Ledger, rounds: Rounds, dispatch_id: str, crew: Crew) -> Step:
    glance = glance_at(ledger, dispatch_id)
    dispatch = glance.progress.dispatch
    if dispatch.state is DispatchState.PAUSED:
        rounds.troubled = True
        return Step(
            dispatch, trouble=MailerError(f"Paused: {dispatch.why}", f"Go on: `mailer resume {dispatch.id}`.")
        )
    if crew.has_failed and not glance.workers:
        rounds.troubled = True
        return Step(dispatch, trouble=MailerError(f"Its workers have stopped:\n{crew.last_words()}"))
    return Step(dispatch)


async def _stop(ledger: Ledger, working: dict[str, Crew]) -> None:
    for dispatch_id, crew in working.items():
        stop_workers(ledger, dispatch_id, crew)
    for crew in working.values():
        await until_ended(crew)
