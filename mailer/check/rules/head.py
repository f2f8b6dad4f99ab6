"""The line that decides whether a message is opened: subject and preheader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.check.reading import Place
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

SUBJECT = Place(None, "subject")
PREHEADER = Place(None, "preheader")
LONGEST_SUBJECT = 70
"""Signs that a desktop inbox shows; phones show 30 to 40."""
PREHEADER_LENGTH = (30, 110)
"""Fewer signs are filled up by the inbox with the start of the text; more are cut off."""
LETTERS_THAT_SHOUT = 12

_ANSWER = re.compile(r"^\s*(re|fwd?|aw|wg|tr)\s*:", re.IGNORECASE)
_MARKS = re.compile(r"!(?:\s?!){1,20}")


def subject_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """No subject line."""
    if not checked.issue.subject.strip():
        yield checked.finding(
            "subject.missing",
            Severity.STOP,
            "The issue has no subject.",
            "Write one at the head of the issue: subject: …",
            at=SUBJECT,
        )


def subject_long(checked: CheckedIssue) -> Iterator[Finding]:
    """A subject that inboxes cut off."""
    length = len(checked.issue.subject)
    if length > LONGEST_SUBJECT:
        yield checked.finding(
            "subject.long",
            Severity.WARN,
            f"The subject has {length} signs; most inboxes show at most {LONGEST_SUBJECT}.",
            "Shorten it, or put what matters into the first 40 signs.",
            at=SUBJECT,
            words=checked.issue.subject,
        )


def subject_shouts(checked: CheckedIssue) -> Iterator[Finding]:
    """A subject that looks like junk mail: capitals, repeated exclamation marks, a feigned answer."""
    subject = checked.issue.subject
    found = list(_shouts(subject))
    if found:
        whys, hints = zip(*found, strict=True)
        yield checked.finding(
            "subject.shouts",
            Severity.WARN,
            f"The subject {_and(whys)}; junk filters count that against it.",
            f"Write it as a plain sentence: {_and(hints)}.",
            at=SUBJECT,
            words=subject,
        )


def _shouts(subject: str) -> Iterator[tuple[str, str]]:
    """All that is loud in a subject, each with what to do."""
    answer = _ANSWER.match(subject)
    letters = [sign for sign in subject if sign.isalpha()]
    if answer:
        yield "looks like an answer to a mail that was never sent", f'take out "{answer[0].strip()}"'
    if marks := _MARKS.search(subject):
        yield "has several exclamation marks in a row", f'write "{marks[0]}" as one, or as a full stop'
    if len(letters) >= LETTERS_THAT_SHOUT and subject == subject.upper() != subject.lower():
        yield "is all in capitals", "keep capitals for first letters and acronyms"


def _and(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def preheader_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """No preheader: inboxes show the first words they find instead."""
    if not checked.issue.preheader.strip():
        yield checked.finding(
            "preheader.missing",
            Severity.WARN,
            "The issue has no preheader; inboxes will show the first words of the text in its place.",
            "Say in one line what the issue brings: preheader: …",
            at=PREHEADER,
        )


def preheader_length(checked: CheckedIssue) -> Iterator[Finding]:
    """A preheader too short to fill its line, or too long to be shown."""
    text = checked.issue.preheader.strip()
    least, most = PREHEADER_LENGTH
    if text and not least <= len(text) <= most:
        yield checked.finding(
            "preheader.length",
            Severity.WARN,
            f"The preheader has {len(text)} signs; between {least} and {most} are shown well.",
            "Add a second thing worth reading." if len(text) < least else "Shorten it.",
            at=PREHEADER,
            words=text,
        )


def preheader_repeats(checked: CheckedIssue) -> Iterator[Finding]:
    """A preheader that says what the subject said."""
    subject, preheader = _plain(checked.issue.subject), _plain(checked.issue.preheader)
    if subject and preheader and (preheader == subject or preheader.startswith(f"{subject} ")):
        yield checked.finding(
            "preheader.repeats",
            Severity.WARN,
            "The preheader repeats the subject, which stands right before it.",
            "Say something that the subject does not.",
            at=PREHEADER,
            words=checked.issue.preheader,
        )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


RULES = (
    Rule("subject.missing", "No subject line", STOP, "RFC 5322 section 3.6.5", subject_missing),
    Rule(
        "subject.long",
        "A subject that inboxes cut off",
        WARN,
        "what inboxes show",
        subject_long,
        reads_words=True,
    ),
    Rule(
        "subject.shouts",
        "Capitals, `!!`, a feigned `Re:`",
        WARN,
        "junk filters",
        subject_shouts,
        reads_words=True,
    ),
    Rule("preheader.missing", "No preheader", WARN, "what inboxes show", preheader_missing),
    Rule(
        "preheader.length",
        "A preheader outside 30 to 110 signs",
        WARN,
        "what inboxes show",
        preheader_length,
        reads_words=True,
    ),
    Rule(
        "preheader.repeats",
        "A preheader that repeats the subject",
        WARN,
        "what inboxes show",
        preheader_repeats,
        reads_words=True,
    ),
)
