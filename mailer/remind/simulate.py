"""A ladder run ahead, day by day, as if everything on it were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from mailer.audience import Scene
from mailer.config.settings import Office
from mailer.model.audience import Recipients
from mailer.model.deadline import Deadline, Submission
from mailer.model.reminder import DayPlan, History
from mailer.remind.circle import ever_concerned
from mailer.remind.day import plan_day
from mailer.remind.ladder import ONE_DAY, steps_of
from mailer.remind.obligations import obligations_of
from mailer.remind.record import history_after


def simulate(
    deadline: Deadline,
    submissions: Iterable[Submission],
    recipients: Recipients,
    scene_on: Callable[[date], Scene],
    *,
    office: Office,
    first: date,
    last: date,
    history: History | None = None,
) -> tuple[DayPlan, ...]:
    """The days from `first` to `last`, both included, on which something goes, lapses, or would go to nobody.

    Roles, Party status and what has come in are those of each day. `history`: what had happened before `first`;
    with none, steps of before lapse or go on that day, as on a machine that was off until then.
    """
    known = tuple(submissions)
    people = ever_concerned(deadline, recipients, scene_on(first))
    so_far = history or History()
    days: list[DayPlan] = []
    day = first
    while day <= last:
        scene = scene_on(day)
        obligations = obligations_of(deadline, known, people, scene)
        plan = plan_day(deadline, obligations, people, scene, history=so_far, office=office)
        if plan.reminders or plan.lapsed or _missed(plan, office):
            days.append(plan)
            so_far = history_after(so_far, plan)
        day += ONE_DAY
    return tuple(days)


def _missed(plan: DayPlan, office: Office) -> bool:
    """Whether a step falls on the day for somebody whom nobody can reach."""
    return any(
        step.day == plan.day
        for one in plan.unreached
        for step in steps_of(plan.deadline, one.obligation.due, office)
    )
