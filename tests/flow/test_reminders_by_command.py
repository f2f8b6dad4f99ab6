"""`mailer remind` as a timer and a person run it, today, through a real mail service."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.flow.starter import make_workspace
from mailer.model.dispatch import REAL, State
from tests.flow.office import RELAY, MailService, Office, wait_for
from tests.flow.test_signed_sendings import with_bad_key

TODAY = datetime.now(UTC).date()
DEADLINE = """\
id: {slug}
title: {{en: The yearly report}}
owed: {{en: the yearly report}}
body: {{en: Please send it.}}
reference: "1"
due: {due}
obliged: national-focal-points-of-parties
ladder: [-20d, -15d, -1d]
confirm: {confirm}
"""


def written(root: Path, slug: str, confirm: str = "once") -> Path:
    """A deadline of which the second step has come, and the first has lapsed."""
    path = root / "recipients" / "deadlines" / f"{slug}.yaml"
    path.write_text(DEADLINE.format(slug=slug, due=TODAY + timedelta(days=14), confirm=confirm), "utf-8")
    return path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one approved deadline that is due in a fortnight."""
    root = tmp_path_factory.mktemp("prepared") / "office"
    make_workspace(root, sample=True)
    written(root, "part-one")
    office = Office(open_workspace(root))
    office.run("ledger", "adopt", "--yes")
    approve(office, "part-one")
    return root


@pytest.fixture
def office(prepared: Path, tmp_path: Path, service: MailService) -> Office:
    root = tmp_path / "office"
    shutil.copytree(prepared, root)
    toml = root / "mailer.toml"
    toml.write_text(toml.read_text("utf-8") + RELAY.format(port=service.port, connections=1), "utf-8")
    return Office(open_workspace(root))


def approve(office: Office, slug: str) -> str:
    found = re.search(r"digest ([0-9a-f]{64})", office.run("deadlines", "proof", slug))
    assert found
    office.run("approve", found[1], "--by", "Head of Unit")
    return found[1]


def remind(office: Office, *arguments: str, code: int = 0) -> str:
    return office.run("remind", "--relay", "office", *arguments, code=code)


def test_what_is_due_goes_once_and_a_second_run_finds_nothing(office: Office, service: MailService) -> None:
    printed = remind(office, "--yes")
    assert "FOR REAL" in printed
    assert "taken over" in printed
    assert set(service.recipients.values()) == {1}
    sent = len(service.accepted)
    assert sent > 9
    assert "nothing is due" in remind(office, "--yes")
    assert len(service.accepted) == sent
    with ledger_of(office.workspace) as ledger:
        lapsed = ledger.reminders(REAL, "part-one").lapsed
    assert {occasion.split("/")[2] for occasion in lapsed} == {"-20d"}


def test_nobody_is_asked_where_there_is_no_terminal_and_nothing_goes(
    office: Office, service: MailService
) -> None:
    assert "Add --yes" in remind(office, code=2)
    assert not service.accepted


def test_a_key_that_cannot_be_used_is_found_before_anything_is_planned(
    office: Office, service: MailService
) -> None:
    said = with_bad_key(office)
    assert said in remind(office, "--dry-run")
    assert f"It cannot go: {said}" in remind(office, "--yes", code=1)
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()
        assert not ledger.reminders(REAL, "part-one").lapsed
    assert not service.accepted
    assert "rehearsal" in office.run("remind", "--relay", "outbox", "--yes")


def test_a_dry_run_writes_nothing_at_all(office: Office, service: MailService) -> None:
    def everything() -> dict[Path, bytes]:
        files = (path for path in office.root.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files if not path.name.startswith("ledger.db-")}

    before = everything()
    assert "-20d will not be sent any more" in remind(office, "--dry-run")
    assert everything() == before
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()
        assert not ledger.reminders(REAL, "part-one").lapsed
    assert not service.accepted


def test_a_deadline_that_asks_at_each_step_waits_for_its_digest_and_says_so(
    office: Office, service: MailService
) -> None:
    written(office.root, "part-one", confirm="each-step")
    digest = approve(office, "part-one")
    printed = json.loads(remind(office, "--yes", "--format", "json", code=1))
    (one,) = (each for each in printed["due"] if each["deadline"] == "part-one")
    assert one["trouble"] == "Each step of it is asked for."
    assert not service.accepted
    remind(office, "--yes", "--digest", digest[:12])
    assert service.accepted


