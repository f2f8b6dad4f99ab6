"""Links, people and telephone numbers as templates see them."""

from __future__ import annotations

import re
from typing import Any

from mailer.model.issue import Link, Person
from mailer.render.markdown import one_line
from mailer.render.marks import comma

View = dict[str, Any]
"""What templates see of a thing."""


def link_view(link: Link) -> View:
    """A link with its words; the bare address where it has none. No link where a mail must not have one."""
    url = one_line(link.url)
    if not re.match(r"(https?://|mailto:|tel:)", url, re.IGNORECASE):
        return {"url": "", "text": one_line(link.text) or url}
    return {"url": url, "text": one_line(link.text) or re.sub(r"^(https?://|mailto:|tel:)", "", url)}


def person_view(person: Person | None, language: str) -> View:
    """Somebody to write to or to ring; {} where there is nobody."""
    if person is None:
        return {}
    return {
        "name": one_line(person.name),
        "role": comma(language).join(filter(None, (one_line(person.role), one_line(person.organization)))),
        "email": one_line(person.email),
        "phone": phone_view(person.phone),
    }


def phone_view(number: str) -> View:
    """A telephone number as it is read and as it is dialled; {} where there is none."""
    shown = one_line(number)
    return {"shown": shown, "tel": re.sub(r"[^0-9+]", "", shown)} if shown else {}
