"""`mailer check --links`: findings at their place in the issue, told again from memory, and never silent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from mailer.flow import compose_issue
from mailer.flow.links import Followed, follow_links
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
    said = office.run("check", "test-issue", "--links")
    assert "waived link.dead (stop), by Head of Office" in said
    assert "waiver.void" not in said
    assert "waiver.unused" not in office.run("check", "test-issue")


def test_an_issue_that_cannot_be_read_has_its_links_unasked_and_says_so(
    office: Office, internet: Internet
) -> None:
    office.issue.write_text("items: [")
    assert "Links: not asked" in office.run("check", "test-issue", "--links", code=1)
    assert internet.asked == []
