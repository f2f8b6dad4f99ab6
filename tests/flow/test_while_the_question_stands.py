"""What was shown must still hold when somebody says yes: approvals, days, issue, readers and settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.flow import ledger_of
from mailer.model.dispatch import DispatchState
from tests.flow.office import TODAY, MailService, Office
from tests.flow.test_asked_again import withdraw
from tests.flow.test_beside_a_correction import paused_wrong
from tests.flow.test_correcting import begin, newsroom
from tests.flow.test_sending_for_real import edit

__all__ = ["newsroom"]

SEND = ("send", "test-issue", "--to", "everyone", "--relay", "office")
AGAIN = ("person", "reader1@example.org", "--again", "--because", "not in spam either")


def settings(office: Office) -> Path:
    return office.root / "mailer.toml"


CHANGES: dict[str, tuple[Callable[[Office], object], str]] = {
    "approval": (withdraw, "has 0 of 1 approval"),
    "title": (lambda office: edit(office.issue, "Snow leopards counted", "Snow leopards seen"), "seen"),
    "window": (
        lambda office: edit(office.issue, "authors:", f"send_until: {TODAY - timedelta(days=1)}\nauthors:"),
        "the issue's head",
    ),
    "readers": (lambda office: office.people(21), "1 more would get it (reader20@example.org)"),
    "do-not-mail list": (
        lambda office: office.run("suppress", "reader3@example.org", "--because", "bounced"),
        "1 would not get it any more (reader3@example.org)",
    ),
    "rules": (
        lambda office: settings(office).write_text(
            f"approvals = 2\n{settings(office).read_text('utf-8')}", "utf-8"
        ),
        "mailer.toml has changed",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_before_somebody_says_yes_is_not_sent(
    office: Office, service: MailService, what: str
) -> None:
    office.use_relay(service.port)
    office.approved()
    change, said = CHANGES[what]
    answer = office.answer_at_terminal if what == "approval" else office.answer
    assert said in " ".join(answer(*SEND, meanwhile=lambda: change(office), code=1).split())
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()
    assert not service.accepted


def test_what_has_not_changed_is_sent_and_nothing_new_is_asked(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    office.approved()
    assert "20  taken over" in office.answer_at_terminal(*SEND)
    assert len(service.accepted) == 20
    assert "taken over" in office.answer(*AGAIN)
    assert service.recipients["reader1@example.org"] == 2


def test_a_mail_does_not_go_once_more_when_its_approval_is_withdrawn_meanwhile(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.send(office.approved())
    assert "has 0 of 1 approval" in office.answer(*AGAIN, meanwhile=lambda: withdraw(office), code=1)
    with ledger_of(office.workspace) as ledger:
        assert len(ledger.dispatches()) == 1
    assert len(service.accepted) == 20


@pytest.mark.parametrize("what", ["approval", "title"])
def test_a_correction_that_changes_meanwhile_cancels_and_sends_nothing(
    newsroom: Office, service: MailService, what: str
) -> None:
    wrong = paused_wrong(newsroom, service, 8, 3)
    begin(newsroom)
    had = len(service.accepted)
    change, said = CHANGES[what]
    assert said in newsroom.answer("correct", "test-issue", meanwhile=lambda: change(newsroom), code=1)
    with ledger_of(newsroom.workspace) as ledger:
        assert [(one.id, one.state) for one in ledger.dispatches()] == [(wrong, DispatchState.PAUSED)]
    assert len(service.accepted) == had


def test_a_correction_that_has_not_changed_goes(newsroom: Office, service: MailService) -> None:
    paused_wrong(newsroom, service, 8, 3)
    begin(newsroom)
    had = len(service.accepted)
    newsroom.answer_at_terminal("correct", "test-issue")
    assert len(service.accepted) == had + 8
