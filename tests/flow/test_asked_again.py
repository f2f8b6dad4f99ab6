"""Approvals and the window are asked again whenever a sending begins or goes on, not only when it is planned."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.flow.working import start_workers
from tests.flow.office import FOR_REAL, TODAY, MailService, Office, wait_for
from tests.flow.test_sending_for_real import edit
from tests.flow.test_workers import make_due


def withdraw(office: Office) -> Path:
    """Take the approval back; where it lies now."""
    approvals = office.issue.parent / "approvals.yaml"
    return approvals.rename(office.root / "withdrawn.yaml")


def give_back(office: Office, withdrawn: Path) -> None:
    withdrawn.rename(office.issue.parent / "approvals.yaml")


def state_of(office: Office) -> tuple[str, str]:
    (one, *_) = json.loads(office.run("dispatches", "--real", "--format", "json"))
    return one["state"], one["why"]


def test_what_is_planned_does_not_begin_once_its_approval_is_withdrawn(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.send(office.approved(), "--at", "+1h")
    withdrawn = withdraw(office)
    make_due(office)
    printed = office.run("resume", "--due", code=1)
    one = office.dispatch_id()
    assert "has 0 of 1 approval" in printed
    assert f"mailer resume {one}" in printed
    assert f"mailer cancel {one}" in printed
    assert not service.accepted
    state, why = state_of(office)
    assert state == "paused"
    assert "has 0 of 1 approval" in why
    assert office.run("resume", "--due") == ""
    assert "has 0 of 1 approval" in office.run("resume", one, code=1)
    give_back(office, withdrawn)
    assert "20  taken over" in office.run("resume", one)


def test_a_worker_that_is_started_by_itself_asks_too(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    office.send(office.approved(), "--at", "+1h")
    withdraw(office)
    make_due(office)
    crew = start_workers(open_workspace(office.root), office.dispatch_id())
    wait_for(lambda: not crew.is_alive)
    assert not crew.has_failed
    assert state_of(office)[0] == "paused"
    assert not service.accepted


def test_a_changed_record_of_approvals_holds_a_sending_back_too(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    office.send(office.approved(), "--at", "+1h")
    edit(office.issue.parent / "approvals.yaml", "Head of Unit", "Head of Office")
    make_due(office)
    assert "approvals.yaml" in office.run("resume", "--due", code=1)
    assert state_of(office)[0] == "paused"
    assert not service.accepted


def test_what_missed_its_window_goes_neither_by_itself_nor_by_hand(
    office: Office, service: MailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.use_relay(service.port)
    edit(office.issue, "authors:", f"send_until: {TODAY}\nauthors:")
    service.answers = {"reader3@example.org": "450 4.2.0 come back later"}
    office.send(office.approved())
    one = office.dispatch_id()
    office.run("pause", one, "--because", "a question")
    wait_for(lambda: not office.workers())
    service.answers = {}
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    # Nobody can wait for tomorrow: the office's day is asked in one place.
    monkeypatch.setattr("mailer.config.settings.Office.day_of", lambda _office, _moment: TODAY + timedelta(1))
    printed = office.run("resume", one, code=1)
    assert f"today is {tomorrow} (UTC)" in printed
    assert f"mailer cancel {one}" in printed
    assert len(service.accepted) == 19
    with sqlite3.connect(office.workspace.ledger_path) as ledger:
        ledger.execute("UPDATE dispatches SET state = 'open'")
        ledger.execute(
            "UPDATE deliveries SET due_at = ? WHERE state = 'deferred'", (int((time.time() - 9) * 1e6),)
        )
    ledger.close()
    assert "today is" in office.run("resume", "--due", code=1)
    assert state_of(office)[0] == "paused"
    assert len(service.accepted) == 19


def test_the_last_day_is_the_offices_own(office: Office) -> None:
    office.use_relay(1)
    last = TODAY + timedelta(days=3)
    edit(office.issue, "authors:", f"send_until: {last}\nauthors:")
    digest = office.approved()
    # Half past midnight in Nairobi is still the day before in UTC, in summer and winter alike.
    at = f"{last + timedelta(days=1)}T00:30+03:00"
    arguments = (
        "send",
        "test-issue",
        *FOR_REAL,
        "--digest",
        digest,
        "--at",
        at,
        "--until",
        "+10m",
        "--dry-run",
    )
    office.run(*arguments)
    edit(office.root / "mailer.toml", 'timezone = "UTC"', 'timezone = "Africa/Nairobi"')
    printed = office.run(*arguments, code=1)
    assert f"to {last}, and today is {last + timedelta(days=1)} (Africa/Nairobi)" in printed
    assert f"until {last}. The days are those in Africa/Nairobi." in office.run("approve", digest)


def test_a_rehearsal_asks_for_no_approval_when_it_goes_on(office: Office) -> None:
    printed = office.run("send", "test-issue", "--to", "everyone", "--yes", "--at", "+1h")
    assert "Planned" in printed
    make_due(office)
    office.run("resume", "--due")
    assert office.states() == {"accepted": 20}
