"""A deadline's letters, made as the versions of an issue are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from mailer.audience import DeadlineFile
from mailer.config import PublicMode, Workspace, open_template
from mailer.content import IssueFile
from mailer.content.kinds import read_kinds
from mailer.errors import Problem, ProblemsError
from mailer.flow.desk import Desk
from mailer.flow.letter_issue import issue_in, standing_items, subject_of, translation_of
from mailer.flow.letter_words import Opening, said_in
from mailer.flow.people import People
from mailer.model.issue import Issue
from mailer.model.reminder import Standing
from mailer.model.rendition import Attachment, Rendition, Variant
from mailer.model.slots import slot_names
from mailer.remind.invitation import invitation
from mailer.render import Edition
from mailer.render.edition import fields_in
from mailer.render.markdown import close_fields, one_line, open_fields
from mailer.render.reminder_strings import missing_strings

ALARMS = {"early": timedelta(days=7), "near": timedelta(days=1), "last": timedelta(hours=3)}
"""How long before the due moment a calendar rings, for an entry that comes in that phase."""


class LetterDesk(Desk):
    """Letters and personal fields of one deadline."""

    def __init__(
        self,
        workspace: Workspace,
        file: DeadlineFile,
        people: People,
        openings: Sequence[Opening],
        languages: Sequence[str],
    ) -> None:
        deadline = self.deadline = file.deadline
        self.slug = file.slug
        self.openings = {opening.id: opening for opening in openings}
        bare = Issue(id=deadline.id, series="-", date=deadline.due, template=deadline.template, items=())
        # The day and the secret are each reminder's own: `slots_for` has them.
        super().__init__(
            workspace, IssueFile(bare, file.document, file.folder), people, deadline.due, secret=b""
        )
        if problems := [problem for tag in languages for problem in self._lacking(tag)]:
            raise ProblemsError(problems)
        folder = workspace.templates / deadline.template
        kinds = read_kinds(open_template(folder, workspace.shown(folder)))
        public = workspace.config.public
        issues = {
            tag: issue_in(tag, deadline, openings, self.phrases(tag), kinds=kinds, public=public)
            for tag in languages
        }
        self.issue = issues.pop(deadline.language)
        self.translations = {tag: translation_of(issue, deadline, openings) for tag, issue in issues.items()}

    @property
    def has_web_view(self) -> bool:
        """Never: a reminder is its reader's own."""
        return False

    def variant(self, opening: Opening, language: str) -> Variant:
        """The version that begins so."""
        return Variant(language=language, items=(opening.id, *standing_items(self.deadline)))

    def letter(self, opening: Opening, language: str) -> Rendition:
        """The rendition of a letter, with its calendar entry where the day is still to come."""
        rendition = self.render(self.variant(opening, language), ())
        if opening.phase not in ALARMS or opening.standing is Standing.ESCALATION:
            return rendition
        entry = self._entry(language, opening.phase)
        phrases = self.phrases(language)
        defaults = {name: phrases.get(f"default.{name}", "") for name in slot_names(entry.content)}
        defaults |= rendition.defaults
        return rendition.model_copy(
            update={"attachments": (entry,), "slots": tuple(sorted(defaults)), "defaults": defaults}
        )

    def made_edition(self, variant: Variant) -> Edition:
        """The letter of a version: its subject belongs to its opening, and stands in the language of that."""
        edition = super().made_edition(variant)
        opening = self.openings[variant.items[0]]
        language = edition.fallen_back.get(opening.id, variant.language)
        phrases = self.phrases(language)
        head = {
            "subject": subject_of(opening, self.deadline, language, phrases),
            "preheader": phrases["letter.preheader"],
        }
        if language != variant.language:
            head = {name: fields_in(language, words) for name, words in head.items()}
        on_the_web = self.workspace.config.public is PublicMode.SERVER
        return replace(
            edition, issue=edition.issue.model_copy(update=head), personal_dates=True, answer_links=on_the_web
        )

    def languages_in(self, variant: Variant) -> tuple[str, ...]:
        """Languages, besides its own, of words in a version: their fields are filled in them too."""
        return self.edition(variant).languages[1:]

    def _lacking(self, language: str) -> Iterator[Problem]:
        template = self.template(language)
        file = f"{template.shown}/strings.{language}.yaml"
        for name in missing_strings(template.phrases, language):
            hint = f'Copy it from templates/reminder, or give the deadline "{self.slug}" another template.'
            yield Problem(f"`{name}` is missing; reminders need it.", hint, file, None, name)

    def _entry(self, language: str, phase: str) -> Attachment:
        deadline, phrases = self.deadline, self.phrases(language)
        summary = phrases["calendar.summary"].replace("{title}", said_in(deadline.title, language))
        words = close_fields(open_fields(phrases["calendar.words"], {}))
        name = f"{self.slug}.ics"
        return invitation(
            name, one_line(summary), words, link=deadline.link, language=language, alarm=ALARMS[phase]
        )
