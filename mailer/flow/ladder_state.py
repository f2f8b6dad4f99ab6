"""Where a deadline stands on a day: its steps, who still owes it, who cannot be told, and what was answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.flow.ladders import compose_history
from mailer.flow.people import People
from mailer.ledger import Ledger
from mailer.ledger.records import Reminded
from mailer.model.deadline import Obligation, parts_of
from mailer.model.dispatch import REAL, Acknowledgement, Answer, State
from mailer.model.reminder import DayPlan, Step
from mailer.remind import end_of, obligations_of, plan_day, steps_of
from mailer.remind.circle import Told, circles_of

TAKEN = (State.ACCEPTED, State.UNKNOWN)
"""Where a reminder was taken over, or may have been."""
WAITING = (State.PLANNED, State.CLAIMED, State.HANDED, State.DEFERRED)

ANSWERS = {
    Answer.HANDED_IN: "says it is handed in",
    Answer.LATER: "will hand in later",
    Answer.NOT_ME: "holds the office no longer",
    Answer.SEEN: "has read it",
}


@dataclass(frozen=True, slots=True)
class StepState:
    """A step of the ladder towards the common due date, and how far it has come."""

    step: Step
    sent: int
    """People for whom it was taken over, or may have been."""
    waiting: int
    """People to whom it is on its way."""
    today: int
    """People to whom it goes on the day."""
    lapsed: int
    """Obligations for which it will never go."""
    to_come: bool

    @property
    def words(self) -> str:
        """Such as `sent to 14 people`; "to come"; "lapsed"."""
        counts = [
            f"sent to {_people(self.sent)}" if self.sent else "",
            f"on its way to {_people(self.waiting)}" if self.waiting else "",
            f"due to {_people(self.today)}" if self.today else "",
            f"lapsed for {self.lapsed}" if self.lapsed and (self.sent or self.waiting or self.today) else "",
        ]
        told = ", ".join(count for count in counts if count)
        return told or ("to come" if self.to_come else "lapsed" if self.lapsed else "nobody to remind")


@dataclass(frozen=True, slots=True)
class Owing:
    """One obligation, with all that the office wants to see of it."""

    obligation: Obligation
    name: str
    """The country's name, or the person's."""
    people: tuple[Told, ...]
    """Holders and those who stand in for them, as far as they can be written to."""
    unreached: str
    """Why nobody can be told; "" where somebody can."""
    last: tuple[date, str] | None
    """When a reminder was last taken over for it, and which step."""
    next: tuple[date, str] | None
    """When the next reminder goes, should nothing change, and which step."""
    answer: Acknowledgement | None
    """The latest answer of anybody who was reminded of it."""

    @property
    def is_claimed(self) -> bool:
        """Whether somebody answered that it is handed in, and the office has not recorded it."""
        return self.obligation.is_owed and self.answer is not None and self.answer.answer is Answer.HANDED_IN

    @property
    def answered(self) -> str:
        """The latest answer in words, with what was added to it; "" where there is none."""
        if self.answer is None:
            return ""
        words = f"{ANSWERS[self.answer.answer]} ({self.answer.at:%Y-%m-%d})"
        return f"{words}: {self.answer.words}" if self.answer.words else words

    def stands(self, day: date) -> str:
        """How it stands on the day, in a few words."""
        one = self.obligation
        late = ((one.done_on or day) - one.due).days
        days = "1 day" if late == 1 else f"{late} days"
        if one.done_on:
            return f"handed in on {one.done_on}" + (f", {days} late" if late > 0 else "")
        if one.held:
            return "on hold"
        told = f"overdue by {days}" if late > 0 else "owed again" if one.returned else "outstanding"
        return f"{told}; nobody reachable: {self.unreached}" if self.unreached else told


@dataclass(frozen=True, slots=True)
class LadderState:
    """Everything that the office wants to see of a deadline on a day."""

    file: DeadlineFile
    plan: DayPlan
    steps: tuple[StepState, ...]
    owing: tuple[Owing, ...]
    """By name, whether it has come in or not."""

    @property
    def outstanding(self) -> tuple[Owing, ...]:
        """What has not come in: first those whom nobody can tell."""
        owed = [one for one in self.owing if one.obligation.is_owed]
        return tuple(sorted(owed, key=lambda one: not one.unreached))

    @property
    def is_over(self) -> bool:
        """Whether no more reminders go: nobody owes it, or the end of every ladder has passed."""
        deadline, day = self.file.deadline, self.plan.day
        return all(
            not one.obligation.is_owed or day > end_of(deadline, one.obligation.due) for one in self.owing
        )

    @property
    def days_left(self) -> int:
        """Days to the due date; below zero once it is past."""
        return (self.file.deadline.due - self.plan.day).days


def ladder_state(
    workspace: Workspace, ledger: Ledger, people: People, file: DeadlineFile, day: date
) -> LadderState:
    """Where the deadline stands on the day, by its files and by the record of what really went out."""
    deadline, office = file.deadline, workspace.config.office
    scene = people.scene(day, (deadline.obliged,))
    obligations = obligations_of(deadline, file.submissions, people.recipients, scene)
    history = compose_history(ledger, people, deadline)
    plan = plan_day(deadline, obligations, people.recipients, scene, history=history, office=office)
    circles = circles_of(deadline, obligations, people.recipients, scene, history)
    reminded = ledger.reminded(REAL, deadline.id)
    last = _last(reminded, ZoneInfo(deadline.timezone))
    answers = _answers(ledger.acknowledgements(deadline_id=deadline.id), reminded)
    unreached = {one.obligation.who: one.why for one in plan.unreached}
    named = {contact.address: contact.name for contact in people.recipients.contacts}
    due_now = {part.who: one.step for one in plan.reminders for part in one.obligations}

    def next_step(obligation: Obligation) -> tuple[date, str] | None:
        if not obligation.is_owed or obligation.held or obligation.who in unreached:
            return None
        if obligation.who in due_now:
            return day, due_now[obligation.who]
        end = end_of(deadline, obligation.due)
        steps = steps_of(deadline, obligation.due, office)
        return next(((step.day, step.offset) for step in steps if day < step.day <= end), None)

    def owing(obligation: Obligation) -> Owing:
        who, circle = obligation.who, circles[obligation.who]
        country = people.registers.countries.get(who)
        return Owing(
            obligation=obligation,
            name=(country.name("en") if country else named.get(who)) or who,
            people=(*circle.holders, *circle.alternates),
            unreached=unreached.get(who, ""),
            last=last.get(who),
            next=next_step(obligation),
            answer=answers.get(who),
        )

    steps = tuple(
        _step_state(step, plan, reminded, history.lapsed) for step in steps_of(deadline, deadline.due, office)
    )
    listed = sorted(map(owing, obligations), key=lambda one: one.name.casefold())
    return LadderState(file, plan, steps, tuple(listed))


def _step_state(
    step: Step, plan: DayPlan, reminded: Iterable[Reminded], recorded: Collection[str]
) -> StepState:
    def is_this(occasion: str) -> bool:
        parts = parts_of(occasion)
        return parts is not None and parts[1:3] == (plan.deadline.due, step.offset)

    mine = [one for one in reminded if is_this(one.occasion)]
    sent = {one.address for one in mine if one.state in TAKEN}
    today = {one.address for one in plan.reminders if any(map(is_this, one.occasions))}
    lapsed = {
        occasion for occasion in (*recorded, *(one.occasion for one in plan.lapsed)) if is_this(occasion)
    }
    return StepState(
        step=step,
        sent=len(sent),
        waiting=len({one.address for one in mine if one.state in WAITING} - sent),
        today=len(today),
        lapsed=len(lapsed),
        to_come=step.day > plan.day,
    )


def _last(reminded: Iterable[Reminded], zone: ZoneInfo) -> Mapping[str, tuple[date, str]]:
    """`who` → the last reminder that was taken over, as a day in the deadline's zone."""
    found: dict[str, tuple[datetime, str]] = {}
    for one in reminded:
        parts = parts_of(one.occasion)
        if parts and one.state in TAKEN and (parts[3] not in found or found[parts[3]][0] <= one.at):
            found[parts[3]] = (one.at, parts[2])
    return {who: (at.astimezone(zone).date(), step) for who, (at, step) in found.items()}


def _answers(given: Iterable[Acknowledgement], reminded: Iterable[Reminded]) -> Mapping[str, Acknowledgement]:
    """`who` → the latest answer of anybody who was reminded of it."""
    reminded_of: dict[tuple[str, str], set[str]] = {}
    for one in reminded:
        parts = parts_of(one.occasion)
        if parts:
            reminded_of.setdefault((one.dispatch_id, one.address), set()).add(parts[3])
    return {
        who: answer
        for answer in sorted(given, key=lambda one: one.at)
        for who in reminded_of.get((answer.dispatch_id, answer.address), ())
    }


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
