"""Size: Gmail cuts a message off, and the unsubscribe line with it, near 102 KB of HTML."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.compat import style_elements
from mailer.check.reading import Place
from mailer.check.rule import Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

NEAR = 0.9
"""Share of the limit from which it is said beforehand."""


HEAVY = 625_000
"""Octets of a whole message that a telephone with 1 Mbit/s loads for five seconds."""
STYLE_BYTES = 16_384
"""Octets of style elements in one mail that Gmail reads."""
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
            f"Leave out a picture, {largest.src} first, lower `image_bytes` in mailer.toml, or write "
            "`images: hosted` where our own web address answers."
            if largest
            else "Shorten the text.",
            at=Place(None, None),
            words=rendition.variant.key,
        )


def styles(checked: CheckedIssue) -> Iterator[Finding]:
    """The version with most styles in its head, if Gmail reads not all of them, or only just: the rest is dropped."""
    sizes = (
        (sum(len(css.encode()) for css in style_elements(rendition.html)), rendition.variant.key)
        for rendition in checked.renditions
    )
    size, key = max(sizes, default=(0, ""))
    if size <= NEAR * STYLE_BYTES:
        return
    severity, then = (
        (Severity.STOP, "Gmail drops what is over")
        if size > STYLE_BYTES
        else (Severity.WARN, "a little more and Gmail drops some")
    )
    yield checked.finding(
        "size.style",
        severity,
        f"Version {key} has {size:,} bytes of styles in its head, of {STYLE_BYTES:,} that Gmail reads; {then}.",
        f"Shorten the styles of templates/{checked.issue.template}.",
        at=Place(None, None),
        words=key,
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


RULES = (
    Rule(
        "size.clip",
        "HTML over, or within a tenth of, what Gmail shows",
        (Severity.STOP, Severity.WARN),
        "Gmail",
        clip,
    ),
    Rule(
        "size.mail",
        "A whole mail over 625 KB, or over 20 MB",
        (Severity.STOP, Severity.WARN),
        "what mail services take",
        heavy,
    ),
    Rule(
        "size.style",
        "More than 16 KB of styles in the head, or nearly",
        (Severity.STOP, Severity.WARN),
        "Gmail (hteumeuleu/email-bugs 90)",
        styles,
    ),
)
