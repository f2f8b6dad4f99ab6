"""One day's work on a ladder: who is reminded of which step, what has lapsed, who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mailer.audience import Scene
from mailer.config.settings import Office
from mailer.model.audience import Contact, Recipients
from mailer.model.deadline import Deadline, Obligation, days_of
from mailer.model.reminder import DayPlan, History, Lapsed, Reminder, Standing, Step, Unreached
from mailer.remind.circle import Circle, Told, circles_of
from mailer.remind.ladder import end_of, is_true_on, steps_of
from mailer.remind.obligations import mains_of
from mailer.remind.record import Record, record_of, told_at_any


def plan_day(
    deadline: Deadline,
    obligations: Iterable[Obligation],
    recipients: Recipients,
    scene: Scene,
    *,
    history: History,
    office: Office,
) -> DayPlan:
    """All that is due for the deadline on the scene's day; the same again however often it is asked.

    Of each obligation that is owed and not held, only the latest step whose day has come goes, and only while it is
    true and not after the end; what was missed before it lapses, unless somebody got it. It goes to each address
    of its people that does not have it. Somebody who took office after the step's day gets it only where it has
    reached nobody else; otherwise they begin with the next step. An address that has stopped working has not been
    reached: the person's next address gets the step. What somebody who owes for themselves got under a former main
    address, they have. Alternates are told from `alternates_from` on, from the first step on where no holder can be
    written to, and once when a due date that they have heard of has moved.
    """
    obligations = tuple(obligations)
    if deadline.per == "person":
        history = told_at_any(history, mains_of(obligations, recipients))
    due = [one for one in obligations if one.is_owed and not one.held]
    circles = circles_of(deadline, due, recipients, scene, history)
    record = record_of(history)
    sendings: list[_Sending] = []
    lapsed: list[Lapsed] = []
    unreached: list[Unreached] = []
    for obligation in due:
        place = _place(deadline, obligation, office, scene.day)
        lapsed += _lapsing(place, record)
        if place.is_over:
            continue
        circle = circles[obligation.who]
        if circle.why:
            unreached.append(Unreached(obligation, circle.why))
        sendings += _sendings(deadline, place, circle, record)
    messages = tuple(_messages(deadline, sendings, record))
    return DayPlan(deadline, scene.day, messages, tuple(lapsed), tuple(unreached))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an obligation stands on its ladder on a day."""

    obligation: Obligation
    steps: tuple[Step, ...]
    current: Step | None
    """The latest step whose day has come, where it is still true."""
    day: date
    end: date

    @property
    def is_over(self) -> bool:
        return self.day > self.end


@dataclass(frozen=True, slots=True)
class _Sending:
    """A step of one obligation to one address."""

    step: str
    obligation: Obligation
    told: Told
    to: tuple[Contact, ...]
    cc: tuple[Contact, ...]


def _place(deadline: Deadline, obligation: Obligation, office: Office, day: date) -> _Place:
    steps = steps_of(deadline, obligation.due, office)
    end = end_of(deadline, obligation.due)
    latest = next((step for step in reversed(steps) if step.day <= day <= end), None)
    current = latest if latest and is_true_on(latest, obligation.due, day) else None
    return _Place(obligation, steps, current, day, end)


def _lapsing(place: _Place, record: Record) -> Iterator[Lapsed]:
    """Steps that went to nobody and never will: missed, no longer true, or left when the end has passed."""
    for step in place.steps:
        occasion = place.obligation.occasion(step.offset)
        to_come = step.day > place.day and not place.is_over
        if step is place.current or to_come or record.has_gone(occasion):
            continue
        if place.is_over:
            yield Lapsed(occasion, f"it had not gone by {place.end}, the last day for reminders")
        elif place.current is None or not is_true_on(step, place.obligation.due, place.day):
            yield Lapsed(occasion, f"it had not gone by {place.obligation.due}, the due date")
        else:
            yield Lapsed(
                occasion, f"it had not gone before the next reminder, {place.current.offset}, was due"
            )


def _sendings(deadline: Deadline, place: _Place, circle: Circle, record: Record) -> Iterator[_Sending]:
    """The current step of one obligation: each address that it still goes to."""
    step, obligation = place.current, place.obligation
    if step is None or _is_behind(place, record):
        return
    got = record.got(obligation.occasion(step.offset))
    reached = got - record.history.unreachable.keys()
    others = reached - record.history.not_me - {told.address for told in circle.escalated}
    alternates = tuple(
        told
        for told in circle.alternates
        if _alternates_are_told(deadline, step, circle) or record.moved_from(obligation, told.addresses)
    )
    escalated = circle.escalated if _is_escalated(deadline, step, place) else ()

    def has_it(told: Told) -> bool:
        return told.address in got or not reached.isdisjoint(told.addresses)

    def gets_it(told: Told) -> bool:
        return not has_it(told) and not (told.since > step.day and others)

    cc = tuple(told.shown for told in alternates if has_it(told) or gets_it(told))
    to = tuple(told.shown for told in circle.holders)
    for told in (*circle.holders, *alternates, *escalated):
        if gets_it(told):
            stands_in = told.standing is Standing.ALTERNATE
            shared = () if told.standing is Standing.ESCALATION else cc
            yield _Sending(step.offset, obligation, told, to if stands_in else (), shared)


def _is_behind(place: _Place, record: Record) -> bool:
    """Whether the current step was given up for a later one that has gone: then the clock, or the ladder, went back.

    Noted as lapsed alone is no reason: a clock that was ahead for a moment must not silence a whole ladder.
    """
    step, obligation = place.current, place.obligation
    if step is None or obligation.occasion(step.offset) not in record.history.lapsed:
        return False
    later = place.steps[place.steps.index(step) + 1 :]
    return any(record.got(obligation.occasion(each.offset)) for each in later)


def _alternates_are_told(deadline: Deadline, step: Step, circle: Circle) -> bool:
    start = deadline.alternates_from
    return not circle.holders or (start is not None and days_of(step.offset) >= days_of(start))


def _is_escalated(deadline: Deadline, step: Step, place: _Place) -> bool:
    rule = deadline.escalation
    return (
        rule is not None and place.day > place.obligation.due and days_of(step.offset) >= days_of(rule.start)
    )


def _messages(deadline: Deadline, sendings: Iterable[_Sending], record: Record) -> Iterator[Reminder]:
    """One message for all that one address owes by the same day, at the same step, as the same standing."""
    joined: dict[tuple[str, str, date, Standing], list[_Sending]] = {}
    for one in sendings:
        key = (one.told.address, one.step, one.obligation.due, one.told.standing)
        joined.setdefault(key, []).append(one)
    for (address, step, _, standing), parts in joined.items():
        obligations = tuple(part.obligation for part in parts)
        told = parts[0].told
        former = (record.moved_from(obligation, told.addresses) for obligation in obligations)
        yield Reminder(
            deadline=deadline,
            step=step,
            standing=standing,
            contact=told.contact,
            address=address,
            obligations=obligations,
            moved_from=next((day for day in former if day), None),
            to=_each_once(part.to for part in parts),
            cc=_each_once(part.cc for part in parts),
        )


def _each_once(groups: Iterable[Iterable[Contact]]) -> tuple[Contact, ...]:
    return tuple({contact.address: contact for group in groups for contact in group}.values())
