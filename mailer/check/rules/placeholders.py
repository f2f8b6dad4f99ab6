"""Words that stood in for others, and were to be replaced before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.check.link_reading import Form, links
from mailer.check.reading import texts
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity

STAND_IN_SITES = frozenset(
    "example.com example.net yourdomain.com your-domain.com yoursite.com yourwebsite.com mydomain.com".split()
)
"""Sites that lead nowhere on purpose (RFC 2606) or that stand for the writer's own."""

TODO_IS_A_WORD = frozenset({"es", "pt", "gl"})
"""Languages in which TODO in capitals means: all."""

# FIXME, TODO and XXX stand here because the rules look for them: nothing in this file is left to do.
# Each begins with a sign or few, which keeps the search quick; what must not stand before it is looked at after.
_CERTAIN = (
    re.compile(r"[Ll][Oo][Rr][Ee][Mm]\s{1,3}(?i:ipsum\b)"),
    re.compile(r"[Dd][Oo][Ll][Oo][Rr]\s{1,3}(?i:sit\s{1,3}amet\b)"),
    re.compile(r"FIXME\b"),
    re.compile(r"[XХ](?<![\w-].)[XХ]{3,11}(?![\w-])"),
    re.compile(r"[XxХх](?<![\w.].)[XxХх][./][XxХх]{2}[./](?:\d{4}|[XxХх]{2,4})(?!\w)"),
    re.compile(
        r"\[(?=(?i:[ityaàвду]))(?i:insert|to\s{1,3}be\s{1,3}(?:added|completed|inserted|confirmed)|your\s{1,3}\w{1,20}|add\s{1,3}\w{1,20}"
        r"|à\s{1,3}compléter|insérer|ajouter|вставить|дополнить|уточнить|дописать)\b[^\[\]\n]{0,80}\](?!\()"
    ),
)
_TODO = re.compile(r"TODO(?<!\w....)\b")
_LIKELY = (
    re.compile(r"TB[CDA](?<!\w...)\b"),
    re.compile(r"(?:XXX|ХХХ)(?<![\w-]...)(?![\w-])"),
    re.compile(r"\?{3,9}"),
    re.compile(r"\[(?=[\s.…_?])\s?(?:\.{2,6}|…|_{2,9}|\?{1,9})\s?\](?!\()"),
    re.compile(
        r"\[(?=(?i:[ndptlидмн]))(?i:name|date|place|title|link|number|nom|lieu|имя|дата|место|название)\](?!\()"
    ),
    re.compile(r"_(?<!\w.)_{3,39}(?!\w)"),
)
_SIGNS = ("psum", "PSUM", "amet", "AMET", "FIXME", "TODO", "XX", "ХХ", "xx", "хх", "[")
_LIKELY_SIGNS = ("TB", "XXX", "ХХХ", "???", "[", "____")
"""One of these stands in whatever the patterns find; most texts have none."""


def certain(checked: CheckedIssue) -> Iterator[Finding]:
    """Words that nobody sends on purpose."""
    todo_is_a_word = primary(checked.issue.language) in TODO_IS_A_WORD
    for text in texts(checked.issue):
        if not any(sign in text.text for sign in _SIGNS):
            continue
        for pattern in _CERTAIN if todo_is_a_word else (*_CERTAIN, _TODO):
            for found in pattern.finditer(text.prose):
                words = " ".join(found[0].split())
                yield checked.finding(
                    "text.placeholder",
                    Severity.STOP,
                    f'"{words}" stands in for words that are still to come.',
                    "Write what is meant, or take it out.",
                    at=text.at(found.start()),
                    words=words,
                )


def likely(checked: CheckedIssue) -> Iterator[Finding]:
    """Words that mostly stand in for others, and are meant now and then: TBC, XXX, [..]."""
    for text in texts(checked.issue):
        if not any(sign in text.text for sign in _LIKELY_SIGNS):
            continue
        for found in (found for pattern in _LIKELY for found in pattern.finditer(text.prose)):
            yield checked.finding(
                "text.placeholder-likely",
                Severity.WARN,
                f'"{found[0]}" looks like words that are still to come.',
                "Write what is meant, or leave it if readers are to see it.",
                at=text.at(found.start()),
                words=found[0],
            )


def stand_in_link(checked: CheckedIssue) -> Iterator[Finding]:
    """A link to a site that is an example only."""
    for link in links(checked.issue):
        if link.form is not Form.FIELD and (site := _stand_in(link.url)):
            yield checked.finding(
                "link.placeholder",
                Severity.STOP,
                f'The address leads to "{site}", which stands in for a real site.',
                "Put in the address that is meant.",
                at=link.place,
                words=link.url,
            )


def _stand_in(url: str) -> str:
    """The site that is an example only; "" where it is none."""
    try:
        host = (urlsplit(url.strip()).hostname or "").casefold()
    except ValueError:
        return ""
    site = ".".join(host.split(".")[-2:])
    return host if site in STAND_IN_SITES or host.endswith((".example", ".invalid")) else ""


RULES = (
    Rule(
        "text.placeholder",
        "Words left that stood in for others: lorem ipsum, TODO, XXXX, [insert …]",
        STOP,
        "a reader's eye",
        certain,
        reads_words=True,
    ),
    Rule(
        "text.placeholder-likely",
        "TBC, XXX, ???, [..]",
        WARN,
        "a reader's eye",
        likely,
        reads_words=True,
        is_strict=True,
    ),
    Rule(
        "link.placeholder",
        "A link to example.com and the like",
        STOP,
        "RFC 2606 section 3",
        stand_in_link,
        reads_words=True,
    ),
)
