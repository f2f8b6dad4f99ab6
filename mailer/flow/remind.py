"""A day's reminders: going on with what was cut off, sending what is due, and writing down what has lapsed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from mailer.config import Workspace
from mailer.dispatch.health import UNREACHED
from mailer.dispatch.supply import UNSURE
from mailer.errors import UsageError
from mailer.flow.as_shown import require_as_shown, require_settings_as_shown
from mailer.flow.deadlines import deadline_file
from mailer.flow.homes import deadline_slug, is_deadline
from mailer.flow.people import read_people
from mailer.flow.relays import is_practice
from mailer.flow.reminder_plan import Clock, DueLadder, plan_ladder, plan_reminders
from mailer.flow.send import Progress, Sent, resume, send_plan
from mailer.flow.still_true import utc_now
from mailer.ledger import Ledger
from mailer.ledger.records import Reminded
from mailer.model.dispatch import REAL, Dispatch, DispatchState, State
from mailer.proof import freeze_proof
from mailer.remind.ladder import end_of

MOST_ROUNDS = 3
"""How often a ladder is planned within a run: what came in meanwhile may have freed part of a message."""
PASSING = (UNREACHED, UNSURE)
"""Why a dispatch was paused that goes on by itself once that is over."""


@dataclass(frozen=True, slots=True)
class DaysWork:
    """All that is to be done about reminders on a day."""

    due: tuple[DueLadder, ...]
    relay: str
    going_on: tuple[Dispatch, ...] = ()
    """Real sendings that were cut off, wait for their next try, or were paused for a reason that passes."""
    paused: tuple[Dispatch, ...] = ()
    """Real sendings that a person has to look at."""
    doubts: tuple[Reminded, ...] = ()
    """Reminders of ladders that are not over, of which nobody knows whether they arrived: a person decides."""
    digest: str | None = None
    """None where a person is asked; else the proof, if any, that may go where each step is asked for."""

    @property
    def ready(self) -> tuple[DueLadder, ...]:
        """What is due and may go."""
        return tuple(one for one in self.due if one.plan is not None and one.trouble is None)


@dataclass(frozen=True, slots=True)
class Job:
    """One ladder's work, or one sending to go on with."""

    mails: int
    run: Callable[[asyncio.Event, Progress], Awaitable[tuple[Sent, ...]]]
    """Takes the event that stops it, and whom to tell of each mail's state."""


def plan_day(
    workspace: Workspace,
    ledger: Ledger,
    slugs: Collection[str] = (),
    *,
    relay: str,
    on: date | None = None,
    clock: Clock = utc_now,
) -> DaysWork:
    """What there is to do today for those deadlines, or for all. A rehearsal goes on with nothing. Writes nothing.

    UsageError for another day through a real mail service; ProblemsError with the problems of every file.
    """
    due = plan_reminders(workspace, ledger, slugs, relay=relay, on=on, clock=clock)
    if is_practice(workspace, relay):
        return DaysWork(due, relay)
    meant = {deadline_slug(one.file.slug) for one in due} if slugs else None
    unfinished = [
        dispatch
        for dispatch in ledger.dispatches(include_rehearsals=False)
        if is_deadline(dispatch.slug) and (meant is None or dispatch.slug in meant)
    ]
    paused = [dispatch for dispatch in unfinished if dispatch.state is DispatchState.PAUSED]
    passing = [dispatch for dispatch in paused if dispatch.why.startswith(PASSING)]
    cut_off = [dispatch for dispatch in unfinished if dispatch.state is DispatchState.OPEN]
    return DaysWork(
        due,
        relay,
        going_on=(*cut_off, *passing),
        paused=tuple(each for each in paused if each not in passing),
        doubts=_doubts(ledger, due),
    )


def as_shown(
    workspace: Workspace,
    ledger: Ledger,
    slugs: Collection[str],
    *,
    shown: DaysWork,
    on: date | None = None,
) -> DaysWork:
    """The day's work planned anew, once somebody has said yes; MailerError where it differs from what was shown."""
    require_settings_as_shown(workspace)
    now = plan_day(workspace, ledger, slugs, relay=shown.relay, on=on)
    might_go = {one.file.slug for one in shown.ready}
    for one in now.due:
        if one.trouble and one.file.slug in might_go:
            raise one.trouble
    require_as_shown(*([one.plan for one in work.ready if one.plan] for work in (shown, now)))
    agreed = {dispatch.id for dispatch in shown.going_on}
    return replace(now, going_on=tuple(one for one in now.going_on if one.id in agreed))


def _doubts(ledger: Ledger, due: Iterable[DueLadder]) -> tuple[Reminded, ...]:
    return tuple(
        mail
        for one in due
        if one.due.day <= end_of(one.file.deadline, one.file.deadline.due)
        for mail in ledger.reminded(REAL, one.file.deadline.id)
        if mail.state is State.UNKNOWN
    )


