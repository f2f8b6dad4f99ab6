"""How many Parties a text gives a treaty, and what it calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.calendar_names import written_day
from mailer.check.party_totals import ABOUT, LANGUAGES, LEAST, MEMBERS, MORE, PartyTotal, party_totals
from mailer.check.reading import TextPlace, texts
from mailer.check.rule import OWN, WARN, Needs, Register, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.finding import Finding, Severity

STALE_DAYS = 400
"""Days after which a register's number of Parties may have been overtaken."""

_MEMBERS_OF = {
    "en": r"(?:of|to|in)\s{1,9}(?:the\s{1,9})?",
    "fr": r"(?:de|à)\s{1,9}(?:la\s{1,9})?",
    "ru": r"\s{0,9}",
}


def number_of_parties(checked: CheckedIssue) -> Iterator[Finding]:
    """A number of Parties that the register of treaties does not have on the day."""
    registers = checked.registers
    for total in party_totals(checked):
        known = registers.party_count(total.treaty, checked.day) if registers else None
        if known is None or registers is None or _is_true(total, known[1]):
            continue
        since, number = known
        name = registers.treaties[total.treaty].short.get("en", total.treaty)
        has_grown = total.number > number and (checked.day - since).days > STALE_DAYS
        right = parties_in_words(number, primary(checked.issue.language))
        yield checked.finding(
            "fact.party-number",
            Severity.NOTE if has_grown else Severity.WARN,
            f'"{total.claim}": by the register, {name} has {number} Parties since {written_day(since)}.',
            f'Write "{right}"; or add the new number to party_count in recipients/treaties.yaml.',
            at=total.text.at(total.start),
            words=total.claim,
        )


def parties_in_words(number: int, tag: str) -> str:
    """So many Parties, as a text in that language has it."""
    if tag != "ru":
        return f"{number} Parties"
    if number % 100 in range(11, 15) or number % 10 in (0, *range(5, 10)):
        return f"{number} Сторон"
    return f"{number} {'Сторона' if number % 10 == 1 else 'Стороны'}"


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
    for total in party_totals(checked):
        if total.members:
            yield total.text, *total.members
    tag = primary(checked.issue.language)
    if checked.registers is None or tag not in MEMBERS:
        return
    shorts = [s for t in checked.registers.treaties.values() if t.kind == "treaty" for s in t.short.values()]
    named = "|".join(map(re.escape, sorted(set(shorts), key=len, reverse=True)))
    if not named:
        return
    of_it = rf"(?i:(?P<members>{MEMBERS[tag]}))\s{{1,9}}{_MEMBERS_OF[tag]}(?:{named})(?!\w)"
    its = rf"(?<!\w)(?:{named})(?:['’]s?)?\s{{1,9}}(?i:(?P<members>{MEMBERS[tag]}))(?!\w)"
    for text in texts(checked.issue):
        if not re.search(MEMBERS[tag], text.text, re.IGNORECASE):
            continue
        for pattern in (of_it, its):
            for found in re.finditer(pattern, text.prose):
                yield text, found.start("members"), " ".join(found[0].split())


def _is_true(total: PartyTotal, number: int) -> bool:
    if total.how == ABOUT or (total.is_near_only and not number / 2 <= total.number <= number * 2):
        return True
    if total.how == MORE:
        return total.number < number
    return total.number <= number if total.how == LEAST else total.number == number


RULES = (
    Rule(
        "fact.party-number",
        "A number of Parties that the register does not have",
        (Severity.WARN, Severity.NOTE),
        OWN,
        number_of_parties,
        reads_words=True,
        needs=Needs("numbers of Parties", (Register.PARTY_NUMBERS,), LANGUAGES),
    ),
    Rule(
        "fact.member-states",
        '"Member States" of a treaty',
        WARN,
        OWN,
        member_states,
        reads_words=True,
        needs=Needs("Member States", (Register.TREATIES,), LANGUAGES),
    ),
)
