"""Reminders through a real mail service: each at most once, whatever is killed, run again or comes in."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.policy import default as modern
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.errors import MailerError
from mailer.flow import ledger_of
from mailer.flow.deadlines import deadline_file, obligations
from mailer.flow.people import read_people
from mailer.flow.starter import make_workspace
from mailer.model.dispatch import REAL, State
from mailer.remind import simulate
from tests.flow.office import RELAY, MailService, Office
from tests.flow.remind_child import run_day

SLUG = "national-report-cop12"
FIRST, LAST = date(2016, 12, 19), date(2017, 5, 15)

LOG = """\
who,what,on,until,by,note
KZ,submitted,2017-02-01,,Ministry of Agriculture,
MN,submitted,2017-02-03,,,
TJ,extended,2017-03-20,2017-05-08,,asked by letter
PK,held,2017-04-01,,,a change of government
MN,returned,2017-04-03,,,two tables are empty
PK,released,2017-04-19,,,
MN,submitted,2017-04-20,,,
"""


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample workspace with its ladder approved; to be copied."""
    root = tmp_path_factory.mktemp("approved") / "secretariat"
    make_workspace(root, sample=True)
    log(root).write_text(LOG, "utf-8")
    for path in log(root).parent.glob("december-*"):
        path.unlink()
    office = Office(open_workspace(root))
    office.run("ledger", "adopt", "--yes")
    approve(office)
    return root


@pytest.fixture
def secretariat(approved: Path, tmp_path: Path, service: MailService) -> Office:
    """The same with a mail service."""
    root = tmp_path / "secretariat"
    shutil.copytree(approved, root)
    toml = root / "mailer.toml"
    toml.write_text(toml.read_text("utf-8") + RELAY.format(port=service.port, connections=1), "utf-8")
    return Office(open_workspace(root))


def approve(office: Office) -> None:
    printed = office.run("deadlines", "proof", SLUG)
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    office.run("approve", found[1], "--by", "Head of Unit")


def log(root: Path) -> Path:
    return root / "recipients" / "deadlines" / f"{SLUG}.submissions.csv"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 30, tzinfo=UTC)


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += timedelta(days=1)


def known_on(root: Path, day: date) -> None:
    """Leave in the log what has come in by that day."""
    head, *lines = LOG.splitlines()
    kept = [line for line in lines if line.split(",")[2] <= day.isoformat()]
    text = "\n".join([head, *kept]) + "\n"
    if log(root).read_text("utf-8") != text:
        log(root).write_text(text, "utf-8")


def expected(office: Office) -> dict[date, set[tuple[tuple[str, ...], str]]]:
    """Day → what the simulated ladder sends: (occasions, address)."""
    workspace = office.workspace
    people = read_people(workspace)
    file = deadline_file(workspace, people, SLUG)
    plans = simulate(
        file.deadline,
        file.submissions,
        people.recipients,
        people.scene,
        office=workspace.config.office,
        first=FIRST,
        last=LAST,
    )
    return {plan.day: {(r.occasions, r.address) for r in plan.reminders} for plan in plans if plan.reminders}


class Doomed:
    """Does a day's work in a process, and kills it while the final answer to its first mail is outstanding."""

    def __init__(self, office: Office, service: MailService) -> None:
        self.service = service
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.remind_child", str(office.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, day: date) -> None:
        assert self.parent.stdin
        assert self.parent.stdout
        before = len(self.service.accepted)
        self.service.delay = 30.0
        self.parent.stdin.write(f"{noon(day).isoformat()}\n")
        self.parent.stdin.flush()
        child = int(self.parent.stdout.readline())
        give_up = time.monotonic() + 60
        while len(self.service.accepted) == before:
            assert time.monotonic() < give_up
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        assert self.parent.stdout.readline() == "ended\n"
        self.service.delay = 0.0

    def end(self) -> None:
        self.parent.communicate(timeout=30)


def test_the_whole_ladder_day_by_day_with_a_kill_in_the_middle_of_every_day_sends_what_was_simulated(
    secretariat: Office, service: MailService
) -> None:
    simulated = expected(secretariat)
    assert min(simulated) == date(2017, 1, 24)
    assert len(simulated) > 6
    doomed = Doomed(secretariat, service)
    for day in days():
        known_on(secretariat.root, day)
        if day in simulated:
            doomed.run(day)
        run_day(secretariat.root, noon(day))
        if day in simulated:
            assert not run_day(secretariat.root, noon(day) + timedelta(hours=3))
    doomed.end()
    with ledger_of(secretariat.workspace) as ledger:
        sent: dict[date, set[tuple[tuple[str, ...], str]]] = {}
        in_doubt = 0
        for dispatch in ledger.dispatches(include_rehearsals=False):
            for mail in ledger.deliveries(dispatch.id):
                assert mail.state in (State.ACCEPTED, State.UNKNOWN)
                in_doubt += mail.state is State.UNKNOWN
                sent.setdefault(dispatch.day, set()).add((mail.occasions, mail.address))
    assert sent == simulated
    assert in_doubt == len(simulated), "one a kill, and never sent again by itself"
    assert len(service.accepted) == sum(len(mails) for mails in simulated.values())
    assert set(service.message_ids.values()) == {1}
    owing = {who for mails in simulated.values() for occasions, _ in mails for who in _who(occasions)}
    assert owing == {"AF", "IN", "IR", "KG", "KZ", "MN", "PK", "TJ", "UZ"}