def withdraw(office: Office) -> tuple[Path, Path]:
    """Take the approval back: where it lay, and where it lies now."""
    path = office.root / "recipients" / "deadlines" / "part-one" / "approvals.yaml"
    return path, path.rename(office.root / "withdrawn.yaml")


def test_what_was_cut_off_does_not_go_on_once_its_approval_is_withdrawn(
    office: Office, service: MailService
) -> None:
    service.delay = 30
    running = office.start("remind", "--relay", "office", "--yes")
    wait_for(lambda: service.accepted)
    running.kill()
    running.communicate()
    service.delay = 0
    was, now = withdraw(office)
    assert "has 0 of 1 approval" in remind(office, "--yes", code=1)
    assert len(service.accepted) == 1
    now.rename(was)
    one = office.dispatch_id()
    assert "taken over" in office.run("resume", one)
    assert len(service.accepted) > 9
    assert set(service.message_ids.values()) == {1}


def test_what_changes_before_somebody_says_yes_is_not_sent(office: Office, service: MailService) -> None:
    asking = ("remind", "--relay", "office")
    was, now = withdraw(office)
    now.rename(was)
    said = office.answer(*asking, meanwhile=lambda: withdraw(office), code=1)
    assert "has 0 of 1 approval" in said
    now.rename(was)
    log = office.root / "recipients" / "deadlines" / "part-one.submissions.csv"
    handed_in = f"who,what,on,until,by,note\nUZ,submitted,{TODAY},,,\n"
    said = office.answer(*asking, meanwhile=lambda: log.write_text(handed_in, "utf-8"), code=1)
    assert "would not get it any more" in said
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()
    office.answer(*asking)
    assert len(service.accepted) > 9


def test_two_deadlines_are_two_mails(office: Office, service: MailService) -> None:
    written(office.root, "part-two")
    approve(office, "part-two")
    remind(office, "--yes")
    assert set(service.recipients.values()) == {2}
    assert set(service.message_ids.values()) == {1}


def test_one_that_is_not_approved_stays_and_the_other_goes(office: Office, service: MailService) -> None:
    written(office.root, "part-two")
    printed = remind(office, "--yes", code=1)
    assert "0 of 1 approval" in printed
    assert set(service.recipients.values()) == {1}


@pytest.mark.parametrize(
    ("fact", "changed", "part"),
    [
        ("cms: 2006-05-01", "cms: 2006-05-02", "the register: Parties to cms"),
        ("cms: 2006-05-01", "cms: 2999-05-01", "the register: Parties to cms"),
        ("cms: 2021-01-01", "cms: 2021-01-02", "the register: Parties to cms"),
        ("  - iso2: CN\n", "  - iso2: CN\n    parties: {cms: 2016-01-01}\n", "the register: Parties to cms"),
        ("  - iso2: KZ\n", "  - iso2: KZ\n    names: {en: The Republic of Kazakhstan}\n", "personal fields"),
        ("of: {fr: du Kazakhstan", "of: {fr: de Kazakhstan", "personal fields"),
    ],
    ids=[
        "day of a Party",
        "no Party yet",
        "day of a later Party",
        "a new Party",
        "name",
        "name in a sentence",
    ],
)
def test_one_fact_of_a_register_changed_after_the_approval_holds_reminders_back(
    office: Office, service: MailService, fact: str, changed: str, part: str
) -> None:
    path = office.root / "recipients" / "countries.yaml"
    before = path.read_text("utf-8")
    assert before.count(fact) == 1
    path.write_text(before.replace(fact, changed), "utf-8")
    printed = remind(office, "--yes", code=1)
    assert "has changed since proof" in printed
    assert f"was approved: {part}." in " ".join(printed.split())
    with ledger_of(office.workspace) as ledger:
        assert not ledger.dispatches()
        assert not ledger.reminders(REAL, "part-one").lapsed
    assert not service.accepted
    path.write_text(before, "utf-8")
    assert "taken over" in remind(office, "--yes")
    assert set(service.recipients.values()) == {1}


