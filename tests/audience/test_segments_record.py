"""Rules that ask the deadlines and the send record; many people asked at once; what each part of a rule does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import Crowd, Scene, belongs, count, count_in, explain, read_recipients, resolve, words
from mailer.audience.effects import Effect, effect_of, effects_in
from mailer.audience.groups import groups_reached
from mailer.errors import MailerError, ProblemsError
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Bounced,
    Contact,
    DeadlineFacts,
    Facts,
    FieldTest,
    HoldsRole,
    InCountry,
    InSegment,
    NoneOf,
    NotReceived,
    Outstanding,
    PartyTo,
    Reads,
    Received,
    Recipients,
    Role,
    Rule,
    Segment,
    Submitted,
    Subscribed,
    Subscription,
)
from mailer.model.register import Country, Registers

DAY = date(2016, 12, 19)
REGISTERS = Registers(
    {
        code: Country(iso2=code, names={"en": code}, language="ru", parties={"cms": date(2006, 5, 1)})
        for code in ("KZ", "MN")
    }
    | {"TM": Country(iso2="TM", names={"en": "TM"}, parties={"cms": date(2021, 1, 1)})}
)


def person(name: str, **values: object) -> Contact:
    address = f"{name}@example.org"
    return Contact(email=address, address=address, **values)  # type: ignore[arg-type]


HOLDER, STAND_IN = Role(name="nfp", subject="cms"), Role(name="nfp", subject="cms", alternate=True)
PEOPLE = (
    person("kz", country="KZ", roles=(HOLDER,), since=date(2015, 1, 1)),
    person("kz-alternate", country="KZ", roles=(STAND_IN,), other_emails=("second@example.org",)),
    person("mn", country="MN", roles=(HOLDER,), language="en"),
    person("tm", country="TM", roles=(HOLDER,), since=date(2016, 12, 1)),
    person("press", country="KZ", roles=(Role(name="press"),), organization="Weekly"),
    person("nobody", subscriptions=(Subscription(list="news"),)),
)
FACTS = Facts(
    deadlines={
        "report": DeadlineFacts("nfps", "country", owed=frozenset({"MN"}), done=frozenset({"KZ"})),
        "pieces": DeadlineFacts(
            "writers", "person", frozenset({"press@example.org"}), frozenset({"kz@example.org"})
        ),
    },
    received={"december": frozenset({"kz@example.org", "second@example.org"})},
    bounced=frozenset({"mn@example.org"}),
)


def scene(day: date = DAY, facts: Facts = FACTS, **rules: Rule | None) -> Scene:
    known = {"nfps": HoldsRole(role="nfp"), "writers": AnyOf(any=(HoldsRole(role="press"),))} | rules
    groups = {name: Segment(name=name, rule=rule) for name, rule in known.items()}
    return Scene(REGISTERS, groups, day, facts)


def who(rule: Rule) -> list[str]:
    here = scene()
    return [one.address.split("@")[0] for one in PEOPLE if belongs(one, rule, here)]


@pytest.mark.parametrize(
    ("rule", "names", "said"),
    [
        (Submitted(submitted="report"), ["kz", "kz-alternate", "press"], "has handed in report"),
        (Outstanding(outstanding="report"), ["mn"], "still owes report"),
        (Submitted(submitted="pieces"), ["kz"], "has handed in pieces"),
        (Outstanding(outstanding="pieces"), ["press"], "still owes pieces"),
        (Received(received="december"), ["kz", "kz-alternate"], "has been sent december"),
        (
            NotReceived(not_received="december"),
            ["mn", "tm", "press", "nobody"],
            "has not been sent december",
        ),
        (Received(received="never-sent"), [], "has been sent never-sent"),
        (Bounced(bounced=True), ["mn"], "has an address that does not work"),
        (HoldsRole(role="nfp", alternate=True), ["kz-alternate"], "is an alternate in the role nfp"),
        (
            HoldsRole(role="nfp", of="cms", alternate=False),
            ["kz", "mn", "tm"],
            "holds the role nfp of cms, not as an alternate",
        ),
        (FieldTest(field="since", before=date(2016, 1, 1)), ["kz"], "on file since before 2016-01-01"),
        (FieldTest(field="since", after=date(2016, 11, 30)), ["tm"], "on file since after 2016-11-30"),
        (FieldTest(field="organization", starts="week"), ["press"], 'starts with "week"'),
    ],
)
def test_each_rule_about_the_record_means_what_it_says(rule: Rule, names: list[str], said: str) -> None:
    assert who(rule) == names
    assert said in words(rule)
    here = scene(asked=rule)
    assert [one.address.split("@")[0] for one in resolve(["asked"], Recipients(PEOPLE), here)] == names


@pytest.mark.parametrize(
    ("rule", "name", "because"),
    [
        (Outstanding(outstanding="report"), "kz", "KZ: handed in"),
        (Outstanding(outstanding="report"), "mn", "MN: not handed in"),
        (Outstanding(outstanding="report"), "tm", "TM: owes nothing"),
        (Submitted(submitted="pieces"), "kz", "they themselves: handed in"),
        (Received(received="december"), "mn", "no mail of it was taken over"),
        (Received(received="december"), "kz-alternate", "taken over"),
        (Bounced(bounced=False), "mn", "known to fail"),
    ],
)
def test_an_explanation_names_the_fact_on_record(rule: Rule, name: str, because: str) -> None:
    contact = next(one for one in PEOPLE if one.address.startswith(f"{name}@"))
    (told,) = explain(contact, "asked", scene(asked=rule)).children
    assert told.because == because


def test_who_has_answered_is_never_guessed() -> None:
    here = scene(facts=Facts(), asked=Outstanding(outstanding="report"))
    with pytest.raises(MailerError, match='who has handed in "report"'):
        resolve(["asked"], Recipients(PEOPLE), here)


def test_a_group_reached_through_those_who_owe_is_reached() -> None:
    groups = {
        name: Segment(name=name, rule=rule)
        for name, rule in {
            "asked": AllOf(all=(Outstanding(outstanding="report"), InCountry(country="KZ"))),
            "nfps": NoneOf(none=(InSegment(segment="press"),)),
            "press": HoldsRole(role="press"),
            "other": None,
        }.items()
    }
    assert set(groups_reached(["asked"], groups, {"report": "nfps"})) == {"asked", "nfps", "press"}
    assert set(groups_reached(["asked", "gone"], groups, {})) == {"asked"}


# Files

GOOD = "email,country,roles,subscriptions\na@example.org,KZ,nfp:cms,news\n"


def problems(tmp_path: Path, segments: str, **files: str) -> list[tuple[int | None, str, str]]:
    folder = tmp_path / "recipients"
    (folder / "deadlines").mkdir(parents=True)
    (folder / "contacts.csv").write_text(files.pop("contacts", GOOD), encoding="utf-8")
    (folder / "segments.yaml").write_text(segments, encoding="utf-8")
    for name, text in files.items():
        (folder / "deadlines" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_recipients(folder, tmp_path)
    return [(one.line, one.message, one.hint) for one in caught.value.problems]


def test_unknown_deadlines_newsletters_and_languages_are_told_with_the_nearest(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "segments:\n  nfps: {rule: {role: nfp}}\n  a:\n    rule:\n      any:\n"
        "        - outstanding: reprot\n"
        "        - submitted: report\n"
        "        - subscribed: nwes\n"
        "        - language: kz\n",
        report="obliged: nfps\n",
    )
    assert found == [
        (6, '"reprot" is not a known deadline.', 'Did you mean "report"?'),
        (8, '"nwes" is not a known newsletter.', 'Did you mean "news"?'),
        (9, '"kz" is not a language.', "KZ is a country; its languages: ru, kk."),
    ]


def test_a_circle_through_those_who_owe_a_deadline_is_told(tmp_path: Path) -> None:
    ((line, message, _),) = problems(
        tmp_path,
        "segments:\n"
        "  start: {rule: {outstanding: report}}\n"
        "  owing: {rule: {any: [{role: nfp}, {segment: late}]}}\n"
        "  late: {rule: {none: [{submitted: report}]}}\n",
        report="obliged: owing\n",
    )
    assert line == 3
    assert message == "the groups go round in a circle: owing → late → deadline report → owing."


def test_a_deadline_that_cannot_be_read_hides_no_circle_and_is_no_crash(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "segments:\n  a: {rule: {all: [{outstanding: bad}, {segment: a}]}}\n", bad="obliged: [\n"
    )
    assert [message for _, message, _ in found] == ["the groups go round in a circle: a → a."]


def test_a_role_about_a_treaty_that_no_register_knows_is_told_at_its_row(tmp_path: Path) -> None:
    (tmp_path / "recipients").mkdir()
    (tmp_path / "recipients" / "treaties.yaml").write_text(
        "treaties:\n  - {slug: cms, titles: {en: Convention}}\n", encoding="utf-8"
    )
    folder = tmp_path / "recipients"
    (folder / "segments.yaml").write_text("segments: {all-people: {title: All}}\n")
    (folder / "contacts.csv").write_text(
        "email,roles\na@example.org,nfp:cms\nb@example.org,nfp:cmss\nc@example.org,respondent:free\n"
    )
    with pytest.raises(ProblemsError) as caught:
        read_recipients(folder, tmp_path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (3, "roles")
    assert problem.message == '"cmss" is neither in treaties.yaml nor in species.yaml.'


# Many at once, and what each part does

leaves: st.SearchStrategy[Rule] = st.sampled_from(
    [
        InCountry(country=("KZ", "TM")),
        PartyTo(party_to="cms"),
        Reads(language="ru"),
        HoldsRole(role="nfp", alternate=False),
        Subscribed(subscribed="news"),
        Outstanding(outstanding="report"),
        Submitted(submitted="pieces"),
        NotReceived(not_received="december"),
        Bounced(bounced=True),
        FieldTest(field="country", missing=True),
        InSegment(segment="nfps"),
    ]
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(all=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(any=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: NoneOf(none=tuple(parts))),
    ),
    max_leaves=6,
)


@given(rules)
@settings(max_examples=60, deadline=None)
def test_many_asked_at_once_answer_as_each_asked_alone(rule: Rule) -> None:
    here = scene(asked=rule)
    crowd = Crowd(PEOPLE, here)
    alone = tuple(one for one in PEOPLE if belongs(one, rule, here))
    assert crowd.members(crowd.group("asked")) == alone
    assert count_in(crowd, crowd.group("asked")) == count(alone, here)


def without(rule: Rule, index: int) -> Rule | None:
    """The rule without one of its parts."""
    for kind, key in ((AllOf, "all"), (AnyOf, "any"), (NoneOf, "none")):
        if isinstance(rule, kind):
            parts = getattr(rule, key)
            left = parts[:index] + parts[index + 1 :]
            return kind.model_validate({key: left}) if left else None
    return None


@given(rules)
@settings(max_examples=60, deadline=None)
def test_what_a_part_does_alone_is_what_changes_when_it_is_taken_out(rule: Rule) -> None:
    here = scene(asked=rule)
    effect = effect_of(rule, Crowd(PEOPLE, here), "asked")
    group = {one.address for one in PEOPLE if belongs(one, rule, here)}
    assert (effect.lets_in, effect.keeps_out) == (len(group), len(PEOPLE) - len(group))
    for index, part in enumerate(effect.parts if effect.kind != "group" else ()):
        rest = without(rule, index)
        left = {one.address for one in PEOPLE if belongs(one, rest, here)}
        assert (part.only_in, part.only_out) == (len(group - left), len(left - group))
        assert part.is_idle == (group == left)


def test_the_tree_opens_the_groups_that_a_rule_names() -> None:
    rule = AllOf(all=(InSegment(segment="nfps"), NoneOf(none=(InCountry(country="KZ"),))))
    here = scene(asked=rule)
    effect = effect_of(rule, Crowd(PEOPLE, here), "asked")

    def told(part: Effect) -> tuple[str, int, int]:
        return part.words, part.lets_in, part.keeps_out

    assert [(depth, *told(part)) for depth, part in effects_in(effect)] == [
        (0, "all of these", 2, 4),
        (1, "belongs to the group nfps", 4, 2),
        (2, "holds the role nfp", 4, 2),
        (1, "none of these", 3, 3),
        (2, "is in KZ", 3, 3),
    ]


def test_two_people_with_the_same_roles_are_told_apart_by_all_that_decides() -> None:
    twins = tuple(
        replace(PEOPLE[0], address=f"{n}@example.org", country=c) for n, c in (("a", "KZ"), ("b", "TM"))
    )
    crowd = Crowd(twins, scene())
    assert [one.country for one in crowd.members(crowd.bits(PartyTo(party_to="cms")))] == ["KZ"]
    assert Crowd((), scene()).members(0) == ()
    assert crowd.bits(None) == 0b11