def _who(occasions: tuple[str, ...]) -> list[str]:
    return [occasion.rpartition("/")[2] for occasion in occasions]


def test_what_comes_in_between_plan_and_hand_over_is_not_reminded_of(
    secretariat: Office, service: MailService
) -> None:
    day = date(2017, 1, 24)
    known_on(secretariat.root, day)

    def arrives(count: int) -> None:
        if count == 1:
            log(secretariat.root).write_text(
                "who,what,on,until,by,note\nUZ,submitted,2017-01-24,,,\n", "utf-8"
            )

    service.on_accepted = arrives
    run_day(secretariat.root, noon(day))
    with ledger_of(secretariat.workspace) as ledger:
        mails = [mail for d in ledger.dispatches() for mail in ledger.deliveries(d.id)]
    skipped = [mail for mail in mails if mail.state is State.SKIPPED]
    assert {mail.country for mail in skipped} == {"UZ"}
    assert "UZ handed it in on 2017-01-24" in skipped[0].detail
    assert not {mail.email for mail in skipped} & set(service.recipients)
    assert len(service.accepted) == len(mails) - len(skipped)


def test_a_reminder_that_is_put_off_to_another_day_is_written_anew_in_the_words_of_that_day(
    secretariat: Office, service: MailService
) -> None:
    late = "kavita.raghunathan@example.org"
    service.answers = {late: "450 4.2.0 come back later"}
    run_day(secretariat.root, noon(date(2017, 4, 10)))
    service.answers = {}
    run_day(secretariat.root, noon(date(2017, 4, 11)))
    (content,) = (content for to, _, content in service.accepted if to == late)
    message = email.message_from_bytes(content, policy=modern)
    assert "in 13 days" in str(message["Subject"])
    assert set(service.recipients.values()) == {1}
    assert set(service.message_ids.values()) == {1}


def test_a_machine_that_was_off_sends_the_latest_reminder_only_and_writes_the_others_down_as_lapsed(
    secretariat: Office, service: MailService
) -> None:
    run_day(secretariat.root, noon(date(2017, 4, 11)))
    steps: dict[str, set[str]] = {}
    with ledger_of(secretariat.workspace) as ledger:
        for dispatch in ledger.dispatches():
            for mail in ledger.deliveries(dispatch.id):
                for occasion in mail.occasions:
                    steps.setdefault(occasion.split("/")[3], set()).add(occasion.split("/")[2])
        lapsed = ledger.reminders(REAL, SLUG).lapsed
    # Tajikistan's report is due later, and PK's reminders are held.
    assert steps.pop("TJ") == {"-30d"}
    assert set(steps) == {"AF", "IN", "IR", "KG", "MN", "UZ"}
    assert all(each == {"-14d"} for each in steps.values())
    assert {occasion.split("/")[2] for occasion in lapsed} == {"-90d", "-30d"}
    run_day(secretariat.root, noon(date(2017, 4, 12)))
    assert set(service.recipients.values()) == {1}


def test_a_reminder_says_who_owes_what_by_when_and_later_ones_follow_the_first(
    secretariat: Office, service: MailService
) -> None:
    known_on(secretariat.root, FIRST)
    run_day(secretariat.root, noon(date(2017, 1, 24)))
    run_day(secretariat.root, noon(date(2017, 4, 10)))
    mine = [
        email.message_from_bytes(content, policy=modern)
        for to, _, content in service.accepted
        if to == "aigerim.sadykova@example.org"
    ]
    first, later = mine
    assert first["References"] is None
    assert later["References"] == first["Message-ID"] == later["In-Reply-To"]
    assert first["List-Unsubscribe"] is None
    assert "24" in str(first["Subject"])
    body = first.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "2016/035" in words
    assert "Казахстана" in words
    assert [part.get_content_type() for part in first.iter_attachments()] == ["text/calendar"]


