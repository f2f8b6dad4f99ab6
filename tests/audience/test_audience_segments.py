"""Groups: an algebra over facts of a day, and files in which every name is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import Scene, belongs, count, explain, read_recipients, read_registers, resolve, words
from mailer.errors import MailerError, Problem, ProblemsError, UsageError
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Contact,
    FieldTest,
    HoldsRole,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    PartyTo,
    RangeStateOf,
    Reads,
    Recipients,
    Role,
    Rule,
    Segment,
    SpeciesChoice,
    Subscribed,
    Subscription,
)
from mailer.model.register import Country, Registers, Species

STATES = "AF BT CN IN IR KG KZ MN NP PK RU TJ TM UZ".split()
CMS = {"TM": date(2021, 1, 1), "KZ": date(2006, 5, 1), "MN": date(1999, 11, 1)}
RUSSIAN = ("KG", "KZ", "RU", "TJ", "TM", "UZ")
REGISTERS = Registers(
    {
        code: Country(
            iso2=code,
            iso3=f"{code}X",
            names={"en": code},
            region="Europe" if code == "RU" else "Asia",
            language="ru" if code in RUSSIAN else "en",
            parties={"cms": CMS[code]} if code in CMS else {},
        )
        for code in STATES
    },
    {
        slug: Species(slug=slug, tag=tag, scientific_name=slug, names={}, range_states=tuple(states.split()))
        for slug, tag, states in [
            ("saiga-tatarica", "saiga", "KZ RU TM UZ"),
            ("saiga-mongolian", "saiga", "MN"),
            ("snow-leopard", None, "AF BT CN IN KG KZ MN NP PK RU TJ UZ"),
        ]
    },
)
DAY = date(2016, 12, 19)


def person(name: str, **values: Any) -> Contact:
    address = f"{name}@example.org"
    return Contact(email=address, address=address, **values)


def scene(day: date = DAY, **segments: Rule | None) -> Scene:
    return Scene(REGISTERS, {name: Segment(name=name, rule=rule) for name, rule in segments.items()}, day)


PEOPLE = (
    *(person(code.lower(), country=code) for code in STATES),
    person("nobody"),
    person("fr", country="KZ", language="fr"),
    person("kazakh-russian", language="ru-KZ", country="XX"),
    person(
        "officer",
        country="MN",
        given_name="Öyuun",
        roles=(Role(name="nfp", subject="cms", start=date(2016, 1, 1), end=DAY), Role(name="press")),
        subscriptions=(Subscription(list="news"),),
    ),
)


def who(rule: Rule, day: date = DAY, **segments: Rule | None) -> list[str]:
    return [
        contact.address.split("@")[0] for contact in PEOPLE if belongs(contact, rule, scene(day, **segments))
    ]


def test_turkmenistan_changes_sides() -> None:
    turkmen = person("x", country="TM")
    assert not belongs(turkmen, PartyTo(party_to="cms"), scene(date(2016, 12, 19)))
    assert not belongs(turkmen, PartyTo(party_to="cms"), scene(date(2020, 12, 31)))
    assert belongs(turkmen, PartyTo(party_to="cms"), scene(date(2021, 1, 1)))
    assert belongs(turkmen, PartyTo(party_to="cms"), scene(date(2022, 1, 1)))


def test_thirteen_states_have_saiga_or_snow_leopard() -> None:
    either = RangeStateOf(range_state_of=SpeciesChoice(any=("saiga", "snow-leopard")))
    found = {contact.country for contact in PEOPLE[:14] if belongs(contact, either, scene())}
    assert found == set(STATES) - {"IR"}
    both = RangeStateOf(range_state_of=SpeciesChoice(all=("saiga", "snow-leopard")))
    assert {c.country for c in PEOPLE[:14] if belongs(c, both, scene())} == {"KZ", "MN", "RU", "UZ"}


def test_roles_count_from_the_first_day_to_the_last() -> None:
    rule = HoldsRole(role="nfp", of="cms")
    assert who(rule) == ["officer"]
    assert who(rule, date(2016, 12, 20)) == []
    assert who(rule, date(2015, 12, 31)) == []
    assert who(rule, date(2016, 1, 1)) == ["officer"]
    assert who(HoldsRole(role="nfp", of="cites")) == []
    assert who(HoldsRole(role="press")) == ["officer"]


def test_the_language_stated_wins_over_the_country_s() -> None:
    assert who(Reads(language="ru")) == ["kg", "kz", "ru", "tj", "tm", "uz", "kazakh-russian"]
    assert who(Reads(language="fr")) == ["fr"]
    assert who(Reads(language="ru-KZ")) == ["kazakh-russian"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (InCountry(country="RU"), ["ru"]),
        (InCountry(country=("RU", "XX")), ["ru", "kazakh-russian"]),
        (InRegion(region="Europe"), ["ru"]),
        (Subscribed(subscribed="news"), ["officer"]),
        (FieldTest(field="given_name", **{"is": "öYUUN"}), ["officer"]),
        (FieldTest(field="country", **{"in": ("ru", "af")}), ["af", "ru"]),
        (FieldTest(field="email", starts="OFF"), ["officer"]),
        (FieldTest(field="country", missing=True), ["nobody"]),
        (FieldTest(field="given_name", missing=False), ["officer"]),
        (RangeStateOf(range_state_of="dragon"), []),
    ],
)
def test_each_rule_means_what_it_says(rule: Rule, names: list[str]) -> None:
    assert who(rule) == names


simple: st.SearchStrategy[Rule] = st.sampled_from(
    [
        InCountry(country="KZ"),
        PartyTo(party_to="cms"),
        RangeStateOf(range_state_of="saiga"),
        Reads(language="ru"),
        HoldsRole(role="press"),
        FieldTest(field="country", missing=True),
        InSegment(segment="g"),
    ]
)
rules = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(all=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(any=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: NoneOf(none=tuple(parts))),
    ),
    max_leaves=8,
)


@given(rules, rules, st.sampled_from(PEOPLE))
@settings(max_examples=120, deadline=None)
def test_the_algebra_of_groups_holds(a: Rule, b: Rule, contact: Contact) -> None:
    here = scene(g=PartyTo(party_to="cms"))

    def holds(rule: Rule) -> bool:
        return belongs(contact, rule, here)

    assert holds(NoneOf(none=(AnyOf(any=(a, b)),))) == holds(NoneOf(none=(a, b)))
    assert holds(NoneOf(none=(NoneOf(none=(a,)),))) == holds(a)
    assert holds(AllOf(all=(a, b))) == (holds(a) and holds(b))
    assert holds(AnyOf(any=(a, b))) == (holds(a) or holds(b))
    assert holds(NoneOf(none=(AllOf(all=(a, b)),))) == holds(
        AnyOf(any=(NoneOf(none=(a,)), NoneOf(none=(b,))))
    )


@given(rules, st.sampled_from(PEOPLE))
@settings(max_examples=120, deadline=None)
def test_an_explanation_agrees_with_the_answer(rule: Rule, contact: Contact) -> None:
    here = scene(g=PartyTo(party_to="cms"), asked=rule)
    told = explain(contact, "asked", here)
    assert told.holds == belongs(contact, rule, here)
    assert words(rule)
    stack = list(told.children)
    while stack:
        part = stack.pop()
        if part.words == "all of these":
            assert part.holds == all(child.holds for child in part.children)
        elif part.words == "at least one of these":
            assert part.holds == any(child.holds for child in part.children)
        elif part.words == "none of these":
            assert part.holds == (not any(child.holds for child in part.children))
        stack += part.children


def test_an_explanation_says_what_decides() -> None:
    here = scene(parties=AllOf(all=(PartyTo(party_to="cms"), HoldsRole(role="nfp"))))
    told = explain(
        person("x", country="TM", roles=(Role(name="nfp", end=date(2016, 6, 30)),)), "parties", here
    )
    party, role = told.children[0].children
    assert (party.words, party.holds, party.because) == (
        "is in a Party to cms",
        False,
        "TM is a Party from 2021-01-01",
    )
    assert (role.holds, role.because) == (False, "nfp ..2016-06-30, not on 2016-12-19")


def test_rules_read_as_sentences() -> None:
    rule = AllOf(
        all=(
            AnyOf(any=(InCountry(country="KZ"), Reads(language="ru"))),
            NoneOf(none=(HoldsRole(role="press"),)),
        )
    )
    assert words(rule) == "(is in KZ or is written to in ru) and not (holds the role press)"


def test_several_groups_are_joined_in_the_order_of_the_contacts() -> None:
    here = scene(a=InCountry(country="UZ"), b=InCountry(country=("AF", "UZ")), everyone=None)
    recipients = Recipients(PEOPLE, here.segments)

    def names(*groups: str, also: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
        found = resolve(groups, recipients, here, also, without)
        return [contact.address.split("@")[0] for contact in found]

    assert names("a", "b") == ["af", "uz"]
    assert names("a", also=("officer@EXAMPLE.org", "uz@example.org")) == ["uz", "officer"]
    assert names("b", also=("officer@example.org",), without=("officer@example.org", "af@example.org")) == [
        "uz"
    ]
    assert len(names("everyone")) == len(PEOPLE)
    assert names() == []


@pytest.mark.parametrize(
    ("groups", "also", "words_"),
    [
        (("everyon",), (), 'There is no group "everyon". Did you mean "everyone"?'),
        (
            ("everyone",),
            ("officr@example.org",),
            'officr@example.org is not among the contacts. Did you mean "officer@',
        ),
        (("everyone",), ("x@y.invalid",), "is not an address"),
    ],
)
def test_unknown_names_are_wrong_usage_with_the_nearest(
    groups: tuple[str, ...], also: tuple[str, ...], words_: str
) -> None:
    here = scene(everyone=None)
    with pytest.raises(UsageError) as caught:
        resolve(groups, Recipients(PEOPLE, here.segments), here, also)
    assert words_ in str(caught.value)


def test_groups_built_in_a_circle_are_told_and_not_followed_for_ever() -> None:
    here = scene(a=InSegment(segment="b"), b=InSegment(segment="a"))
    with pytest.raises(MailerError, match="circle: a → b → a"):
        resolve(["a"], Recipients(PEOPLE, here.segments), here)
    with pytest.raises(MailerError, match="circle"):
        explain(PEOPLE[0], "a", here)


def test_heads_are_counted_by_country_role_and_language() -> None:
    counts = count(PEOPLE, scene())
    assert counts.total == len(PEOPLE)
    assert counts.by_country["KZ"] == 2
    assert counts.by_country[""] == 1
    assert (counts.by_role["press"], counts.by_role["nfp"], counts.by_role[""]) == (1, 1, len(PEOPLE) - 1)
    assert list(counts.by_language.values()) == sorted(counts.by_language.values(), reverse=True)


CONTACTS = "email,country,roles\na@example.org,KZ,press; nfp:cms\n"
COUNTRIES = (
    "countries:\n"
    "  - {iso2: KZ, iso3: KAZ, names: {en: Kazakhstan}, region: Asia, parties: {cms: 2006-05-01}}\n"
)
SPECIES = "species:\n  - {slug: saiga, scientific_name: Saiga, names: {en: Saiga}, range_states: [KZ]}\n"


def folder_with(tmp_path: Path, segments: str, contacts: str = CONTACTS, species: str = SPECIES) -> Path:
    folder = tmp_path / "recipients"
    folder.mkdir(exist_ok=True)
    for name, text in (
        ("contacts.csv", contacts),
        ("countries.yaml", COUNTRIES),
        ("species.yaml", species),
        ("segments.yaml", segments),
    ):
        (folder / name).write_text(text)
    return folder


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read_recipients(folder, folder.parent)
    return list(caught.value.problems)


def test_every_unknown_name_in_a_rule_is_told_with_line_and_nearest(tmp_path: Path) -> None:
    found = problems(
        folder_with(
            tmp_path,
            "segments:\n  a:\n    rule:\n      all:\n"
            "        - segment: bb\n"
            "        - {role: pres}\n"
            "        - {role: nfp, of: cmss}\n"
            "        - region: Asien\n"
            "        - party_to: cm\n"
            "        - range_state_of: siaga\n"
            "        - range_state_of: {any: [saiga, saigo]}\n"
            "        - country: KX\n"
            "        - none:\n            - country: [KZ, XX]\n"
            "  b:\n    title: B\n",
        )
    )
    assert [(problem.line, problem.field) for problem in found] == [
        (5, "segments.a.rule.all[0].segment"),
        (6, "segments.a.rule.all[1].role"),
        (7, "segments.a.rule.all[2].of"),
        (8, "segments.a.rule.all[3].region"),
        (9, "segments.a.rule.all[4].party_to"),
        (10, "segments.a.rule.all[5].range_state_of"),
        (11, "segments.a.rule.all[6].range_state_of.any[1]"),
        (12, "segments.a.rule.all[7].country"),
        (14, "segments.a.rule.all[8].none[0].country[1]"),
    ]
    assert found[1].message == '"pres" is not a known role.'
    assert found[1].hint == 'Did you mean "press"?'
    assert found[5].hint == 'Did you mean "saiga"?'
    assert all(problem.file == "recipients/segments.yaml" for problem in found)


def test_a_circle_of_groups_is_told_once_with_its_chain(tmp_path: Path) -> None:
    (problem,) = problems(
        folder_with(
            tmp_path,
            "segments:\n"
            "  a: {rule: {segment: b}}\n"
            "  b: {rule: {any: [{role: press}, {segment: c}]}}\n"
            "  c: {rule: {none: [{segment: a}]}}\n"
            "  d: {rule: {segment: a}}\n",
        )
    )
    assert problem.message == "the groups go round in a circle: a → b → c → a."
    assert problem.line == 2


def test_a_chain_of_too_many_groups_is_told_at_the_first_that_is_too_long(tmp_path: Path) -> None:
    chain = "".join(f"  s{n}:\n    rule: {{segment: s{n + 1}}}\n" for n in range(3000))
    (problem,) = problems(folder_with(tmp_path, f"segments:\n{chain}  s3000:\n    title: The last\n"))
    assert (problem.line, problem.field) == (2950 * 2 + 3, "segments.s2950.rule")
    assert problem.message == "leads to more than 50 groups, one within the other."
    assert problem.hint


def test_a_chain_of_fifty_groups_is_read_and_worked_out(tmp_path: Path) -> None:
    chain = "".join(f"  s{n}:\n    rule: {{segment: s{n + 1}}}\n" for n in range(49))
    folder = folder_with(tmp_path, f"segments:\n{chain}  s49:\n    title: The last\n")
    recipients = read_recipients(folder, tmp_path)
    assert resolve(("s0",), recipients, Scene(REGISTERS, recipients.segments, DAY)) == recipients.contacts


def test_a_group_that_names_itself_is_a_circle(tmp_path: Path) -> None:
    (problem,) = problems(folder_with(tmp_path, "segments:\n  a: {rule: {segment: a}}\n"))
    assert "a → a" in problem.message


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        "segments:\n  a: {rule: {rgion: Asia}}\n",
        contacts="email,country\nnobody,KZ\n",
        species="species:\n  - {slug: saiga, scientific_name: S, names: {}, range_states: [XX]}\n",
    )
    assert {problem.file for problem in problems(folder)} == {
        f"recipients/{name}" for name in ("contacts.csv", "species.yaml", "segments.yaml")
    }
    (folder / "contacts.csv").unlink()
    assert any("contacts.csv does not exist" in problem.message for problem in problems(folder))


def test_good_files_give_people_and_groups_in_order(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "segments:\n  z: {title: Zed}\n  a: {rule: {party_to: cms}}\n")
    recipients = read_recipients(folder, tmp_path)
    assert list(recipients.segments) == ["z", "a"]
    assert recipients.segments["z"].title == "Zed"
    here = Scene(read_registers(folder, tmp_path), recipients.segments, DAY)
    assert len(resolve(["a"], recipients, here)) == 1


def test_a_workspace_without_registers_is_still_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "segments:\n  everyone: {title: E}\n")
    for name in ("countries.yaml", "species.yaml"):
        (folder / name).unlink()
    assert len(read_recipients(folder, tmp_path).contacts) == 1


def test_registers_tell_what_is_wrong_in_them(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path, "segments: {}\n", species=SPECIES.replace("[KZ]", "[KZ, KX], sources: [S9]")
    )
    (folder / "countries.yaml").write_text(
        COUNTRIES + "  - {iso2: KZ, iso3: KAZ, names: {}, timezone: Asia/Almati}\n"
    )
    with pytest.raises(ProblemsError) as caught:
        read_registers(folder, tmp_path)
    assert [problem.message for problem in caught.value.problems] == [
        '"KZ" is there twice.',
        '"Asia/Almati" is not a time zone.',
        '"KX" is not a country in the register.',
        '"S9" is not among the sources.',
    ]
