"""Rules about who gets what: empty versions, items hidden from a few, groups that do not exist, duties."""

from __future__ import annotations

from typing import Any

import pytest

from mailer.check import check_issue
from mailer.model.finding import Finding, Severity, Waiver

ITEM = """\
  - id: news
    kind: article
    title: News
    show_to: {group}
    body: Words.
"""


def of(rule: str, checked: Any) -> list[Finding]:
    return [finding for finding in check_issue(checked) if finding.rule == rule]


def test_an_issue_without_news_for_somebody_stops_and_says_for_how_many(checked) -> None:
    found = of(
        "audience.empty-version",
        checked(
            ITEM.format(group="press"), empty_versions=(("Russian, not Press", 1), ("English, Donors", 12))
        ),
    )
    assert [(finding.severity, finding.words) for finding in found] == [
        (Severity.STOP, "Russian, not Press"),
        (Severity.STOP, "English, Donors"),
    ]
    assert found[0].message == "1 reader would get an issue with no news in it: Russian, not Press."
    assert found[1].message.startswith("12 readers ")
    assert found[0].line == 6, "where the items begin"


@pytest.mark.parametrize(
    ("states", "named"),
    [
        (("the Islamic Republic of Iran",), "hidden from the Islamic Republic of Iran only."),
        (("Bhutan", "Nepal"), "hidden from Bhutan and Nepal only."),
        (("Bhutan", "China", "Nepal"), "hidden from Bhutan, China and Nepal only."),
    ],
)
def test_an_item_hidden_from_three_states_or_fewer_is_found_and_they_are_named(
    checked,
    states: tuple[str, ...],
    named: str,
) -> None:
    (found,) = of(
        "audience.hidden-from-few", checked(ITEM.format(group="sees-it"), hidden_from={"news": states})
    )
    assert found.severity is Severity.WARN
    assert found.message.endswith(named)
    assert "lead_for: sees-it" in found.hint
    assert (found.item, found.field, found.line) == ("news", "show_to", 10)


@pytest.mark.parametrize("states", [(), ("A", "B", "C", "D")])
def test_hidden_from_nobody_or_from_many_is_no_finding(checked, states: tuple[str, ...]) -> None:
    assert not of("audience.hidden-from-few", checked(ITEM.format(group="g"), hidden_from={"news": states}))


def test_a_waiver_holds_for_the_states_that_it_names_and_no_others(checked) -> None:
    waiver = Waiver(
        rule="audience.hidden-from-few",
        item="news",
        field="show_to",
        words="Bhutan",
        by="Head",
        because="Agreed.",
    )
    for states, covered in ((("Bhutan",), True), (("Bhutan", "Nepal"), False)):
        (found,) = of(
            "audience.hidden-from-few", checked(ITEM.format(group="g"), hidden_from={"news": states})
        )
        assert waiver.covers(found) is covered


def test_a_group_that_does_not_exist_is_found_wherever_an_item_names_it(checked) -> None:
    items = """\
  - id: news
    kind: article
    title: News
    show_to: prees
    lead_for: partners
    body: Words.
    wording:
      - for: donors
        body: Other words.
      - for: doners
        body: Again other words.
"""
    found = of("segment.unknown", checked(items, known_segments=frozenset({"press", "donors"})))
    assert [(finding.field, finding.line, finding.words) for finding in found] == [
        ("show_to", 10, "prees"),
        ("lead_for", 11, "partners"),
        ("wording[1].for", 16, "doners"),
    ]
    assert found[0].hint == 'Did you mean "press"?'
    assert {finding.severity for finding in found} == {Severity.STOP}


DUTY = """\
  - id: reports
    kind: deadline
    title: National reports
    due: 2017-04-24
    body: {own}
    wording:
      - {{{wordings}}}
"""
OWED = "Every Party hands in a report."


@pytest.mark.parametrize(
    ("own", "wordings", "fields"),
    [
        (OWED, "for: parties, body: You owe a report.", ["body"]),
        ("A note on reports.", f"for: parties, body: {OWED}", []),
        (OWED, "body: A note for all.", []),
        ("A note.", f"body: {OWED}", ["wording[0].body"]),
        (OWED, "title: Only another title", ["body"]),
    ],
)
def test_a_duty_of_parties_in_words_that_only_some_read_is_not_for_everybody(
    checked,
    own: str,
    wordings: str,
    fields: list[str],
) -> None:
    found = of("deadline.for-everybody", checked(DUTY.format(own=own, wordings=wordings)))
    assert [finding.field for finding in found] == fields


def test_personal_fields_may_stand_in_other_words_too_and_unknown_ones_are_found(checked) -> None:
    items = """\
  - id: news
    kind: article
    title: "For {{country_in|your country}}"
    body: "The Government {{country_of}}."
    wording:
      - for: press
        body: "News {{country_of}} and {{country_off}}."
"""
    found = of("slot.unresolved", checked(items))
    assert [(finding.words, finding.field) for finding in found] == [("{{country_off}}", "wording[0].body")]
    assert "Did you mean {{country_of}}?" in found[0].hint


def test_where_a_group_is_unknown_every_one_that_there_is_is_named(checked) -> None:
    groups = frozenset(f"group-{number}" for number in range(30))
    (found,) = of("segment.unknown", checked(ITEM.format(group="zzz"), known_segments=groups))
    assert found.hint.count("group-") == len(groups)
    assert "…" not in found.hint


def test_what_only_a_group_gets_is_told_to_stand_in_an_archive_on_the_web(checked) -> None:
    items = ITEM.format(group="press")
    (found,) = of("archive.targeted", checked(items, on_web=True))
    assert (found.severity, found.item, found.field, found.words) == (
        Severity.NOTE,
        "news",
        "show_to",
        "press",
    )
    assert "archive: no" in found.hint


@pytest.mark.parametrize(
    ("items", "on_web"),
    [
        (ITEM.format(group="press"), False),
        (ITEM.format(group="press") + "    archive: no\n", True),
        (ITEM.replace("    show_to: {group}\n", ""), True),
        (ITEM.replace("show_to: {group}", "lead_for: press"), True),
    ],
)
def test_an_archive_that_shows_nobody_more_than_they_may_see_is_no_matter(checked, items, on_web) -> None:
    assert not of("archive.targeted", checked(items, on_web=on_web))
