"""Lines that html and text share: number, salutation, why the reader gets this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailer.config import Office
from mailer.model.base import Language
from mailer.model.issue import Issue
from mailer.model.kinds import ERRATUM, OwnItem, label_in
from mailer.model.rendition import slot_base, text_slot
from mailer.model.slots import slot_names
from mailer.render.markdown import one_line
from mailer.render.marks import labelled


def numbered(number: str, phrases: Mapping[str, str]) -> str:
    """`No. 3`; a number that is words already (`December 2016`) stands as it is."""
    words = one_line(number)
    return phrases["number"].format(number=words) if words.isdecimal() else words


def marked_subject(subject: str, issue: Issue, language: Language) -> str:
    """`Correction: Dates and deadlines` where the letter puts one before it right; any other as it is."""
    box = next((item for item in issue.items if item.kind == ERRATUM), None)
    label = one_line(label_in(box.declaration.label, language)) if isinstance(box, OwnItem) else ""
    if not label or not subject or subject.casefold().startswith(label.casefold()):
        return subject
    return labelled(label, subject, language)


def salutation(bodies: Iterable[str], phrases: Mapping[str, str]) -> str:
    """The opening line; "" where an item greets the reader itself."""
    if any(greets(body) for body in bodies):
        return ""
    return phrases["salutation.line"].format(salutation=text_slot("salutation"))


def greets(body: str) -> bool:
    """Whether a body greets the reader itself, in whatever language it stands."""
    return any(slot_base(name) == "salutation" for name in slot_names(body))


def why(issue: Issue, office: Office, phrases: Mapping[str, str]) -> str:
    """Why the reader gets this."""
    words = phrases["why" if issue.message_class == "newsletter" else "why.notice"]
    return words.format(role=text_slot("role"), office=one_line(office.name))
