"""The ladders of a workspace: what is due on a day, and what lies ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.flow.deadlines import today
from mailer.flow.people import People
from mailer.ledger import Ledger
from mailer.model.deadline import Deadline
from mailer.model.dispatch import REAL
from mailer.model.reminder import DayPlan, History
from mailer.model.suppression import Because, Suppression
from mailer.remind import end_of, obligations_of, plan_day, simulate, steps_of
from mailer.remind.ladder import ONE_DAY

BOUNCED = "bounced"


def day_plan(
    workspace: Workspace, ledger: Ledger, people: People, file: DeadlineFile, day: date, *, realm: str = REAL
) -> DayPlan:
    """What is due for the deadline on that day, as the send record of that realm leaves it. Writes nothing.

    UsageError where the obliged group is not known.
    """
    scene = people.scene(day, (file.deadline.obliged,))
    owed = obligations_of(file.deadline, file.submissions, people.recipients, scene)
    history = compose_history(ledger, people, file.deadline, realm=realm)
    office = workspace.config.office
    return plan_day(file.deadline, owed, people.recipients, scene, history=history, office=office)


def days_ahead(
    workspace: Workspace, ledger: Ledger, people: People, file: DeadlineFile, *, first: date, last: date
) -> tuple[DayPlan, ...]:
    """The days from `first` to `last` on which something goes, each as if all before it had gone out.

    From today on, what the send record holds counts. Days before today show what the ladder was to do: as if it had
    begun on its first step, with the people and addresses of now.
    """
    deadline, now = file.deadline, today(file.deadline)
    # What other deadlines and the record say to group rules stays as it is on the first day.
    steady = people.as_of(first, (deadline.obliged,))
    office = workspace.config.office

    def run(start: date, end: date, history: History) -> tuple[DayPlan, ...]:
        plans = simulate(
            deadline,
            file.submissions,
            people.recipients,
            steady.scene,
            office=office,
            first=start,
            last=end,
            history=history,
        )
        return tuple(plan for plan in plans if plan.day >= first)

    begins = steps_of(deadline, deadline.due, office)[0].day
    known = compose_history(ledger, people, deadline)
    fresh = replace(known, sent=frozenset(), lapsed=frozenset(), heard={})
    past = run(min(first, begins), min(last, now - ONE_DAY), fresh) if first < now else ()
    return (*past, *run(now, last, known))


def last_day(file: DeadlineFile) -> date:
    """The last day on which a reminder may go to anybody, those with more time included."""
    dues = [line.until for line in file.submissions if line.until is not None]
    return max(end_of(file.deadline, due) for due in (file.deadline.due, *dues))


def compose_history(ledger: Ledger, people: People, deadline: Deadline, *, realm: str = REAL) -> History:
    """What the send record of that realm knows of the deadline's reminders, and whom it must not write to."""
    addresses = {address for contact in people.recipients.contacts for address in contact.addresses}
    known = ledger.reminders(realm, deadline.id, addresses)
    listed = ledger.suppressed(addresses, "notice")
    gone = dict.fromkeys(ledger.bounced(addresses), BOUNCED)
    return replace(
        known,
        unreachable={**gone, **{address: _why(entry) for address, entry in listed.items()}},
        barred=frozenset(a for a, entry in listed.items() if entry.because is not Because.BOUNCED),
    )


def _why(entry: Suppression) -> str:
    words = BOUNCED if entry.because is Because.BOUNCED else f"do-not-mail list, {entry.because}"
    return f"{words} ({entry.note})" if entry.note else words