def test_a_rehearsal_never_goes_on_with_a_real_sending(office: Office, service: MailService) -> None:
    port, office_toml = service.port, office.root / "mailer.toml"
    office_toml.write_text(office_toml.read_text("utf-8").replace(f"port = {port}", "port = 9"), "utf-8")
    assert "cannot be reached" in remind(office, "--yes", code=1)
    office_toml.write_text(office_toml.read_text("utf-8").replace("port = 9", f"port = {port}"), "utf-8")
    office.run("remind", "--relay", "outbox", "--yes")
    office.run("remind", "--relay", "outbox", "--on", TODAY.isoformat(), "--yes")
    assert not service.accepted
    printed = remind(office, "--yes")
    assert "was not finished, and goes on for real" in printed
    assert set(service.recipients.values()) == {1}


def test_what_a_person_has_paused_stays_paused_though_the_mail_service_is_back(
    office: Office, service: MailService
) -> None:
    toml = office.root / "mailer.toml"
    toml.write_text(toml.read_text("utf-8").replace(f"port = {service.port}", "port = 9"), "utf-8")
    remind(office, "--yes", code=1)
    with ledger_of(office.workspace) as ledger:
        (dispatch,) = ledger.dispatches()
    office.run("pause", dispatch.id, "--because", "the minister asked")
    toml.write_text(toml.read_text("utf-8").replace("port = 9", f"port = {service.port}"), "utf-8")
    assert "is paused (the minister asked)" in remind(office, "--yes", code=1)
    assert not service.accepted


def test_a_mail_in_doubt_is_the_first_thing_said_until_somebody_decides(
    office: Office, service: MailService
) -> None:
    with ledger_of(office.workspace) as ledger:
        ledger.secret("answers")
    toml = office.root / "mailer.toml"
    toml.write_text(toml.read_text("utf-8").replace("dot_timeout = 5", "dot_timeout = 3"), "utf-8")

    def stalls(count: int) -> None:
        service.delay = 8.0 if count == 2 else 0.0

    service.on_accepted = stalls
    assert "in doubt" in remind(office, "--yes", code=1)
    service.on_accepted = lambda _count: None
    printed = remind(office, "--yes", code=1)
    assert printed.startswith("In doubt: part-one/")
    doubts = re.findall(r"mailer settle (\w+) (\S+) --accepted", printed)
    assert doubts
    for dispatch, address in doubts:
        office.run("settle", dispatch, address, "--accepted")
    assert "In doubt" not in remind(office, "--yes")
    assert set(service.recipients.values()) == {1}


def test_what_nobody_has_approved_does_not_lapse(office: Office) -> None:
    written(office.root, "part-two")
    remind(office, "--yes", code=1)
    with ledger_of(office.workspace) as ledger:
        assert not ledger.reminders(REAL, "part-two").lapsed
        assert not ledger.reminders(REAL, "national-report-cop12").lapsed


def test_a_log_that_was_broken_for_a_moment_holds_the_rest_back_until_it_is_mended(
    office: Office, service: MailService
) -> None:
    log = office.root / "recipients" / "deadlines" / "part-one.submissions.csv"

    def breaks(count: int) -> None:
        if count == 2:
            log.write_text("who,what,on\nKZ,handed over,2017-01-01\n", "utf-8")

    service.on_accepted = breaks
    assert "cannot be seen whether" in remind(office, "--yes", code=1)
    assert len(service.accepted) == 2
    log.write_text("who,what,on\n", "utf-8")
    remind(office, "--yes")
    assert len(service.accepted) > 9
    assert set(service.recipients.values()) == {1}


def test_somebody_whose_office_has_ended_meanwhile_is_not_reminded_of_it(
    office: Office, service: MailService
) -> None:
    contacts = office.root / "recipients" / "contacts.csv"

    def leaves(count: int) -> None:
        if count == 1:
            rows = contacts.read_text("utf-8").splitlines(keepends=True)
            kept = [row for row in rows if not row.startswith("otabek.rasulov@")]
            assert len(kept) == len(rows) - 1
            contacts.write_text("".join(kept), "utf-8")

    service.on_accepted = leaves
    remind(office, "--yes")
    assert "otabek.rasulov@example.com" not in service.recipients
    with ledger_of(office.workspace) as ledger:
        (dispatch, *_) = ledger.dispatches()
        (skipped,) = (m for m in ledger.deliveries(dispatch.id) if m.state is State.SKIPPED)
    assert "does not hold the office for UZ any more" in skipped.detail


def test_the_timer_says_where_the_mail_service_is_still_the_practice_tray(office: Office) -> None:
    assert "would rehearse" in office.run("remind", "--print-unit")
    assert "would rehearse" not in remind(office, "--print-unit")
