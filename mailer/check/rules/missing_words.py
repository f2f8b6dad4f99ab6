"""Small words that were left out, where the words around them show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.reading import texts
from mailer.check.rule import NOTE, OWN, Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity

_DONE = "organi[sz]ed|hosted|supported|funded|financed|sponsored|convened|led|prepared|published|arranged"
_BY = re.compile(
    rf"\b(?:{_DONE})\s{{1,9}}by\s(?:(?!\bby\b)[^.;:!?]){{1,80}}?\band\s{{1,9}}"
    rf"(?P<done>{_DONE})\s{{1,9}}(?=[A-Z][\w’'-]{{1,30}}(?:\s|[.,(]))"
)
_GOVERNMENT = re.compile(r"\b(?:of|by|with|from|to)\s{1,9}(?P<state>[A-Z][a-z]{3,20})\s{1,9}[Gg]overnment\b")


def missing(checked: CheckedIssue) -> Iterator[Finding]:
    """`supported by CMS and organized NABU`; `of Tajikistan government`. English only."""
    if primary(checked.issue.language) != "en":
        return
    for text in texts(checked.issue):
        for found in _BY.finditer(text.prose) if "by" in text.prose and "and" in text.prose else ():
            words = text.prose[found.start("done") : found.end() + 30].split()
            shown = " ".join(words[:2])
            yield checked.finding(
                "text.missing-word",
                Severity.NOTE,
                f'A "by" seems to be missing in "{shown}": what stands before it is done by others.',
                f'Write "{words[0]} by {words[1]}", if that is meant.',
                at=text.at(found.start("done")),
                words=shown,
            )
        for found in _GOVERNMENT.finditer(text.prose) if "overnment" in text.prose else ():
            if found["state"] not in _states(checked):
                continue
            shown = " ".join(found[0].split())
            yield checked.finding(
                "text.missing-word",
                Severity.NOTE,
                f'An article seems to be missing in "{shown}".',
                f'Write "the Government of {found["state"]}".',
                at=text.at(found.start()),
                words=shown,
            )


def _states(checked: CheckedIssue) -> frozenset[str]:
    countries = checked.registers.countries.values() if checked.registers else ()
    return frozenset(name for country in countries if (name := country.names.get("en")))


RULES = (
    Rule(
        "text.missing-word",
        'A "by" or "the" that was left out',
        NOTE,
        OWN,
        missing,
        reads_words=True,
        is_strict=True,
        needs=Needs("small words left out", languages=("en",)),
    ),
)
