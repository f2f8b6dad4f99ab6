"""Size: Gmail cuts a message off, and the unsubscribe line with it, near 102 KB of HTML."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

NEAR = 0.9
"""Share of the limit from which it is said beforehand."""


def clip(checked: CheckedIssue) -> Iterator[Finding]:
    """A version that Gmail would cut off, or soon will."""
    for rendition in checked.renditions:
        size, limit = rendition.html_bytes, checked.clip_bytes
        if size > limit:
            severity, then = Severity.STOP, "Gmail cuts it off, and the unsubscribe line with it"
        elif size > NEAR * limit:
            severity, then = Severity.WARN, "a little more and Gmail cuts it off"
        else:
            continue
        yield checked.finding(
            "size.clip",
            severity,
            f"Version {rendition.variant.key} has {size:,} bytes of HTML, {size / limit:.0%} of the "
            f"{limit:,} that are shown; {then}.",
            "Shorten texts, or show fewer items to these readers.",
            at=Place(None, None),
            words=rendition.variant.key,
        )
