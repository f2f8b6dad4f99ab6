"""Which letters a ladder has: as many as there are things to say, not as there are steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.config import Workspace, open_template
from mailer.model.base import primary
from mailer.model.deadline import Deadline, StepWords, days_of
from mailer.model.reminder import Standing
from mailer.source import read_yaml

SERIES = "reminder.series"
"""The string that a language of reminders begins with."""
NEAR = 14
LAST = 3
"""Days to the due date from which on the tone is another, and once more."""
CALLED = {
    "early": "weeks before",
    "near": "last two weeks",
    "last": "last days",
    "overdue": "overdue",
}
"""Phase → what people read."""
TO = {
    Standing.HOLDER: "to holders",
    Standing.ALTERNATE: "to alternates",
    Standing.ESCALATION: "to those above",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """How a letter begins: its tone, to whom, and whether the date has moved."""

    phase: str
    standing: Standing
    moved: bool
    step: str = ""
    """The step whose own words it has; "" where it has the template's."""

    @property
    def id(self) -> str:
        """The item that it is in the letter: `near-alternate-moved`, `before-30d-holder`."""
        days = days_of(self.step) if self.step else 0
        own = (
            f"{'before' if days < 0 else 'after' if days else 'on'}-{abs(days)}d" if self.step else self.phase
        )
        return "-".join((own, self.standing.value, *(["moved"] if self.moved else [])))

    @property
    def tone(self) -> str:
        """Which of the template's words it has."""
        return "escalation" if self.standing is Standing.ESCALATION else self.phase

    @property
    def words(self) -> tuple[str, ...]:
        """What to call it, in parts."""
        when = f"{self.step}, its own words" if self.step else CALLED[self.phase]
        return (when, TO[self.standing], *(["moved"] if self.moved else []))


def phase_of(days_left: int) -> str:
    """The tone of a reminder so many days before the due date; below zero it is overdue."""
    if days_left < 0:
        return "overdue"
    if days_left <= LAST:
        return "last"
    return "near" if days_left <= NEAR else "early"


def opening_for(
    deadline: Deadline, step: str, standing: Standing, moved: bool, days: int | None = None
) -> Opening:
    """How the letter of a step begins for somebody; `days` are those left on the day it goes, if not the step's."""
    if standing is Standing.ESCALATION:
        return Opening("overdue", standing, moved)
    planned = -days_of(step)
    if has_own(deadline, step):
        return Opening(phase_of(planned), standing, moved, step)
    # A step that goes on the working day before keeps its tone; one that goes late has a later one.
    return Opening(phase_of(planned if days is None else min(days, planned)), standing, moved)


def openings_of(deadline: Deadline) -> tuple[Opening, ...]:
    """Every opening that any step of the ladder may need, each once: earliest first."""
    return tuple(
        dict.fromkeys(
            opening
            for standing, first in _standings(deadline)
            for step in sorted(deadline.ladder, key=days_of)
            if days_of(step) >= first
            for days in _days_it_may_go(step)
            for moved in (False, True)
            for opening in (opening_for(deadline, step, standing, moved, days),)
        )
    )


def has_own(deadline: Deadline, step: str) -> bool:
    """Whether a step has words of its own."""
    words = deadline.steps.get(step, StepWords())
    return bool(words.body or words.subject)


def said_in(words: Mapping[str, str], language: str) -> str:
    """The words in a language, or in its base language; "" where there are none."""
    return words.get(language) or words.get(primary(language), "")


def speaks(workspace: Workspace, template: str, language: str) -> bool:
    """Whether a template has words for reminders in a language, or in its base language."""
    folder = workspace.templates / template
    found = open_template(folder, workspace.shown(folder))
    files = (file for tag in {language, primary(language)} for file in found.each(f"strings.{tag}.yaml"))
    return any(SERIES in (read_yaml(file.path, file.shown).data or {}) for file in files)


def _standings(deadline: Deadline) -> Iterator[tuple[Standing, int]]:
    """As what people are reminded, and from how many days on."""
    yield Standing.HOLDER, min(map(days_of, deadline.ladder))
    if deadline.alternates_from is not None:
        yield Standing.ALTERNATE, days_of(deadline.alternates_from)
    if deadline.escalation is not None:
        yield Standing.ESCALATION, days_of(deadline.escalation.start)


def _days_it_may_go(step: str) -> tuple[int, ...]:
    """Days left on its day, and later ones with another tone: a step of before may go late, until it is due."""
    left = -days_of(step)
    if left < 0:
        return (left,)
    later = (days for days in (NEAR, LAST) if days < left)
    return (left, *later)
