"""What bulk mail sent in earnest needs on the web."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity


def no_one_click(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter sent in earnest without one-click unsubscribe."""
    if checked.is_real and not checked.public and checked.issue.message_class == "newsletter":
        yield checked.finding(
            "unsubscribe.no-one-click",
            Severity.STOP,
            "Readers can unsubscribe by mail only; Gmail and Yahoo want one click from those who mail many.",
            "Set up `public` in mailer.toml, or waive this with the reason why mail will do.",
            at=Place(None, None),
        )


RULES = (
    Rule(
        "unsubscribe.no-one-click",
        "Bulk mail sent in earnest without one-click unsubscribe",
        STOP,
        "RFC 8058",
        no_one_click,
    ),
)
