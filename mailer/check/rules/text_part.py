"""The text part: there, as whole as the HTML, and in lines that every program shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from mailer.check.likeness import letters_of
from mailer.check.page.looks import looks_of
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

MOST_OCTETS = 998
"""Of a line, without its end (RFC 5322, 2.1.1)."""
WIDEST = 78
"""Signs of a line (RFC 5322, 2.1.1)."""
SHOWN = 60
MOST = 5

_HEADING = re.compile(r"h[1-6]")
_ADDRESS = re.compile(r"https?://\S|[\w.-]@[\w-]")


def missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A mail without a text part."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        if not rendition.text.strip():
            yield Trouble("has no text part")

    hint = "Readers without HTML, and junk filters, want one. This is a fault of the mailer: report it."
    yield from in_versions(checked, "text.missing", Severity.STOP, troubles, hint, what="mail")


def diverging(checked: CheckedIssue) -> Iterator[Finding]:
    """A link or heading that readers of the text part do not get."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for says, item, words in _only_in_html(rendition.html, rendition.text)[:MOST]:
            yield Trouble(says, item, words)

    hint = "The text part is made from the items: say it in one of them, not in the template alone."
    yield from in_versions(checked, "text.diverges", Severity.WARN, troubles, hint, what="mail")


def too_long(checked: CheckedIssue) -> Iterator[Finding]:
    """A line of the text part that no mail may have."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for line in rendition.text.split("\n"):
            if len(line) * 4 > MOST_OCTETS and (octets := len(line.encode())) > MOST_OCTETS:
                yield Trouble(
                    f'has a line of {octets} octets in its text part ("{line[:SHOWN]}…")', words=line[:SHOWN]
                )

    hint = "Break it, or shorten the address in it."
    yield from in_versions(checked, "text.line-long", Severity.STOP, troubles, hint, what="mail")


def wide(checked: CheckedIssue) -> Iterator[Finding]:
    """A line of the text part that is wider than mail programs show."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        lines = rendition.text.split("\n")
        for line in [each for each in lines if len(each) > WIDEST and not _ADDRESS.search(each)][:MOST]:
            yield Trouble(
                f'has a line of {len(line)} signs in its text part ("{line[:SHOWN]}…")', words=line[:SHOWN]
            )

    hint = "Give words that long a place to break."
    yield from in_versions(checked, "text.line-wide", Severity.WARN, troubles, hint, what="mail")


@lru_cache(maxsize=256)
def _only_in_html(page: str, text: str) -> tuple[tuple[str, str | None, str], ...]:
    if not text.strip():
        return ()
    looks = looks_of(page)
    found: dict[tuple[str, str | None, str], None] = {}
    addresses, words = _address(text), letters_of(text)
    for link in looks.links:
        href = link.href.strip()
        if href.startswith(("#", "tel:")) or not href or link.look.is_hidden:
            continue
        if (
            _address(href.removeprefix("mailto:").partition("?")[0] if "mailto:" in href else href)
            not in addresses
        ):
            found[f'has a link to "{href[:SHOWN]}" in its HTML only', link.item, href] = None
    for block in looks.blocks:
        if _HEADING.fullmatch(block.tag) and letters_of(block.words) not in words:
            found[f'has the heading "{block.words[:SHOWN]}" in its HTML only', block.item, block.words] = None
    return tuple(found)


def _address(words: str) -> str:
    """Without what is written in several ways: line breaks, escapes, the last slash."""
    return unquote("".join(words.split())).casefold().rstrip("/")


RULES = (
    Rule("text.missing", "A mail without a text part", STOP, "RFC 2046 section 5.1.4", missing),
    Rule(
        "text.line-long", "A line of the text part over 998 octets", STOP, "RFC 5322 section 2.1.1", too_long
    ),
    Rule(
        "text.diverges",
        "A link or heading that is in the HTML only",
        WARN,
        "RFC 2046 section 5.1.4",
        diverging,
    ),
    Rule(
        "text.line-wide",
        "A line of the text part over 78 signs",
        WARN,
        "RFC 5322 section 2.1.1",
        wide,
        is_strict=True,
    ),
)
