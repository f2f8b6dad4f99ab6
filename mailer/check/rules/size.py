"""Size: Gmail cuts a message off, and the unsubscribe line with it, near 102 KB of HTML."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

NEAR = 0.9
"""Share of the limit from which it is said beforehand."""


HEAVY = 1_500_000
"""Octets of a whole message from which it is slow on a telephone and suspect to filters."""
TOO_HEAVY = 20_000_000
"""Octets that most mail services refuse (Gmail takes 25 MB, many less)."""


def heavy(checked: CheckedIssue) -> Iterator[Finding]:
    """A version whose message is too heavy, its pictures included as they travel (base64)."""
    for rendition in checked.renditions:
        pictures = rendition.pictures if rendition.images == "embedded" else ()
        size = (
            rendition.html_bytes
            + len(rendition.text.encode())
            + sum(len(p.content) for p in pictures) * 4 // 3
        )
        if size <= HEAVY:
            continue
        largest = max(pictures, key=lambda p: len(p.content), default=None)
        yield checked.finding(
            "size.mail",
            Severity.STOP if size > TOO_HEAVY else Severity.WARN,
            f"A mail of version {rendition.variant.key} weighs {size / 1e6:.1f} MB.",
            f"Make {largest.src} smaller first: 1200 pixels wide is plenty."
            if largest
            else "Shorten the text.",
            at=Place(None, None),
            words=rendition.variant.key,
        )


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
