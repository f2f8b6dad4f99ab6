"""Groups that items are shown to."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.subject import CheckedIssue
from mailer.errors import nearest
from mailer.model.finding import Finding, Severity


def unknown(checked: CheckedIssue) -> Iterator[Finding]:
    """An item shown to a group that does not exist: nobody would see it."""
    for item in checked.issue.items:
        if item.show_to is not None and item.show_to not in checked.known_segments:
            yield checked.finding(
                "segment.unknown",
                Severity.STOP,
                f'There is no group "{item.show_to}".',
                nearest(item.show_to, checked.known_segments) or "Define it in segments.yaml.",
                at=Place(item.id, "show_to"),
                words=item.show_to,
            )
