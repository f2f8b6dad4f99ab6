"""Versions with their head-counts, in words, before anything is rendered; and what is said of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from itertools import product
from random import Random
from time import process_time
from typing import Any
from unittest.mock import patch

import pytest

from mailer.content import read_issue
from mailer.errors import ProblemsError
from mailer.flow import compose_issue, desk, read_people
from mailer.flow.version_words import version_words
from mailer.flow.versions import Version, divide, list_versions
from mailer.model.audience import Segment
from mailer.model.issue import Issue
from mailer.model.rendition import Variant
from mailer.render import render_variant, variant_for
from tests.flow.office import TODAY, Office

CONTACTS = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
PAST = "national-focal-point ..2000-01-01; press ..2000-01-01"
"""Groups may only name roles that somebody has held."""
SEGMENTS = """\
segments:
  everyone: {title: Everyone}
  range-states: {title: Range States, rule: {country: [KZ, IR, TM, MN, UZ]}}
  parties: {title: Parties, rule: {all: [{segment: range-states}, {party_to: cms}]}}
  saiga: {title: States of the saiga, rule: {country: [KZ, MN, TM, UZ]}}
  focal-points: {title: Focal Points, rule: {role: national-focal-point}}
  press: {title: Press, rule: {role: press}}
"""
HEAD = f"""\
id: test-issue
series: Test newsletter
date: {TODAY}
subject: Two reports and one date
preheader: What happened in the mountains this month, and what is next.
items:
"""
NEWS = "  - {id: news, kind: article, title: News, body: For all.}\n"


def write(office: Office, items: str, people: Iterable[str], segments: str = SEGMENTS) -> None:
    """An issue, groups and people: `EMAIL LANGUAGE COUNTRY ROLES`, a dash for nothing."""
    rows = []
    for person in people:
        email, language, country, roles = (part.strip("-") for part in person.split(" ", 3))
        roles = f"{roles}; {PAST}"
        rows.append(f"{email}@example.org,,,,,{language},{country},,{roles},newsletter\n")
    office.issue.write_text(HEAD + items, encoding="utf-8")
    folder = office.root / "recipients"
    (folder / "contacts.csv").write_text(CONTACTS + "".join(rows), encoding="utf-8")
    (folder / "segments.yaml").write_text(segments, encoding="utf-8")
    first = next(re.finditer(r"id: (\w+),[^\n]* body:", items))[1]
    overlay = f"language: ru\nsubject: Два доклада\nitems: {{{first}: {{title: Новости, body: Для всех.}}}}\n"
    (office.issue.parent / "issue.ru.yaml").write_text(overlay, encoding="utf-8")


def listed(office: Office, *segments: str, on: date | None = None) -> dict[str, int]:
    return {v.words: v.readers for v in list_versions(office.workspace, "test-issue", segments, on=on).listed}


PEOPLE = ("a en KZ -", "b ru KZ -", "c ru KZ press", "d en IR -", "e - TM -", "f en FR press", "g en - -")


def test_versions_are_named_by_language_and_by_the_groups_of_those_who_read_them(office: Office) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: parties}\n", PEOPLE)
    assert listed(office, on=date(2016, 12, 19)) == {
        "English, Parties (every item)": 2,
        "English, not Parties": 2,
        "Russian, Parties (every item)": 2,
        "Russian, not Parties": 1,
    }


def test_the_day_decides_who_is_a_party(office: Office) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: parties}\n", PEOPLE)
    turkmenistan = {
        day: compose_issue(office.workspace, "test-issue", secret=b"x", on=day).reader("e@example.org")
        for day in (date(2016, 12, 19), date(2022, 1, 10))
    }
    words = {
        day: compose_issue(office.workspace, "test-issue", secret=b"x", on=day).words[reader.variant]
        for day, reader in turkmenistan.items()
        if reader
    }
    assert list(words.values()) == ["Russian, not Parties", "Russian, every item"]


def test_a_version_that_all_readers_of_a_language_get_says_so(office: Office) -> None:
    write(
        office,
        NEWS + "  - {id: duty, kind: article, body: Owed., show_to: press}\n",
        ("a ru KZ -", "f en FR press"),
    )
    assert listed(office) == {"Russian, all readers": 1, "English, every item": 1}


def test_leading_items_and_other_words_make_versions_too_and_are_told(office: Office) -> None:
    items = (
        NEWS
        + "  - {id: second, kind: article, title: Second, body: Words., lead_for: saiga}\n"
        + "  - {id: third, kind: article, title: Third, body: Words., wording: [{for: press, body: Other.}]}\n"
    )
    write(office, items, PEOPLE)
    found = {v.words: v for v in list_versions(office.workspace, "test-issue").listed}
    assert {words: version.readers for words, version in found.items()} == {
        "English, States of the saiga (every item)": 1,
        "English, Press (every item)": 1,
        "English, all others (every item)": 2,
        "Russian, Press (every item)": 1,
        "Russian, not Press (every item)": 2,
    }
    assert found["Russian, Press (every item)"] == Version(
        variant=found["Russian, Press (every item)"].variant,
        words="Russian, Press (every item)",
        readers=1,
        hidden=(),
        leading=("second",),
        worded={"third": 0},
        fallen_back={"second": "en", "third": "en"},
    )
    assert found["English, all others (every item)"].leading == ()


def test_the_command_tells_people_and_programs_the_same(office: Office) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: parties}\n", PEOPLE)
    told = json.loads(office.run("versions", "test-issue", "--on", "2016-12-19", "--format", "json"))
    assert (told["issue"], told["on"], told["readers"]) == ("test-issue", "2016-12-19", 7)
    (version,) = (v for v in told["versions"] if v["words"] == "Russian, not Parties")
    assert version | {"key": ""} == {
        "key": "",
        "language": "ru",
        "words": "Russian, not Parties",
        "readers": 1,
        "items": ["news"],
        "hidden": ["duty"],
        "leading": [],
        "wordings": {},
        "fallen_back": {},
    }
    shown = office.run("versions", "test-issue", "--on", "2016-12-19", "--to", "parties")
    assert "English, every item" in shown
    assert "in English: duty" in shown
    assert "4 readers, 2 versions" in shown
    assert "There is no group" in office.run("versions", "test-issue", "--to", "partys", code=2)


def test_listing_versions_renders_nothing_and_writes_nothing(office: Office) -> None:
    write(office, NEWS, PEOPLE)
    desk._renditions.clear()
    before = sorted(office.root.rglob("*"))
    with patch("mailer.flow.desk.render_variant", wraps=render_variant) as rendering:
        office.run("versions", "test-issue")
        assert sorted(office.root.rglob("*")) == before
        assert rendering.call_count == 0
        office.run("build", "test-issue")
        assert rendering.call_count == 2, "what is counted is what renders"


def test_the_words_are_those_of_the_proof_and_of_what_is_built(office: Office) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: parties}\n", PEOPLE)
    words = listed(office)
    proof = json.loads(office.run("proof", "test-issue", "--to", "everyone", "--format", "json"))
    assert {v["words"]: v["readers"] for v in proof["variants"]} == words
    built = office.run("build", "test-issue")
    assert all(each in built for each in words)


def many(office: Office) -> None:
    """200 readers, no two of whom belong to the same groups."""
    names = [f"g{n}" for n in range(8)]
    groups = "segments:\n  everyone: {}\n" + "".join(
        f"  {name}: {{rule: {{role: {name}}}}}\n" for name in names
    )
    items = NEWS + "".join(
        f"  - {{id: i{name}, kind: article, body: B., show_to: {name}}}\n" for name in names
    )
    people = [
        f"p{n} en - {'; '.join(name for name, has in zip(names, chosen, strict=True) if has) or '-'}"
        for n, chosen in enumerate(list(product((False, True), repeat=8))[:200])
    ]
    write(office, items, people, groups)


@pytest.mark.parametrize("command", ["versions", "build", "proof", "check"])
def test_two_hundred_versions_are_refused_before_anything_is_rendered_or_written(
    office: Office, command: str
) -> None:
    many(office)
    (office.root / ".mailer").mkdir(exist_ok=True)
    before = {path for path in office.root.rglob("*") if "ledger" not in path.name}
    with patch("mailer.flow.desk.render_variant", side_effect=AssertionError):
        to = ("--to", "everyone") if command == "proof" else ()
        told = " ".join(office.run(command, "test-issue", *to, code=1).split())
    assert {path for path in office.root.rglob("*") if "ledger" not in path.name} == before
    assert "issues/test-issue/issue.yaml:6: items: " in told or "issues/test-issue/issue.yaml:6 " in told
    assert "200 readers would get 200 versions, more than 60" in told
    assert "English 200" in told
    assert "g0 (ig0); g1 (ig1)" in told
    assert "max_versions" in told


def test_the_limit_is_a_setting(office: Office) -> None:
    many(office)
    path = office.root / "mailer.toml"
    path.write_text("max_versions = 200\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert office.run("versions", "test-issue").endswith("200 readers, 200 versions\n")
    path.write_text(path.read_text(encoding="utf-8").replace("= 200", "= 199"), encoding="utf-8")
    office.run("versions", "test-issue", code=1)


def test_no_two_versions_are_called_the_same_however_groups_overlap() -> None:
    """Every way in which two groups can order, hide and reword two items."""
    segments = {name: Segment(name=name) for name in ("p", "q")}
    everybody = [frozenset(names) for names in ((), ("p",), ("q",), ("p", "q"))]
    choices = (None, "p", "q")
    for shows, leads, words in product(product(choices, repeat=2), repeat=3):
        items: list[dict[str, Any]] = [
            {"id": f"i{n}", "kind": "article", "body": "B", "show_to": shows[n], "lead_for": leads[n]}
            | ({"wording": [{"for": words[n], "body": "O"}]} if words[n] else {})
            for n in range(2)
        ]
        issue = Issue.model_validate(
            {
                "id": "x",
                "series": "X",
                "date": TODAY,
                "subject": "X",
                "items": [*items, {"id": "n", "kind": "about"}],
            }
        )
        members: dict[Variant, set[frozenset[str]]] = {}
        for groups in everybody:
            variant = variant_for(issue, "en", groups.__contains__, TODAY)
            members.setdefault(variant, set()).add(groups)
        named = version_words(issue, members, segments)
        assert len(set(named.values())) == len(members)
        assert_true(named, members)


def assert_true(named: dict[str, str], members: dict[Variant, set[frozenset[str]]]) -> None:
    """Whoever fits the words of a version reads it, and all who read it fit them."""
    readers = [(variant, groups) for variant, found in members.items() for groups in found]
    for variant in members:
        said = named[variant.key].removeprefix("English, ").removesuffix(" (every item)")
        if said.startswith(("all others", "all readers", "every item")):
            continue
        for reads, groups in readers:
            fits = all(
                (mark.removeprefix("not ") in groups) != mark.startswith("not ") for mark in said.split("; ")
            )
            assert fits == (reads == variant), (said, groups)


def test_two_versions_that_would_share_a_key_are_refused_and_never_mixed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: press}\n", PEOPLE)
    monkeypatch.setattr(Variant, "key", property(lambda variant: f"{variant.language}-123456"))
    told = " ".join(office.run("versions", "test-issue", code=1).split())
    assert "two versions in Russian would go by the same key, ru-123456" in told
    assert "Change the `id` of any item" in told


def test_a_title_that_looks_like_a_number_or_an_ending_makes_no_two_versions_alike() -> None:
    titles = {"large": "Donors (large)", "donors": "Donors", "others": "all others", "two": "all others (2)"}
    named = version_words(*one_group_each(titles))
    assert sorted(named.values()) == [
        "English, Donors",
        "English, Donors (large)",
        "English, all others",
        "English, all others (2)",
        "English, all others (3)",
    ]


def one_group_each(
    titles: dict[str, str],
) -> tuple[Issue, dict[Variant, set[frozenset[str]]], dict[str, Segment]]:
    """An issue with an item for each group; readers of one group each, and two kinds of reader of none."""
    items = [{"id": f"i{name}", "kind": "article", "body": "B", "show_to": name} for name in titles]
    head = {"id": "x", "series": "X", "date": TODAY, "subject": "X"}
    members = {
        Variant(language="en", items=tuple(f"i{name}" for name in names)): {names}
        for names in (*(frozenset({name}) for name in titles), frozenset[str]())
    }
    segments = {name: Segment(name=name, title=title) for name, title in titles.items()}
    return Issue.model_validate(head | {"items": items}), members, segments


def test_who_only_counts_heads_does_not_wait_for_words(office: Office) -> None:
    write(office, NEWS + "  - {id: duty, kind: article, body: Owed., show_to: press}\n", PEOPLE)
    workspace, file = office.workspace, read_issue(office.issue.parent, office.root)
    people = read_people(workspace)
    with patch("mailer.flow.versions.version_words", wraps=version_words) as naming:
        division = divide(file, people, people.recipients.contacts, TODAY, workspace.config)
        assert sum(division.heads.values()) == len(PEOPLE)
        assert naming.call_count == 0
        assert division.words.keys() == division.words.keys() == division.heads.keys()
        assert naming.call_count == 1


def test_very_many_versions_are_named_in_moments_and_truly() -> None:
    """57 versions by 40 groups, each reader in about half of them."""
    random = Random(1)
    names = [f"g{n}" for n in range(40)]
    items = [{"id": f"i{name}", "kind": "article", "body": "B", "show_to": name} for name in names]
    head = {"id": "x", "series": "X", "date": TODAY, "subject": "X"}
    issue = Issue.model_validate(head | {"items": items})
    found = {frozenset(name for name in names if random.random() < 0.5) for _ in range(57)}
    members = {Variant(language="en", items=tuple(f"i{n}" for n in sorted(s))): {s} for s in found}
    segments = {name: Segment(name=name) for name in names}
    version_words(*one_group_each({"a": "A"}))
    began = process_time()
    named = version_words(issue, members, segments)
    first = process_time() - began
    assert first < 0.05, "it was over three seconds"
    assert len(set(named.values())) == 57
    assert_true(named, members)
    began = process_time()
    assert version_words(issue, members, segments) == named
    assert process_time() - began < first, "it is remembered"


def test_groups_with_one_title_are_told_apart_by_their_names(office: Office) -> None:
    segments = SEGMENTS.replace("title: Parties", "title: Some States").replace(
        "title: States of the saiga", "title: Some States"
    )
    items = NEWS + "  - {id: a, kind: article, body: B., show_to: parties}\n"
    items += "  - {id: b, kind: article, body: B., show_to: saiga}\n"
    write(office, items, ("a en KZ -", "b en IR -", "c en TM -"), segments)
    assert listed(office, on=date(2016, 12, 19)) == {
        "English, Some States (parties); Some States (saiga) (every item)": 1,
        "English, not Some States (parties)": 1,
        "English, not Some States (saiga)": 1,
    }


THREE = "France, Germany and the Islamic Republic of Iran"
HIDING = NEWS + "  - {id: china, kind: article, title: China, body: Words., show_to: saiga}\n"


def findings(office: Office, rule: str, *segments: str) -> list[tuple[str, str]]:
    composed = compose_issue(office.workspace, "test-issue", segments, secret=b"x")
    return [(f.item or "", f.words or "") for f in composed.standing if f.rule == rule]


def test_an_item_hidden_from_iran_alone_is_found(office: Office) -> None:
    write(office, HIDING, ("a en KZ -", "b en IR -", "c ru UZ -"))
    assert findings(office, "audience.hidden-from-few") == [("china", "the Islamic Republic of Iran")]
    told = office.run("check", "test-issue")
    assert "hidden from the Islamic Republic of Iran only" in told
    assert "lead_for: saiga" in told


def test_leading_instead_of_hiding_is_no_finding(office: Office) -> None:
    write(office, HIDING.replace("show_to", "lead_for"), ("a en KZ -", "b en IR -", "c ru UZ -"))
    assert findings(office, "audience.hidden-from-few") == []


@pytest.mark.parametrize(
    ("show_to", "people", "hidden"),
    [
        ("focal-points", ("a en KZ national-focal-point", "b en IR -"), []),
        ("focal-points", ("a en KZ national-focal-point", "b en IR press", "c en IR national-focal-point"), []),
        ("saiga", ("a en KZ -", "b en IR -", "c en FR -", "d en DE -"), [THREE]),
        ("saiga", ("a en KZ -", "b en IR -", "c en FR -", "d en DE -", "e en ES -"), []),
        ("saiga", ("b en IR -", "c en FR -"), []),
        ("saiga", ("a en KZ -", "g en - -"), []),
        ("no-such-group", ("a en KZ -", "b en IR -"), []),
    ],
    ids=["no office", "one of theirs sees it", "three", "four", "nobody sees it", "no country", "no group"],
)  # fmt: skip
def test_hidden_from_a_state_means_that_the_state_is_the_reason(
    office: Office, show_to: str, people: tuple[str, ...], hidden: list[str]
) -> None:
    write(office, HIDING.replace("saiga", show_to), people)
    assert [words for _, words in findings(office, "audience.hidden-from-few")] == hidden


def test_hidden_from_the_focal_point_of_one_state_is_found_though_offices_decide_too(office: Office) -> None:
    segments = SEGMENTS.replace(
        "rule: {role: national-focal-point}", "rule: {all: [{role: national-focal-point}, {segment: saiga}]}"
    )
    people = ("a en KZ national-focal-point", "b en IR national-focal-point", "c en MN press")
    write(office, HIDING.replace("saiga", "focal-points"), people, segments)
    assert findings(office, "audience.hidden-from-few") == [("china", "the Islamic Republic of Iran")]


def test_a_deadline_is_for_those_who_owe_it_and_hidden_from_nobody(office: Office) -> None:
    owed = HIDING.replace(
        "id: china, kind: article", 'id: china, kind: deadline, due: 2099-01-01, time: "12:00"'
    )
    write(office, owed, ("a en KZ -", "b en IR -", "c ru UZ -"))
    assert findings(office, "audience.hidden-from-few") == []


def test_an_issue_without_news_for_somebody_stops(office: Office) -> None:
    items = """\
  - {id: head, kind: heading, title: Reports}
  - {id: duty, kind: article, title: Duty, body: Owed., show_to: press}
  - {id: hello, kind: greeting, title: Wishes, body: All the best., expires: 2099-01-01}
  - {id: office, kind: contact, title: Contact}
  - {id: us, kind: about, title: About us, body: We are.}
"""
    write(office, items, PEOPLE)
    assert findings(office, "audience.empty-version") == [
        ("", "English, not Press"),
        ("", "Russian, not Press"),
    ]
    told = office.run("check", "test-issue", code=1)
    assert "3 readers would get an issue with no news in it: English, not Press." in told
    assert findings(office, "audience.empty-version", "press") == []


def test_a_version_with_no_item_at_all_is_a_finding_and_no_crash(office: Office) -> None:
    write(office, "  - {id: duty, kind: article, title: Duty, body: Owed., show_to: press}\n", PEOPLE)
    assert len(findings(office, "audience.empty-version")) == 2


def test_too_many_versions_is_a_problem_with_its_place(office: Office) -> None:
    many(office)
    with pytest.raises(ProblemsError) as refused:
        list_versions(office.workspace, "test-issue")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.rule) == (
        "issues/test-issue/issue.yaml",
        6,
        "audience.too-many-versions",
    )
