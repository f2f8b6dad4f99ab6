"""A corrected issue for those who got the wrong one: a box on top, in the language that each of them reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as field_of
from datetime import date
from typing import Any

from pydantic import ValidationError

from mailer.content.errata import ErratumFile
from mailer.content.issues import IssueFile
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.audience import Contact
from mailer.model.base import Language
from mailer.model.erratum import ErratumWords
from mailer.model.issue import Issue, ItemBase
from mailer.model.kinds import ERRATUM
from mailer.model.rendition import Variant
from mailer.model.translation import TranslatedItem, Translation, item_digest


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who got the wrong issue, or may have got it: as they were written to then."""

    contact: Contact
    """With the address and the language of then."""
    message_id: str
    """Of the mail that was wrong."""
    in_doubt: bool = False
    had: Variant | None = None
    """The version that they got, of somebody who is on file no more: their groups are known by it alone."""


@dataclass(frozen=True, slots=True)
class Correcting:
    """What makes a correction of an issue: the words of the box, and who reads them."""

    file: ErratumFile
    wrong: tuple[str, ...]
    """The digests that are put right."""
    sent: date | None
    """The day on which the first wrong mail went out; None where it is not said."""
    readers: tuple[Told, ...]

    def groups_then(self, issue: Issue) -> Mapping[str, frozenset[str]]:
        """Address → groups that those belonged to who are on file no more, as far as their version shows it."""
        return {
            told.contact.address: frozenset(_groups(issue, told.had))
            for told in self.readers
            if told.had is not None
        }


@dataclass(frozen=True, slots=True)
class CorrectedFile(IssueFile):
    """An issue with boxes on top; what is found in a box is shown at its line of erratum.yaml."""

    boxes: Mapping[str, ErratumFile] = field_of(default_factory=dict)
    """Item → the erratum that it was made from."""

    def locate(self, item_id: str | None = None, field: str | None = None) -> tuple[str, int | None]:
        box = self.boxes.get(item_id or "")
        return _line_of(box, self.issue.language, field) if box else IssueFile.locate(self, item_id, field)

    def locate_in(self, language: Language) -> Callable[[str | None, str | None], tuple[str, int | None]]:
        elsewhere = IssueFile.locate_in(self, language)

        def locate(item_id: str | None = None, field: str | None = None) -> tuple[str, int | None]:
            box = self.boxes.get(item_id or "")
            return _line_of(box, language, field) if box else elsewhere(item_id, field)

        return locate


def _line_of(box: ErratumFile, language: Language, field: str | None) -> tuple[str, int | None]:
    key = "title" if field == "title" else "text"
    return box.document.file, box.document.line(("words", language, key))


def with_erratum(file: IssueFile, correcting: Correcting) -> CorrectedFile:
    """The issue with the box as its first item, in every language that it is read in; its subject is marked by it.

    ProblemsError, at their lines of erratum.yaml, for languages that lack words or are not the issue's; MailerError
    where the issue's template has no place for a box.
    """
    box, words = correcting.file, correcting.file.erratum.words
    begun = languages_of(file).keys() - {file.issue.language}
    problems = list(_problems(file, box, begun))
    if problems:
        raise ProblemsError(problems)
    own = _item(file.issue, box.erratum.name, words[file.issue.language], correcting.sent)
    head = _head(words[file.issue.language])
    issue = file.issue.model_copy(update={**head, "items": (own, *file.issue.items)})
    translations = dict(file.translations)
    for tag in sorted(begun & words.keys()):
        item = _item(file.issue, box.erratum.name, words[tag], correcting.sent)
        translations[tag] = _translated(file.translations[tag], item, item_digest(own), words[tag])
    boxes = {**(file.boxes if isinstance(file, CorrectedFile) else {}), box.erratum.name: box}
    return CorrectedFile(issue, file.document, file.folder, translations, file.overlays, file.shared, boxes)


def languages_of(file: IssueFile) -> dict[str, None]:
    """The languages in which somebody reads the issue, its own first: a translation that is only begun is none."""
    return dict.fromkeys((file.issue.language, *file.begun))


def _item(issue: Issue, name: str, words: ErratumWords, sent: date | None) -> ItemBase:
    values: dict[str, Any] = {
        "id": name,
        "kind": ERRATUM,
        "title": words.title,
        "body": words.text,
    } | ({"sent": sent} if sent else {})
    alone = {"id": "a", "series": "S", "date": issue.date, "items": [values]}
    try:
        return type(issue).model_validate(alone).items[0]
    except ValidationError as error:
        raise MailerError(
            f"The template {issue.template} has no place for a correction.",
            "Copy items/erratum.yaml, items/erratum.mjml.j2 and erratum.mjml.j2 from templates/newsletter into it, "
            "or name `base: newsletter` in its template.yaml.",
        ) from error


def _head(words: ErratumWords) -> dict[str, str]:
    """The line that inboxes show says what is right now; the subject stays the issue's unless another is given."""
    subject = words.subject.strip()
    return {"preheader": words.title} | ({"subject": subject} if subject else {})


def _translated(translation: Translation, item: ItemBase, source: str, words: ErratumWords) -> Translation:
    items = {item.id: TranslatedItem(item, source), **translation.items}
    return replace(translation, head={**translation.head, **_head(words)}, items=items)


def _problems(file: IssueFile, box: ErratumFile, begun: set[str]) -> Iterator[Problem]:
    """What of erratum.yaml does not go with the issue."""
    document, words = box.document, box.erratum.words
    name, language = box.erratum.name, file.issue.language

    def problem(key: str, message: str, hint: str) -> Problem:
        loc = tuple(key.split("."))
        return Problem(message, hint, document.file, document.line(loc), key, "file.value")

    if any(item.id == name for item in file.issue.items):
        yield problem(
            "name", f'An item of the issue is called "{name}" too.', "Give one of them another name."
        )
    if language not in words:
        message = f'has no words in "{language}", the language of the issue.'
        yield problem("words", message, f"Add `{language}:` with its `title` and `text`.")
    ids = [item.id for item in file.issue.items]
    for number, item_id in enumerate(box.erratum.items):
        if item_id not in ids:
            hint = nearest(item_id, ids) or "Take it out; `archive: no` keeps the words out of the archive."
            yield problem(f"items.{number}", f'The issue has no item "{item_id}".', hint)
    for tag in words:
        if tag != language and tag not in begun:
            message = f"nobody reads the issue in {tag}."
            yield problem(f"words.{tag}", message, nearest(tag, {language, *begun}) or "Take it out.")


def _groups(issue: Issue, had: Variant) -> Iterator[str]:
    """The groups for which somebody saw what they saw."""
    numbers = dict(had.wordings)
    for item in issue.items:
        if item.id in had.items and item.show_to:
            yield item.show_to
        number = numbers.get(item.id)
        if number is not None and number < len(item.wording) and (group := item.wording[number].for_):
            yield group
