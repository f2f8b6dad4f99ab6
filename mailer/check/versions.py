"""Findings about the versions of an issue: the same trouble in many of them is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailer.check.listing import some_of
from mailer.check.reading import Place
from mailer.check.rule import Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

MOST_NAMED = 3
"""Versions that a finding names; more are counted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong in a version. The same in another version is the same trouble."""

    says: str
    """What follows on "The HTML of version en-3f2a91": `has no title`."""
    item: str | None = None
    words: str = ""
    """The very words that are meant; what is said stands for them where there are none."""
    severity: Severity | None = None
    """Where it is another than the rule's own."""
    hint: str = ""
    """Where there is something better to say than the rule's own."""


def in_versions(
    checked: CheckedIssue,
    rule: str,
    severity: Severity,
    troubles: Callable[[Rendition], Iterable[Trouble]],
    hint: str,
    *,
    what: str = "HTML",
) -> Iterator[Finding]:
    """One finding for each trouble, naming the versions that have it."""
    found: dict[Trouble, dict[str, None]] = {}
    for rendition in checked.renditions:
        for trouble in troubles(rendition):
            found.setdefault(trouble, {})[rendition.variant.key] = None
    items = {item.id for item in checked.issue.items}
    for trouble, keys in found.items():
        yield checked.finding(
            rule,
            trouble.severity or severity,
            f"{_which(list(keys), len(checked.renditions), what)} {trouble.says}.",
            trouble.hint or hint,
            at=Place(trouble.item if trouble.item in items else None, None),
            words=trouble.words or trouble.says,
        )


def in_pages(
    checked: CheckedIssue,
    rule: str,
    severity: Severity,
    troubles: Callable[[str], Iterable[Trouble]],
    hint: str,
) -> Iterator[Finding]:
    """The same for what hangs on a version's HTML alone; the same HTML is looked at once."""
    yield from in_versions(
        checked, rule, severity, lambda rendition: _of_page(troubles, rendition.html), hint
    )


def page_rule(
    name: str,
    title: str,
    severities: tuple[Severity, ...],
    source: str,
    troubles: Callable[[str], Iterable[Trouble]],
    *,
    hint: str,
    is_strict: bool = False,
    can_be_waived: bool = True,
) -> Rule:
    """A rule about what hangs on the HTML alone. A trouble is as bad as the worst, where it does not say."""

    def check(checked: CheckedIssue) -> Iterator[Finding]:
        yield from in_pages(checked, name, severities[0], troubles, hint)

    return Rule(name, title, severities, source, check, is_strict=is_strict, can_be_waived=can_be_waived)


@lru_cache(maxsize=4096)
def _of_page(troubles: Callable[[str], Iterable[Trouble]], page: str) -> tuple[Trouble, ...]:
    return tuple(troubles(page))


def _which(keys: list[str], every: int, what: str) -> str:
    if len(keys) == every > 1:
        return f"The {what} of every version"
    if len(keys) == 1:
        return f"The {what} of version {keys[0]}"
    return f"The {what} of {len(keys)} versions ({some_of(keys, MOST_NAMED)})"
