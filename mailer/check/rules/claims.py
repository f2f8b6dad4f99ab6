"""How many Parties a text gives a treaty, and what it calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.naming import said_of, treaty_meant
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import OWN, WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity

STALE_DAYS = 400
"""Days after which a register's number of Parties may have been overtaken."""

MORE, LEAST, ABOUT = "more", "least", "about"
_QUALIFIED = {
    MORE: r"more\s{1,3}than|over|above|in\s{1,3}excess\s{1,3}of|plus\s{1,3}de|более(?:\s{1,3}чем)?|свыше|больше",
    LEAST: r"at\s{1,3}least|au\s{1,3}moins|не\s{1,3}менее",
    ABOUT: r"about|around|some|nearly|almost|close\s{1,3}to|up\s{1,3}to|environ|près\s{1,3}de|quelque"
    r"|около|почти|порядка",
}
_HOW_MANY = "".join(rf"(?:(?P<{name}>{words})\s{{1,9}})?" for name, words in _QUALIFIED.items())
_MEMBERS = {
    "en": r"member\s{1,9}(?:states?|countries|nations|parties)",
    "fr": r"(?:états|pays|etats)\s{1,9}membres",
    "ru": r"(?:государств\w{0,3}|стран\w{0,3})\s?[-–]\s?член\w{0,3}",
}
_PARTIES = {
    "en": r"(?:(?:contracting|states?)\s{1,9})?parties",
    "fr": r"(?:états\s{1,9})?parties(?:\s{1,9}contractantes)?",
    "ru": r"(?:договаривающ\w{0,4}\s{1,9})?сторон[аы]?",
}
_HAS = {
    "en": r"\b(?:has|have|counts|comprises|numbers|unites)\s{1,9}(?:(?:now|currently|today|meanwhile)\s{1,9})?",
    "fr": r"\b(?:compte|regroupe|réunit|rassemble|a)\s{1,9}(?:(?:désormais|actuellement|aujourd['’]hui)\s{1,9})?",
    "ru": r"\b(?:в\s{1,3}н(?:ей|ём|ем)|насчитывает|объединяет|имеет|участвуют)\s{1,9}"
    r"(?:(?:сейчас|сегодня|теперь|уже)\s{1,9})?",
}
_TOTAL_END = r"(?=\s{0,9}(?:[.,;:!?)]|$)|\s{1,9}(?:to|today|worldwide|now|and|à|dans|по|на|и)\b)"
_TOTAL = {
    tag: re.compile(
        rf"\d(?<!\d\d)\d{{1,2}}\s{{1,9}}(?:[A-Z]{{2,6}}\s)?"
        rf"(?i:(?:(?P<members>{_MEMBERS[tag]})|{_PARTIES[tag]})\b{_TOTAL_END})"
    )
    for tag in _HAS
}
_LEAD = {tag: re.compile(rf"(?i:{words}(?P<how>{_HOW_MANY})$)") for tag, words in _HAS.items()}
_MEMBERS_OF = {
    "en": r"(?:of|to|in)\s{1,9}(?:the\s{1,9})?",
    "fr": r"(?:de|à)\s{1,9}(?:la\s{1,9})?",
    "ru": r"\s{0,9}",
}


def number_of_parties(checked: CheckedIssue) -> Iterator[Finding]:
    """A number of Parties that the register of treaties does not have on the day."""
    for text, lead, found, treaty in _totals(checked):
        registers = checked.registers
        known = registers.party_count(treaty, checked.day) if registers else None
        said = int(found[0].split()[0])
        if known is None or registers is None or _is_true(lead, said, known[1]):
            continue
        since, number = known
        name = registers.treaties[treaty].short.get("en", treaty)
        has_grown = said > number and (checked.day - since).days > STALE_DAYS
        claim = " ".join(text.prose[lead.start("how") : found.end()].split())
        yield checked.finding(
            "fact.party-number",
            Severity.NOTE if has_grown else Severity.WARN,
            f'"{claim}": by the register, {name} has {number} Parties since {since.day} {since:%B} {since.year}.',
            f'Write "{number} Parties"; or add the new number to party_count in recipients/treaties.yaml.',
            at=text.at(lead.start("how")),
            words=claim,
        )


def member_states(checked: CheckedIssue) -> Iterator[Finding]:
    """Parties to a treaty called its Member States."""
    for text, start, shown in _members(checked):
        yield checked.finding(
            "fact.member-states",
            Severity.WARN,
            f'"{shown}": a treaty has Parties; members are those of an organization.',
            _INSTEAD[primary(checked.issue.language)],
            at=text.at(start),
            words=shown,
        )


_INSTEAD = {"en": 'Write "Parties".', "fr": 'Write "Parties".', "ru": 'Write "Стороны".'}


def _members(checked: CheckedIssue) -> Iterator[tuple[TextPlace, int, str]]:
    for text, _, found, _ in _totals(checked):
        if found["members"]:
            yield text, found.start("members"), " ".join(found["members"].split())
    tag = primary(checked.issue.language)
    if checked.registers is None or tag not in _MEMBERS:
        return
    shorts = [s for t in checked.registers.treaties.values() if t.kind == "treaty" for s in t.short.values()]
    named = "|".join(map(re.escape, sorted(set(shorts), key=len, reverse=True)))
    if not named:
        return
    of_it = rf"(?i:(?P<members>{_MEMBERS[tag]}))\s{{1,9}}{_MEMBERS_OF[tag]}(?:{named})(?!\w)"
    its = rf"(?<!\w)(?:{named})(?:['’]s?)?\s{{1,9}}(?i:(?P<members>{_MEMBERS[tag]}))(?!\w)"
    for text in texts(checked.issue):
        if not re.search(_MEMBERS[tag], text.text, re.IGNORECASE):
            continue
        for pattern in (of_it, its):
            for found in re.finditer(pattern, text.prose):
                yield text, found.start("members"), " ".join(found[0].split())


def _totals(checked: CheckedIssue) -> Iterator[tuple[TextPlace, re.Match[str], re.Match[str], str]]:
    """Every text that says how many Parties a treaty has: lead, number with noun, the treaty's slug."""
    tag = primary(checked.issue.language)
    if checked.registers is None or tag not in _TOTAL:
        return
    for text in texts(checked.issue):
        for lead, found in said_of(text.prose, _TOTAL[tag], _LEAD[tag]):
            treaty = treaty_meant(checked.issue, text, lead.start(), found.end(), checked.registers)
            if treaty is not None:
                yield text, lead, found, treaty


def _is_true(lead: re.Match[str], said: int, number: int) -> bool:
    if lead[ABOUT]:
        return True
    if lead[MORE]:
        return said < number
    return said <= number if lead[LEAST] else said == number


RULES = (
    Rule(
        "fact.party-number",
        "A number of Parties that the register does not have",
        (Severity.WARN, Severity.NOTE),
        OWN,
        number_of_parties,
        reads_words=True,
        needs=Needs("numbers of Parties", (Register.PARTY_NUMBERS,), tuple(_HAS)),
    ),
    Rule(
        "fact.member-states",
        '"Member States" of a treaty',
        WARN,
        OWN,
        member_states,
        reads_words=True,
        needs=Needs("Member States", (Register.TREATIES,), tuple(_HAS)),
    ),
)
