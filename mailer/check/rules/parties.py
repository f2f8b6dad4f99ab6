"""States that a text calls Parties to a treaty, held to the register on the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mailer.check.naming import Calling, Meant, is_described, states_called, treaties_named
from mailer.check.reading import TextPlace
from mailer.check.rule import WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity
from mailer.model.register import Registers

_PARTY = {
    "en": re.compile(r"Part(?P<many>ies|y)\s{1,9}to\s{1,9}(?:the\s{1,9})?(?=\w)"),
    "fr": re.compile(r"[Pp]artie(?P<many>s?)\s{1,9}à\s{1,9}(?:la\s{1,9})?(?=\w)"),
    "ru": re.compile(r"[Сс]торон(?P<many>ами|ы|ой|а)\s{1,9}(?=\w)"),
}
_LEAD = {
    "en": re.compile(
        r"(?:\s{0,3},\s{1,9}|\s{1,9}(?:is|are|became)\s{1,9})(?:(?:an?|the|both|all)\s{1,9})?"
        r"(?:(?!not\b|no\b|never\b)[\w-]{2,20}\s{1,9})?$"
    ),
    "fr": re.compile(r"(?:\s{0,3},\s{1,9}|\s{1,9}(?:est|sont)\s{1,9})(?:une\s{1,9})?$"),
    "ru": re.compile(r"\s{1,9}(?:является|являются|[-–—])\s{1,9}$"),
}
_NAMED_AFTER = re.compile(
    r"([A-Z](?<!\w.)[A-Z]{1,7})\s{1,9}Part(?:y|ies)\s{1,9}(?:such\s{1,3}as\s{1,3}|including\s{1,3})?(?=[A-Z])"
)
_CALLED = Calling(
    sign={"en": "Part", "fr": "artie", "ru": "торон"},
    words=_PARTY,
    lead=_LEAD,
    one=frozenset({"y", "", "ой", "а"}),
    listing=_NAMED_AFTER,
)


def not_a_party(checked: CheckedIssue) -> Iterator[Finding]:
    """A State called a Party to a treaty that it has not joined, or not yet, or has left."""
    registers = checked.registers
    if registers is None:
        return

    meant = Meant(checked.issue, registers)
    parties = cache(lambda treaty: registers.parties(treaty, checked.day))
    short_names = cache(lambda words: treaties_named(words, registers))

    def named(text: TextPlace, after: str, at: int) -> str | None:
        return _treaty_at_start(text, after, at, registers, meant)

    def listed(_: str, found: re.Match[str]) -> Iterable[str]:
        return short_names(found[1])

    for text, at, treaty, code in states_called(checked, _CALLED, named, listed):
        country = registers.countries[code]
        if not parties(treaty) or code in parties(treaty):
            continue
        if is_described(country):
            short = registers.treaties[treaty].short.get("en", treaty)
            name = country.name(primary(checked.issue.language))
            joins = country.parties.get(treaty)
            later = f" (it becomes one on {joins.since})" if joins and joins.since > checked.day else ""
            yield checked.finding(
                "fact.not-a-party",
                Severity.WARN,
                f'"{name}" is called a Party to {short} here; by the register it is none on {checked.day}{later}.',
                "Correct the text; or correct the State's `parties` in recipients/countries.yaml.",
                at=text.at(at),
                words=name,
            )


def _treaty_at_start(text: TextPlace, after: str, at: int, registers: Registers, meant: Meant) -> str | None:
    for treaty in registers.treaties.values():
        if treaty.kind == "treaty" and after.startswith((*treaty.short.values(), *treaty.titles.values())):
            return treaty.slug
    if re.match(r"(?:Convention|Конвенции)\b(?!\s{1,9}(?:on|sur|о|об|for|pour)\b)", after):
        return meant.at(text, at, at)
    return None


RULES = (
    Rule(
        "fact.not-a-party",
        "A State called a Party that by the register is none",
        WARN,
        "the registers",
        not_a_party,
        reads_words=True,
        needs=Needs("who is a Party", (Register.TREATIES, Register.PARTIES), tuple(_PARTY)),
    ),
)
