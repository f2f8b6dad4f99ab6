"""When a ladder's steps go: its offsets as days on which the office works."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.config.settings import Office
from mailer.model.deadline import Deadline, days_of
from mailer.model.reminder import Step

ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 60
"""Days in a row that an office may be closed; an office that never works sends on the planned day."""


def steps_of(deadline: Deadline, due: date, office: Office) -> tuple[Step, ...]:
    """The steps of the ladder towards that due date, earliest first, one a day at most.

    A step on a day off moves back to the working day before. One that would so come to say "overdue" when it is
    not, goes on the first working day after the due date instead. Of several on one day only the latest is left.
    """
    by_day: dict[date, Step] = {}
    for offset in sorted(deadline.ladder, key=days_of):
        planned = due + timedelta(days=days_of(offset))
        day = _working_day(planned, office, -ONE_DAY)
        if planned > due >= day:
            day = _working_day(due + ONE_DAY, office, ONE_DAY)
        by_day[day] = Step(offset, planned, day)
    return tuple(by_day[day] for day in sorted(by_day))


def today_in(deadline: Deadline, now: datetime) -> date:
    """The day that it is in the deadline's own zone. `now` knows its zone; ValueError where it does not."""
    if now.tzinfo is None:
        raise ValueError("a moment without a zone belongs to no day")
    return now.astimezone(ZoneInfo(deadline.timezone)).date()


def end_of(deadline: Deadline, due: date) -> date:
    """The last day on which a reminder may go for that due date; an extension moves it by as many days."""
    return deadline.last_day + (due - deadline.due)


def is_true_on(step: Step, due: date, day: date) -> bool:
    """Whether what the step says still holds: "due in 7 days" is no longer true once it is overdue."""
    return day <= due or step.planned > due


def _working_day(day: date, office: Office, towards: timedelta) -> date:
    """The day, or the nearest working day in that direction."""
    found = day
    for _ in range(LONGEST_CLOSURE):
        if office.is_working_day(found):
            return found
        found += towards
    return day
