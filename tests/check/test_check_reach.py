"""Rules about whom an issue reaches: officials, those who owe something, other languages, as many as usual."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mailer.check import RULES, AudienceFacts, check_issue
from mailer.model.finding import Finding, Severity
from mailer.model.register import Country, Registers, Treaty

ITEM = """\
  - id: news
    kind: article
    title: News
    show_to: partners
    body: Words.
"""
DUTY = """\
  - id: reports
    kind: deadline
    title: National reports
    due: 2017-04-24
    time: "23:59"
    timezone: Europe/Berlin
    {show_to}
    body: {words}
"""
OWED = "Every CMS Party hands in a report."


def of(rule: str, checked: Any) -> list[Finding]:
    return [finding for finding in check_issue(checked) if finding.rule == rule]


@pytest.mark.parametrize(
    ("members", "severity", "words"),
    [
        (0, Severity.WARN, "No reader sees this item: nobody is in that group."),
        (1, Severity.NOTE, "No reader sees this item: 1 contact belongs to its group, and none of them"),
        (40, Severity.NOTE, "40 contacts belong to its group"),
    ],
)
def test_an_item_that_no_reader_sees(checked, members: int, severity: Severity, words: str) -> None:
    (found,) = of("audience.unseen-item", checked(ITEM, audience=AudienceFacts(unseen={"news": members})))
    assert (found.severity, found.item, found.field, found.line) == (severity, "news", "show_to", 10)
    assert words in found.message


def test_readers_of_a_single_item_are_counted(checked) -> None:
    facts = AudienceFacts(one_item_versions=(("English, Press", 1), ("English, Donors", 1200)))
    found = of("audience.one-item", checked(ITEM, audience=facts))
    assert [finding.message for finding in found] == [
        "1 reader gets a single item of news: English, Press.",
        "1,200 readers get a single item of news: English, Donors.",
    ]


@pytest.mark.parametrize(
    ("number", "fallbacks", "expected"),
    [
        (19, {}, None),
        (20, {}, Severity.NOTE),
        (100, {}, Severity.WARN),
        (100, {"kk": "ru"}, Severity.NOTE),
        (1, {}, None),
    ],
)
def test_a_language_without_a_version(
    checked, number: int, fallbacks: dict[str, str], expected: Severity | None
) -> None:
    seen = checked(
        ITEM, audience=AudienceFacts(without_version={"kk": number}), readers=1000, fallbacks=fallbacks
    )
    found = of("audience.language", seen)
    assert [finding.severity for finding in found] == ([expected] if expected else [])
    if found:
        assert found[0].message.startswith(f"{number} of 1,000 readers read Kazakh first")
        assert found[0].hint == "Translate it: `mailer translate start trial kk`."


def test_one_reader_in_a_small_group_is_no_warning(checked) -> None:
    seen = checked(ITEM, audience=AudienceFacts(without_version={"es": 1}), readers=3)
    (found,) = of("audience.language", seen)
    assert found.severity is Severity.NOTE
    assert "1 of 3 readers reads Spanish first" in found.message


def test_officials_whom_no_address_reaches_are_named_and_counted(checked) -> None:
    names = tuple(f"Person {n} (bounced)" for n in range(7))
    (found,) = of("audience.official-unreached", checked(ITEM, audience=AudienceFacts(unreachable=names)))
    assert found.severity is Severity.WARN
    assert found.message.startswith(
        "7 people who hold a role have no address that may be written to: Person 0"
    )
    assert found.message.endswith("and 2 more.")


def test_officials_who_want_no_newsletter_are_a_note_and_no_official_message_a_warning(checked) -> None:
    facts = AudienceFacts(declined=("Ann (complained)",))
    (note,) = of("audience.official-unreached", checked(ITEM, audience=facts))
    assert note.severity is Severity.NOTE
    assert note.message == "1 person who holds a role will not get it, by their own word: Ann (complained)."
    head = (
        "id: t\nseries: T\ndate: 2016-12-19\nmessage_class: notice\nsubject: A subject that says enough\n"
        "preheader: Forty signs or so that say what else is inside.\n"
    )
    (warning,) = of("audience.official-unreached", checked(ITEM, head, audience=facts))
    assert warning.severity is Severity.WARN


def test_those_who_owe_and_get_nothing_are_named_at_their_deadline(checked) -> None:
    items = DUTY.format(show_to="show_to: parties", words="Reports are due.")
    facts = AudienceFacts(obliged_unreached={"reports": ("Mongolia",), "gone": ("Nobody",)})
    (found,) = of("audience.obliged-unreached", checked(items, audience=facts))
    assert found.message == "One who owes this and has not handed it in gets nothing: Mongolia."
    assert (found.severity, found.item, found.field, found.words) == (
        Severity.WARN,
        "reports",
        "due",
        "Mongolia",
    )


@pytest.mark.parametrize(
    ("mails", "before", "words"),
    [
        (100, (), None),
        (49, (100,), "49 would get it; the last time it was 100 of the same groups."),
        (50, (100,), None),
        (200, (100,), None),
        (201, (100,), "201 would get it; the last time it was 100 of the same groups."),
        (100, (1000, 90, 110), None),
        (400, (1000, 90, 110), "the last 3 times it was 1,000, 90, 110"),
        (2, (9,), None),
        (0, (10,), "0 would get it"),
    ],
)
def test_an_audience_of_an_unusual_size(
    checked, mails: int, before: tuple[int, ...], words: str | None
) -> None:
    facts = AudienceFacts(segments=("a", "b"), mails=mails, last_sizes=before)
    found = of("audience.unusual-size", checked(ITEM, audience=facts))
    assert bool(found) is (words is not None)
    if words:
        assert words in found[0].message
        assert "`mailer audience a b`" in found[0].hint


def test_what_could_not_be_read_is_said(checked) -> None:
    facts = AudienceFacts(unread=("the send record (it is damaged)", "the deadlines (line 3)"))
    found = of("audience.not-checked", checked(ITEM, audience=facts))
    assert [finding.words for finding in found] == ["the send record", "the deadlines"]
    assert "rests on the send record (it is damaged)." in found[0].message


def test_readers_without_a_value_are_named(checked) -> None:
    from mailer.model.rendition import Rendition, Variant

    rendition = Rendition(
        variant=Variant(language="en", items=("news",)),
        subject="S",
        preheader="P",
        html="<!DOCTYPE html>",
        text="S",
        slots=("country",),
        defaults={"country": "your State"},
    )
    gaps = {(rendition.variant.key, frozenset({"country"})): 7}
    names = ("Ann", "Bo", "Cy", "Di", "Ed")
    for number, told in ((5, "It is Ann, Bo, Cy, Di, Ed."), (7, "It is Ann, Bo, Cy, Di, Ed, among others.")):
        gaps = {(rendition.variant.key, frozenset({"country"})): number}
        seen = checked(
            ITEM,
            renditions=(rendition,),
            slot_gaps=gaps,
            readers=150,
            audience=AudienceFacts(without_slot={"country": names}),
        )
        (found,) = of("slot.empty", seen)
        assert found.hint.endswith(told)


SINCE = {"KZ": "2006-05-01", "MN": "1999-11-01"}


def registers(*treaties: str) -> Registers:
    states = {"KZ": "Kazakhstan", "CN": "China", "RU": "the Russian Federation", "MN": "Mongolia"}
    return Registers(
        countries={
            code: Country.model_validate(
                {"iso2": code, "in_text": {"en": name}}
                | ({"parties": {"cms": SINCE[code]}} if code in SINCE else {})
            )
            for code, name in states.items()
        },
        treaties={
            slug: Treaty(slug=slug, titles={"en": f"Convention {slug}"}, short={"en": slug.upper()})
            for slug in treaties
        },
    )


@pytest.mark.parametrize(
    ("states", "show_to", "treaties", "expected"),
    [
        ("KZ MN", None, ("cms",), None),
        ("KZ CN RU", None, ("cms",), (Severity.WARN, "China, the Russian Federation")),
        ("KZ CN", "some", ("cms",), (Severity.NOTE, "China")),
        ("KZ MN", "some", ("cms",), None),
        ("KZ CN", None, ("cms", "cites"), (Severity.WARN, "China")),
        ("KZ CN", None, ("cites", "ramsar"), (Severity.WARN, "those of other States too")),
        ("KZ CN", "some", ("cites", "ramsar"), None),
    ],
)
def test_a_duty_of_parties_is_held_against_the_registers(
    checked,
    states: str,
    show_to: str | None,
    treaties: tuple[str, ...],
    expected: tuple[Severity, str] | None,
) -> None:
    items = DUTY.format(show_to=f"show_to: {show_to}" if show_to else "layout: wide", words=OWED)
    seen = checked(
        items,
        registers=registers(*treaties),
        audience=AudienceFacts(states_of={"reports": frozenset(states.split())}),
    )
    found = of("deadline.for-everybody", seen)
    assert bool(found) is (expected is not None)
    if expected:
        assert found[0].severity is expected[0]
        assert expected[1] in found[0].message


@pytest.mark.parametrize(("day", "none"), [(date(2006, 4, 30), True), (date(2006, 5, 1), False)])
def test_a_state_that_becomes_a_party_later_is_none_before(checked, day: date, none: bool) -> None:
    facts = AudienceFacts(states_of={"reports": frozenset({"KZ"})})
    items = DUTY.format(show_to="layout: wide", words=OWED)
    found = of("deadline.for-everybody", checked(items, registers=registers("cms"), audience=facts, day=day))
    assert [finding.message for finding in found] == [
        'The duty is that of Parties ("Every CMS Party"), '
        "and readers in States that are none on 2006-04-30 will see it: Kazakhstan."
    ] * none


def test_every_rule_about_the_audience_says_nothing_where_nothing_is_known(checked) -> None:
    ours = {rule.id for rule in RULES if rule.id.startswith("audience.")}
    assert len(ours) == 10
    assert not [finding for finding in check_issue(checked(ITEM)) if finding.rule in ours]
