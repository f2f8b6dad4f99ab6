"""Reminder dates for the office's own calendar (RFC 5545): a whole-day entry for each, with nobody's address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailer.model.deadline import Deadline, Obligation
from mailer.model.reminder import DayPlan, Reminder
from mailer.remind.ladder import ONE_DAY

LONGEST = 30
"""Names that an entry lists; of more it tells the number only."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes on one day of one step towards one due date."""

    deadline: Deadline
    day: date
    step: str
    due: date
    reminders: tuple[Reminder, ...]

    @property
    def people(self) -> int:
        """How many addresses it goes to."""
        return len({one.address for one in self.reminders})

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What it is for, by `who`, each once."""
        found = {part.who: part for one in self.reminders for part in one.obligations}
        return tuple(found[who] for who in sorted(found))

    @property
    def summary(self) -> str:
        """`Reminder -30d: 9 people`."""
        return f"Reminder {self.step}: {self.people} {'person' if self.people == 1 else 'people'}"


def batches_of(plan: DayPlan) -> tuple[Batch, ...]:
    """The day's reminders by due date and step, earliest due date first."""
    joined: dict[tuple[date, str], list[Reminder]] = {}
    for one in plan.reminders:
        joined.setdefault((one.obligations[0].due, one.step), []).append(one)
    return tuple(
        Batch(plan.deadline, plan.day, step, due, tuple(joined[due, step]))
        for due, step in sorted(joined, key=lambda key: key[0])
    )


def as_calendar(
    plans: Iterable[DayPlan], countries: Mapping[str, str], *, domain: str, now: datetime
) -> bytes:
    """An iCalendar file of all reminders in the plans.

    An entry's UID is made of deadline, due date and step, so that a file that is read again moves its entries
    instead of doubling them. `countries`: code → name; `domain`: of the office, for the UIDs (RFC 5545 3.8.4.7).
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Saiga Mailer//reminder dates//EN")
    calendar.add("version", "2.0")
    times: Counter[str] = Counter()
    for plan in plans:
        for batch in batches_of(plan):
            key = f"{batch.deadline.id}-{batch.due:%Y%m%d}{batch.step}"
            times[key] += 1
            # A step may go on a second day: to somebody given more time, or at a second address.
            again = f"-{times[key]}" if times[key] > 1 else ""
            event = Event()
            event.add("uid", f"{key}{again}@{domain}")
            event.add("dtstamp", now)
            event.add("dtstart", batch.day)
            # The end of a whole-day entry is the day after it (RFC 5545 3.6.1).
            event.add("dtend", batch.day + ONE_DAY)
            event.add("summary", f"{batch.summary} – {title_of(batch.deadline)}")
            event.add("description", _words(batch, plan, countries))
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def title_of(deadline: Deadline) -> str:
    """What is due, for the office: in English, else in the deadline's own language."""
    return deadline.title.get("en") or deadline.title.get(deadline.language) or deadline.id


def _words(batch: Batch, plan: DayPlan, countries: Mapping[str, str]) -> str:
    lines = [f"Due on {batch.due}."]
    if batch.deadline.per == "country":
        names = [countries.get(one.who, one.who) for one in batch.obligations]
        shown = ", ".join(sorted(names[:LONGEST]))
        lines.append(shown if len(names) <= LONGEST else f"{len(names)} countries.")
        missing = sorted(countries.get(one.obligation.who, one.obligation.who) for one in plan.unreached)
        if missing:
            lines.append(f"Nobody reachable: {', '.join(missing)}.")
    elif plan.unreached:
        lines.append(f"Nobody reachable for {len(plan.unreached)}.")
    return "\n".join(lines)
