"""Mail addresses behind words: they must be usable, and be the address that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from mailer.check.link_reading import LinkPlace, links
from mailer.check.rule import OWN, STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

_MAILTO = re.compile(r"^\s*mailto:", re.IGNORECASE)
_SPACED = re.compile(r"^\s*mailto:(?:\s|%20)", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def differs_from_text(checked: CheckedIssue) -> Iterator[Finding]:
    """A mail address is shown, and another one is written to."""
    for link in _mail_links(checked):
        targets = _targets(link.url)
        shown = _ADDRESS.findall(link.text)
        known = {target.casefold() for target in targets}
        for address in shown:
            if targets and address.casefold() not in known:
                yield checked.finding(
                    "mailto.differs-from-text",
                    Severity.STOP,
                    f'Readers see "{address}", but their mail would go to "{", ".join(targets)}".',
                    "Find out which is right, and write it in both places.",
                    at=link.place,
                    words=", ".join(targets),
                )


def space(checked: CheckedIssue) -> Iterator[Finding]:
    """A space after `mailto:`, which breaks the link in many mail programs."""
    for link in _mail_links(checked):
        if _SPACED.match(link.url):
            mended = "mailto:" + re.sub(r"^(?:\s|%20)+", "", _MAILTO.sub("", link.url)).rstrip()
            yield checked.finding(
                "mailto.space",
                Severity.STOP,
                'There is a space after "mailto:"; in many mail programs such a link does nothing.',
                f'Write "{mended}".',
                at=link.place,
                words=link.url,
            )


def _mail_links(checked: CheckedIssue) -> Iterator[LinkPlace]:
    return (link for link in links(checked.issue) if _MAILTO.match(link.url))


def _targets(url: str) -> tuple[str, ...]:
    """The addresses of a mailto URL (RFC 6068 section 2), without its subject and the like."""
    listed = unquote(_MAILTO.sub("", url).split("?")[0])
    return tuple(address.strip() for address in listed.split(",") if address.strip())


RULES = (
    Rule(
        "mailto.differs-from-text",
        "One mail address is shown, another is written to",
        STOP,
        OWN,
        differs_from_text,
        reads_words=True,
    ),
    Rule("mailto.space", "A space after `mailto:`", STOP, "RFC 6068 section 2", space, reads_words=True),
)
