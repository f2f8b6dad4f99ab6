"""`mailer check --links`: findings at their place in the issue, told again from memory, and never silent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mailer.content import read_waivers
from mailer.flow import compose_issue
from mailer.flow.links import Followed, follow_links
from mailer.model.finding import Severity, Waiver
from mailer.model.visit import Found
from mailer.web import Web
from tests.flow.office import Office

BODY = """\
    body: |
      See [the report](https://gone.example.org/report#page=3) and
      [the list](http://moved.example.org/list), or
      [the wall](https://wall.example.org/), or [the mine](https://mine.example.org:8080/x).
    links:
      - {url: 'https://gone.example.org/report', text: The report again}
      - {url: 'https://good.example.org/', text: All is well}
"""
FRENCH = """\
language: fr
items:
  first:
    title: Des chiffres
    body: |
      Voir [le rapport](https://gone.example.org/fr).
"""


REPORT = "https://gone.example.org/report"
BY = ("--by", "Head of Office", "--because", "The page comes tomorrow.")


class Internet:
    """Sites without a network: what each answers, and what was asked."""

    def __init__(self) -> None:
        self.pages = {
            "gone.example.org": httpx.Response(404),
            "moved.example.org": httpx.Response(301, headers={"Location": "https://new.example.org/list"}),
            "wall.example.org": httpx.Response(403),
        }
        self.asked: list[str] = []
        self.is_there = True
        self.takes = 0.0

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "93.184.216.34"
        host = request.headers["host"]
        self.asked.append(f"{request.method} {host}{request.url.path}")
        found = self.pages.get(host, httpx.Response(200))
        return httpx.Response(found.status_code, headers=found.headers)

    async def resolve(self, name: str, port: int) -> tuple[str, ...]:
        await asyncio.sleep(self.takes)
        if not self.is_there:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server")
        return ("93.184.216.34",)

    def web(self) -> Web:
        return Web(self.resolve, lambda: httpx.MockTransport(self.answer), pause=0.0)


@pytest.fixture
def internet(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    made = Internet()
    monkeypatch.setattr("mailer.flow.links.public_web", made.web)
    text = office.issue.read_text()
    begin = text.index("    body: |\n")
    end = text.index("  - kind: article\n    id: press-only")
    office.issue.write_text(text[:begin] + BODY + text[end:])
    (office.issue.parent / "issue.fr.yaml").write_text(FRENCH)
    return made


def follow(office: Office, **known: float) -> Followed:
    composed = compose_issue(office.workspace, "test-issue", secret=b"check")
    return follow_links(office.workspace, composed, **known)


def test_findings_stand_at_their_place_in_issue_and_translation(office: Office, internet: Internet) -> None:
    followed = follow(office)
    told = {
        (f.rule, f.severity.value, (f.file or "").rpartition("/")[2], f.item, f.field)
        for f in followed.findings
    }
    assert {
        ("link.dead", "stop", "issue.yaml", "first", "body"),
        ("link.dead", "stop", "issue.yaml", "first", "links[0].url"),
        ("link.dead", "stop", "issue.fr.yaml", "first", "body"),
        ("link.moved", "note", "issue.yaml", "first", "body"),
        ("link.not-checked", "note", "issue.yaml", "first", "body"),
    } <= told
    lines = office.issue.read_text().splitlines()
    assert all(
        "gone.example.org" in lines[(f.line or 0) - 1]
        for f in followed.findings
        if f.rule == "link.dead" and (f.file or "").endswith("issue.yaml")
    )
    assert not any("good.example.org" in (f.words or "") for f in followed.findings)
    assert not any("slot.invalid" in visit.url for visit in followed.visits), "a reader's own address"
    assert sum("gone.example.org/report" in asked for asked in internet.asked) == 2, "HEAD, then GET"


def test_what_was_found_lately_is_not_asked_again(office: Office, internet: Internet) -> None:
    first = follow(office)
    asked = len(internet.asked)
    again = follow(office)
    assert len(internet.asked) == asked
    assert again.findings == first.findings
    assert again.recalled == sum(visit.found is not Found.UNASKED for visit in first.visits)
    assert (office.workspace.state / "links.json").exists()


def test_without_a_network_it_says_so_once_and_remembers_nothing(office: Office, internet: Internet) -> None:
    internet.is_there = False
    followed = follow(office)
    told = [f for f in followed.findings if "8080" not in (f.words or "")]
    assert [(f.rule, f.severity.value) for f in told] == [("link.not-checked", "warn")]
    internet.is_there = True
    assert any(f.rule == "link.dead" for f in follow(office).findings)


def test_what_there_was_no_time_for_is_said(office: Office, internet: Internet) -> None:
    internet.takes = 5.0
    followed = follow(office, seconds=0.1)
    assert {visit.found for visit in followed.visits} == {Found.UNASKED}
    assert not internet.asked
    assert all("were over" in f.message or "8080" in f.message for f in followed.findings)
    assert len(followed.findings) >= len(followed.visits)


def test_at_the_command(office: Office, internet: Internet) -> None:
    said = office.run("check", "test-issue", "--links", code=1)
    assert "gone.example.org says that there is no such page (404)." in said
    assert "leads on  301 http://moved.example.org/list → 200 https://new.example.org/list" in said
    assert "could not be checked" in said
    assert "known from the last day" in office.run("check", "test-issue", "--links", code=1)
    values = json.loads(office.run("check", "test-issue", "--links", "--format", "json", code=1))
    assert {each["found"] for each in values["links"]["test-issue"]} >= {"answers", "gone", "unclear"}
    assert any(each["rule"] == "link.dead" for each in values["findings"])
    assert "links" not in json.loads(office.run("check", "test-issue", "--format", "json"))


def test_somebody_can_answer_for_a_dead_link(office: Office, internet: Internet) -> None:
    (office.issue.parent / "waivers.yaml").write_text(
        "waivers:\n  - {rule: link.dead, by: Head of Office, because: The page comes tomorrow.}\n"
    )
    assert "waived" not in office.run("check", "test-issue", "--links", code=1), (
        "it names no place, and no stop"
    )
    found = json.loads(office.run("check", "test-issue", "--links", "--format", "json", code=1))["findings"]
    entries = [
        {
            "rule": "link.dead",
            "severity": "stop",
            "by": "Head of Office",
            "because": "The page comes tomorrow.",
        }
        | {name: one[name] for name in ("item", "field", "words")}
        for one in found
        if one["rule"] == "link.dead"
    ]
    (office.issue.parent / "waivers.yaml").write_text(json.dumps({"waivers": entries}))
    said = office.run("check", "test-issue", "--links")
    assert "waived link.dead (stop), by Head of Office" in said
    assert "waiver.void" not in said
    assert "waiver.unused" not in office.run("check", "test-issue")


def test_what_the_links_showed_is_waived_by_command_and_no_site_is_asked_again(
    office: Office, internet: Internet
) -> None:
    office.run("check", "test-issue", "--links", code=1)
    asked = len(internet.asked)
    printed = office.run(
        "waive", "test-issue", "link.dead", "--item", "first", "--field", "body", "--words", REPORT, *BY
    )
    assert f'Waived link.dead (stop) at first · body, "{REPORT}"' in printed
    assert "What stands now: 2 stops" in printed, "the other place of the report, and the French page"
    assert read_waivers(office.issue.parent) == (
        Waiver(
            rule="link.dead",
            severity=Severity.STOP,
            item="first",
            field="body",
            words=REPORT,
            by="Head of Office",
            because="The page comes tomorrow.",
        ),
    )
    printed = office.run("check", "test-issue", "--links", code=1)
    assert "waived link.dead (stop), by Head of Office" in printed
    assert len(internet.asked) == asked


def test_where_several_links_are_dead_the_command_asks_which_and_writes_nothing(
    office: Office, internet: Internet
) -> None:
    long = f"https://gone.example.org/{'a' * 80}"
    office.issue.write_text(office.issue.read_text().replace("https://mine.example.org:8080/x", long))
    office.run("check", "test-issue", "--links", code=1)
    printed = office.run("waive", "test-issue", "link.dead", "--item", "first", *BY, code=1)
    assert "4 findings of that rule stand, and a waiver answers for one of them." in printed
    assert long in printed.replace("\n", "")
    assert "--item first --field links[0].url --words" in printed
    assert read_waivers(office.issue.parent) == ()
    office.run("waive", "test-issue", "link.moved", "--item", "first", *BY)
    assert "Head of Office answers for that already" in office.run(
        "waive", "test-issue", "link.moved", *BY, code=1
    )


def test_a_link_of_which_nothing_is_known_is_not_waived(office: Office, internet: Internet) -> None:
    for_report = ("waive", "test-issue", "link.dead", "--field", "body", "--words", REPORT, *BY)
    says = "Nothing that this rule finds is known from the last hour."
    printed = office.run(*for_report, code=1)
    assert says in printed
    assert "`mailer check test-issue --links`" in printed
    assert internet.asked == [], "waiving asks no site"
    office.run("check", "test-issue", "--links", code=1)
    memory = office.workspace.state / "links.json"
    kept = json.loads(memory.read_text())
    for visit in kept["visits"]:
        visit["at"] = (datetime.now(UTC) - timedelta(minutes=61)).isoformat()
    memory.write_text(json.dumps(kept))
    assert says in office.run(*for_report, code=1)
    assert read_waivers(office.issue.parent) == ()
    office.run("waive", "test-issue", "link.moved", "--item", "first", *BY)


def test_a_dead_link_is_not_waived_by_an_author_or_under_a_wrong_name(
    office: Office, internet: Internet
) -> None:
    office.run("check", "test-issue", "--links", code=1)
    place = ("--field", "body", "--words", REPORT, "--because", "so")
    assert "wrote this issue and cannot waive link.dead" in office.run(
        "waive", "test-issue", "link.dead", "--by", "Ann Author", *place, code=1
    )
    printed = office.run("waive", "test-issue", "link.daed", "--by", "Head", *place, code=2)
    assert 'There is no rule "link.daed" to waive.' in printed
    assert "link.dead" in printed
    assert read_waivers(office.issue.parent) == ()


HERE, NEAR = "http://127.0.0.1:8765/", "https://192.168.1.4/list"


def with_links(office: Office, *addresses: str) -> None:
    """The issue with these links in place of its own, and no French page."""
    text = office.issue.read_text()
    (office.issue.parent / "issue.fr.yaml").unlink()
    listed = "".join(f"      See [page {number}]({each}).\n" for number, each in enumerate(addresses))
    begin, end = text.index("    body: |\n"), text.index("  - kind: article\n    id: press-only")
    office.issue.write_text(f"{text[:begin]}    body: |\n{listed}{text[end:]}")


def test_an_address_that_a_rule_stops_is_not_told_of_again_nor_asked_for(
    office: Office, internet: Internet
) -> None:
    with_links(office, HERE, NEAR, "https://gone.example.org/report")
    told = {(each["rule"], each["words"]) for each in found_by_check(office)}
    assert {rule for rule, words in told if words in (HERE, NEAR)} == {"link.bad"}
    assert ("link.dead", "https://gone.example.org/report") in told
    assert not {HERE, NEAR} & {visit.url for visit in follow(office).visits}


def found_by_check(office: Office) -> list[dict[str, str]]:
    printed = office.run("check", "test-issue", "--links", "--format", "json", code=1)
    return list(json.loads(printed)["findings"])


def test_of_a_name_that_leads_inside_it_is_not_said_that_a_browser_decides(
    office: Office, internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def inside(name: str, port: int) -> tuple[str, ...]:
        return ("10.0.0.7",)

    with_links(office, "https://intranet.example.org/")
    monkeypatch.setattr(internet, "resolve", inside)
    [told] = [each for each in follow(office).findings if each.words == "https://intranet.example.org/"]
    assert told.rule == "link.trouble"
    assert "Open it in a browser" not in told.hint
    assert "public address" in told.hint


def test_the_sum_names_every_address(office: Office, internet: Internet) -> None:
    with_links(
        office, "https://gone.example.org/", "https://wall.example.org/", "https://good.example.org/", HERE
    )
    said = office.run("check", "test-issue", "--links", code=1)
    assert "Links: 3 addresses, 1 answers, 1 does not, 1 could not be checked" in said


def test_an_address_in_numbers_does_not_hide_that_no_name_is_reached(
    office: Office, internet: Internet
) -> None:
    with_links(office, "https://one.example.org/", "https://two.example.org/", "https://93.184.216.34:8443/")
    internet.is_there = False
    told = [f for f in follow(office).findings if "8443" not in (f.words or "")]
    assert [(f.rule, f.severity.value) for f in told] == [("link.not-checked", "warn")]
    assert "on the network?" in told[0].hint


def test_an_issue_that_cannot_be_read_has_its_links_unasked_and_says_so(
    office: Office, internet: Internet
) -> None:
    office.issue.write_text("items: [")
    assert "Links: not asked" in office.run("check", "test-issue", "--links", code=1)
    assert internet.asked == []
