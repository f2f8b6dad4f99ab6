"""A deadline's words as an issue: its openings, what to do, who helps, how to answer; and its translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailer.config import PublicMode
from mailer.flow.letter_words import Opening, said_in
from mailer.model.deadline import Deadline, StepWords
from mailer.model.issue import Issue
from mailer.model.kinds import Kinds, issue_model
from mailer.model.reminder import Standing
from mailer.model.rendition import slot_base
from mailer.model.slots import FIELD
from mailer.model.translation import TranslatedItem, Translation

TASK, HELPER, ANSWER = "task", "helper", "answer"
Phrases = Mapping[str, str]


def standing_items(deadline: Deadline) -> tuple[str, ...]:
    """What every letter has below its opening."""
    there = {
        TASK: bool(deadline.body or deadline.link),
        HELPER: deadline.contact is not None,
        ANSWER: True,
    }
    return tuple(name for name, is_there in there.items() if is_there)


def issue_in(
    language: str,
    deadline: Deadline,
    openings: Sequence[Opening],
    phrases: Phrases,
    *,
    kinds: Kinds,
    public: PublicMode,
) -> Issue:
    """All that the letters say in a language, as one issue; each letter has one of its openings.

    What the deadline does not say in that language is left empty.
    """
    items: dict[str, dict[str, Any]] = {
        opening.id: {"kind": "announcement", "body": opening_body(opening, deadline, language, phrases)}
        for opening in openings
    }
    items[TASK] = {
        "kind": "announcement",
        "title": phrases["task.title"],
        "body": said_in(deadline.body, language),
        "links": [{"url": deadline.link, "text": phrases["task.link"]}] if deadline.link else [],
    }
    items[HELPER] = {"kind": "contact", "title": phrases["helper.title"], "person": deadline.contact}
    items[ANSWER] = _answer(phrases, public)
    shown = {*items} - {TASK, HELPER, ANSWER} | {*standing_items(deadline)}
    values = {
        "id": deadline.id,
        "series": phrases["reminder.series"],
        "title": said_in(deadline.title, language),
        "date": deadline.due,
        "authors": deadline.authors,
        "language": language,
        "reference": deadline.reference,
        "addressees": "{{addressee}}",
        "sender": deadline.sender,
        "template": deadline.template,
        "message_class": "notice",
        "items": [{"id": name} | item for name, item in items.items() if name in shown],
    }
    return issue_model(kinds).model_validate(values)


def translation_of(issue: Issue, deadline: Deadline, openings: Sequence[Opening]) -> Translation:
    """The same words as a translation, without the items of which the deadline lacks the body in that language."""
    own = {opening.id: opening for opening in openings}
    silent = {
        item.id
        for item in issue.items
        if not item.body.strip() and (item.id in own or (item.id == TASK and deadline.body))
    }
    items = {item.id: TranslatedItem(item, "") for item in issue.items if item.id not in silent}
    head = {"series": issue.series, "title": issue.title, "addressees": issue.addressees}
    return Translation(issue.language, head, "", items)


def opening_body(opening: Opening, deadline: Deadline, language: str, phrases: Phrases) -> str:
    """How a letter begins, in Markdown: "" where the step's own words are missing in that language.

    A step's own words follow the sentence that says what is due; they replace it where they say {{owed}} themselves.
    """
    own = deadline.steps.get(opening.step, StepWords()).body
    words = said_in(own, language) if own else phrases[f"letter.{opening.tone}.words"]
    if not words:
        return ""
    says_what = any(slot_base(name) == "owed" for name, _ in FIELD.findall(words))
    parts = [
        phrases["letter.moved"] if opening.moved else "",
        phrases["letter.alternate"] if opening.standing is Standing.ALTERNATE else "",
        "" if own and says_what else phrases[f"letter.{opening.tone}"],
        words,
    ]
    return "\n\n".join(filter(None, parts))


def subject_of(opening: Opening, deadline: Deadline, language: str, phrases: Phrases) -> str:
    """The subject of a letter: the step's own where it has one in that language, else its tone's."""
    own = said_in(deadline.steps.get(opening.step, StepWords()).subject, language)
    return own or phrases[f"letter.{opening.tone}.subject"].replace(
        "{title}", said_in(deadline.title, language)
    )


def _answer(phrases: Phrases, public: PublicMode) -> dict[str, Any]:
    """How to answer; the template adds the three addresses."""
    body = phrases["answer.web" if public is PublicMode.SERVER else "answer.mail"]
    return {"kind": "answer", "title": phrases["answer.title"], "body": body, "code": "{{code}}"}
