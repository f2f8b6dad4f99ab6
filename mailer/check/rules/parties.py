"""States that a text calls Parties to a treaty, held to the register on the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.check.naming import (
    is_described,
    said_of,
    state_names,
    states_after,
    states_before,
    treaties_named,
    treaty_meant,
)
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import WARN, Rule
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
_SIGN = {"en": "Part", "fr": "artie", "ru": "торон"}
_ONE = ("y", "", "ой", "а")


def not_a_party(checked: CheckedIssue) -> Iterator[Finding]:
    """A State called a Party to a treaty that it has not joined, or not yet, or has left."""
    registers, tag = checked.registers, primary(checked.issue.language)
    if registers is None or tag not in _PARTY:
        return
    saying = [text for text in texts(checked.issue) if _SIGN[tag] in text.text]
    names = state_names(registers, tag) if saying else {}
    for text in saying:
        for at, treaty, code in _called_parties(checked, text, registers, names):
            country = registers.countries[code]
            if not registers.parties(treaty, checked.day) or country.is_party(treaty, checked.day):
                continue
            if is_described(country):
                short = registers.treaties[treaty].short.get("en", treaty)
                name = country.name(tag)
                joins = country.parties.get(treaty)
                later = f" (it becomes one on {joins.since})" if joins and joins.since > checked.day else ""
                yield checked.finding(
                    "fact.not-a-party",
                    Severity.WARN,
                    f'"{name}" is called a Party to {short} here; by the register it is none '
                    f"on {checked.day}{later}.",
                    "Correct the text; or correct the State's `parties` in recipients/countries.yaml.",
                    at=text.at(at),
                    words=name,
                )


def _called_parties(
    checked: CheckedIssue, text: TextPlace, registers: Registers, names: Mapping[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Where it is said, the treaty's slug, and the code of each State."""
    prose = text.prose
    tag = primary(checked.issue.language)
    for lead, found in said_of(prose, _PARTY[tag], _LEAD[tag]):
        after = prose[found.end() : found.end() + 90]
        treaty = _treaty_at_start(checked, text, after, lead.start(), registers)
        if treaty is not None:
            many = found["many"] not in _ONE
            for code in states_before(prose, lead.start(), names, many=many):
                yield lead.start(), treaty, code
    if tag == "en":
        for found in _NAMED_AFTER.finditer(prose):
            for treaty in treaties_named(found[1], registers):
                for code in states_after(prose, found.end(), names):
                    yield found.start(), treaty, code


def _treaty_at_start(
    checked: CheckedIssue, text: TextPlace, after: str, offset: int, registers: Registers
) -> str | None:
    for treaty in registers.treaties.values():
        if treaty.kind == "treaty" and after.startswith((*treaty.short.values(), *treaty.titles.values())):
            return treaty.slug
    if re.match(r"(?:Convention|Конвенции)\b(?!\s{1,9}(?:on|sur|о|об|for|pour)\b)", after):
        return treaty_meant(checked.issue, text, offset, offset, registers)
    return None


RULES = (
    Rule(
        "fact.not-a-party",
        "A State called a Party that by the register is none",
        WARN,
        "the registers",
        not_a_party,
        reads_words=True,
    ),
)
