"""Around `mailer correct`: what others do meanwhile, a terminal that is closed, and what is said of it."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from datetime import timedelta

import pytest

from mailer.cli.both_halves import once
from mailer.config import open_workspace
from mailer.errors import UsageError
from mailer.flow import ledger_of
from mailer.flow.steering import go_on
from mailer.flow.under_correction import BEING_CORRECTED
from mailer.model.dispatch import DispatchState
from mailer.model.finding import Finding, Severity
from tests.flow.office import TODAY, MailService, Office, wait_for
from tests.flow.test_correcting import ISSUE, begin, correct, mend, newsroom, readers, sending, write_erratum
from tests.flow.test_workers import make_due

__all__ = ["newsroom"]


def paused_wrong(office: Office, service: MailService, number: int, at: int) -> str:
    """So many readers, of whom about `at` have the wrong issue when it is paused by hand; the sending's id."""
    readers(office, number)
    office.use_relay(service.port, connections=1)
    digest = office.approved()
    with ledger_of(office.workspace) as ledger:

        def pause(count: int) -> None:
            if count == at:
                ledger.pause(ledger.dispatches()[0].id, "wrong", by="Head")

        service.on_accepted = pause
        office.run(*sending(digest), code=1)
        service.on_accepted = lambda _count: None
    return office.dispatch_id()


