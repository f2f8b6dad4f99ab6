"""Who owes on a day: countries by what the group means, whoever holds the office; and what has come in by then."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import Scene, belongs
from mailer.errors import MailerError
from mailer.model.audience import (
    AllOf,
    AnyOf,
    DeadlineFacts,
    Facts,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    Outstanding,
    PartyTo,
    RangeStateOf,
    Reads,
    Role,
    Rule,
    Segment,
    SpeciesChoice,
)
from mailer.model.deadline import Obligation, What
from mailer.model.register import Country, Registers, Species
from mailer.remind import obligations_of, obligations_on, owing_countries
from mailer.remind.owing import may_belong
from tests.remind.ladder_kit import (
    FOCAL,
    a_deadline,
    a_focal_point,
    a_world,
    day,
    said,
    sample_scene,
    the_sample,
)

NINE = frozenset("AF IN IR KG KZ MN PK TJ UZ".split())
SAMPLE_GROUP = "national-focal-points-of-parties"
CODES = ("KG", "KZ", "MN", "TM", "NO")
REGISTERS = Registers(
    {
        code: Country(
            iso2=code,
            iso3=f"{code}X",
            names={"en": code},
            region="Europe" if code == "NO" else "Asia",
            parties={} if code == "TM" else {"cms": day("2000-01-01")},
        )
        for code in CODES
    },
    {
        "saiga": Species(slug="saiga", scientific_name="s", names={}, range_states=("KZ", "MN", "TM")),
        "argali": Species(slug="argali", scientific_name="a", names={}, range_states=("KZ", "MN", "KG")),
    },
)
PARTY = PartyTo(party_to="cms")
PRESS = HoldsRole(role="press")


def scene(segments: dict[str, Rule] | None = None, facts: Facts | None = None) -> Scene:
    named = {name: Segment(name=name, rule=rule) for name, rule in (segments or {}).items()}
    return Scene(REGISTERS, named, day("2017-01-24"), facts or Facts())


# Which countries a group means


def test_the_sample_group_means_nine_range_states_on_19_december_2016() -> None:
    recipients, _, _ = the_sample()
    rule = recipients.segments[SAMPLE_GROUP].rule
    assert owing_countries(rule, sample_scene(day("2016-12-19"))) == NINE
    assert owing_countries(rule, sample_scene(day("2022-01-01"))) == NINE | {"TM"}, "a Party by then"
    assert owing_countries(rule, sample_scene(day("2015-07-31"))) == NINE - {"AF"}, "not yet a Party"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (AllOf(all=(FOCAL, PARTY)), "KG KZ MN NO"),
        (AllOf(all=(FOCAL, PARTY, InRegion(region="Asia"))), "KG KZ MN"),
        (AllOf(all=(FOCAL, RangeStateOf(range_state_of="saiga"))), "KZ MN TM"),
        (RangeStateOf(range_state_of=SpeciesChoice(all=("saiga", "argali"))), "KZ MN"),
        (AllOf(all=(FOCAL, InCountry(country=("KZ", "XX")))), "KZ XX"),
        # Two offices, each in its own country.
        (
            AnyOf(
                any=(AllOf(all=(FOCAL, InCountry(country="KZ"))), AllOf(all=(PRESS, InCountry(country="MN"))))
            ),
            "KZ MN",
        ),
        # The press of other countries may be there too, but nobody there owes because of that.
        (AnyOf(any=(AllOf(all=(FOCAL, InCountry(country="KZ"))), PRESS)), "KZ"),
        (AllOf(all=(FOCAL, PARTY, NoneOf(none=(InCountry(country="KZ"),)))), "KG MN NO"),
        # In every Party somebody is not of the press.
        (AllOf(all=(PARTY, NoneOf(none=(PRESS,)))), "KG KZ MN NO"),
        (AllOf(all=(PARTY, NoneOf(none=(AllOf(all=(PRESS, InCountry(country="KZ"))),)))), "KG KZ MN NO"),
        (AllOf(all=(PARTY, AllOf(all=(FOCAL, NoneOf(none=(InCountry(country="KZ"),)))))), "KG MN NO"),
        (AllOf(all=(PARTY, NoneOf(none=(NoneOf(none=(InRegion(region="Asia"),)),)))), "KG KZ MN"),
        # About people only: nothing to go by but the people.
        (FOCAL, ""),
        (None, ""),
        (NoneOf(none=(InCountry(country="KZ"),)), ""),
        (AllOf(all=(FOCAL, NoneOf(none=(InCountry(country="KZ"),)))), ""),
    ],
)
def test_a_group_means_countries_whoever_holds_office_there(rule: Rule | None, expected: str) -> None:
    assert owing_countries(rule, scene()) == frozenset(expected.split())


def test_a_group_within_a_group_counts_and_a_circle_is_refused() -> None:
    inner = {"asia": AllOf(all=(InRegion(region="Asia"), PARTY)), "round": InSegment(segment="round")}
    assert owing_countries(AllOf(all=(FOCAL, InSegment(segment="asia"))), scene(inner)) == {"KG", "KZ", "MN"}
    with pytest.raises(MailerError, match="circle"):
        owing_countries(InSegment(segment="round"), scene(inner))


def test_a_second_deadline_for_those_who_have_not_met_the_first() -> None:
    facts = Facts(deadlines={"first": DeadlineFacts("focal", "country", owed=frozenset({"KZ", "MN"}))})
    rule = AllOf(all=(FOCAL, Outstanding(outstanding="first")))
    assert owing_countries(rule, scene(facts=facts)) == {"KZ", "MN"}


STATED: st.SearchStrategy[Rule] = st.one_of(
    st.sampled_from([PARTY, InRegion(region="Asia"), InRegion(region="Europe")]),
    st.sampled_from(CODES).map(lambda code: InCountry(country=code)),
    st.just(RangeStateOf(range_state_of="saiga")),
)


def lists_of(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[tuple[Rule, ...]]:
    return st.lists(rules, min_size=1, max_size=3).map(tuple)


POSITIVE = st.recursive(
    STATED,
    lambda inner: lists_of(inner).flatmap(
        lambda parts: st.sampled_from([AllOf(all=parts), AnyOf(any=parts)])
    ),
    max_leaves=5,
)
NEGATIVE = lists_of(
    st.recursive(STATED, lambda inner: lists_of(inner).map(lambda parts: NoneOf(none=parts)), max_leaves=4)
).map(lambda parts: NoneOf(none=parts))


@settings(max_examples=60, deadline=None)
@given(lists_of(POSITIVE), st.lists(NEGATIVE, max_size=2))
def test_the_countries_that_owe_are_those_in_which_a_focal_point_would_belong(
    positive: tuple[Rule, ...], negative: list[Rule]
) -> None:
    rule = AllOf(all=(FOCAL, *positive, *negative))
    there = scene()
    would_belong = {code for code in CODES if belongs(a_focal_point(code), rule, there)}
    assert owing_countries(rule, there) == would_belong


# Obligations


def whose(obligations: tuple[Obligation, ...]) -> list[str]:
    return [one.who for one in obligations]


def test_the_nine_owe_on_19_december_2016_and_no_other() -> None:
    recipients, _, _ = the_sample()
    deadline = a_deadline(obliged=SAMPLE_GROUP)
    owed = obligations_of(deadline, (), recipients, sample_scene(day("2016-12-19")))
    assert whose(owed) == sorted(NINE)
    assert all(one.is_owed and one.due == day("2017-04-24") and one.country == one.who for one in owed)


def test_a_country_owes_though_its_office_is_vacant() -> None:
    recipients, there = a_world(a_focal_point("KZ"))
    assert whose(obligations_of(a_deadline(), (), recipients, there)) == ["KG", "KZ", "MN"]


def test_where_the_group_says_nothing_of_countries_those_of_its_people_owe() -> None:
    people = [
        a_focal_point("KZ"),
        a_focal_point("KZ", "second"),
        a_focal_point("MN"),
        a_focal_point("", "nowhere"),
    ]
    owed = obligations_on(a_deadline(), (), people, frozenset(), day("2017-01-24"))
    assert whose(owed) == ["KZ", "MN"]


def test_per_person_each_owes_for_themselves_and_a_shared_mailbox_once() -> None:
    people = [
        a_focal_point("KZ", "a"),
        a_focal_point("KZ", "b"),
        a_focal_point("MN", "c", address="b.kz@example.org"),
    ]
    owed = obligations_on(a_deadline(per="person"), (), people, frozenset({"KG"}), day("2017-01-24"))
    assert [(one.who, one.country) for one in owed] == [
        ("a.kz@example.org", "KZ"),
        ("b.kz@example.org", "KZ"),
    ]


def kz_after(*submissions: tuple[What, str, str] | tuple[What, str, str, str], on: str) -> Obligation:
    recipients, _ = a_world(a_focal_point("KZ"), states=["KZ"])
    lines = [
        said("KZ", what, at, until, note) for what, at, until, note in ((*s, "", "")[:4] for s in submissions)
    ]
    people = recipients.contacts
    return obligations_on(a_deadline(), lines, people, frozenset({"KZ"}), day(on))[0]


def test_what_comes_in_later_is_not_known_yet() -> None:
    line = (What.SUBMITTED, "2017-03-01", "")
    assert kz_after(line, on="2017-02-28").is_owed
    assert kz_after(line, on="2017-03-01").done_on == day("2017-03-01")


def test_what_was_withdrawn_or_returned_is_owed_again() -> None:
    came = (What.SUBMITTED, "2017-03-01", "")
    for back in (What.WITHDRAWN, What.RETURNED):
        again = kz_after(came, (back, "2017-03-05", ""), on="2017-03-05")
        assert (again.is_owed, again.returned) == (True, True)
    once_more = kz_after(
        came, (What.RETURNED, "2017-03-05", ""), (What.SUBMITTED, "2017-03-09", ""), on="2017-04-01"
    )
    assert (once_more.done_on, once_more.returned) == (day("2017-03-09"), False)


def test_an_extension_moves_one_due_date_and_a_later_general_one_wins() -> None:
    extended = kz_after((What.EXTENDED, "2017-04-01", "2017-05-31"), on="2017-04-01")
    assert (extended.due, extended.extended) == (day("2017-05-31"), True)
    people = (a_focal_point("KZ"),)
    lines = [said("KZ", What.EXTENDED, "2017-04-01", "2017-05-31")]
    moved = obligations_on(a_deadline(due="2017-06-30"), lines, people, frozenset(), day("2017-04-02"))[0]
    assert (moved.due, moved.extended) == (day("2017-06-30"), False)


def test_a_hold_says_why_until_it_is_released() -> None:
    held = (What.HELD, "2017-02-01", "", "elections")
    assert kz_after(held, on="2017-02-01").held == "elections"
    assert kz_after((What.HELD, "2017-02-01", ""), on="2017-02-02").held == "on hold since 2017-02-01"
    assert kz_after(held, (What.RELEASED, "2017-03-01", ""), on="2017-03-01").held == ""


def test_lines_of_one_day_count_in_their_order_and_capitals_do_not_matter() -> None:
    came, back = said("kz", What.SUBMITTED, "2017-03-01"), said("KZ", What.RETURNED, "2017-03-01")
    people, when = (a_focal_point("KZ"),), day("2017-03-01")
    assert obligations_on(a_deadline(), [came, back], people, frozenset(), when)[0].is_owed
    assert not obligations_on(a_deadline(), [back, came], people, frozenset(), when)[0].is_owed


def test_a_line_for_somebody_who_owes_nothing_changes_nothing() -> None:
    people = (a_focal_point("KZ"),)
    lines = [said("NO", What.SUBMITTED, "2017-03-01")]
    assert whose(obligations_on(a_deadline(), lines, people, frozenset(), date(2017, 3, 1))) == ["KZ"]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        STATED | st.sampled_from([FOCAL, HoldsRole(role="press"), Reads(language="ru")]),
        lambda inner: lists_of(inner).flatmap(
            lambda parts: st.sampled_from([AllOf(all=parts), AnyOf(any=parts), NoneOf(none=parts)])
        ),
        max_leaves=6,
    ),
    st.sampled_from(CODES),
    st.sampled_from(["1999-01-01", "2017-01-24", "2030-01-01"]),
)
def test_whoever_belongs_on_some_day_is_among_those_who_may(rule: Rule, code: str, on: str) -> None:
    there = scene()
    that_day = Scene(there.registers, there.segments, day(on))
    for person in (
        a_focal_point(code, start=day("2017-01-01"), end=day("2017-12-31")),
        a_focal_point(code, roles=(Role(name="press", start=day("2029-01-01")),), language="ru"),
        a_focal_point(code, roles=()),
    ):
        assert not belongs(person, rule, that_day) or may_belong(person, rule, there)
