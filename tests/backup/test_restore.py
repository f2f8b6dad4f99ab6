"""`mailer restore`: everything or nothing, never more than was asked for, and nothing goes before somebody looked."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mailer.cli.entry import run
from mailer.config import Workspace, open_workspace
from mailer.content import Receipt, add_receipt
from mailer.errors import BackupError, LedgerError
from mailer.flow import ledger_of
from mailer.flow.backup import make_backup
from mailer.flow.backup_file import About, write_archive
from mailer.flow.records import require_record
from mailer.flow.restore import restore_backup
from mailer.flow.starter import make_workspace
from mailer.ledger import EventKind, open_ledger, utc_now
from mailer.ledger.copying import copy_ledger, standing_of
from mailer.ledger.schema import VERSION
from mailer.model.dispatch import DispatchState, State
from mailer.model.suppression import Because
from tests.backup.backup_cases import a_proof, an_office, counts, dump, send, state_of
from tests.ledger.ledger_cases import START, a_plan

V1 = Path(__file__).parents[1] / "ledger" / "ledger_v1.sql"


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return an_office(tmp_path / "office")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Workspace:
    """A fresh workspace, as on a new machine: without a send record."""
    make_workspace(tmp_path / "elsewhere")
    workspace = open_workspace(tmp_path / "elsewhere", {})
    for path in workspace.state.glob("ledger.db*"):
        path.unlink()
    return workspace


def test_what_was_finished_comes_back_row_by_row_with_its_proofs_and_the_tray(
    office: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    with ledger_of(office) as ledger:
        send(ledger, "d1", 2)
        ledger.finish_if_done("d1")
    made = make_backup(office, tmp_path / "a.zip", with_tray=True)
    done = restore_backup(elsewhere, made.path)
    before, after = dump(office.ledger_path), dump(elsewhere.ledger_path)
    assert [line for line in before if line not in after and "sqlite_sequence" not in line] == []
    (noted,) = [line for line in after if line not in before and "sqlite_sequence" not in line]
    assert "'restored'" in noted
    assert {k: v for k, v in state_of(elsewhere).items() if k.split("/")[0] in ("proofs", "outbox")} == {
        k: v for k, v in state_of(office).items() if k.split("/")[0] in ("proofs", "outbox")
    }
    assert (done.proofs, done.mails, done.woken.paused, done.strange) == (1, 1, (), ())
    assert elsewhere.ledger_path.stat().st_mode & 0o777 == 0o600
    with ledger_of(office) as ours, ledger_of(elsewhere) as theirs:
        assert ours.id == theirs.id
        assert ours.secret("unsubscribe") == theirs.secret("unsubscribe")


def test_what_was_open_is_paused_and_nobody_holds_anything_even_a_process_that_still_lives(
    office: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    # This very process is the holder: its number is alive, and on this machine.
    with ledger_of(office) as ledger, ledger.hold() as holder:
        ledger.open_dispatch(a_plan(("erik", "fay"), "d2"))
        ledger.pause("d2", "lunch", "D. Officer")
        claimed = ledger.claim("d1", 2, holder)
        ledger.hand(claimed[0])
        made = make_backup(office, tmp_path / "a.zip")
        done = restore_backup(elsewhere, made.path, by="A. Dmin")
        assert counts(office) == {State.ACCEPTED: 2, State.CLAIMED: 1, State.HANDED: 1}
    assert counts(elsewhere) == {State.ACCEPTED: 2, State.PLANNED: 1, State.UNKNOWN: 1}
    assert sorted(done.woken.paused) == ["d1", "d2"]
    assert (done.woken.recovered.planned, done.woken.recovered.unknown) == (1, 1)
    with ledger_of(elsewhere) as restored:
        for dispatch in restored.dispatches():
            assert dispatch.state is DispatchState.PAUSED
            assert "restored from the backup of" in dispatch.why
            assert "look what went out since" in dispatch.why
        noted = [event for event in restored.events("d1") if event.kind is EventKind.PAUSED]
        assert noted[-1].by == "A. Dmin"
        with restored.hold() as holder:
            assert not restored.claim("d1", 5, holder)
            restored.reopen("d1")
            (again,) = restored.claim("d1", 5, holder)
            restored.hand(again)


def test_restoring_twice_loses_nothing_and_so_asks_nothing(office: Workspace, tmp_path: Path) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    restore_backup(office, made.path)
    again = restore_backup(office, made.path)
    with ledger_of(office) as ledger:
        assert [event.kind for event in ledger.events()].count(EventKind.RESTORED) == 1
    assert again.kept is not None


def test_a_record_that_knows_more_is_replaced_only_where_that_is_said_and_is_kept(
    office: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with ledger_of(office) as ledger:
        send(ledger, "d1", 1)
        ledger.open_dispatch(a_plan(("erik", "fay"), "d2", occasion="another"))
        send(ledger, "d2", 2)
        ledger.suppress("gone@example.org", Because.MANUAL, "asked since")
    before = dump(office.ledger_path)
    with pytest.raises(BackupError) as refused:
        restore_backup(office, made.path)
    for words in ("d2 (2016-12-cami)", "3 mails taken over", "more of d1", "1 entry on the do-not-mail list"):
        assert words in refused.value.message
    assert dump(office.ledger_path) == before
    done = restore_backup(office, made.path, replace=True)
    assert done.kept is not None
    assert done.kept.name.startswith("ledger.db.before-")
    assert done.kept.stat().st_mode & 0o777 == 0o600
    assert dump(done.kept) == before
    assert standing_of(office.ledger_path).counts == made.standing.counts


def test_another_send_record_or_a_damaged_one_is_replaced_only_where_that_is_said(
    office: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with ledger_of(elsewhere) as ledger:
        ledger.open_dispatch(a_plan(("erik",), "d9"))
        other = ledger.id
    with pytest.raises(BackupError, match=f"another send record \\({other}\\).*d9"):
        restore_backup(elsewhere, made.path)
    elsewhere.ledger_path.write_bytes(b"\0" * 8192)
    with pytest.raises(BackupError, match="cannot be read"):
        restore_backup(elsewhere, made.path)
    done = restore_backup(elsewhere, made.path, replace=True)
    assert done.kept
    assert done.kept.read_bytes() == b"\0" * 8192
    assert standing_of(elsewhere.ledger_path).id == made.manifest.ledger


def test_an_empty_record_that_a_program_has_just_made_stands_in_nobodys_way(
    office: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with ledger_of(elsewhere) as ledger:
        ledger.secret("unsubscribe")
    done = restore_backup(elsewhere, made.path)
    assert done.kept
    assert standing_of(elsewhere.ledger_path).id == made.manifest.ledger


def test_a_program_that_has_the_record_open_goes_on_with_the_restored_one(
    office: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with ledger_of(office) as studio:
        assert studio.report("d1").total == 4
        send(studio, "d1", 2)
        restore_backup(office, made.path, replace=True)
        assert studio.report("d1").counts[State.ACCEPTED] == 2
        studio.reopen("d1")
        send(studio, "d1", 2)
    assert counts(office) == {State.ACCEPTED: 4}


def test_nothing_is_restored_while_a_worker_lives(office: Workspace, tmp_path: Path) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with (
        ledger_of(office) as ledger,
        ledger.hold(),
        pytest.raises(BackupError, match="A sending is under way"),
    ):
        restore_backup(office, made.path, replace=True)
    restore_backup(office, made.path, replace=True)


def test_a_record_of_a_newer_program_is_left_alone(office: Workspace, tmp_path: Path) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    with closing(sqlite3.connect(office.ledger_path)) as raw, raw:
        raw.execute("UPDATE meta SET value = '999' WHERE key = 'version'")
    with pytest.raises(LedgerError, match="newer version of this program"):
        restore_backup(office, made.path, replace=True)
    newer = tmp_path / "b.zip"
    about = About(utc_now(), made.manifest.ledger, 999, 1, made.manifest.counts, False)
    with newer.open("wb") as file:
        write_archive(file, about, [("ledger.db", office.ledger_path)])
    with pytest.raises(BackupError, match="newer version of this program"):
        restore_backup(office, newer, replace=True)


def test_a_backup_of_an_older_program_comes_back_in_today_s_tables(
    elsewhere: Workspace, tmp_path: Path
) -> None:
    old = tmp_path / "old.db"
    at = int(START.timestamp()) * 1_000_000
    with closing(sqlite3.connect(old)) as raw:
        raw.executescript(V1.read_text(encoding="utf-8"))
        raw.executescript(f"""
            INSERT INTO meta VALUES ('kind', 'saiga-mailer ledger'), ('version', '1'), ('id', 'old'), ('token', '7'),
              ('created', '2026-11-01'), ('secret message-id', '{"0a" * 32}');
            INSERT INTO dispatches VALUES ('d1', 'real', 'x', 'x', 'ab', 'newsletter', 'office', '["all"]',
              '{{"name": "C", "email": "c@example.org"}}', '2016-12-19', {at}, {at + 10**15}, 'open', '');
            INSERT INTO deliveries (id, dispatch_id, address, email, name, language, country, variant, slots,
              message_id, state, due_at, updated_at)
              VALUES (1, 'd1', 'a@example.org', 'a@example.org', 'A', 'en', 'KZ', 'en-1', '{{}}', '<1@x>', 'planned',
              {at}, {at});
            INSERT INTO claims VALUES ('real', 'x', 'a@example.org', 1);
        """)
    path = tmp_path / "old.zip"
    with path.open("wb") as file:
        about = About(utc_now(), "old", 1, 1, {"planned": 1}, False)
        write_archive(file, about, [("ledger.db", old)])
    done = restore_backup(elsewhere, path)
    assert done.woken.paused == ("d1",)
    assert standing_of(elsewhere.ledger_path).version == VERSION
    with open_ledger(elsewhere.ledger_path) as ledger:
        assert ledger.id == "old"
        ledger.reopen("d1")
        send(ledger, "d1", 1)
        assert ledger.report("d1").counts == {State.ACCEPTED: 1}


@pytest.mark.parametrize(
    "added",
    [
        "CREATE TRIGGER t AFTER INSERT ON events BEGIN UPDATE deliveries SET email = 'x@example.com'; END",
        "CREATE VIEW v AS SELECT email FROM deliveries",
        "CREATE TABLE other (a TEXT)",
        "CREATE INDEX other ON deliveries (email)",
        "DROP INDEX deliveries_code; CREATE INDEX deliveries_code ON deliveries (lower(code))",
        "ALTER TABLE deliveries ADD COLUMN e TEXT AS (email || '.example.com')",
        "DROP TABLE minutes; CREATE VIRTUAL TABLE minutes USING fts5(a)",
    ],
)
def test_a_send_record_that_does_something_by_itself_is_refused(
    office: Workspace, tmp_path: Path, added: str
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    before = state_of(office)
    changed = tmp_path / "changed.db"
    copy_ledger(office.ledger_path, changed)
    with closing(sqlite3.connect(changed)) as raw:
        raw.executescript(added)
        raw.execute("PRAGMA journal_mode = DELETE")
    about = About(utc_now(), made.manifest.ledger, VERSION, 1, made.manifest.counts, False)
    with (tmp_path / "b.zip").open("wb") as file:
        write_archive(file, about, [("ledger.db", changed)])
    with pytest.raises(BackupError, match="that this program does not make"):
        restore_backup(office, tmp_path / "b.zip", replace=True)
    assert state_of(office) == before


def test_a_damaged_proof_is_replaced_and_is_not_thrown_away(
    office: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    a_proof(elsewhere)
    (elsewhere.proofs / ("ab" * 32) / "proof.json").write_bytes(b"damaged")
    restore_backup(elsewhere, made.path)
    assert (elsewhere.proofs / ("ab" * 32) / "proof.json").read_bytes() == b"{}"
    (aside,) = elsewhere.proofs.glob(".damaged-*/*/proof.json")
    assert aside.read_bytes() == b"damaged"


def test_receipts_that_the_backup_is_too_old_for_are_named_and_keep_stopping(
    office: Workspace, tmp_path: Path
) -> None:
    made = make_backup(office, tmp_path / "a.zip")
    folder = office.issues / "late"
    folder.mkdir(parents=True)
    receipt = Receipt(
        id="ffff0001",
        digest="cd" * 32,
        ledger=made.manifest.ledger,
        finished_at=START,
        counts={"accepted": 3},
        relay="office",
        segments=("everyone",),
    )
    add_receipt(folder, receipt)
    done = restore_backup(office, made.path, replace=True)
    assert done.strange == ("ffff0001 (late)",)
    config = office.config.model_copy(
        update={"ledger": office.config.ledger.model_copy(update={"record": made.manifest.ledger})}
    )
    with ledger_of(office) as ledger, pytest.raises(LedgerError, match="older than the sending"):
        require_record(Workspace(office.root, config), ledger, [receipt])


def test_the_commands_say_what_they_did_and_what_is_to_be_done(
    office: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str, code: int = 0) -> str:
        assert run(["-w", str(office.root), *arguments]) == code
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split())

    path = str(tmp_path / "a.zip")
    printed = command("backup", path)
    assert "1 real sending, 0 rehearsals" in printed
    assert "2 waiting, 2 taken over" in printed
    assert "addresses and the secret keys" in printed
    assert "is there already" in command("backup", path, code=1)
    assert "whole, every byte was read back" in command("backup", path, "--check")
    assert "--check writes nothing" in command("backup", path, "--check", "--force", code=2)
    with ledger_of(office) as ledger:
        send(ledger, "d1", 1)
    refused = command("restore", path, code=1)
    assert "1 mail taken over" in refused
    assert "--replace" in refused
    printed = command("restore", path, "--replace")
    assert "1 sending had not ended and is paused: d1" in printed
    assert "What stood here before is kept in .mailer/ledger.db.before-" in printed
    assert "not the ledger of record" not in printed
    settings = office.root / "mailer.toml"
    settings.write_text(re.sub(r'record = "[^"]*"', 'record = "another"', settings.read_text()))
    assert "not the ledger of record" in command("restore", path, "--replace")
    assert '"paused": [ "d1" ]' in command("restore", path, "--replace", "--format", "json")
