"""Signs that nobody sees, left behind by word processors and hurried typing."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import texts
from mailer.check.rule import NOTE, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.source.slips import line_ends, soft_hyphens


def hidden_hyphens(checked: CheckedIssue) -> Iterator[Finding]:
    """Soft hyphens, counted by field."""
    for text in texts(checked.issue):
        if found := list(soft_hyphens(text.text)):
            words = _word_around(text.text, found[0].start)
            yield checked.finding(
                "text.soft-hyphen",
                Severity.NOTE,
                f'There is a hidden hyphen in "{words}"{_more(len(found))}; searching misses such a word, and some '
                "mail programs show the hyphen.",
                "Type the word anew, or let `mailer check --fix` take them out.",
                at=text.at(found[0].start),
                words=words,
            )


def blank_line_ends(checked: CheckedIssue) -> Iterator[Finding]:
    """Blanks at the ends of lines, counted by field."""
    for text in texts(checked.issue):
        if found := list(line_ends(text.text)):
            yield checked.finding(
                "text.trailing-space",
                Severity.NOTE,
                f"A line ends in blanks that nobody sees{_more(len(found))}.",
                "Take them out, or let `mailer check --fix` do it.",
                at=text.at(found[0].start),
            )


def _word_around(text: str, offset: int) -> str:
    before, after = text[max(0, offset - 30) : offset], text[offset : offset + 30]
    word = (before.split()[-1:] or [""])[0] if before[-1:].strip() else ""
    return (word + (after.split()[:1] or [""])[0]).replace("\u00ad", "")


def _more(count: int) -> str:
    return f", and so {count - 1} more time{'s' if count > 2 else ''} in this text" if count > 1 else ""  # noqa: PLR2004


RULES = (
    Rule(
        "text.soft-hyphen",
        "Hidden hyphens in words",
        NOTE,
        "Unicode 5.3 (U+00AD)",
        hidden_hyphens,
        reads_words=True,
    ),
    Rule(
        "text.trailing-space",
        "Blanks at the end of a line",
        NOTE,
        "CommonMark 6.7",
        blank_line_ends,
        reads_words=True,
        is_strict=True,
    ),
)
