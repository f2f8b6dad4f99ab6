"""Changes and comments that came in with somebody's text, and that nobody has decided yet."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.filled import is_markdown
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from mailer.model.undecided import Kind, Undecided, undecided_in
from mailer.source.slips import without_code

_SAID: dict[Kind, tuple[str, str]] = {
    "insertion": (
        "Somebody wants words put in",
        "Keep the words or take them out, and the marks {++ ++} with it.",
    ),
    "deletion": (
        "Somebody wants words taken out",
        "Keep the words or take them out, and the marks {-- --} with it.",
    ),
    "substitution": (
        "Somebody wants words changed",
        "Keep one of the two, and take the marks {~~ ~> ~~} out.",
    ),
    "highlight": ("Words are marked, as for a comment", "Take the marks {== ==} out."),
    "comment": (
        "A comment stands among the words",
        "Settle what it asks, and take it out with its marks {>> <<}.",
    ),
}


def undecided(checked: CheckedIssue) -> Iterator[Finding]:
    """What stands in CriticMarkup outside code: readers would get both wordings, and the marks."""
    for text in texts(checked.issue):
        for each in _found(text, checked.issue) if "{" in text.text else ():
            said, hint = _SAID[each.kind]
            yield checked.finding(
                "text.undecided",
                Severity.STOP,
                f'{said}, and nobody has decided: "{each.words}".',
                hint,
                at=text.at(each.start),
                words=each.words,
            )


def _found(text: TextPlace, issue: Issue) -> Iterator[Undecided]:
    """Only Markdown has code and backslashes: elsewhere readers see a mark, whatever stands around it."""
    if not is_markdown(text.field, None if text.item is None else issue.item(text.item)):
        return undecided_in(text.text, plain=True)
    is_any = any(True for _ in undecided_in(text.text))
    return undecided_in(without_code(text.text)) if is_any else iter(())


RULES = (
    Rule(
        "text.undecided",
        "Tracked changes and comments that nobody has decided: {++ ++}, {-- --}, {~~ ~> ~~}, {>> <<}",
        STOP,
        "CriticMarkup",
        undecided,
        reads_words=True,
        can_be_waived=False,
    ),
)
