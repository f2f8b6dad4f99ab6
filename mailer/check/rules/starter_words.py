"""Words that `mailer init` and `mailer new` have written, for somebody to put their own in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.reading import Place, texts
from mailer.check.rule import Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

LONG = 40
"""Signs from which nobody writes the same by chance: such words are found within others too."""

OF_ISSUES = (
    "News of the season, and a meeting to save the date for",
    "What happened, what comes next, and what is due.",
    "What the most important news is",
    "Say in two or three sentences what happened, where, and why it matters to the reader.",
    "A second paragraph tells what comes next and who can answer questions.",
    "Name of the photographer",
    "Three news of the week, and a day to keep free",
    "What was decided, what is new on our site, what is due.",
    "The first headline says what happened",
    "The second headline does so too",
    "Two or three lines are enough: the rest is behind the button.",
    "Two or three lines are enough.",
    "What this letter is about",
    "What this letter is about, as inboxes show it",
    "The one sentence that makes people open it.",
    "Begin with why you write. One thought a paragraph.",
    "Then say what you ask, or offer, and what comes next.",
    "Name of the person who signs",
    "What is asked of you, by when, and who helps.",
    "Say in two or three sentences what the recipient has to do, and on what decision or article it rests.",
    "Then say what happens with it, and what has changed since the last time.",
    "Say how and where: the online form, the address, the format.",
    "Name of the officer",
)
OFFICE = "Your office"
ADDRESS = "Street 1, 12345 City, Country"

_WHOLE = frozenset((*OF_ISSUES, OFFICE))
_WITHIN = re.compile("|".join(re.escape(words) for words in OF_ISSUES if len(words) >= LONG))
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def left_as_begun(checked: CheckedIssue) -> Iterator[Finding]:
    """Words of the beginning that nobody has changed: a stop for a real sending."""
    for text in texts(checked.issue):
        for words in dict.fromkeys(_left_in(text.text)):
            yield _finding(
                checked,
                f'"{words}" stands as `mailer new` wrote it.',
                "Write what is meant, or take it out",
                Place(text.item, text.field),
                words,
            )
    sender = checked.sender.name if checked.sender and not checked.issue.sender else ""
    for what, value, words in (
        ("the office's name", checked.office, OFFICE),
        ("the sender's name", sender, OFFICE),
        ("the postal address", checked.postal_address or "", ADDRESS),
    ):
        if " ".join(value.split()) == words:
            yield _finding(
                checked,
                f'mailer.toml has "{words}" as {what}, as `mailer init` wrote it.',
                "Write your own there",
                Place(None, None),
                words,
            )


def _left_in(text: str) -> Iterator[str]:
    for paragraph in _PARAGRAPHS.split(text):
        words = " ".join(paragraph.split())
        if words in _WHOLE:
            yield words
        else:
            yield from (found[0] for found in _WITHIN.finditer(words))


def _finding(checked: CheckedIssue, message: str, hint: str, at: Place, words: str) -> Finding:
    severity, then = (
        (Severity.STOP, ".") if checked.is_real else (Severity.WARN, ": a real sending stops on it.")
    )
    return checked.finding("text.starter", severity, message, f"{hint}{then}", at=at, words=words)


RULES = (
    Rule(
        "text.starter",
        "Words of a new issue or workspace that nobody has changed; a stop for a real sending",
        (Severity.STOP, Severity.WARN),
        "a reader's eye",
        left_as_begun,
        reads_words=True,
    ),
)
