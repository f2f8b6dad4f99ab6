"""Lines that html and text share: number, salutation, why the reader gets this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailer.config import Office
from mailer.model.issue import Issue
from mailer.model.rendition import text_slot
from mailer.render.markdown import one_line


def numbered(number: str, phrases: Mapping[str, str]) -> str:
    """`No. 3`; a number that is words already (`December 2016`) stands as it is."""
    words = one_line(number)
    return phrases["number"].format(number=words) if words.isdecimal() else words


def salutation(bodies: Iterable[str], phrases: Mapping[str, str]) -> str:
    """The opening line; "" where an item greets the reader itself."""
    slot = text_slot("salutation")
    if any(slot in body for body in bodies):
        return ""
    return phrases["salutation.line"].format(salutation=slot)


def why(issue: Issue, office: Office, phrases: Mapping[str, str]) -> str:
    """Why the reader gets this."""
    words = phrases["why" if issue.message_class == "newsletter" else "why.notice"]
    return words.format(role=text_slot("role"), office=one_line(office.name))
