"""What the archive on the web shows to everybody, though only some get it."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import NOTE, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity


def targeted(checked: CheckedIssue) -> Iterator[Finding]:
    """An item for one group: its archive, where the workspace is on the web, is for everybody."""
    if not checked.on_web:
        return
    for item in checked.issue.items:
        if item.show_to is not None and item.archive:
            yield checked.finding(
                "archive.targeted",
                Severity.NOTE,
                f"Only {item.show_to} gets this, and everybody finds it in the archive on the web.",
                "Where that is not meant, write `archive: no`.",
                at=Place(item.id, "show_to"),
                words=item.show_to,
            )


RULES = (
    Rule(
        "archive.targeted",
        "An item for a group that stands in the archive for everybody",
        NOTE,
        "the archive",
        targeted,
    ),
)
