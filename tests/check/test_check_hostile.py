"""No text is too hostile to look through: a megabyte of it takes a rule that reads words a moment."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from mailer.audience import read_registers
from mailer.check import RULES, CheckedIssue, not_checked
from mailer.check.reading import texts
from mailer.model.issue import Article, Issue

ROOT = Path(__file__).parents[2]
REGISTERS = read_registers(ROOT / "recipients", ROOT)
SIGNS = 1_000_000
MOST_SECONDS = 5
"""For a million signs. Where the machine is quiet, most take less than 0.1, and those that find something at every
word 2 or less; a busy one takes several times as long. What grows with the square of the text takes minutes."""
RULES_OF_WORDS = [rule for rule in RULES if rule.reads_words]
SIMPLE = [
    "a",
    "Aa ",
    "A-",
    "9 ",
    "[",
    "<",
    "](",
    "ff",
    "A B C ",
    "ABC ",
    "a\u0301",
    "`` ",
    "{%",
    "%%a ",
    "??",
    "\n",
]
TELLING = [
    "1 Party ",
    "each of the ",
    "+49 228 815 ",
    "{{a|",
    "Aaaa Bbbb (AB) ",
    "(ABC)",
    "TODO\n",
    "{++a {--",
    "{~~a~~}",
    "{>>\\{==",
    "{++a++}",
    "____ ",
    "CMS Parties ",
    "AEWA Parties such as Kenya, Uganda and Tanzania ",
    "Kenya is a Party to the Convention, ",
    "200 Parties to CMS. ",
    "Kenya is a Range State of the saiga. ",
    "21-23 October 2017 ",
    "Monday 3 October 2017, ",
]


def issue_with(text: str) -> CheckedIssue:
    """An event with that text as its title: a body of that length is refused before any rule sees it."""
    item = {"id": "one", "kind": "event", "title": "One", "start": "2017-10-23", "end": "2017-10-28"}
    issue = Issue.model_validate({"id": "odd", "series": "S", "date": "2016-12-19", "items": [item]})
    shouting = issue.items[0].model_copy(update={"title": text})
    issue = issue.model_copy(update={"items": (shouting,)})
    return CheckedIssue(
        issue=issue, locate=lambda *_: ("issue.yaml", 1), day=date(2016, 12, 19), registers=REGISTERS
    )


def of_different_words(signs: int, words: str) -> str:
    """Such words again and again, each time with other letters in the places of the stars."""
    letters = random.Random(17)
    many = words * (signs // len(words))
    return "".join(letters.choice("abcdefgh") if sign == "*" else sign for sign in many)


def take_a_moment(seen: CheckedIssue, most: float) -> None:
    """Every rule that reads words goes through the issue within so many seconds."""
    began = time.process_time()
    assert all(place.prose is not None for place in texts(seen.issue))
    assert time.process_time() - began < 2 * most
    for rule in RULES_OF_WORDS:
        began = time.process_time()
        list(rule.check(seen))
        assert time.process_time() - began < most, rule.id


@pytest.mark.parametrize("text", SIMPLE + TELLING)
def test_a_long_hostile_text_takes_a_rule_a_moment(text: str) -> None:
    take_a_moment(issue_with(text * (SIGNS // 10 // len(text))), MOST_SECONDS / 5)


@pytest.mark.slow
@pytest.mark.parametrize("text", SIMPLE + TELLING)
def test_a_megabyte_of_hostile_text_takes_a_rule_a_moment(text: str) -> None:
    take_a_moment(issue_with(text * (SIGNS // len(text))), MOST_SECONDS)


@pytest.mark.parametrize("text", ["Mr Anna A****** ", "Saiga ******** ", "{{******}} ", "****-**** "])
def test_nor_do_words_that_are_all_different_take_long(text: str) -> None:
    take_a_moment(issue_with(of_different_words(SIGNS // 10, text)), MOST_SECONDS)


def test_names_too_many_to_compare_are_said_not_to_be_checked() -> None:
    many = of_different_words(SIGNS // 10, "Mr Anna A****** ")
    told = [each.words for each in not_checked(issue_with(many), strict=True)]
    assert any("names in two spellings (beyond the first 20,000 pairs of names)" in words for words in told)
    few = [each.words for each in not_checked(issue_with(many[:1000]), strict=True)]
    assert not any("names in two spellings" in words for words in few)


def test_a_body_of_a_megabyte_is_never_read() -> None:
    with pytest.raises(ValidationError, match="20,000 is the most"):
        Article(id="one", kind="article", title="One", body="[" * 100_000)


@pytest.mark.parametrize("sign", [")", "a", "a)", "(", "www.", "`"])
def test_finding_what_is_no_prose_takes_no_longer_where_an_at_sign_ends_the_text(sign: str) -> None:
    words = sign * 100_000 + "@"
    began = time.process_time()
    assert all(len(place.prose) == len(place.text) for place in texts(issue_with(words).issue))
    assert time.process_time() - began < 2
