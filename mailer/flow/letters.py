"""A deadline's reminders as letters: each tone, standing and language rendered once, as an issue's versions are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.errors import Problem, ProblemsError
from mailer.flow.letter_desk import LetterDesk
from mailer.flow.letter_words import Opening, opening_for, openings_of, said_in, speaks
from mailer.flow.people import People
from mailer.model.deadline import Deadline
from mailer.model.issue import Issue, Sender
from mailer.model.reminder import Standing
from mailer.model.rendition import Rendition
from mailer.source import language_name

Phrases = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Letters:
    """Every letter of a ladder. Steps that say the same share theirs: days, dates and names are personal fields."""

    deadline: Deadline
    sender: Sender
    languages: tuple[str, ...]
    """Those it can be had in, the deadline's own first."""
    renditions: tuple[Rendition, ...]
    words: Mapping[str, str]
    """Variant key → what to call it: `Russian · last two weeks · to alternates · moved`."""
    issue: Issue
    """The texts as an issue, in the deadline's own language: what a proof is made of besides the renditions."""
    phrases: Phrases
    """Language → the template's fixed strings, which personal fields are made of."""
    desk: LetterDesk = field(repr=False)
    keys: Mapping[tuple[str, str], str] = field(repr=False)
    """Opening and language → variant key."""

    def key(self, step: str, standing: Standing, moved: bool, language: str, days: int | None = None) -> str:
        """The variant of a step for somebody. KeyError where the ladder has none such.

        `days` are those to the due date on the day it goes, where they are fewer than the step's own: a step that
        goes late says what is true then.
        """
        return self.keys[opening_for(self.deadline, step, standing, moved, days).id, language]

    def rendition(self, key: str) -> Rendition:
        """The rendition of a variant; KeyError where there is none."""
        return {each.variant.key: each for each in self.renditions}[key]


def compose_letters(
    workspace: Workspace, file: DeadlineFile, people: People, languages: Iterable[str] | None = None
) -> Letters:
    """All letters of a deadline, in its own language and in those of `languages` that it and its template speak.

    The workspace's languages where none are given. A deadline speaks a language in which it has `title` and `owed`;
    a body that is missing there stands in the next language that has it, marked, as in an issue. ProblemsError where
    the template cannot be used, or lacks words that reminders need.
    """
    deadline = file.deadline
    wanted = workspace.config.languages if languages is None else tuple(languages)
    spoken = _spoken(workspace, deadline, wanted)
    openings = openings_of(deadline)
    desk = LetterDesk(workspace, file, people, openings, spoken)
    pairs = [(opening, tag) for tag in spoken for opening in openings]
    keys = {(opening.id, tag): desk.variant(opening, tag).key for opening, tag in pairs}
    if len(set(keys.values())) < len(keys):
        # By chance: keys are made of the openings' names, which steps with own words are in.
        hint = "Move a step that has words of its own by a day."
        raise ProblemsError(
            [Problem("two of its letters would go by the same key.", hint, file.document.file)]
        )
    return Letters(
        deadline=deadline,
        sender=deadline.sender or workspace.config.sender,
        languages=spoken,
        renditions=tuple(desk.letter(opening, tag) for opening, tag in pairs),
        words={keys[opening.id, tag]: _called(opening, tag) for opening, tag in pairs},
        issue=desk.issue,
        phrases=desk.spoken,
        desk=desk,
        keys=keys,
    )


def _spoken(workspace: Workspace, deadline: Deadline, wanted: Iterable[str]) -> tuple[str, ...]:
    """The deadline's own language, and those wanted in which it and its template have words."""
    own = deadline.language
    others = (
        tag for tag in wanted if tag != own and said_in(deadline.title, tag) and said_in(deadline.owed, tag)
    )
    return (own, *(tag for tag in dict.fromkeys(others) if speaks(workspace, deadline.template, tag)))


def _called(opening: Opening, language: str) -> str:
    return " · ".join((language_name(language), *opening.words))
