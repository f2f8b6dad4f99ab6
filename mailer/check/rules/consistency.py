"""One thing, one spelling; and an order that readers can follow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from mailer.check.reading import Place, TextPlace, texts
from mailer.check.rule import NOTE, OWN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Contact, EventReport, Heading

SHORTEST_COMPOUND = 8
ENOUGH_TO_HAVE_AN_ORDER = 3

_COMPOUND = re.compile(r"(?<![\w-])[^\W\d_]{2,20}(?:-[^\W\d_]{2,20})?(?![\w-])")
_NUMBERED = re.compile(r"\b([A-Z]{2,6}|CoP|MoP)( ?)(\d{1,3})\b")
_TWO_NUMBERS = re.compile(r"\d\s?/\s?\d")


def variants(checked: CheckedIssue) -> Iterator[Finding]:
    """A word with a hyphen here and without one there; COP11 here and COP 11 there."""
    uses: dict[str, dict[str, list[tuple[TextPlace, int]]]] = defaultdict(lambda: defaultdict(list))
    for text in texts(checked.issue):
        for thing, form, offset in _forms_in(text.prose):
            uses[thing][form].append((text, offset))
    for forms in uses.values():
        if len(forms) > 1:
            ranked = sorted(forms.items(), key=lambda form: (-len(form[1]), form[0]))
            rarer, places = ranked[-1]
            text, offset = places[0]
            counted = ", ".join(f'"{form}" {len(found)}' for form, found in ranked)
            yield checked.finding(
                "text.variants",
                Severity.NOTE,
                f"One word is written in several ways: {counted}.",
                f'Write "{ranked[0][0]}" throughout, or the other.',
                at=text.at(offset),
                words=rarer,
            )


@lru_cache(maxsize=2048)
def _forms_in(prose: str) -> tuple[tuple[str, str, int], ...]:
    """What may be written in several ways, how it is written here, and where it begins."""
    words = ((found[0].casefold(), found.start()) for found in _COMPOUND.finditer(prose))
    numbered = ((found[1].upper(), found[2], found.start()) for found in _NUMBERED.finditer(prose))
    return (
        *((word.replace("-", ""), word, at) for word, at in words if len(word) >= SHORTEST_COMPOUND),
        *((f"{series} number", f"{series}{gap}…", at) for series, gap, at in numbered),
    )


def order(checked: CheckedIssue) -> Iterator[Finding]:
    """Reports on events that follow one another in no order of time."""
    reports = [item for item in checked.issue.items if isinstance(item, EventReport)]
    steps = [later.start - earlier.start for earlier, later in pairwise(reports)]
    rises = [step.days > 0 for step in steps if step.days]
    if len(reports) >= ENOUGH_TO_HAVE_AN_ORDER and any(rises) and not all(rises):
        turn = next(index for index, rise in enumerate(rises) if rise != rises[0])
        shown = ", ".join(f"{item.start.day} {item.start:%b %Y}" for item in reports)
        yield checked.finding(
            "date.order",
            Severity.NOTE,
            f"The reports on events come neither in rising nor in falling order of time: {shown}.",
            "Sort them, newest first or oldest first.",
            at=Place(reports[turn + 1].id, "start"),
            words=reports[turn + 1].start.isoformat(),
        )


def headings(checked: CheckedIssue) -> Iterator[Finding]:
    """The same heading over two parts of the issue."""
    first: dict[str, str] = {}
    for item in checked.issue.items:
        title = " ".join(item.title.split())
        if not isinstance(item, Heading) or not title:
            continue
        if title.casefold() in first:
            yield checked.finding(
                "heading.repeated",
                Severity.NOTE,
                f'The heading "{title}" stands in the issue already, as "{first[title.casefold()]}".',
                "Keep one above all the items that it names.",
                at=Place(item.id, "title"),
                words=title,
            )
        first.setdefault(title.casefold(), item.id)


def telephone(checked: CheckedIssue) -> Iterator[Finding]:
    """Two telephone numbers written as one, which no telephone dials."""
    for item in checked.issue.items:
        if not isinstance(item, Contact):
            continue
        for index, phone in enumerate(item.phones):
            if _TWO_NUMBERS.search(phone):
                yield checked.finding(
                    "contact.two-numbers",
                    Severity.NOTE,
                    f'"{phone}" holds two numbers; a telephone can dial neither.',
                    "Give each number its own line under phones.",
                    at=Place(item.id, f"phones[{index}]"),
                    words=phone,
                )


RULES = (
    Rule("date.order", "Reports in no order of time", NOTE, OWN, order),
    Rule("text.variants", "One word spelt in several ways", NOTE, OWN, variants, reads_words=True),
    Rule("heading.repeated", "The same heading twice", NOTE, OWN, headings, reads_words=True),
    Rule("contact.two-numbers", "Two telephone numbers in one", NOTE, OWN, telephone),
)
