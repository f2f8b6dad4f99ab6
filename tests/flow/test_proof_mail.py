"""A proof mailed to reviewers: marked as one, in no send record, and told for each address."""

from __future__ import annotations

import email
import json
import sqlite3
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from mailer.relay import Tray
from tests.flow.office import MailService, Office

PROOF = ("proof", "test-issue", "--to", "everyone")


def record_of(office: Office) -> list[tuple[str, list[Any]]]:
    """Every row of the ledger."""
    with sqlite3.connect(f"file:{office.workspace.ledger_path}?mode=ro", uri=True) as ledger:
        names = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return [(name, ledger.execute(f'SELECT * FROM "{name}"').fetchall()) for name in sorted(names)]


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def receipts(office: Office) -> list[Path]:
    return list(office.issue.parent.glob("dispatches.yaml"))


def test_reviewers_get_it_marked_and_the_record_stays_as_it_was(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    office.run(*PROOF)
    before = record_of(office)
    printed = office.run(
        *PROOF, "--mail", "Rita.Reviewer@example.org", "--mail", "legal@example.com", "--relay", "office"
    )
    assert record_of(office) == before
    assert receipts(office) == []
    assert printed.count("taken over") == 2
    assert sorted(service.recipients) == ["Rita.Reviewer@example.org", "legal@example.com"]
    assert len(service.message_ids) == 2
    seal = printed.partition("Proof ")[2][:6]
    message = parsed(service.accepted[0][2])
    assert message["To"] == "Rita.Reviewer@example.org"
    assert message["Subject"] == f"[Proof {seal}] Two reports and one date"
    assert not [name for name in message if name.lower().startswith("list-")]
    html, text = part(message, "html"), part(message, "plain")
    for body in (html, text):
        assert f"Proof {seal} of test-issue: only for review, not sent to readers" in body
        assert "mailer approve" in body
        assert "this%20unsubscribes%20nobody" in body
        assert "Alex Example" in body or "Ms. Example" in body
        assert "Number1" not in body
        assert "%%slot" not in body
    assert text.index("only for review") < text.index("Test newsletter")
    # The preheader stays what an inbox shows first.
    assert html.index("What happened in the mountains") < html.index("only for review")
    assert html.index("only for review") < html.index("Snow leopards counted")


def test_a_reader_who_reviews_gets_the_issue_all_the_same(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    office.run(*PROOF, "--mail", "reader1@example.org", "--relay", "office")
    office.run("ledger", "adopt", "--yes")
    office.send(digest, "--wait")
    assert service.recipients["reader1@example.org"] == 2
    assert office.states() == {"accepted": 20}


def test_by_default_it_stays_in_the_practice_tray(office: Office) -> None:
    printed = office.run(*PROOF, "--mail", "reviewer@example.org")
    assert "practice tray – not sent" in printed
    kept = Tray(office.workspace.outbox).list()
    assert [mail.delivered_to for mail in kept] == ["reviewer@example.org"]
    assert "reviewer@example.org" in office.run("outbox", "list")


def test_every_version_goes_where_all_are_wanted(office: Office) -> None:
    office.run(*PROOF, "--mail", "reviewer@example.org", "--all")
    assert len(Tray(office.workspace.outbox).list()) == 2


def test_what_became_of_it_is_told_for_each_address(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    service.answers["gone@example.org"] = "550 5.1.1 No such mailbox"
    arguments = (*PROOF, "--mail", "gone@example.org", "--mail", "there@example.org", "--relay", "office")
    printed = office.run(*arguments, code=1)
    assert "gone@example.org: 550 5.1.1 No such mailbox" in printed
    assert "taken over" in printed
    told = json.loads(office.run(*arguments, "--format", "json", code=1))["mailed"]
    assert [(one["address"], one["outcome"]) for one in told] == [
        ("gone@example.org", "refused"),
        ("there@example.org", "accepted"),
    ]


def test_a_mail_service_that_is_away_is_told_too(office: Office) -> None:
    office.use_relay(1)
    printed = office.run(*PROOF, "--mail", "reviewer@example.org", "--relay", "office", code=1)
    assert "not handed over" in printed


def test_what_is_no_address_is_refused_before_anything_is_made(office: Office) -> None:
    for typed in ("nobody", "a@example.org, b@example.org", "Rita <rita@example.org>", ""):
        assert "is not an address" in office.run(*PROOF, "--mail", typed, code=2)
    many = [word for number in range(26) for word in ("--mail", f"r{number}@example.org")]
    assert "too many" in office.run(*PROOF, *many, code=2)
    assert "--mail ADDRESS" in office.run(*PROOF, "--all", code=2)
    assert not (office.root / "build").exists()


def test_hostile_words_stay_words_in_the_bar(office: Office) -> None:
    text = office.issue.read_text(encoding="utf-8")
    hostile = "<script>alert(1)</script>"
    path = office.root / "recipients" / "segments.yaml"
    segments = path.read_text(encoding="utf-8").replace("title: Press", f'title: "{hostile}"')
    assert hostile in segments
    path.write_text(segments, encoding="utf-8")
    office.issue.write_text(text.replace("Two reports", hostile), encoding="utf-8")
    office.run(*PROOF, "--mail", "reviewer@example.org", "--all")
    tray = Tray(office.workspace.outbox)
    for mail in tray.list():
        message = parsed(tray.read(mail.id))
        assert "<script" not in part(message, "html")
        assert hostile in str(message["Subject"])
