"""Links of the finished HTML that say nothing to those who listen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mailer.check.link_reading import links
from mailer.check.page.looks import Link, looks_of, words_of_link
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

SHOWN = 80


def nameless(checked: CheckedIssue) -> Iterator[Finding]:
    """A link without anything in it that could be read out."""
    known = {link.url.strip() for link in links(checked.issue) if not link.text.strip()}

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for link in _unsaid(rendition.html):
            # What the author left out is told at its line, by link.no-text.
            if not link.alts and link.href not in known:
                yield Trouble(f'has a link without words, to "{link.href[:SHOWN]}"', link.item, link.href)

    hint = "Write between <a> and </a> where it leads."
    yield from in_versions(checked, "a11y.link-name", Severity.STOP, troubles, hint)


def only_a_picture(checked: CheckedIssue) -> Iterator[Finding]:
    """A link whose only content is a picture that says nothing."""

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for link in _unsaid(rendition.html):
            if link.alts:
                says = f'has a link to "{link.href[:SHOWN]}" with nothing in it but a picture that has an empty alt'
                yield Trouble(says, link.item, link.href)

    hint = "Say in the picture's alt where the link leads."
    yield from in_versions(checked, "a11y.link-picture", Severity.STOP, troubles, hint)


@lru_cache(maxsize=256)
def _unsaid(page: str) -> tuple[Link, ...]:
    return tuple(
        link
        for link, words in words_of_link(looks_of(page))
        if not (words or link.look.is_hidden or link.has_name or any(alt.strip() for alt in link.alts))
    )


RULES = (
    Rule("a11y.link-name", "A link of the output without words", STOP, "WCAG 2.4.4", nameless),
    Rule(
        "a11y.link-picture",
        "A link with only a picture whose alt is empty",
        STOP,
        "WCAG 2.4.4",
        only_a_picture,
    ),
)
