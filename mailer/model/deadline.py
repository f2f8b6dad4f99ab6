"""A deadline: what is due, who owes it, when people are reminded, and what has come in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from datetime import datetime, timedelta
from datetime import time as Time  # noqa: N812
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from mailer.model.base import CountryCode, Language, Noun, Slug
from mailer.model.issue import Person, Sender

FIRST_YEAR, LAST_YEAR = 1900, 2999
FORGOTTEN = "forgotten:"
"""What the keyed hash of somebody who was forgotten begins with; no address does, for a colon cannot stand in one
unquoted (RFC 5322 3.2.3)."""
DAYS_AFTER = 30
"""Days after the due date in which reminders may still go, where a deadline does not say its `end`."""


def days_of(offset: str) -> int:
    """-90 of `-90d`."""
    return int(offset.removesuffix("d"))


def within_reach(day: Date) -> Date:
    """The day itself; ValueError where nobody plans for its year."""
    # Sums of days, and time zones, need room on both sides.
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} is no year to plan for: write {FIRST_YEAR} to {LAST_YEAR}")
    return day


PlannedDay = Annotated[Date, AfterValidator(within_reach)]
"""A day that somebody may plan for."""


def _in_one_form(offset: str) -> str:
    # Written in two ways, a step would be sent twice: the occasion holds it.
    return f"{days_of(offset):+d}d"


def _as_text(given: object) -> object:
    # A bare number is told like any other step that is not written as it must be.
    return str(given) if isinstance(given, int) else given


Offset = Annotated[
    str,
    StringConstraints(pattern=r"^[+-]\d{1,3}d$"),
    BeforeValidator(_as_text),
    AfterValidator(_in_one_form),
]
"""A step of a ladder in days from the due date: `-90d`, `+3d`. `+0d`, also written `-0d`, is the day itself."""

InLanguages = dict[Language, str]
"""Words by language."""


class Announced(Noun):
    """The rule by which the due date was announced. It is checked, and never corrects the date."""

    days: Annotated[int, Field(ge=1, le=1000)] | None = None
    months: Annotated[int, Field(ge=1, le=36)] | None = None
    before: PlannedDay
    """The first day of what the deadline is reckoned from."""
    event: str
    """What begins on that day: "COP12"."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("say either `days` or `months`")
        return self


class StepWords(Noun):
    """What a step says in place of the template's words. Markdown with personal fields."""

    subject: InLanguages = {}
    body: InLanguages = {}


class Escalation(Noun):
    """Who is told besides, when it is overdue."""

    role: Slug
    """Holders of this role in the same country, on the day."""
    of: str | None = None
    """The role's subject."""
    start: Annotated[Offset, Field(alias="from")] = "+1d"
    """The first step that they get."""


class Deadline(Noun):
    """recipients/deadlines/SLUG.yaml: something that is due, and the ladder of its reminders."""

    id: Slug
    """Never changes: with the due date, the step and who owes it, nobody is reminded twice."""
    title: InLanguages
    """What is due, as a heading: "National report to COP12"."""
    owed: InLanguages
    """What is owed, within a sentence and without its owner: "the national report"."""
    reference: str = ""
    """The number under which it was announced, such as 2016/035."""
    due: PlannedDay
    time: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "23:59"
    timezone: str = "UTC"
    announced: Announced | None = None
    obliged: Slug
    """The group that owes it; `per` says whether for the country or each for themselves."""
    per: Literal["country", "person"] = "country"
    body: InLanguages = {}
    """What to do, in Markdown; stands in every step."""
    link: str = ""
    """Where it is handed in: https://…"""
    contact: Person | None = None
    """Who helps."""
    ladder: Annotated[tuple[Offset, ...], Field(min_length=1, max_length=40)]
    steps: dict[Offset, StepWords] = {}
    alternates_from: Offset | None = None
    """The first step that alternates of the obliged get too. They also get a step where no holder can be
    reached, and hear of it when a date that they were told of has moved."""
    escalation: Escalation | None = None
    end: PlannedDay | None = None
    """The last day on which a reminder may go; where left out, 30 days after the due date, or the last step."""
    confirm: Literal["once", "each-step"] = "once"
    """Whether an approved ladder goes by itself, or each step is asked for."""
    language: Language = "en"
    """The source language: what it is written in where a reader's is missing."""
    template: Slug = "reminder"
    sender: Sender | None = None
    """The workspace's sender where left out."""
    authors: tuple[str, ...] = ()
    """Those who wrote it and may not approve it."""

    @property
    def due_at(self) -> datetime:
        """The last moment, in the deadline's own zone."""
        return datetime.combine(self.due, Time.fromisoformat(self.time), ZoneInfo(self.timezone))

    @property
    def last_day(self) -> Date:
        """The last day on which a reminder may go."""
        return self.end or self.due + timedelta(days=max(DAYS_AFTER, *map(days_of, self.ladder)))


class What(StrEnum):
    """What a line of SLUG.submissions.csv says of one obligation."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    """It was handed in by mistake: owed again."""
    RETURNED = "returned"
    """It was sent back for correction: owed again."""
    EXTENDED = "extended"
    """It is due later, `until` that day: a ladder of its own."""
    HELD = "held"
    """No reminders for now."""
    RELEASED = "released"
    """Reminders again."""


class Submission(Noun):
    """One line of SLUG.submissions.csv: what happened to one obligation, on which day."""

    who: str
    """A country's code, or the address of a person; the keyed hash of one who was forgotten."""
    what: What
    on: PlannedDay
    until: PlannedDay | None = None
    """Only of `extended`: the new due date."""
    by: str = ""
    """Who handed it in, or decided."""
    note: str = ""
    row: int | None = None
    """Row in the file, the head being row 1."""

    @property
    def is_of_nobody(self) -> bool:
        """Whether whom it is about was forgotten."""
        return self.who.startswith(FORGOTTEN)


@dataclass(frozen=True, slots=True)
class Obligation:
    """What one country, or one person, owes under a deadline, as it stands on a day."""

    deadline: str
    who: str
    """A country's code, or a normalised address."""
    country: CountryCode | None
    due: Date
    """Its own due date: the deadline's, or later by an extension."""
    done_on: Date | None = None
    """When it came in; None while it is owed."""
    held: str = ""
    """Why there are no reminders; "" where there are."""
    extended: bool = False
    returned: bool = False
    """It had come in, and is owed again."""

    @property
    def is_owed(self) -> bool:
        """Whether it has not come in."""
        return self.done_on is None

    def occasion(self, step: str) -> str:
        """The key against duplicates of a step for this obligation."""
        return occasion_of(self.deadline, self.due, step, self.who)


def occasion_of(deadline: str, due: Date, step: str, who: str) -> str:
    """`national-report-cop12/2017-04-24/-90d/KZ`: with an address, sent at most once ever."""
    return f"{deadline}/{due}/{step}/{who}"


_OCCASION = re.compile(r"(?P<deadline>[^/]+)/(?P<due>\d{4}-\d\d-\d\d)/(?P<step>[+-]\d{1,3}d)/(?P<who>.+)")


def parts_of(occasion: str) -> tuple[str, Date, str, str] | None:
    """Deadline, due date, step and who of an occasion; None where it is not one of a deadline."""
    found = _OCCASION.fullmatch(occasion)
    if found is None:
        return None
    return found["deadline"], Date.fromisoformat(found["due"]), found["step"], found["who"]
