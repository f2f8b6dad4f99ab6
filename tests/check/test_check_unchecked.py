"""What rules could not look at is said once, with the reason, and is no finding."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from test_check_facts import FOUND as FOUND_OF_FACTS
from test_check_facts import ROOT
from test_check_rules import FOUND, PLAIN

from mailer.audience import read_registers
from mailer.check import RULES, CheckedIssue, RelayFacts, check_issue, not_checked
from mailer.check.docs import page
from mailer.check.rule import Register
from mailer.model.register import Registers
from mailer.model.rendition import Rendition, Variant
from mailer.model.translation import Translation
from tests.check.conftest import HEAD, Checked

KNOWN = read_registers(ROOT / "recipients", ROOT)
CASES = [
    *((rule, "en", items) for rule, items, _ in FOUND),
    *((r, tag, items) for r, tag, items, _ in FOUND_OF_FACTS),
]
MAIL = Rendition(variant=Variant(language="en", items=()), subject="", preheader="", html="", text="")
SERVICE = RelayFacts(name="office", host="smtp.example.org", is_signed=True)


def full(seen: CheckedIssue) -> CheckedIssue:
    """An issue of which everything can be looked at."""
    return replace(seen, registers=KNOWN, renditions=(MAIL,), relays=(SERVICE,))


def rules_in(seen: CheckedIssue, why: str) -> set[str]:
    return {rule for one in not_checked(seen, strict=True) if why in one.why for rule in one.rules}


def rules_that_fall_silent(
    checked: Checked, *, language: str = "", registers: Registers | None = KNOWN
) -> set[str]:
    """Rules of which every example is found as it is, and none so."""
    finds: dict[str, set[bool]] = defaultdict(set)
    for rule, tag, items in CASES:
        head = f"{HEAD}language: {language or tag}\n"
        told = {
            finding.rule for finding in check_issue(checked(items, head, registers=registers), strict=True)
        }
        finds[rule].add(rule in told)
    return {rule for rule, found in finds.items() if found == {False}}


def test_where_everything_can_be_looked_at_nothing_is_said(checked: Checked) -> None:
    assert not_checked(full(checked(PLAIN)), strict=True) == ()


@pytest.mark.parametrize("registers", [None, Registers()], ids=["unreadable", "empty"])
def test_every_rule_that_falls_silent_without_registers_says_so(
    checked: Checked, registers: Registers | None
) -> None:
    silent = rules_that_fall_silent(checked, registers=registers)
    assert {"fact.not-a-party", "fact.species-name", "name.misspelt"} <= silent
    assert silent == rules_in(replace(full(checked(PLAIN)), registers=registers), "no ")


def test_every_rule_that_falls_silent_in_a_language_it_does_not_know_says_so(checked: Checked) -> None:
    silent = rules_that_fall_silent(checked, language="sw")
    assert {"fact.party-number", "fact.not-a-range-state", "text.missing-word"} <= silent
    assert silent <= rules_in(full(checked(PLAIN, f"{HEAD}language: sw\n")), "in Swahili; known for ")


def test_each_rule_that_needs_something_names_it_where_it_is_missing(checked: Checked) -> None:
    bare = replace(full(checked(PLAIN, f"{HEAD}language: sw\n")), registers=None, relays=())
    told = {rule for one in not_checked(bare, strict=True) for rule in one.rules}
    assert told == {rule.id for rule in RULES if rule.needs and rule.needs.is_more_than_room}


def test_an_issue_in_swahili_without_registers_and_mail_service_is_told_in_a_few_lines(
    checked: Checked,
) -> None:
    seen = replace(checked(PLAIN, f"{HEAD}language: sw\n"), registers=Registers())
    told = [one.words for one in not_checked(seen)]
    assert "numbers of Parties (no `party_count` in recipients/treaties.yaml)" in told
    assert "signing, where bounces go, the largest mail it takes (no mail service in mailer.toml)" in told
    known = "known for English, French, German, Russian and Spanish"
    assert f"links that say nothing, weekdays, days that do not exist (in Swahili; {known})" in told
    assert told[-1] == "the finished mail (nobody is in the audience)"
    assert len(told) <= 10
    assert len({rule for one in not_checked(seen) for rule in one.rules}) > len(told)


def test_a_translation_in_a_language_that_a_rule_does_not_know_is_said_too(checked: Checked) -> None:
    seen = checked(PLAIN)
    words = Translation("sw", {}, "", {})
    seen = replace(full(seen), translations={"sw": words}, locate_in={"sw": seen.locate})
    assert "date.weekday" in rules_in(seen, "in Swahili; known for ")
    assert not rules_in(seen, "English; known")


def test_a_region_of_a_language_is_that_language(checked: Checked) -> None:
    assert not_checked(full(checked(PLAIN, f"{HEAD}language: en-GB\n")), strict=True) == ()


def test_rules_that_nobody_asked_are_not_said_to_be_silent(checked: Checked) -> None:
    seen = full(checked(PLAIN, f"{HEAD}language: sw\n"))
    strict_only = {rule.id for rule in RULES if rule.is_strict}
    assert not {rule for one in not_checked(seen) for rule in one.rules} & strict_only
    assert {rule for one in not_checked(seen, strict=True) for rule in one.rules} & strict_only


def test_what_is_not_checked_is_no_finding(checked: Checked) -> None:
    seen = full(checked(PLAIN))
    with_all, without = check_issue(seen), check_issue(replace(seen, registers=Registers()))
    assert [each.rule for each in without] == [each.rule for each in with_all]


@pytest.mark.parametrize("register", Register)
def test_a_register_is_there_where_it_has_an_entry(register: Register) -> None:
    assert register.is_in(KNOWN)
    assert not register.is_in(
        Registers(countries={"KZ": KNOWN.countries["KZ"].model_copy(update={"parties": {}})})
    )


def test_the_page_of_checks_says_what_a_rule_needs() -> None:
    rows = dict(line[3:].split("` | ", 1) for line in page().splitlines() if line.startswith("| `"))
    for rule in RULES:
        assert ("*needs*" in rows[rule.id]) == (rule.needs is not None and rule.needs.is_more_than_room)
    assert "*needs* a mail service in mailer.toml" in rows["relay.unsigned"]
    assert "treaties in recipients/treaties.yaml" in rows["fact.not-a-party"]
