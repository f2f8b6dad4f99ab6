"""`mailer audience`: who is in a group, what its rule does, whom it leaves out, and why somebody is in it or not."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailer.audience import resolve
from mailer.audience.recipients import obliged_groups
from mailer.config import open_workspace
from mailer.flow import ledger_of, read_people
from mailer.flow.facts import facts_for
from mailer.model.issue import Issue
from mailer.model.suppression import Because
from mailer.proof import audience_parts
from tests.flow.office import Office

ROOT = Path(__file__).parents[2]
NINE = set("AF IN IR KG KZ MN PK TJ UZ".split())
DAY = "2016-12-19"
ON = date.fromisoformat(DAY)
HEAD = "email,given_name,family_name,country,roles,subscriptions\n"
PEOPLE = (
    HEAD + "ann@example.org,Ann,Holder,KZ,nfp:cms 2016-01-01..,cami-newsletter\n"
    "bo@example.org,Bo,Former,KZ,nfp:cms 2010-01-01..2015-12-31,cami-newsletter\n"
    "cy@example.org,Cy,Next,MN,nfp:cms 2017-01-01..,\n"
    "di@example.org,Di,Press,DE,press,cami-newsletter ..2016-06-30\n"
)
GROUPS = """\
segments:
  everyone: {title: Everyone}
  all-known: {rule: {any: [{role: nfp}, {none: [{role: nfp}]}]}}
  nobody: {rule: {country: FR}}
  focal-points: {title: Focal points, rule: {role: nfp}}
  same: {rule: {all: [{role: nfp}, {country: [KZ, MN, DE]}]}}
  readers: {rule: {subscribed: cami-newsletter}}
  owing: {rule: {outstanding: report}}
  answered: {rule: {submitted: report}}
  not-reached: {rule: {all: [{not_received: december}, {bounced: no}]}}
"""
REPORT = """\
id: report
title: {en: Report}
owed: {en: the report}
due: 2017-04-24
obliged: focal-points
ladder: [-30d]
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Office:
    root = tmp_path_factory.mktemp("sample")
    shutil.copy(ROOT / "mailer.toml", root)
    shutil.copytree(ROOT / "recipients", root / "recipients")
    for log in (root / "recipients" / "deadlines").glob("*.csv"):
        log.unlink()
    return Office(open_workspace(root))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    shutil.copy(ROOT / "mailer.toml", tmp_path)
    folder = tmp_path / "recipients"
    (folder / "deadlines").mkdir(parents=True)
    (folder / "contacts.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "segments.yaml").write_text(GROUPS, encoding="utf-8")
    (folder / "deadlines" / "report.yaml").write_text(REPORT, encoding="utf-8")
    return Office(open_workspace(tmp_path))


def told(office: Office, *arguments: str) -> Any:
    return json.loads(office.run("audience", *arguments, "--format", "json"))


def flat(text: str) -> str:
    return " ".join(text.split())


# The real cases


def test_the_obligation_s_audience_is_nine_states_in_2016_and_ten_from_2022(sample: Office) -> None:
    then = told(sample, "national-focal-points-of-parties", "--on", DAY)
    assert set(then["by"]["country"]) == NINE
    assert set(then["coverage"][0]["left_out"]) == {"BT", "CN", "NP", "RU", "TM"}
    later = told(sample, "national-focal-points-of-parties", "--on", "2022-01-15")
    assert set(later["by"]["country"]) == NINE | {"TM"}


def test_saiga_or_snow_leopard_leaves_out_only_iran_and_says_so(sample: Office) -> None:
    printed = sample.run("audience", "range-states-of-saiga-or-snow-leopard", "--on", DAY)
    assert "13 of 14 Range States; left out: Iran (Islamic Republic of)" in flat(printed)
    article = flat(sample.run("audience", "sees-china-article", "--on", DAY))
    assert "saiga or snow-leopard: 13 of 14 Range States, all but Iran (Islamic Republic of)" in article
    both = told(sample, "range-states-of-saiga-and-snow-leopard", "--on", DAY)
    assert set(both["by"]["country"]) == {"KZ", "MN", "RU", "UZ"}


def test_those_who_owe_the_report_are_seven_when_two_have_handed_in(sample: Office) -> None:
    log = sample.root / "recipients" / "deadlines" / "national-report-cop12.submissions.csv"
    before = told(sample, "national-report-outstanding", "--on", DAY)
    assert set(before["by"]["country"]) == NINE
    log.write_text("who,what,on\nKZ,submitted,2017-01-10\nMN,submitted,2017-01-12\n", encoding="utf-8")
    try:
        assert set(told(sample, "national-report-outstanding", "--on", DAY)["by"]["country"]) == NINE
        after = told(sample, "national-report-outstanding", "--on", "2017-01-24")
        assert set(after["by"]["country"]) == NINE - {"KZ", "MN"}
    finally:
        log.unlink()


def test_what_is_printed_fits_eighty_columns(sample: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.cli.output.console._width", 80)
    printed = sample.run("audience", "sees-china-article", "--on", DAY)
    printed += sample.run("audience", "cms-parties", "--explain", "aigerim.sadykova@example.org")
    assert max(map(len, printed.splitlines())) <= 80


# What is said about a group


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("everyone", "It has no rule and filters nothing: everybody belongs to it."),
        ("all-known", "It filters nobody out: its rule holds for everybody on file."),
        ("nobody", "It has nobody on that day."),
    ],
)
def test_a_group_that_filters_nothing_or_nobody_says_so(office: Office, group: str, words: str) -> None:
    assert words in flat(office.run("audience", group, "--on", DAY))


