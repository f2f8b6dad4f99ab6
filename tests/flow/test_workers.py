"""Workers: processes of their own that send, whatever becomes of the terminal and of each other."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from mailer.config import open_workspace
from mailer.content import read_receipts
from mailer.errors import MailerError
from mailer.flow import ledger_of, worker
from mailer.flow.working import Crew, start_workers
from tests.flow.office import MailService, Office, is_running, wait_for


def set_of_relay(office: Office, line: str) -> None:
    """Add a line to [relays.office], which ends mailer.toml."""
    path = office.root / "mailer.toml"
    path.write_text(path.read_text(encoding="utf-8").rstrip() + f"\n{line}\n", encoding="utf-8")


def once_each(service: MailService, number: int) -> bool:
    return sorted(service.recipients) == sorted(f"reader{n}@example.org" for n in range(number)) and set(
        service.message_ids.values()
    ) == {1}


def make_due(office: Office, begin_by: float = 3600) -> None:
    """Let the moment come at which the latest dispatch begins; `begin_by`: seconds from now."""
    now = time.time()
    with sqlite3.connect(office.workspace.ledger_path) as ledger:
        ledger.execute(
            "UPDATE dispatches SET not_before = ?, begin_by = ?",
            (int((now - 7200) * 1e6), int((now + begin_by) * 1e6)),
        )
    ledger.close()


def begin(office: Office) -> Crew:
    """Plan the sending and start its workers, without a command that watches."""
    office.send(office.approved(), "--at", "+1h")
    make_due(office)
    return start_workers(open_workspace(office.root), office.dispatch_id())


def test_the_sending_goes_on_when_its_terminal_is_closed(office: Office, service: MailService) -> None:
    office.people(40)
    office.use_relay(service.port, connections=2)
    service.delay = 0.05
    process = office.start_send(office.approved())
    wait_for(lambda: len(service.accepted) >= 3)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=30)
    (pid,) = office.workers()
    assert os.getsid(pid) == pid, "it has no session of its own"
    os.kill(pid, signal.SIGHUP)
    wait_for(lambda: not is_running(pid))
    assert office.states() == {"accepted": 40}
    assert once_each(service, 40)
    (receipt,) = read_receipts(office.issue.parent)
    assert receipt.counts == {"accepted": 40}


def test_ctrl_c_stops_the_workers_and_loses_nothing(office: Office, service: MailService) -> None:
    office.people(60)
    office.use_relay(service.port, connections=2)
    service.delay = 0.1
    process = office.start_send(office.approved())
    wait_for(lambda: len(service.accepted) >= 4)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 0, printed
    assert "Stopped as asked" in printed
    assert not office.workers()
    assert set(office.states()) == {"accepted", "planned"}
    assert office.states()["accepted"] == len(service.accepted)
    service.delay = 0
    assert "60 taken over" in office.run("resume", "--due")
    assert once_each(service, 60)


@pytest.mark.slow
def test_who_resumes_what_is_being_sent_only_watches(office: Office, service: MailService) -> None:
    office.people(40)
    office.use_relay(service.port, connections=1)
    service.delay = 0.05
    crew = begin(office)
    wait_for(lambda: len(service.accepted) >= 2)
    assert office.run("resume", "--due") == "", "somebody is at it already"
    printed = office.run("resume", office.dispatch_id())
    assert "being sent already" in printed
    assert "40  taken over" in printed
    wait_for(lambda: not crew.is_alive)
    assert not crew.has_failed
    assert once_each(service, 40)


def test_who_resumes_right_after_a_pause_sees_it_sent_to_the_end(
    office: Office, service: MailService
) -> None:
    office.people(24)
    office.use_relay(service.port, connections=2)
    service.delay = 1.5  # the worker is still in its last mails when it is to go on
    first = begin(office)
    wait_for(lambda: service.accepted)
    with ledger_of(office.workspace) as ledger:
        ledger.pause(office.dispatch_id(), "wait", by="Head")
        time.sleep(0.6)  # by now it has seen that
        assert ledger.workers()
    service.delay = 0
    printed = office.run("resume", office.dispatch_id())
    assert "24  taken over" in printed
    wait_for(lambda: not first.is_alive)
    assert not first.has_failed
    assert once_each(service, 24)


def test_no_worker_writes_through_a_link(office: Office) -> None:
    precious = office.root / "precious.txt"
    precious.write_text("kept", encoding="utf-8")
    precious.chmod(0o644)
    folder = worker.workers_folder(office.workspace)
    folder.mkdir(parents=True)
    for end in ("log", "lock"):
        (folder / f"7f3c.{end}").symlink_to(precious)
    with pytest.raises(MailerError, match=r"7f3c\.log is a link"):
        start_workers(office.workspace, "7f3c")
    with ledger_of(office.workspace) as ledger:
        asked = worker.work(office.workspace, ledger, "7f3c", stop=asyncio.Event())
        with pytest.raises(MailerError, match=r"7f3c\.lock is a link"):
            asyncio.run(asked)
    assert precious.read_text(encoding="utf-8") == "kept"
    assert precious.stat().st_mode & 0o777 == 0o644


@pytest.mark.slow
def test_a_pause_acts_at_once_also_while_the_pace_has_everything_wait(
    office: Office, service: MailService
) -> None:
    office.people(60)
    office.use_relay(service.port, connections=2)
    set_of_relay(office, "per_second = 4")
    crew = begin(office)
    wait_for(lambda: len(service.accepted) >= 3)
    printed = office.run("pause", office.dispatch_id(), "--because", "wrong date")
    assert "wrong date" in printed
    reached = len(service.accepted)
    time.sleep(2)  # eight more would have gone by now
    assert len(service.accepted) <= reached + 2, "more than what was in flight went after the pause"
    wait_for(lambda: not crew.is_alive)
    assert not crew.has_failed
    assert set(office.states()) == {"accepted", "planned"}


def test_only_later_tries_left_the_command_returns_and_the_worker_stays_until_told_otherwise(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    service.answers = {f"reader{n}@example.org": "450 4.2.0 come back later" for n in range(3)}
    printed = office.send(office.approved())
    assert "17  taken over" in printed
    assert "3 will be tried again from" in printed
    found = re.search(r"goes on by itself \(process (\d+)\)", printed)
    assert found
    pid = int(found[1])
    assert office.workers() == [pid]
    office.run("cancel", office.dispatch_id(), "--yes")
    wait_for(lambda: not is_running(pid))
    assert office.states() == {"accepted": 17, "cancelled": 3}
    (receipt,) = read_receipts(office.issue.parent)
    assert receipt.counts == {"accepted": 17, "cancelled": 3}


def test_a_worker_never_outlives_its_workspace(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    service.answers = {f"reader{n}@example.org": "450 4.2.0 come back later" for n in range(20)}
    office.send(office.approved())
    (pid,) = office.workers()
    shutil.rmtree(office.root)
    wait_for(lambda: not is_running(pid))


def test_two_who_send_the_same_at_once_send_nothing_twice(office: Office, service: MailService) -> None:
    office.people(60)
    office.use_relay(service.port, connections=2)
    service.delay = 0.02
    digest = office.approved()
    both = [office.start_send(digest) for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in both]
    wait_for(lambda: not office.workers())
    assert once_each(service, 60)
    assert "60  taken over" in "".join(printed)
    told = ("another sending has just taken up", "in the send record for this issue already")
    assert any(words in text for text in printed for words in told)
    assert all("Traceback" not in text for text in printed)


@pytest.mark.slow
def test_two_workers_share_one_sending_and_leave_one_receipt(office: Office, service: MailService) -> None:
    office.people(300)
    office.use_relay(service.port, connections=3)
    path = office.root / "mailer.toml"
    path.write_text("workers = 2\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    service.delay = 2  # nobody is through before both are there
    crew = begin(office)
    wait_for(lambda: len(set(office.workers())) == 2)
    service.delay = 0
    wait_for(lambda: not crew.is_alive)
    assert not crew.has_failed
    assert once_each(service, 300)
    assert office.states() == {"accepted": 300}
    assert len(read_receipts(office.issue.parent)) == 1


@pytest.mark.slow
def test_more_workers_than_are_allowed_go_away_again(
    office: Office, service: MailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PLACE", 0.5)
    office.people(40)
    office.use_relay(service.port, connections=1)
    service.delay = 2
    first = begin(office)
    wait_for(office.workers)
    with ledger_of(office.workspace) as ledger:
        asked = worker.work(office.workspace, ledger, office.dispatch_id(), stop=asyncio.Event())
        assert asyncio.run(asked) is None
    (pid,) = office.workers()
    assert pid == first.processes[0].pid
    service.delay = 0
    wait_for(lambda: not first.is_alive)
    assert once_each(service, 40)


def test_why_a_worker_cannot_go_on_is_said_in_the_terminal(
    office: Office, service: MailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.use_relay(service.port)
    office.send(office.approved(), "--at", "+1h")
    digest_folder = next(path for path in office.workspace.proofs.iterdir() if path.is_dir())
    make_due(office)
    for path in digest_folder.iterdir():
        if path.is_file():
            path.write_bytes(b"spoilt")
    monkeypatch.setattr("mailer.flow.steering.load_proof", lambda *_: None)
    monkeypatch.setattr("mailer.flow.steering.require_allowed", lambda *_: None)
    printed = office.run("resume", office.dispatch_id(), code=1)
    assert "has stopped" in printed
    assert "Traceback" not in printed
    assert "mailer resume" in printed
    assert not service.accepted
    assert oct((office.root / ".mailer/workers" / f"{office.dispatch_id()}.log").stat().st_mode)[-3:] == "600"


@pytest.mark.slow
def test_a_worker_that_is_killed_is_missed(office: Office, service: MailService) -> None:
    office.people(40)
    office.use_relay(service.port, connections=1)
    service.delay = 0.1
    crew = begin(office)
    wait_for(lambda: len(service.accepted) >= 2)
    kill_at = len(service.accepted) + 8
    (process,) = crew.processes
    service.on_accepted = lambda count: process.kill() if count == kill_at else None
    printed = office.run("resume", office.dispatch_id(), code=1)
    assert "nobody is sending it now" in printed
    assert "mailer resume" in printed
    service.delay = 0
    office.run("resume", "--due")
    states = office.states()
    assert states.pop("accepted") + states.pop("unknown", 0) == 40
    assert not states
    assert set(service.message_ids.values()) == {1}


def test_a_mail_service_that_cannot_be_used_is_named_before_anything_is_written(
    office: Office, service: MailService
) -> None:
    office.use_relay(1)
    digest = office.approved()
    printed = office.send(digest, code=1)
    assert "Nothing was sent" in printed
    assert "nothing listens there" in printed
    office.use_relay(service.port)
    key = office.root / "password.txt"
    key.write_text("secret")
    key.chmod(0o644)
    set_of_relay(office, 'username = "office"\npassword_file = "password.txt"')
    assert "can be read by others" in office.send(digest, code=1)
    key.chmod(0o600)
    assert "Nothing was sent" in office.send(digest, code=1)  # it offers no login
    office.use_relay(service.port)
    set_of_relay(office, 'username = "office"\npassword_env = "OFFICE_PASSWORD"')
    assert "OFFICE_PASSWORD is empty" in office.send(digest, code=1)
    assert "Nothing has been sent yet" in office.run("dispatches")
    assert not service.accepted


def test_what_is_planned_for_later_begins_then_and_not_before(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    printed = office.send(office.approved(), "--at", "+1h", "--until", "+30m")
    assert "begins" in printed
    assert "it asks first" in printed
    assert "mailer resume --due" in printed
    assert not office.workers()
    assert "planned for" in office.run("dispatches")
    assert office.run("resume", "--due") == ""
    assert "planned for" in office.run("resume", office.dispatch_id())
    assert office.states() == {"planned": 20}
    make_due(office)
    printed = office.run("resume", "--due")
    assert "sending." in printed
    assert "20 taken over" in printed
    assert once_each(service, 20)


def test_what_has_missed_its_moment_asks_and_goes_when_somebody_says_so(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.send(office.approved(), "--at", "+1h")
    make_due(office, begin_by=-60)
    printed = office.run("resume", "--due", code=1)
    assert "Is it still wanted?" in printed
    assert "it was to begin by" in office.run("report", office.dispatch_id())
    assert office.run("resume", "--due") == ""
    assert not service.accepted
    assert "20  taken over" in office.run("resume", office.dispatch_id())
    assert once_each(service, 20)


@pytest.mark.slow
def test_what_is_planned_can_be_held_back_let_go_and_given_up(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    digest = office.approved()
    office.send(digest, "--at", "+1h")
    office.run("pause", office.dispatch_id())
    make_due(office)
    assert office.run("resume", "--due") == ""
    office.run("cancel", office.dispatch_id(), "--yes")
    printed = office.send(digest)
    assert "20  taken over" in printed, "cancelling gave nobody back"
    assert once_each(service, 20)


def test_a_moment_outside_the_approval_s_window_is_refused(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    text = office.issue.read_text(encoding="utf-8")
    today = re.search(r"^date: (\S+)", text, re.MULTILINE)
    assert today
    office.issue.write_text(text.replace("series:", f"send_until: {today[1]}\nseries:"), encoding="utf-8")
    digest = office.approved()
    assert "holds from" in office.send(digest, "--at", "+2d", code=1)
    assert "has passed" in office.send(digest, "--at", "2016-12-20 09:00", code=2)
    assert "Nothing has been sent yet" in office.run("dispatches")


@pytest.mark.slow
def test_a_rehearsal_can_be_planned_too(office: Office) -> None:
    office.run("send", "test-issue", "--to", "everyone", "--yes", "--at", "+1h")
    make_due(office)
    assert "20 taken over" in office.run("resume", "--due")
    assert len(list(office.workspace.outbox.rglob("*.eml"))) == 20


def test_the_timer_s_text_names_this_workspace(office: Office) -> None:
    printed = office.run("resume", "--due", "--print-unit")
    assert f"-w {office.root} resume --due" in printed
    assert "OnCalendar=*:0/5" in printed
    assert "*/5 * * * *" in printed
    assert "--due" in office.run("resume", "--print-unit", code=2)
    assert "Say which" in office.run("resume", code=2)


def test_the_plan_says_how_fast_it_goes_and_until_when(office: Office) -> None:
    office.use_relay(1)
    digest = office.approved()
    assert "mailer.toml sets no pace" in office.send(digest, "--dry-run")
    set_of_relay(office, "per_minute = 2\nper_hour = 5")
    printed = office.send(digest, "--dry-run")
    assert "at most 2 a minute, 5 in 60 minutes: about 3 hours" in printed
    assert "only 5 may go at a time" in printed
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()


def test_the_plan_counts_what_has_gone_through_the_service_today(office: Office) -> None:
    office.use_relay(1)
    set_of_relay(office, "per_day = 300")
    digest = office.approved()
    assert "gone already" not in office.send(digest, "--dry-run")

    def have_gone(count: int) -> None:
        with closing(sqlite3.connect(office.workspace.ledger_path)) as ledger, ledger:
            ledger.execute("DELETE FROM minutes")
            minute = int(time.time() // 60) - 60
            ledger.execute(
                "INSERT INTO minutes (key, minute, count) VALUES ('office', ?, ?)", (minute, count)
            )

    have_gone(290)
    printed = office.send(digest, "--dry-run")
    assert "about 23 hours" in printed
    assert "290 of the 300 in 24 hours have gone already: 10 may go at first" in printed
    have_gone(300)
    printed = office.send(digest, "--dry-run")
    assert "about 23 hours" in printed
    assert "300 of the 300 in 24 hours have gone already: there is no room yet" in printed
    assert "the first may go from" in printed
    have_gone(280)
    printed = office.send(digest, "--dry-run")
    assert "about 1 second" in printed
    assert "gone already" not in printed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--only", "accepted"), "--repeat"),
        (("--only", "everybody", "--repeat", "again"), "--only accepted"),
        (("--until", "tomorrow 09:00"), "--at"),
        (("--at", "whenever"), "not a moment"),
    ],
)
def test_options_that_do_not_fit_are_refused(office: Office, options: tuple[str, ...], words: str) -> None:
    assert words in office.run("send", "test-issue", "--to", "everyone", "--yes", *options, code=2)


def test_a_worker_imports_no_more_than_it_needs() -> None:
    program = (
        "import sys, mailer.cli.working, mailer.flow.worker, mailer.cli.stopping\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = {"nicegui", "fastapi", "premailer", "babel", "lxml", "mjml", "jinja2"}
    assert not heavy & set(ended.stdout.split())


@pytest.mark.slow
def test_a_repeat_for_those_who_were_refused_reaches_nobody_else(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    service.answers = {"reader3@example.org": "550 5.1.1 no such user"}
    digest = office.approved()
    office.send(digest)
    service.answers = {}
    printed = office.send(digest, "--only", "refused", "--repeat", "mended")
    assert "1  taken over" in printed
    assert once_each(service, 20)
