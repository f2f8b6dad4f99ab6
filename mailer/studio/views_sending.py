"""How one sending stands, in the words people read: its state, its figures, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.config import OutboxRelay, Workspace
from mailer.flow import ledger_of
from mailer.flow.due import is_scheduled
from mailer.flow.pulse import Pulse, Pulses, clock_in_words, left_in_words, next_tries_at, rates_in_words
from mailer.flow.relays import pace_of
from mailer.flow.working import Glance, glance_at
from mailer.ledger import utc_now
from mailer.model.dispatch import Dispatch, DispatchState, State
from mailer.studio.views_sendings import words_of

PATIENCE = 8
"""Looks without a worker after which it is said that nobody is sending it: a worker needs a moment to sign on."""


@dataclass(frozen=True, slots=True)
class Head:
    """What never changes of a sending."""

    id: str
    slug: str
    is_rehearsal: bool
    groups: tuple[str, ...]
    seal: str
    relay: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Now:
    """How it stands at this moment."""

    state: str
    tone: str
    sentence: str
    why: str
    """Why it is paused or cancelled."""
    counts: tuple[tuple[str, int], ...]
    done: int
    total: int
    facts: tuple[tuple[str, str], ...]
    """Name and value."""
    can_pause: bool
    can_go_on: bool
    can_cancel: bool
    is_lively: bool
    """Whether something may happen within a second."""

    @property
    def percent(self) -> int:
        """Of the mails that are at their end, rounded down: a hundred only where all are."""
        return self.done * 100 // self.total if self.total else 100


class Watcher:
    """Looks at one sending again and again, and remembers what it needs for the figures."""

    def __init__(self, dispatch_id: str) -> None:
        self.id = dispatch_id
        self._pulses: Pulses | None = None
        self._alone = 0
        self._was_working = False

    def look(self, workspace: Workspace) -> tuple[Head, Now]:
        """How it stands; cheap, however many mails it has. LedgerError where there is none of that id."""
        with ledger_of(workspace) as ledger:
            glance = glance_at(ledger, ledger.find_dispatch(self.id).id)
        dispatch = glance.progress.dispatch
        if self._pulses is None:
            pace = pace_of(workspace, dispatch.relay) if dispatch.relay in workspace.config.relays else None
            self._pulses = Pulses(pace.limits if pace else None)
        now = utc_now()
        pulse = self._pulses.feel(glance, now)
        self._was_working = self._was_working or bool(glance.workers)
        self._alone = 0 if glance.workers else self._alone + 1
        return head_of(workspace, dispatch), now_of(glance, pulse, now, is_starting=self._alone < PATIENCE)

    def started(self) -> None:
        """Workers have just been started: they need a moment to sign on."""
        self._alone = 0
        self._was_working = True


def head_of(workspace: Workspace, dispatch: Dispatch) -> Head:
    """What stands at the top of its page."""
    settings = workspace.config.relays.get(dispatch.relay)
    return Head(
        id=dispatch.id,
        slug=dispatch.slug,
        is_rehearsal=dispatch.is_rehearsal,
        groups=dispatch.segments,
        seal=dispatch.digest[:6],
        relay="the practice tray" if isinstance(settings, OutboxRelay) else dispatch.relay,
        made_at=dispatch.created_at,
    )


def now_of(glance: Glance, pulse: Pulse, now: datetime, *, is_starting: bool = False) -> Now:
    """A glance at the send record, in words. `is_starting`: workers may be about to sign on."""
    dispatch = glance.progress.dispatch
    state, tone, sentence = _standing(glance, now, is_starting=is_starting)
    is_open, ended = dispatch.state is DispatchState.OPEN, glance.is_finished
    scheduled = is_scheduled(dispatch, now)
    return Now(
        state=state,
        tone=tone,
        sentence=sentence,
        why=dispatch.why if dispatch.state in (DispatchState.PAUSED, DispatchState.CANCELLED) else "",
        counts=words_of(glance.progress.counts),
        done=pulse.done,
        total=pulse.total,
        facts=tuple(_facts(glance, pulse, now)),
        can_pause=is_open and not ended,
        can_go_on=not ended
        and (dispatch.state is DispatchState.PAUSED or (is_open and not scheduled and not glance.workers)),
        can_cancel=not ended and dispatch.state in (DispatchState.OPEN, DispatchState.PAUSED),
        is_lively=bool(glance.workers) or (is_open and not ended) or bool(glance.in_flight),
    )


def _standing(glance: Glance, now: datetime, *, is_starting: bool) -> tuple[str, str, str]:
    """State, tone and a sentence."""
    progress = glance.progress
    dispatch = progress.dispatch
    if dispatch.state is DispatchState.CANCELLED:
        return "cancelled", "quiet", _ending(glance, "Nothing more goes. Those who have it keep it.")
    if glance.is_finished:
        return "finished", "done", _finished(glance)
    if dispatch.state is DispatchState.PAUSED:
        return "paused", "warn", _ending(glance, "Nothing goes until somebody lets it go on.")
    if is_scheduled(dispatch, now) and dispatch.not_before is not None:
        return _planned(dispatch, dispatch.not_before)
    if glance.workers:
        return "under way", "info", "It goes on by itself, also when this page is closed."
    if is_starting:
        return "under way", "info", "Its worker is starting."
    waits = progress.counts.get(State.DEFERRED, 0)
    if (
        waits
        and not progress.counts.get(State.PLANNED, 0)
        and progress.next_try_at
        and progress.next_try_at > now
    ):
        at = clock_in_words(progress.next_try_at, now)
        return (
            "waits",
            "info",
            f"The next tries are due at {at}. Nobody is there to make them: let it go on then.",
        )
    return "stopped", "warn", "Nobody is sending it now. Nothing is lost: let it go on."


def _planned(dispatch: Dispatch, begin: datetime) -> tuple[str, str, str]:
    sentence = "A timer begins it then, by mailer resume --due."
    if dispatch.begin_by:
        sentence += f" Where it has not begun by {dispatch.begin_by:%-d %B, %H:%M} UTC, it asks first."
    return f"planned for {begin:%-d %B %Y, %H:%M} UTC", "info", sentence


def _ending(glance: Glance, otherwise: str) -> str:
    if not glance.in_flight:
        return otherwise
    mails = "1 mail is" if glance.in_flight == 1 else f"{glance.in_flight:,} mails are"
    return f"{mails} in flight and may still be taken over. {otherwise}"


def _finished(glance: Glance) -> str:
    doubts = glance.progress.counts.get(State.UNKNOWN, 0)
    if doubts:
        return f"Every mail has come to its end; {doubts:,} {'is' if doubts == 1 else 'are'} in doubt."
    return "Every mail has come to its end."


def _facts(glance: Glance, pulse: Pulse, now: datetime) -> list[tuple[str, str]]:
    facts = []
    if glance.workers:
        if speed := rates_in_words(pulse.rate, pulse.set_rate):
            facts.append(("Speed", speed))
        if left := left_in_words(pulse):
            facts.append(("Time left", left.removesuffix(" left") if pulse.left else "not known yet"))
        facts.append(("Limited by", pulse.limit or "nothing yet: measuring"))
        open_now = sum(worker.status.connections for worker in glance.workers if worker.status)
        pids = ", ".join(str(worker.pid) for worker in glance.workers)
        links = f", {open_now} connection{'' if open_now == 1 else 's'}" if open_now else ""
        facts.append(("Sent by", f"process{'' if len(glance.workers) == 1 else 'es'} {pids}{links}"))
    if (due := next_tries_at(glance, now)) and not glance.is_finished and pulse.later:
        facts.append(("Next tries", clock_in_words(due, now)))
    return facts