def test_those_left_out_by_the_end_or_beginning_of_a_role_are_named_with_the_day(office: Office) -> None:
    found = told(office, "focal-points", "--on", DAY)
    assert [
        (entry["why"], [(one["name"], one["day"]) for one in entry["people"]]) for entry in found["left_out"]
    ] == [
        ("whose role nfp has ended", [("Bo Former", "2015-12-31")]),
        ("whose role nfp has not begun", [("Cy Next", "2017-01-01")]),
    ]
    printed = flat(office.run("audience", "focal-points", "--on", DAY))
    assert "1 whose role nfp has ended: Bo Former (2015-12-31)" in printed
    readers = told(office, "readers", "--on", DAY)
    assert readers["left_out"][0]["why"] == "whose subscription to cami-newsletter has ended"


def test_those_who_cannot_be_written_to_are_named_with_the_reason(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        ledger.suppress("ann@example.org", Because.BOUNCED)
        ledger.suppress("bo@example.org", Because.UNSUBSCRIBED)
    printed = flat(office.run("audience", "everyone", "--on", DAY))
    assert "1 cannot be written to (do-not-mail list: bounced): Ann Holder" in printed
    assert "1 without the newsletter (do-not-mail list: unsubscribed): Bo Former" in printed
    assert "2 without the newsletter (not subscribed to cami-newsletter): Cy Next, Di Press" in printed
    assert "do-not-mail list: bounced) since" in flat(office.run("audience", "--explain", "ann@example.org"))


def test_each_part_says_how_many_it_lets_in_and_what_it_does_alone(office: Office) -> None:
    rule = told(office, "same", "--on", DAY)["rule"]
    assert (rule["lets_in"], rule["keeps_out"]) == (1, 3)
    role, country = rule["parts"]
    assert (role["lets_in"], role["keeps_out"], role["only_out"], role["is_idle"]) == (1, 3, 3, False)
    assert (country["lets_in"], country["keeps_out"], country["is_idle"]) == (4, 0, True)
    assert "is in KZ, MN or DE 4 0 changes nothing" in flat(office.run("audience", "same", "--on", DAY))


def test_groups_of_the_very_same_people_are_named(office: Office) -> None:
    found = told(office, "focal-points", "--on", DAY)["overlaps"]
    assert {entry["name"] for entry in found if entry["is_same"]} == {"same", "owing"}
    assert "the very same people as same, owing" in flat(office.run("audience", "focal-points", "--on", DAY))


def test_all_groups_are_listed_with_their_heads(office: Office) -> None:
    sizes = {row["segment"]: row["readers"] for row in told(office, "--on", DAY)}
    assert (sizes["everyone"], sizes["nobody"], sizes["focal-points"]) == (4, 0, 1)
    assert "4 people on file" in office.run("audience", "--on", DAY)


# One person


def test_why_somebody_is_in_a_group_or_not(office: Office) -> None:
    printed = flat(office.run("audience", "same", "--explain", "BO@example.org", "--on", DAY))
    assert "Bo Former <bo@example.org>, row 3 of contacts.csv" in printed
    assert "country Kazakhstan (KZ)" in printed
    assert "no holds the role nfp (nfp:cms 2010-01-01..2015-12-31, not on 2016-12-19)" in printed
    assert "yes is in KZ, MN or DE (Kazakhstan)" in printed
    (person,) = told(office, "same", "--explain", "bo@example.org", "--on", DAY)["people"]
    assert person["groups"]["same"]["holds"] is False


def test_an_unknown_address_names_the_nearest(office: Office) -> None:
    printed = office.run("audience", "--explain", "anne@example.com", code=1)
    assert 'anne@example.com is not in contacts.csv.\n→ Did you mean "ann@example.org"?' in printed
    assert "Did you mean" not in office.run("audience", "--explain", "zzzzzz@example.net", code=1)


# What the send record and the deadlines say


def test_facts_are_read_only_where_a_group_asks_for_them(office: Office) -> None:
    people = read_people(office.workspace)
    (office.root / "recipients" / "deadlines" / "report.yaml").write_text("id: [\n", encoding="utf-8")
    assert len(resolve(["focal-points"], people.recipients, people.scene(ON, ["focal-points"]))) == 1
    assert not office.workspace.ledger_path.exists()
    printed = office.run("audience", "owing", code=1)
    assert "recipients/deadlines/report.yaml" in printed


def test_a_mail_that_was_taken_over_or_bounced_is_a_fact(office: Office) -> None:
    class Record:
        """What the send record says, without a sending."""

        def received(self, issue: str, among: object = ()) -> frozenset[str]:
            return frozenset({"ann@example.org"} if issue == "december" else ())

        def bounced(self, among: object = ()) -> frozenset[str]:
            return frozenset({"bo@example.org"})

    people = read_people(office.workspace)
    facts = facts_for(office.workspace, Record(), people, ON, ["not-reached", "owing"])  # type: ignore[arg-type]
    assert facts.received == {"december": {"ann@example.org"}}
    assert facts.bounced == {"bo@example.org"}
    assert facts.deadlines["report"].owed == {"KZ"}
    assert facts_for(office.workspace, None, people, ON, ["everyone"]).deadlines == {}


def test_who_has_answered_changes_no_part_of_what_is_approved(office: Office) -> None:
    issue = Issue.model_validate(
        {
            "id": "x",
            "series": "News",
            "date": DAY,
            "authors": ["Ann"],
            "subject": "S",
            "items": [{"kind": "article", "id": "a", "title": "A", "show_to": "owing"}],
        }
    )

    def parts() -> dict[str, str]:
        people = read_people(office.workspace)
        obliged = obliged_groups(office.workspace.recipients, office.root)
        return audience_parts(
            ["answered"], people.recipients.segments, people.registers, issue, {}, obliged=obliged
        )

    before = parts()
    assert {"group answered", "group owing", "group focal-points", "who owes report"} <= set(before)
    log = office.root / "recipients" / "deadlines" / "report.submissions.csv"
    log.write_text(f"who,what,on\nKZ,submitted,{DAY}\n", encoding="utf-8")
    assert set(told(office, "answered", "--on", DAY)["by"]["country"]) == {"KZ"}
    assert parts() == before
    segments = office.root / "recipients" / "segments.yaml"
    segments.write_text(GROUPS.replace("rule: {role: nfp}}", "rule: {role: press}}"), encoding="utf-8")
    changed = {name for name, value in parts().items() if before[name] != value}
    assert changed == {"group focal-points"}


def test_a_slip_in_an_issue_s_id_is_told_and_one_that_is_gone_is_not(office: Office) -> None:
    folder = office.root / "issues" / "december"
    folder.mkdir(parents=True)
    (folder / "issue.yaml").write_text("id: december-2016\nseries: News\n", encoding="utf-8")
    segments = office.root / "recipients" / "segments.yaml"
    segments.write_text(
        "segments:\n  a: {rule: {received: decembr-2016}}\n  b: {rule: {not_received: gone-long-ago}}\n"
    )
    printed = office.run("audience", code=1)
    assert 'segments.yaml:2: segments.a.rule.received: "decembr-2016" is not a known issue.' in flat(printed)
    assert 'Did you mean "december-2016"?' in printed
    assert "gone-long-ago" not in printed
