"""What does not belong into a subject: emoji at its begin, tokens of other programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.mail_reading import EMOJI
from mailer.check.reading import Place
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

SUBJECT = Place(None, "subject")
LOOKED_AT = 1000
"""Signs of a subject: a longer one is another rule's."""
LEFT_OVER = re.compile(
    r"\*\|[A-Za-z0-9_: ]{1,40}\|\*"
    r"|\[\[[^\[\]\n]{1,40}\]\]"
    r"|<<[^<>\n]{1,40}>>"
    r"|\$\{[^{}\n]{1,40}\}"
    r"|(?<![{$])\{[A-Za-z_][A-Za-z0-9_.]{0,40}\}(?!\})"
    r"|(?<![\w%])%[A-Za-z_]{2,30}%(?![\w%])"
    r"|\[(?:first|last|full)? ?name\]|\[(?:subject|country|insert [^\[\]\n]{1,40})\]"
    r"|\[object Object\]|(?-i:\bDear (?:None|null|undefined)\b)",
    re.IGNORECASE,
)
"""Fields as other programs write them, and what programs write where a value is missing."""


def emoji_first(checked: CheckedIssue) -> Iterator[Finding]:
    """A subject that begins with an emoji."""
    subject = checked.issue.subject.strip()
    found = EMOJI.match(subject)
    if found:
        yield checked.finding(
            "subject.emoji-first",
            Severity.WARN,
            f"The subject begins with {found[0]}: screen readers read its name first, and junk filters know it well.",
            "Begin with words; if it must be, put it at the end.",
            at=SUBJECT,
            words=subject,
        )


def token(checked: CheckedIssue) -> Iterator[Finding]:
    """What another program's template, or a missing value, left in the subject."""
    found = LEFT_OVER.search(checked.issue.subject[:LOOKED_AT])
    if found:
        yield checked.finding(
            "subject.token",
            Severity.STOP,
            f'"{found[0]}" in the subject would reach readers as it stands.',
            "Write it out, or use a personal field of ours, such as {{country|your country}}.",
            at=SUBJECT,
            words=found[0],
        )


RULES = (
    Rule(
        "subject.emoji-first",
        "A subject that begins with an emoji",
        WARN,
        "screen readers; junk filters",
        emoji_first,
        reads_words=True,
    ),
    Rule(
        "subject.token",
        "A field of another program, or a missing value, in the subject",
        STOP,
        "templates",
        token,
        reads_words=True,
    ),
)
