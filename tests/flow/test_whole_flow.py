"""The main job from end to end, on the real newsletter and over real SMTP, as a user runs it."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailer.cli.entry import run
from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.flow.starter import make_workspace
from mailer.model.dispatch import State
from mailer.relay import Tray
from tests.flow.office import Office

SAMPLE = "2016-12-cami"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Office:
    root = tmp_path_factory.mktemp("demo") / "sample"
    make_workspace(root, sample=True)
    return Office(open_workspace(root))


def messages(office: Office) -> dict[str, EmailMessage]:
    """The newsletters in the practice tray, by reader; reminders have no List-Id."""
    tray = Tray(office.workspace.outbox)
    found = {}
    for kept in tray.list():
        parsed = email.message_from_bytes(tray.read(kept.id), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        if parsed["List-Id"]:
            found[str(parsed["Delivered-To"]).strip("<>")] = parsed
    return found


@pytest.fixture(scope="module")
def mails(sample: Office) -> dict[str, EmailMessage]:
    """What the demo has left in the tray."""
    return messages(sample)


def body(message: EmailMessage, kind: str) -> str:
    part = next(part for part in message.walk() if part.get_content_type() == f"text/{kind}")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def test_the_demo_mails_every_subscriber_their_own_version_each_time_it_is_run(sample: Office) -> None:
    for _ in range(2):
        printed = sample.run("demo", "--once")
        assert "144  taken over" in printed
        assert "13  taken over" in printed
        assert "157 mails lie in the practice tray" in printed
    mails = messages(sample)
    assert len(mails) == 144
    with ledger_of(sample.workspace) as ledger:
        reminders, dispatch = ledger.dispatches()
        assert reminders.slug == "deadlines/national-report-cop12"
        assert reminders.is_rehearsal
        report = ledger.report(dispatch.id)
        assert dispatch.is_rehearsal
        assert ledger.dispatches(include_rehearsals=False) == []
        assert {state: n for state, n in report.counts.items() if n} == {State.ACCEPTED: 144}
        by_address = {d.email: d for d in ledger.deliveries(dispatch.id)}
    assert set(by_address) == set(mails)
    assert {str(mail["Message-ID"]) for mail in mails.values()} == {d.message_id for d in by_address.values()}


def test_readers_get_what_their_country_concerns_and_nothing_else(
    sample: Office, mails: dict[str, EmailMessage]
) -> None:
    rows = json.loads(sample.run("proof", SAMPLE, "--to", "everyone", "--format", "json"))["variants"]
    assert sum(row["readers"] for row in rows) == 158
    assert all(row["html_bytes"] < 102_000 for row in rows)
    seen = {address: body(mail, "html") for address, mail in mails.items()}
    people = {c.email: c for c in read_contacts(sample)}
    china, event = 'id="item-china-partnership"', 'id="item-save-the-date-cop12"'
    assert all(china in html and event in html for html in seen.values()), "nothing is hidden from one State"
    first = {address for address, html in seen.items() if html.index(china) < html.index(event)}
    later = {people[address].country for address in set(seen) - first}
    assert "IR" in later
    assert later <= {"IR", None} | outside()
    reports = {address for address, html in seen.items() if 'id="item-reporting-reminder"' in html}
    assert reports
    assert all(any(r.name == "national-focal-point" for r in people[a].roles) for a in reports)
    assert {people[address].country for address in reports} <= set("AF IN IR KG KZ MN PK TJ UZ".split())


def outside() -> set[str | None]:
    return {"BE", "CH", "DE", "ES", "FR", "GB", "NO", "PH", "RS", "US", "ZA"}


def read_contacts(office: Office) -> tuple:  # type: ignore[type-arg]
    from mailer.flow import read_people

    return read_people(office.workspace).recipients.contacts


def test_no_mail_has_an_open_field_and_each_has_all_that_is_asked_of_it(
    mails: dict[str, EmailMessage],
) -> None:
    for address, mail in mails.items():
        text, html = body(mail, "plain"), body(mail, "html")
        for content in (text, html):
            assert not re.search(r"%%slot|slot\.invalid|\{\{|\}\}", content), address
        assert html.startswith("<!DOCTYPE html>")
        assert mail["To"].addresses[0].addr_spec == address
        assert str(mail["List-Id"]).endswith("<cami-newsletter.cami.example.org>")
        assert str(mail["List-Unsubscribe"]).startswith(
            "<mailto:unsubscribe@cami.example.org?subject=unsubscribe"
        )
        assert "List-Unsubscribe-Post" not in mail
        assert "mailto:unsubscribe@cami.example.org" in html
        assert "Platz der Vereinten Nationen 1" in text
        cids = set(re.findall(r'src="cid:([^"]+)"', html))
        carried = {str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]}
        assert cids <= carried
        assert cids


def test_every_envelope_goes_to_an_address_that_can_be_nobody_s(mails: dict[str, EmailMessage]) -> None:
    for address in mails:
        assert re.fullmatch(r"[^@]+@example\.(org|com)", address)


def test_mjml_runs_exactly_once_a_version_and_the_inliner_not_once_a_reader(
    sample: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mjml

    from mailer.flow import compose_issue, desk
    from mailer.render import inline

    calls = {"mjml": 0, "inliner": 0}

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **named: Any) -> Any:
            calls[name] += 1
            return call(*arguments, **named)

        return wrapper

    monkeypatch.setattr(mjml, "mjml2html", counted("mjml", mjml.mjml2html))
    monkeypatch.setattr(inline, "inline_styles", counted("inliner", inline.inline_styles))
    for memory in (desk._renditions, inline._frames, inline._blocks):
        memory.clear()
    composed = compose_issue(sample.workspace, SAMPLE, ("everyone",), secret=b"x")
    assert len(composed.readers) > 150
    assert calls["mjml"] == len(composed.renditions)
    assert 0 < calls["inliner"] < len(composed.readers)
    again = dict(calls)
    compose_issue(sample.workspace, SAMPLE, ("everyone",), secret=b"x")
    assert calls == again, "what has not changed is remembered"


def test_a_new_workspace_runs_every_command_at_once(tmp_path: Path) -> None:
    root = tmp_path / "new office"
    assert run(["init", str(root)]) == 0
    office = Office(open_workspace(root))
    (slug,) = [folder.name for folder in (root / "issues").iterdir() if folder.name != "shared"]
    office.run("check")
    office.run("build", slug)
    assert list((root / "build" / slug).rglob("message.eml"))
    printed = office.run("proof", slug, "--to", "everyone")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    office.run("approve", found[1], "--by", "Head of Unit")
    office.run("send", slug, "--to", "everyone", "--dry-run")
    assert "nothing" in office.run("dispatches").lower()
    assert "2  taken over" in office.run("send", slug, "--to", "everyone", "--yes")
    assert "2  taken over" in office.run("send", slug, "--to", "everyone", "--yes")
    ids = [row["id"] for row in json.loads(office.run("dispatches", "--format", "json"))]
    assert len(ids) == 2
    office.run("report", ids[0])
    assert "nothing left to pause" in office.run("pause", ids[0], code=1)
    office.run("audience")
    office.run("audience", "press", "--explain", "first.reader@example.org")
    office.run("suppress", "first.reader@example.org", "--because", "asked")
    assert "first.reader@example.org" in office.run("suppressions")
    assert "1  taken over" in office.run("send", slug, "--to", "everyone", "--yes")
    office.run("unsuppress", "first.reader@example.org", "--because", "asked again")
    assert "5 mails" in office.run("outbox", "list")
    assert "5 mails removed" in office.run("outbox", "clear")
    office.run("ledger", "show")
    office.run("schema")
    office.run("new", "2030-01-next", "--date", "2030-01-15")
    office.run("check", "2030-01-next")
    assert "not empty" in run_elsewhere("init", str(root))


def run_elsewhere(*arguments: str) -> str:
    import io
    from contextlib import redirect_stderr

    printed = io.StringIO()
    with redirect_stderr(printed):
        assert run(list(arguments)) == 1
    return printed.getvalue()


def test_a_rehearsal_for_another_day_uses_that_day_s_facts(sample: Office) -> None:
    then = json.loads(sample.run("audience", "cms-parties", "--on", "2016-12-19", "--format", "json"))
    later = json.loads(sample.run("audience", "cms-parties", "--on", "2022-01-15", "--format", "json"))
    assert "TM" not in then["by"]["country"]
    assert later["by"]["country"]["TM"] > 0
    printed = sample.run("send", SAMPLE, "--to", "national-focal-points", "--on", "2017-02-01", "--dry-run")
    assert "rehearsal" in printed
