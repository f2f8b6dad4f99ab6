"""No text is too hostile to look through: a megabyte of it takes a rule that reads words a moment."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from mailer.audience import read_registers
from mailer.check import RULES, CheckedIssue
from mailer.check.reading import texts
from mailer.model.issue import Issue

ROOT = Path(__file__).parents[2]
REGISTERS = read_registers(ROOT / "recipients", ROOT)
SIGNS = 1_000_000
MOST_SECONDS = 0.25
"""Where the machine is quiet, nearly all take less than 0.05; a busy one takes several times as long."""
LOOKS_AT_EACH_WORD = frozenset(
    "text.variants text.acronym text.acronym-late fact.species-name name.misspelt name.two-spellings".split()
)
"""Rules that do more than search: as many words, so many steps. A body holds at most 20,000 signs."""
RULES_OF_WORDS = [rule for rule in RULES if rule.reads_words and rule.id not in LOOKS_AT_EACH_WORD]


def issue_with(text: str) -> CheckedIssue:
    """An event with that text as its title: a body of that length is refused before any rule sees it."""
    item = {"id": "one", "kind": "event", "title": "One", "start": "2017-10-23", "end": "2017-10-28"}
    issue = Issue.model_validate({"id": "odd", "series": "S", "date": "2016-12-19", "items": [item]})
    shouting = issue.items[0].model_copy(update={"title": text})
    issue = issue.model_copy(update={"items": (shouting,)})
    return CheckedIssue(
        issue=issue, locate=lambda *_: ("issue.yaml", 1), day=date(2016, 12, 19), registers=REGISTERS
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a", "Aa ", "A-", "9 ", "[", "<", "](", "ff", "1 Party ", "each of the "])
def test_a_megabyte_of_hostile_text_takes_a_rule_a_moment(text: str) -> None:
    seen = issue_with(text * (SIGNS // len(text)))
    began = time.process_time()
    assert all(place.prose is not None for place in texts(seen.issue))
    assert time.process_time() - began < 2 * MOST_SECONDS
    for rule in RULES_OF_WORDS:
        began = time.process_time()
        list(rule.check(seen))
        assert time.process_time() - began < MOST_SECONDS, rule.id


@pytest.mark.parametrize("sign", [")", "a", "a)", "(", "www.", "`"])
def test_finding_what_is_no_prose_takes_no_longer_where_an_at_sign_ends_the_text(sign: str) -> None:
    words = sign * 100_000 + "@"
    began = time.process_time()
    assert all(len(place.prose) == len(place.text) for place in texts(issue_with(words).issue))
    assert time.process_time() - began < 2