def test_what_is_being_corrected_does_not_go_on_until_the_correction_is_given_up(
    newsroom: Office, service: MailService
) -> None:
    wrong = paused_wrong(newsroom, service, 8, 3)
    had = len(service.accepted)
    newsroom.run("correct", "test-issue", "--because", "wrong month", code=1)

    said = newsroom.run("resume", wrong, code=2)
    assert "is being corrected" in said
    assert "mailer correct test-issue" in said
    assert "remove issues/test-issue/erratum.yaml" in said
    with ledger_of(newsroom.workspace) as ledger, pytest.raises(UsageError, match="is being corrected"):
        asyncio.run(go_on(open_workspace(newsroom.root), ledger, wrong, "Ann"))
    assert "paused" in newsroom.run("dispatches")
    assert len(service.accepted) == had
    # Somebody is in the middle of writing it.
    path = newsroom.issue.parent / "erratum.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "  en: [", encoding="utf-8")
    assert "erratum.yaml" in newsroom.run("resume", wrong, code=1)
    path.unlink()

    assert "8  taken over" in newsroom.run("resume", wrong)


def test_what_correct_has_paused_says_so_and_does_not_go_on(newsroom: Office, service: MailService) -> None:
    readers(newsroom, 4)
    newsroom.run(*sending(newsroom.approved()), "--at", "+1h")
    wrong = newsroom.dispatch_id()
    newsroom.run("correct", "test-issue", "--because", "wrong month", code=1)
    with ledger_of(newsroom.workspace) as ledger:
        assert ledger.find_dispatch(wrong).why == f"{BEING_CORRECTED}: wrong month"
    (newsroom.issue.parent / "erratum.yaml").unlink()
    said = newsroom.run("resume", wrong, code=2)
    assert f"mailer pause {wrong} --because" in said
    to_do = newsroom.run("report", wrong)
    assert "mailer correct test-issue" in to_do
    assert "mailer resume" not in to_do
    newsroom.run("pause", wrong, "--because", "it was right")
    assert "is again planned for" in newsroom.run("resume", wrong)


def test_what_erratum_yaml_calls_wrong_goes_to_nobody_any_more(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 4)
    digest = newsroom.approved()
    newsroom.run(*sending(digest))
    again = ("person", "reader1@example.org", "--again", "--yes", "--because", "not in spam either")
    repeat = (*sending(digest), "--repeat", "r1", "--only", "accepted")
    newsroom.run("correct", "test-issue", "--because", "wrong month", code=1)
    for refused in (newsroom.run(*repeat, code=1), newsroom.run(*again, code=1)):
        assert f"Proof {digest[:6]} is noted as wrong in issues/test-issue/erratum.yaml" in refused
        assert "mailer correct test-issue" in refused
    with ledger_of(newsroom.workspace) as ledger:
        assert len(ledger.dispatches()) == 1
    assert len(service.accepted) == 4
    # It can still be practised, and goes again where it was right after all.
    newsroom.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    (newsroom.issue.parent / "erratum.yaml").unlink()
    newsroom.run(*repeat)
    newsroom.run(*again)
    assert len(service.accepted) == 9


def test_a_timer_does_not_begin_what_is_noted_as_wrong(newsroom: Office, service: MailService) -> None:
    readers(newsroom, 4)
    digest = newsroom.approved()
    newsroom.run(*sending(digest), "--at", "+1h")
    planned = newsroom.dispatch_id()
    newsroom.run("correct", "test-issue", "--because", "wrong month", code=1)
    with ledger_of(newsroom.workspace) as ledger:
        ledger.reopen(planned)
    make_due(newsroom)
    assert "is noted as wrong" in newsroom.run("resume", "--due", code=1)
    assert not service.accepted


def test_a_paused_sending_says_that_resume_sends_the_same_on(newsroom: Office, service: MailService) -> None:
    readers(newsroom, 6)
    newsroom.use_relay(service.port, connections=1)
    service.answers = {f"reader{n}@example.org": "550 5.7.1 we do not like you" for n in range(3)}
    printed = newsroom.run(*sending(newsroom.approved()), code=1)
    wrong = newsroom.dispatch_id()
    for said in (printed, newsroom.run("report", wrong)):
        assert "this sends the same proof on:" in said
        assert re.search(rf"^ +mailer resume {wrong}$", said, re.MULTILINE)
        assert re.search(r"^ +mailer correct test-issue$", said, re.MULTILINE)
        assert said.count("mailer resume") == 1


def test_both_halves_end_though_the_terminal_is_closed_during_the_first(
    newsroom: Office, service: MailService
) -> None:
    paused_wrong(newsroom, service, 12, 6)
    digests = begin(newsroom)
    service.delay = 0.1
    named = [part for digest in digests for part in ("--digest", digest)]
    running = newsroom.start("correct", "test-issue", "--yes", *named)
    first = len(service.accepted)
    wait_for(lambda: len(service.accepted) > first)
    wait_for(lambda: len(newsroom.workers()) == 2 or running.poll() is not None, 5)
    running.send_signal(signal.SIGHUP)
    assert running.wait(10) == -signal.SIGHUP
    wait_for(lambda: not newsroom.workers(), 20)
    later = Counter(to for to, _, _ in service.accepted[first:])
    assert later == Counter(f"reader{n}@example.org" for n in range(12))


@pytest.mark.slow
def test_ctrl_c_stops_both_halves(newsroom: Office, service: MailService) -> None:
    paused_wrong(newsroom, service, 16, 8)
    digests = begin(newsroom)
    service.delay = 0.3
    first = len(service.accepted)
    named = [part for digest in digests for part in ("--digest", digest)]
    running = newsroom.start("correct", "test-issue", "--yes", *named)
    wait_for(lambda: len(service.accepted) > first and len(newsroom.workers()) == 2)
    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate(timeout=20)
    assert running.returncode == 0, printed
    assert printed.count("Stopped as asked") == 2
    assert not newsroom.workers()
    assert len(service.accepted) < first + 16
    service.delay = 0
    correct(newsroom, digests)
    assert len(service.accepted) == first + 16
    assert max(service.message_ids.values()) == 1


def test_the_two_approvals_say_which_is_which_and_what_is_alike_is_said_once(
    newsroom: Office, service: MailService
) -> None:
    paused_wrong(newsroom, service, 6, 3)
    newsroom.run("correct", "test-issue", code=1)
    write_erratum(newsroom)
    mend(newsroom)
    printed = newsroom.run("correct", "test-issue", code=1)
    seals = re.findall(r"^Proof (\w{6}) of", printed, re.MULTILINE)
    good = rf"The mended issue, to those who have nothing yet: Proof {seals[0]} has 0 of 1 approval\."
    box = rf"The same with the box for those who got the wrong one: Proof {seals[1]} has 0 of 1 approval\."
    assert re.search(rf"{good}\n  mailer approve {seals[0]}\w+ --by NAME\n", printed)
    assert re.search(rf"{box}\n  mailer approve {seals[1]}\w+ --by NAME\n", printed)
    places = re.findall(r"^(?:warn|note|stop) +(\S+  \S+)$", printed, re.MULTILINE)
    assert "issues/test-issue/issue.ru.yaml:1  translation.partial" in places
    assert len(places) == len(set(places))


def test_the_graver_of_two_findings_that_are_alike_stays() -> None:
    def found(message: str, severity: Severity, line: int = 1) -> Finding:
        return Finding(rule="r", severity=severity, message=message, file="issue.yaml", line=line)

    mild, grave = found("mild", Severity.NOTE), found("grave", Severity.WARN)
    other, third = found("other", Severity.NOTE), found("third", Severity.NOTE, 3)
    assert once([[mild], [grave, third]]) == [grave, third]
    assert once([[grave, third], [mild]]) == [grave, third]
    assert once([[mild], [mild, other]]) == [mild, other]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (-9, -2, "That has passed: today is"),
        (2, 9, "That lies ahead: today is"),
        (-1, 1, ""),
    ],
)
def test_proof_and_approve_say_between_which_days_it_may_be_sent(
    newsroom: Office, first: int, last: int, said: str
) -> None:
    readers(newsroom, 3)
    begin_day, end_day = (TODAY + timedelta(days=days) for days in (first, last))
    window = f"send_from: {begin_day}\nsend_until: {end_day}\nitems:\n"
    newsroom.issue.write_text(ISSUE.replace("items:\n", window), encoding="utf-8")
    (newsroom.issue.parent / "waivers.yaml").write_text(
        "waivers:\n  - {rule: unsubscribe.no-one-click, severity: stop, by: Head, because: small list}\n",
        encoding="utf-8",
    )
    printed = newsroom.run("proof", "test-issue", "--to", "everyone")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found, printed
    approved = newsroom.run("approve", found[1], "--by", "Head of Unit")
    for words in (printed, approved):
        assert f"May be sent from {begin_day} until {end_day}." in words
        assert ("today is" in words) == bool(said)
        assert said in words


