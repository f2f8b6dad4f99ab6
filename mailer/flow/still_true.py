"""Whether a reminder that was planned still has a reason to go: asked right before each is handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.dispatch import StillTrue, always
from mailer.flow.deadlines import deadline_file, obligations
from mailer.flow.homes import DEADLINES, is_deadline
from mailer.flow.people import read_people
from mailer.flow.stamps import Stamp, stamp_of
from mailer.model.deadline import Obligation, parts_of
from mailer.model.dispatch import Claimed, Dispatch
from mailer.model.reminder import History
from mailer.remind.circle import circles_of
from mailer.remind.ladder import end_of, is_true_on, steps_of, today_in


def utc_now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def still_true_for(
    workspace: Workspace, dispatch: Dispatch, clock: Callable[[], datetime] = utc_now
) -> StillTrue:
    """What says of a claimed delivery why it must not go any more, or "" where it may.

    For reminders: what has come in, holds, extensions and the calendar, read anew whenever they change. All else
    may always go. The answer may be a ProblemsError, where a file is broken by then.
    """
    if not is_deadline(dispatch.slug):
        return always
    return _ReminderCheck(workspace, dispatch, clock)


class _ReminderCheck:
    def __init__(self, workspace: Workspace, dispatch: Dispatch, clock: Callable[[], datetime]) -> None:
        self._workspace = workspace
        self._dispatch = dispatch
        self._clock = clock
        self._seen: tuple[Stamp, date] | None = None
        self._file: DeadlineFile | None = None
        self._owed: Mapping[str, Obligation] = {}
        self._told: Mapping[str, frozenset[str]] = {}

    def __call__(self, claimed: Claimed) -> str:
        file, day = self._read()
        reasons = (self._why_not(occasion, claimed.address, file, day) for occasion in claimed.occasions)
        return "; ".join(dict.fromkeys(reason for reason in reasons if reason))

    def _read(self) -> tuple[DeadlineFile, date]:
        """The deadline as its files are now, and the day that it is."""
        stamp = stamp_of(self._workspace.recipients)
        if self._file is None or self._seen is None or self._seen[0] != stamp:
            people = read_people(self._workspace)
            slug = self._dispatch.slug.removeprefix(f"{DEADLINES}/")
            self._file, self._seen = deadline_file(self._workspace, people, slug), None
        rehearsal = self._dispatch.is_rehearsal
        day = self._dispatch.day if rehearsal else today_in(self._file.deadline, self._clock())
        if self._seen != (stamp, day):
            self._look(self._file, day)
            self._seen = stamp, day
        return self._file, day

    def _look(self, file: DeadlineFile, day: date) -> None:
        """Note who owes it on that day, and the addresses of those who are told for each."""
        people = read_people(self._workspace)
        owed = obligations(file, people, day)
        scene = people.scene(day, (file.deadline.obliged,))
        circles = circles_of(file.deadline, owed, people.recipients, scene, History())
        self._owed = {one.who.casefold(): one for one in owed}
        self._told = {
            who.casefold(): frozenset(address for told in circle.everybody for address in told.addresses)
            for who, circle in circles.items()
        }

    def _why_not(self, occasion: str, address: str, file: DeadlineFile, day: date) -> str:
        parts = parts_of(occasion)
        if parts is None:
            return ""
        deadline, due, step, who = parts
        if deadline != file.deadline.id:
            return f'the deadline is called "{file.deadline.id}" by now, not "{deadline}"'
        if day != self._dispatch.day:
            # Its words say how many days are left: what is still due is planned anew, in the words of the day.
            return f"it was written for {self._dispatch.day}, and {day} has come"
        return self._not_owed(due, who, address) or self._out_of_time(file, due, step, day)

    def _not_owed(self, due: date, who: str, address: str) -> str:
        obligation = self._owed.get(who.casefold())
        if obligation is None:
            return f"{who} does not owe it any more"
        if obligation.done_on is not None:
            return f"{who} handed it in on {obligation.done_on}"
        if obligation.held:
            return f"{who}: reminders are on hold: {obligation.held}"
        if obligation.due != due:
            return f"{who}: it is now due on {obligation.due}"
        if address not in self._told.get(who.casefold(), frozenset()):
            return f"its reader does not hold the office for {who} any more"
        return ""

    def _out_of_time(self, file: DeadlineFile, due: date, offset: str, day: date) -> str:
        steps = steps_of(file.deadline, due, self._workspace.config.office)
        due_by_now = [step for step in steps if step.day <= day]
        if not due_by_now or due_by_now[-1].offset != offset:
            return f"the reminder {offset} has been overtaken by a later one"
        if not is_true_on(due_by_now[-1], due, day) or day > end_of(file.deadline, due):
            return f"what the reminder {offset} says is no longer true on {day}"
        return ""