def unattended(work: DaysWork, digest: str = "") -> DaysWork:
    """The same where nobody is asked: what asks at each step may go only under the digest of its proof."""
    return replace(work, due=tuple(_unattended(one, digest) for one in work.due), digest=digest)


def _unattended(one: DueLadder, digest: str) -> DueLadder:
    plan = one.plan
    if plan is None or plan.dispatch.is_rehearsal or one.trouble or one.file.deadline.confirm == "once":
        return one
    if digest and plan.dispatch.digest.startswith(digest):
        return one
    hint = f"Add --digest {plan.dispatch.digest[:12]}, or answer at a terminal."
    return replace(one, trouble=UsageError("Each step of it is asked for.", hint))


def jobs_of(
    workspace: Workspace, ledger: Ledger, work: DaysWork, *, wait: bool = False, clock: Clock = utc_now
) -> Iterator[Job]:
    """The day's work, to be done in this order. Done again, or after a kill, it sends nothing twice."""
    for dispatch in work.going_on:
        yield Job(ledger.report(dispatch.id).total, _going_on(workspace, ledger, dispatch, wait, clock))
    freed = {dispatch.slug for dispatch in work.going_on}
    for one in work.due:
        # What was skipped while going on may be due in other words by now.
        again = deadline_slug(one.file.slug) in freed
        if again or (one.trouble is None and (one.plan is not None or one.due.lapsed)):
            mails = len(one.plan.deliveries) if one.plan else 0
            planned = replace(work, due=(one,))
            yield Job(mails, _sending(workspace, ledger, planned, again=again, wait=wait, clock=clock))


def _going_on(
    workspace: Workspace, ledger: Ledger, dispatch: Dispatch, wait: bool, clock: Clock
) -> Callable[[asyncio.Event, Progress], Awaitable[tuple[Sent, ...]]]:
    async def run(stop: asyncio.Event, progress: Progress) -> tuple[Sent, ...]:
        opened = ledger.reopen(dispatch.id)
        sent = await resume(workspace, ledger, opened, stop=stop, progress=progress, wait=wait, clock=clock)
        return (sent,)

    return run


def _sending(
    workspace: Workspace, ledger: Ledger, work: DaysWork, *, again: bool, wait: bool, clock: Clock
) -> Callable[[asyncio.Event, Progress], Awaitable[tuple[Sent, ...]]]:
    async def run(stop: asyncio.Event, progress: Progress) -> tuple[Sent, ...]:
        (one,) = work.due
        if again:
            one = _plan_again(workspace, ledger, one, work.relay, clock)
            one = one if work.digest is None else _unattended(one, work.digest)
            if one.trouble:
                return ()
        return await send_reminders(
            workspace, ledger, one, stop=stop, progress=progress, wait=wait, clock=clock
        )

    return run


def _plan_again(workspace: Workspace, ledger: Ledger, one: DueLadder, relay: str, clock: Clock) -> DueLadder:
    people = read_people(workspace)
    file = deadline_file(workspace, people, one.file.slug)
    return plan_ladder(workspace, ledger, people, file, relay=relay, on=None, clock=clock)


async def send_reminders(
    workspace: Workspace,
    ledger: Ledger,
    due: DueLadder,
    *,
    stop: asyncio.Event,
    progress: Progress = lambda _state: None,
    wait: bool = False,
    clock: Clock = utc_now,
) -> tuple[Sent, ...]:
    """Write down what has lapsed, and send what is due; nothing of it twice, however often this runs.

    Where something came in between plan and hand-over, its mails are skipped; what else they were about is planned
    again and sent. MailerError where it must not go for real: then nothing has happened.
    """
    sendings: list[Sent] = []
    rehearsal = due.plan is not None and due.plan.dispatch.is_rehearsal
    for _ in range(MOST_ROUNDS):
        if due.trouble:
            raise due.trouble
        if not rehearsal:
            ledger.lapse_all(REAL, {lapsed.occasion: lapsed.why for lapsed in due.due.lapsed})
        if due.plan is None or due.ladder is None:
            break
        freeze_proof(due.ladder.proof, workspace.proofs)
        dispatch = due.plan.dispatch
        sent = await send_plan(
            workspace, ledger, due.plan, stop=stop, progress=progress, wait=wait, clock=clock
        )
        sendings.append(sent)
        if rehearsal or stop.is_set() or sent.ended.why or not sent.report.counts.get(State.SKIPPED):
            break
        due = _plan_again(workspace, ledger, due, dispatch.relay, clock)
    return tuple(sendings)


def troubled(work: DaysWork, sendings: Iterable[Sent]) -> bool:
    """Whether somebody has to look: something due could not go, or a sending did not come to its end."""
    reports = [(sent.ended.why, sent.report.doubts) for sent in sendings]
    stopped = any(why or doubts for why, doubts in reports)
    return stopped or bool(work.paused or work.doubts) or any(one.trouble for one in work.due)