def test_what_was_planned_for_later_is_corrected_for_the_same_moment(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 3)
    newsroom.run(*sending(newsroom.approved()), "--at", "+1h", "--until", "+3h")
    correct(newsroom, begin(newsroom))
    with ledger_of(newsroom.workspace) as ledger:
        good, wrong = ledger.dispatches()
    assert (wrong.state, good.state) == (DispatchState.CANCELLED, DispatchState.OPEN)
    assert (good.not_before, good.begin_by) == (wrong.not_before, wrong.begin_by)
    assert good.expires_at == wrong.expires_at
    assert good.begin_by is not None
    assert not service.accepted


def test_the_report_says_who_cancelled_and_not_that_it_has_finished(newsroom: Office) -> None:
    readers(newsroom, 3)
    newsroom.run(*sending(newsroom.approved()), "--at", "+1h")
    wrong = newsroom.dispatch_id()
    newsroom.run("cancel", wrong, "--yes", "--because", "wrong day")
    printed = newsroom.run("report", wrong)
    assert re.search(r"^Cancelled .* by \S+: wrong day$", printed, re.MULTILINE)
    assert "Finished" not in printed
    with ledger_of(newsroom.workspace) as ledger:
        assert ledger.find_dispatch(wrong).state is DispatchState.CANCELLED


def test_an_unknown_kind_of_reason_names_those_that_people_know(newsroom: Office) -> None:
    said = newsroom.run("suppressions", "--because", "nonsense", code=2)
    assert "Known: bounced, by-hand, complained, unsubscribed." in said
    assert "manual" not in said