def test_a_date_that_moves_runs_the_ladder_anew_and_says_so_to_those_who_had_heard(
    secretariat: Office, service: MailService
) -> None:
    known_on(secretariat.root, FIRST)
    run_day(secretariat.root, noon(date(2017, 1, 24)))
    heard = len(service.accepted)
    path = secretariat.root / "recipients" / "deadlines" / f"{SLUG}.yaml"
    text = path.read_text("utf-8")
    text = text.replace("due: 2017-04-24", "due: 2017-06-26").replace("end: 2017-05-24", "end: 2017-07-26")
    path.write_text(text, "utf-8")
    with pytest.raises(MailerError, match="have it approved"):
        run_day(secretariat.root, noon(date(2017, 3, 28)))
    assert len(service.accepted) == heard
    approve(secretariat)
    run_day(secretariat.root, noon(date(2017, 3, 28)))
    again = [content for _, _, content in service.accepted[heard:]]
    assert len(again) == heard
    (english,) = (
        email.message_from_bytes(content, policy=modern)
        for to, _, content in service.accepted[heard:]
        if to == "kavita.raghunathan@example.org"
    )
    body = english.get_body(("plain",))
    assert body is not None
    assert "24 April 2017" in body.get_content()
    assert "26 June 2017" in body.get_content()


def test_who_becomes_a_party_after_the_due_date_owes_nothing_under_it(secretariat: Office) -> None:
    people = read_people(secretariat.workspace)
    file = deadline_file(secretariat.workspace, people, SLUG)
    owing = {one.who for one in obligations(file, people, date(2022, 1, 1))}
    assert "TM" not in owing
    assert len(owing) == 9


def test_the_record_of_notice_of_a_deadline_holds_a_year_later(
    secretariat: Office, service: MailService, tmp_path: Path
) -> None:
    known_on(secretariat.root, FIRST)
    run_day(secretariat.root, noon(date(2017, 1, 24)))
    assert (secretariat.root / "recipients" / "deadlines" / SLUG / "dispatches.yaml").is_file()
    record = tmp_path / "notice.csv"
    secretariat.run("evidence", "--deadline", SLUG, "--csv", str(record))
    text = record.read_bytes()
    assert b"taken over" in text
    assert b"delivered" not in text
    assert "13 rows" in secretariat.run("verify", str(record))
    record.write_bytes(text.replace(b"taken over", b"taken 0ver", 1))
    assert "line 2" in secretariat.run("verify", str(record), code=1)


def test_nothing_goes_for_real_without_an_approval_or_for_another_day(
    secretariat: Office, service: MailService
) -> None:
    printed = secretariat.run("remind", "--on", "2017-01-24", "--relay", "office", "--yes", code=2)
    assert "only be rehearsed" in printed
    found = json.loads(secretariat.run("remind", "--on", "2017-01-24", "--yes", "--format", "json"))
    (one,) = (each for each in found["due"] if each["deadline"] == SLUG)
    assert {who for mail in one["reminders"] for who in mail["for"]} == {
        *("AF", "IN", "IR", "KG", "KZ", "MN", "PK", "TJ", "UZ")
    }
    (sent,) = found["sent"]
    assert sent["rehearsal"]
    assert sent["counts"] == {"accepted": len(one["reminders"])}
    assert not service.accepted


def test_nothing_goes_while_the_log_names_somebody_who_owes_nothing(
    secretariat: Office, service: MailService
) -> None:
    log(secretariat.root).write_text("who,what,on,until,by,note\nTM,submitted,2017-01-20,,,\n", "utf-8")
    with pytest.raises(MailerError, match="stops this deadline"):
        run_day(secretariat.root, noon(date(2017, 1, 24)))
    assert not service.accepted
    assert "cannot be approved" in secretariat.run("deadlines", "proof", SLUG)


def test_nothing_goes_where_two_lines_of_the_log_contradict_each_other(
    secretariat: Office, service: MailService
) -> None:
    twice = "who,what,on,until,by,note\nKZ,submitted,2017-01-20,,,\nKZ,submitted,2017-01-21,,,\n"
    log(secretariat.root).write_text(twice, "utf-8")
    printed = secretariat.run("remind", "--on", "2017-01-24", "--yes", code=1)
    assert f"{SLUG}.submissions.csv:3" in printed
    with ledger_of(secretariat.workspace) as ledger:
        assert not ledger.dispatches()


def test_the_first_line_is_whom_nobody_can_reach(secretariat: Office) -> None:
    secretariat.run(
        "suppress", "kavita.raghunathan@example.org", "--because", "bounced", "--note", "no such user"
    )
    printed = secretariat.run("remind", "--on", "2017-01-24", "--dry-run")
    assert printed.splitlines()[0].startswith(f"Nobody can be reached for {SLUG}: India: ")
    assert "bounced" in printed.splitlines()[0]


def test_the_timer_and_the_cron_line_name_this_workspace(secretariat: Office) -> None:
    printed = secretariat.run("remind", "--print-unit")
    assert f"-w {secretariat.root} remind --yes" in printed
    assert "Persistent=true" in printed
