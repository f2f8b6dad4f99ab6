"""Real sendings, against a real SMTP server: approved, at most once, and on the record."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import signal
import sqlite3

import pytest

from mailer.config import open_workspace
from mailer.content import read_receipts
from mailer.flow import ledger_of
from tests.flow.office import MailService, Office, wait_for


def send(office: Office, digest: str, *more: str, code: int = 0) -> str:
    return office.run(
        "send",
        "test-issue",
        "--to",
        "everyone",
        "--relay",
        "office",
        "--yes",
        "--digest",
        digest,
        *more,
        code=code,
    )


def test_an_approved_issue_reaches_each_reader_once_however_often_it_is_sent(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    printed = send(office, digest)
    assert "FOR REAL" in printed
    assert "20  taken over" in printed
    assert sorted(service.recipients) == sorted(f"reader{n}@example.org" for n in range(20))
    again = send(office, digest)
    assert "left out: 20 (in the send record for this issue already)" in again
    assert len(service.accepted) == 20
    assert set(service.message_ids.values()) == {1}


def _words(content: bytes) -> str:
    part = email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_what_is_received_is_what_was_proved_but_for_the_personal_fields(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    send(office, digest)
    content = {to: _words(body) for to, _, body in service.accepted}
    assert "Dear Ms. Number1," in content["reader1@example.org"]
    assert "Kazakhstan" in content["reader1@example.org"]
    assert "For the press" not in content["reader1@example.org"]
    assert "For the press" in content["reader10@example.org"]


def test_another_day_is_never_rehearsed_through_a_real_mail_service(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    arguments = ("send", "test-issue", "--to", "everyone", "--on", "2030-01-01", "--yes")
    assert "only be rehearsed" in office.run(*arguments, "--relay", "office", code=2)
    assert not service.accepted
    assert "20  taken over" in office.run(*arguments, "--relay", "outbox")
    assert not service.accepted


def test_a_capital_letter_gets_nobody_round_the_do_not_mail_list(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.run("suppress", "READER7@Example.org", "--because", "asked by telephone")
    assert "is not an address" in office.run("suppress", "not-an-address", "--because", "typo", code=2)
    assert "Did you mean" in office.run("suppress", "reader77@example.org", "--because", "typo")
    printed = office.run("audience", "everyone", "--explain", "reader7@example.org")
    assert "cannot be written to (do-not-mail list: manual)" in printed
    printed = send(office, office.approved())
    assert "do-not-mail list: manual): reader7@example.org" in printed
    assert "reader7@example.org" not in service.recipients


def test_a_waiver_is_shown_and_must_be_somebody_else_s_word_for_a_rule_that_exists(office: Office) -> None:
    office.use_relay(1)
    waivers = office.issue.parent / "waivers.yaml"
    assert "by Head of Office: A small list" in office.run("proof", "test-issue", "--to", "everyone")
    edit(waivers, "by: Head of Office", "by: ann  author")
    printed = office.run("proof", "test-issue", "--to", "everyone")
    assert "cannot waive" in printed
    assert "It cannot be approved" in printed
    edit(waivers, "unsubscribe.no-one-click", "unsubscribe.no-oneclick")
    assert 'Did you mean "unsubscribe.no-one-click"' in office.run("check", "test-issue", code=1)


def test_what_will_stop_a_real_sending_is_told_while_there_is_only_the_practice_tray(office: Office) -> None:
    for arguments in (
        ("check", "test-issue"),
        ("proof", "test-issue", "--to", "everyone", "--no-screenshots"),
    ):
        printed = office.run(*arguments)
        assert "A real sending will be stopped by this: readers can unsubscribe by mail only" in printed
    assert "cannot be approved" not in printed
    office.use_relay(1)
    (office.issue.parent / "waivers.yaml").unlink()
    printed = office.run(*arguments)
    assert "Readers can unsubscribe by mail only" in printed
    assert "It cannot be approved while" in printed


def test_a_sending_cancelled_half_way_leaves_its_receipt_too(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    service.answers = {"reader3@example.org": "450 4.2.0 come back later"}
    send(office, office.approved())
    (one,) = json.loads(office.run("dispatches", "--real", "--format", "json"))
    assert not (office.issue.parent / "dispatches.yaml").exists()
    office.run("cancel", one["id"], "--yes")
    (receipt,) = read_receipts(office.issue.parent)
    assert receipt.counts == {"accepted": 19, "cancelled": 1}


def test_the_proof_says_how_many_will_really_get_it(office: Office) -> None:
    office.run("suppress", "reader7@example.org", "--because", "asked")
    printed = office.run("proof", "test-issue", "--to", "everyone")
    assert "20 people in the groups, 1 do-not-mail list: manual; 19 would get it" in printed
    assert "--to SEGMENT" in office.run("proof", "test-issue", code=2)


def test_nothing_goes_without_an_approval_and_an_author_cannot_give_it(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    printed = office.run("proof", "test-issue", "--to", "everyone")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    assert "0 of 1 approval" in send(office, found[1], code=1)
    assert "cannot approve" in office.run("approve", found[1], "--by", "ann author", code=1)
    assert not service.accepted


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda o: edit(o.issue, "counted", "counted,"), "the mail in "),
        (lambda o: edit(o.issue, "subject: Two", "subject: Three"), "subject"),
        (
            lambda o: edit(o.root / "mailer.toml", 'name = "Our office"\nemail', 'name = "Yours"\nemail'),
            "sender",
        ),
        (
            lambda o: edit(
                o.root / "recipients/segments.yaml", "rule: {role: press}", "rule: {role: partner}"
            ),
            "press",
        ),
        (
            lambda o: edit(o.root / "templates/newsletter/strings.en.yaml", "Dear Ms.", "Hello Ms."),
            "personal",
        ),
        (lambda o: edit(o.root / "mailer.toml", "unsubscribe@example.org", "leave@example.org"), "personal"),
        (
            lambda o: edit(
                o.root / "recipients/countries.yaml", "iso2: KZ\n", "iso2: KZ\n    names: {en: Kazakstan}\n"
            ),
            "personal",
        ),
        (
            lambda o: edit(o.root / "recipients/countries.yaml", "fr: au Kazakhstan", "fr: au Kazakh"),
            "personal",
        ),
        (lambda o: edit(o.issue, "authors: [Ann Author]", "authors: [Head of Unit]"), "authors"),
        (lambda o: edit(o.root / "templates/newsletter/theme.yaml", "#", "# x\n#", first=True), ""),
    ],
)
def test_any_change_after_the_approval_stops_the_sending_and_is_named(
    office: Office, service: MailService, change: object, part: str
) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    assert callable(change)
    change(office)
    if part:
        printed = send(office, digest, code=1)
        assert "has changed since proof" in printed
        assert part in printed
        assert not service.accepted
    else:
        send(office, digest)  # a remark in a file that changes nothing in the mail voids nothing
        assert len(service.accepted) == 20


def test_a_refusal_names_the_item_and_the_words_that_have_changed(office: Office) -> None:
    office.use_relay(1)
    digest = office.approved()
    edit(office.issue, "the count in", "the new count in")
    printed = " ".join(send(office, digest, code=1).split())
    assert '"Snow leopards counted": "the count" → "the new count".' in printed
    fresh = re.search(r"digest ([0-9a-f]{64})", office.run("proof", "test-issue", "--to", "everyone"))
    assert fresh
    shown = " ".join(office.run("approve", fresh[1]).split())
    assert 'Words: "Snow leopards counted": "the count" → "the new count".' in shown


def edit(path: object, old: str, new: str, first: bool = False) -> None:
    from pathlib import Path

    assert isinstance(path, Path)
    text = path.read_text(encoding="utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_reader_who_came_later_gets_it_and_nobody_else_gets_it_again(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    send(office, digest)
    office.people(23)
    printed = send(office, digest)
    assert "3  taken over" in printed
    assert len(service.accepted) == 23
    assert set(service.recipients.values()) == {1}


def test_a_finished_sending_leaves_a_receipt_and_a_strange_ledger_may_not_send(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    send(office, digest)
    (receipt,) = read_receipts(office.issue.parent)
    assert receipt.digest == digest
    assert receipt.counts == {"accepted": 20}
    for file in (office.root / ".mailer").glob("ledger.db*"):
        if file.is_file():
            file.unlink()
    assert "ledger of record" in send(office, digest, code=1)
    office.run("ledger", "adopt", "--yes")
    assert "does not know" in send(office, digest, code=1)
    assert len(service.accepted) == 20


def test_a_real_sending_never_ends_in_the_practice_tray_nor_a_rehearsal_in_real_mail(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    send(office, office.approved(), "--at", "+1h")
    dispatch_id = office.dispatch_id()
    settings = office.root / "mailer.toml"
    real = settings.read_text(encoding="utf-8")
    settings.write_text(
        re.sub(r"(?ms)^\[relays\.office\].*", '[relays.office]\nkind = "outbox"\n', real), encoding="utf-8"
    )
    assert "another kind" in office.run("resume", dispatch_id, code=2)
    assert not list(office.workspace.outbox.rglob("*.eml"))
    settings.write_text(real, encoding="utf-8")
    office.use_relay(service.port)
    edit(settings, "record = ", 'record = "another" # ')
    assert "ledger of record" in office.run("resume", dispatch_id, code=1)
    assert not service.accepted


def test_a_sender_that_cannot_be_written_is_found_before_anybody_is_refused(office: Office) -> None:
    office.use_relay(1)
    edit(office.root / "mailer.toml", 'email = "newsletter@example.org"', 'email = "news letter@example.org"')
    printed = office.run("send", "test-issue", "--to", "everyone", "--yes", code=1)
    assert "not an address that can stand in a header" in printed
    assert "Nothing has been sent" in office.run("dispatches")


def test_an_approval_cannot_spoil_the_file_it_is_written_into(office: Office) -> None:
    made = office.run("proof", "test-issue", "--to", "everyone")
    found = re.search(r"digest ([0-9a-f]{64})", made)
    assert found
    for name in ("\x1b[31mHead", "\u2028Head"):
        office.run("approve", found[1], "--by", name, code=2)
    assert "Approved" in office.run("approve", found[1], "--by", "Boss [/x]")
    assert "Boss [/x]" in office.run("proof", "test-issue", "--to", "everyone")


@pytest.mark.parametrize(
    "said", ['ledger = {record="x"}', '"ledger".record = "x"', '[ ledger ]\nrecord = "x"']
)
def test_a_file_that_says_the_ledger_otherwise_is_left_as_it_is(office: Office, said: str) -> None:
    path = office.root / "mailer.toml"
    text = re.sub(r"(?s)\[ledger\].*", "", path.read_text(encoding="utf-8"))
    text = f"{text}\n{said}\n" if said.startswith("[") else f"{said}\n{text}"
    path.write_text(text, encoding="utf-8")
    assert "Write it yourself" in office.run("ledger", "adopt", "--yes", code=1)
    assert path.read_text(encoding="utf-8") == text


def test_a_link_that_runs_a_program_is_no_link_in_any_mail(office: Office) -> None:
    edit(
        office.issue,
        "    title: Snow",
        "    links: [{url: 'javascript:alert(1)', text: Press me}]\n    title: Snow",
    )
    office.run("build", "test-issue")
    (page,) = list((office.root / "build" / "test-issue").glob("*/index.html"))[:1]
    html = page.read_text(encoding="utf-8")
    assert "Press me" in html
    assert "javascript:" not in html
    assert 'href=""' not in html


def test_refused_and_deferred_readers_are_told_apart_and_the_others_are_served(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    service.answers = {
        "reader3@example.org": "550 5.1.1 no such user",
        "reader4@example.org": "450 4.2.0 greylisted, come back",
    }
    printed = send(office, office.approved())
    assert "18  taken over" in printed
    assert "1  refused" in printed
    assert "1  will be tried again" in printed
    assert "no such user" in printed
    assert "1 will be tried again from" in printed


def test_refusals_for_reasons_of_policy_pause_it_and_what_was_paused_goes_on_where_it_was(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port, connections=1)
    service.answers = {f"reader{n}@example.org": "550 5.7.1 we do not like you" for n in range(3)}
    printed = send(office, office.approved(), code=1)
    assert "17  waiting" in printed
    assert "Paused" in printed
    found = re.search(r"mailer resume ([0-9a-f]+)", printed)
    assert found
    assert "17  taken over" in office.run("resume", found[1])
    assert set(service.recipients.values()) == {1}


def test_a_sending_that_cannot_be_resumed_stays_as_it_is(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    send(office, office.approved(), "--at", "+1h")
    office.run("pause", office.dispatch_id())
    office.use_relay(1)
    with sqlite3.connect(office.workspace.ledger_path) as ledger:
        ledger.execute("UPDATE dispatches SET not_before = NULL")
    ledger.close()
    assert "nothing listens there" in office.run("resume", office.dispatch_id(), code=1)
    assert "paused" in office.run("dispatches")
    office.use_relay(service.port)
    assert "20  taken over" in office.run("resume", office.dispatch_id())
    assert set(service.recipients.values()) == {1}


def test_sigterm_ends_it_within_seconds_with_nothing_lost(office: Office, service: MailService) -> None:
    office.people(60)
    office.use_relay(service.port, connections=2)
    service.delay = 0.1
    digest = office.approved()
    process = office.start(
        "send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest
    )
    wait_for(lambda: len(service.accepted) >= 5)
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=15)
    assert process.returncode == 0, printed
    assert "Stopped as asked" in printed
    with ledger_of(open_workspace(office.root)) as ledger:
        (dispatch,) = ledger.dispatches()
        counts = {state.value: n for state, n in ledger.report(dispatch.id).counts.items() if n}
    assert set(counts) == {"accepted", "planned"}
    assert counts["accepted"] == len(service.accepted)
    service.delay = 0
    assert "60  taken over" in office.run("resume", dispatch.id)
    assert set(service.message_ids.values()) == {1}


@pytest.mark.parametrize("kills", [3, pytest.param(25, marks=pytest.mark.slow)])
def test_kill_9_at_any_moment_loses_nobody_and_mails_nobody_twice(
    office: Office, service: MailService, kills: int
) -> None:
    connections = 3
    office.people(30 + 30 * kills)
    office.use_relay(service.port, connections=connections)
    service.delay = 0.03
    digest = office.approved()
    process = office.start(
        "send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest
    )
    for kill in range(kills):
        target = 15 + 30 * kill
        wait_for(lambda target=target: len(service.accepted) >= target)
        for pid in office.workers():
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == 1
        with ledger_of(open_workspace(office.root)) as ledger:
            (dispatch,) = ledger.dispatches()
        process = office.start("resume", dispatch.id)
    process.communicate(timeout=60)
    with ledger_of(open_workspace(office.root)) as ledger:
        report = ledger.report(dispatch.id)
        rows = {delivery.email: delivery.state.value for delivery in ledger.deliveries(dispatch.id)}
    doubts = {email for email, state in rows.items() if state == "unknown"}
    assert report.is_finished
    assert {d.email for d in report.doubts} == doubts
    assert len(doubts) <= connections * kills
    assert set(service.message_ids.values()) == {1}, "somebody got it twice"
    served = set(service.recipients)
    assert served >= {email for email, state in rows.items() if state == "accepted"}
    assert served | doubts == set(rows), "somebody was lost"
    assert served <= {email for email, state in rows.items() if state == "accepted"} | doubts


def test_a_mail_in_doubt_is_decided_by_a_person_and_resent_as_the_same_message(
    office: Office, service: MailService
) -> None:
    office.people(1)
    office.use_relay(service.port, connections=1)
    service.delay = 30
    process = office.start(
        "send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", office.approved()
    )
    wait_for(lambda: len(service.accepted) == 1)
    (pid,) = office.workers()
    os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=60)
    service.delay = 0
    with ledger_of(open_workspace(office.root)) as ledger:
        (dispatch,) = ledger.dispatches()
    printed = office.run("resume", dispatch.id, code=1)
    assert "1  in doubt" in printed
    assert "reader0@example.org" in printed
    assert len(service.accepted) == 1
    office.run("settle", dispatch.id, "reader0@example.org", "--resend", "--by", "Desk Officer")
    office.run("resume", dispatch.id)
    (_, first_id, first), (_, second_id, second) = service.accepted
    assert first_id == second_id
    assert first == second


def test_a_notice_reaches_those_who_unsubscribed_and_a_newsletter_does_not(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.run("suppress", "reader5@example.org", "--because", "unsubscribed", "--note", "by mail")
    office.run("suppress", "reader6@example.org", "--because", "bounced", "--note", "hard bounce")
    send(office, office.approved())
    assert not {"reader5@example.org", "reader6@example.org"} & set(service.recipients)
    text = office.issue.read_text(encoding="utf-8")
    office.issue.write_text(
        text.replace("id: test-issue\n", "id: test-notice\nmessage_class: notice\n"), encoding="utf-8"
    )
    service.accepted.clear()
    send(office, office.approved())
    assert "reader5@example.org" in service.recipients
    assert "reader6@example.org" not in service.recipients


def test_the_report_has_a_row_for_every_reader(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    service.answers = {"reader3@example.org": "550 5.1.1 =HYPERLINK(evil)"}
    send(office, office.approved())
    (one,) = json.loads(office.run("dispatches", "--real", "--format", "json"))
    assert one["counts"] == {"accepted": 19, "refused": 1}
    full = json.loads(office.run("report", one["id"], "--rows", "--format", "json"))
    assert len(full["rows"]) == 20
    assert {row["state"] for row in full["rows"]} == {"taken over", "refused"}
    assert office.run("report", one["id"], "--rows").count("\n") == 21
