"""What bulk mail sent in earnest needs on the web."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity


def no_one_click(checked: CheckedIssue) -> Iterator[Finding]:
    """A newsletter without one-click unsubscribe: a note beforehand, while there is only the practice tray."""
    if checked.public or checked.issue.message_class != "newsletter":
        return
    why = "eaders can unsubscribe by mail only; Gmail and Yahoo want one click from those who mail many."
    place = Place(None, None)
    if checked.is_real:
        hint = "Set up `public` in mailer.toml, or waive this with the reason why mail will do."
        yield checked.finding("unsubscribe.no-one-click", Severity.STOP, f"R{why}", hint, at=place)
    elif checked.messages:
        yield checked.finding(
            "unsubscribe.no-one-click",
            Severity.NOTE,
            f"A real sending will be stopped by this: r{why}",
            "Set up `public` in mailer.toml, or, once a mail service is set up there, waive it with the reason why "
            "mail will do.",
            at=place,
        )


RULES = (
    Rule(
        "unsubscribe.no-one-click",
        "Bulk mail sent in earnest without one-click unsubscribe",
        (Severity.STOP, Severity.NOTE),
        "RFC 8058",
        no_one_click,
    ),
)
