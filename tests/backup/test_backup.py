"""`mailer backup`: one file with all state, whole or not at all, also while a sending runs."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.config import Workspace
from mailer.errors import BackupError, LedgerError
from mailer.flow import backup, backup_file, ledger_of
from mailer.flow.backup import check_backup, make_backup, scratch
from mailer.flow.backup_file import LEDGER, MANIFEST, unpack
from mailer.flow.restore import restore_backup
from mailer.ledger.copying import copy_ledger, require_sound, standing_of
from mailer.model.dispatch import State
from tests.backup.backup_cases import DIGEST, an_office, counts, send, state_of
from tests.ledger.ledger_cases import a_plan


@pytest.fixture
def office(tmp_path: Path) -> Workspace:
    return an_office(tmp_path / "office")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, bytes]:
    """An office, and its backup's bytes."""
    folder = tmp_path_factory.mktemp("kept")
    workspace = an_office(folder / "office")
    made = make_backup(workspace, folder / "a.zip")
    return workspace, made.path.read_bytes()


def test_a_backup_is_for_its_owner_only_and_says_what_is_in_it(office: Workspace, tmp_path: Path) -> None:
    made = make_backup(office, tmp_path / "a.zip", with_tray=True)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.manifest.counts == {"accepted": 2, "planned": 2}
    with ledger_of(office) as ledger:
        assert made.manifest.ledger == ledger.id
    with zipfile.ZipFile(made.path) as archive:
        assert set(archive.namelist()) == {
            MANIFEST,
            LEDGER,
            f"proofs/{DIGEST}/proof.json",
            f"proofs/{DIGEST}/en-1.html",
            "tray/1d2e3f4a/20260101T000000-a.eml",
        }
    assert check_backup(office, made.path).standing == made.standing
    assert not make_backup(office, tmp_path / "b.zip").manifest.names("tray")
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"a.zip", "b.zip"}
    assert not list(office.state.glob(".backup-*"))


def test_no_file_is_replaced_unless_that_is_said(office: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"mine")
    with pytest.raises(BackupError, match="is there already"):
        make_backup(office, target)
    assert target.read_bytes() == b"mine"
    make_backup(office, target, force=True)
    assert check_backup(office, target).manifest.dispatches == 1
    with pytest.raises(BackupError, match="is a folder"):
        make_backup(office, tmp_path, force=True)
    with pytest.raises(BackupError, match="no folder"):
        make_backup(office, tmp_path / "nowhere" / "a.zip")


def test_what_cannot_be_written_or_read_back_leaves_no_file(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = state_of(office)
    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_archive", full)
        with pytest.raises(OSError, match="No space"):
            make_backup(office, tmp_path / "a.zip")
    real = backup_file.write_archive

    def flipping(file, about, content):  # type: ignore[no-untyped-def]
        made = real(file, about, content)
        file.seek(200)
        file.write(b"\0" * 40)
        return made

    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_archive", flipping)
        with pytest.raises(BackupError):
            make_backup(office, tmp_path / "a.zip", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["office"]
    assert state_of(office) == before


def test_a_send_record_that_is_missing_or_damaged_is_not_backed_up(office: Workspace, tmp_path: Path) -> None:
    raw = bytearray(office.ledger_path.read_bytes())
    page = len(raw) // 2 // 4096 * 4096
    raw[page : page + 2048] = b"\xff" * 2048
    office.ledger_path.write_bytes(raw)
    with pytest.raises(LedgerError, match="damaged"):
        make_backup(office, tmp_path / "a.zip")
    office.ledger_path.unlink()
    with pytest.raises(LedgerError, match="no send record"):
        make_backup(office, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["office"]


def test_a_copy_made_while_others_write_is_one_moment_of_the_ledger(tmp_path: Path) -> None:
    office = an_office(tmp_path / "office", [f"reader{n:04}" for n in range(400)])
    done = threading.Event()

    def work() -> None:
        with ledger_of(office) as ledger:
            while not done.is_set():
                send(ledger, "d1", 3)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        seen = []
        for number in range(6):
            copy = tmp_path / f"copy{number}.db"
            copy_ledger(office.ledger_path, copy)
            require_sound(copy)
            standing = standing_of(copy)
            assert sum(standing.counts.values()) == 400
            assert standing.attempts == standing.counts[State.ACCEPTED]
            seen.append(standing.counts[State.ACCEPTED])
    finally:
        done.set()
        writer.join()
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


def test_the_scratch_folder_of_a_killed_program_is_cleared_and_a_living_one_s_is_not(
    office: Workspace,
) -> None:
    dead = office.state / ".backup-dead"
    dead.mkdir()
    (dead / LEDGER).write_bytes(b"addresses")
    with scratch(office) as first, scratch(office) as second:
        assert first.is_dir()
        assert second.is_dir()
        assert first.stat().st_mode & 0o077 == 0
        assert not dead.exists()
    assert not list(office.state.glob(".backup-*"))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_or_cut_backup_is_refused_or_says_the_same(
    kept: tuple[Workspace, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    workspace, good = kept
    raw = bytearray(good)
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    else:
        # Mostly at the end, where the directory lies: everything before is under a hash.
        at = data.draw(st.integers(0, len(raw) - 1) | st.integers(len(raw) - 700, len(raw) - 1))
        raw[at] ^= data.draw(st.integers(1, 255))
    folder = tmp_path_factory.mktemp("changed")
    path = folder / "a.zip"
    path.write_bytes(raw)
    try:
        found = check_backup(workspace, path)
    except BackupError:
        return
    path.write_bytes(good)
    whole = check_backup(workspace, path)
    assert (found.manifest, found.standing) == (whole.manifest, whole.standing)


def rewritten(good: bytes, path: Path, **changes: object) -> Path:
    """The same backup with another manifest or other entries."""
    path.write_bytes(good)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(content[MANIFEST])
    manifest.update(changes.pop("manifest", {}))  # type: ignore[call-overload]
    content.update(changes.pop("content", {}))  # type: ignore[call-overload]
    for entry in changes.pop("entries", []):  # type: ignore[attr-defined]
        manifest["entries"].append(entry)
    content[MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in content.items():
            archive.writestr(name, value)
    return path


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HOSTILE = (
    "../ledger.db",
    "/etc/passwd",
    f"proofs/{DIGEST}/../../../x",
    "proofs\\x\\y",
    f"proofs/{DIGEST}/.hidden",
    "tray/../x.eml",
    "tray/a/b/c.eml",
    "x" * 300,
    "proofs/",
    "mailer.toml",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_is_unpacked_outside_its_place(
    kept: tuple[Workspace, bytes], tmp_path: Path, name: str
) -> None:
    entry = {"name": name, "size": 0, "sha256": EMPTY}
    path = rewritten(kept[1], tmp_path / "a.zip", content={name: b""}, entries=[entry])
    (tmp_path / "into").mkdir()
    with pytest.raises(BackupError):
        unpack(path, tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "into"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manifest": {"format": 2, "later": "field"}}, "newer version of this program"),
        ({"manifest": {"format": "one"}}, "cannot be read"),
        ({"manifest": {"entries": []}}, "names other files"),
        ({"manifest": {"entries": "none"}}, "cannot be read"),
        ({"manifest": {"counts": {"accepted": 3}}}, "not the one that its manifest describes"),
        ({"manifest": {"ledger": "another"}}, "not the one that its manifest describes"),
        ({"content": {f"proofs/{DIGEST}/extra": b"x"}}, "names other files"),
        ({"content": {f"proofs/{DIGEST}/proof.json": b"[]"}}, "is not what was put into it"),
        ({"content": {f"proofs/{DIGEST}/proof.json": b"{}" * 9}}, "names other files"),
        ({"content": {LEDGER: b"SQLite format 3\0" + b"\0" * 100}}, "names other files"),
    ],
)
def test_a_backup_that_does_not_fit_its_manifest_is_refused(
    kept: tuple[Workspace, bytes], tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    workspace, good = kept
    path = rewritten(good, tmp_path / "a.zip", **changes)
    before = state_of(workspace)
    with pytest.raises(BackupError, match=words):
        restore_backup(workspace, path, replace=True)
    assert state_of(workspace) == before


def test_what_is_no_backup_is_said_so(kept: tuple[Workspace, bytes], tmp_path: Path) -> None:
    workspace, _ = kept
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("holiday.txt", "sun")
    plain = tmp_path / "plain.zip"
    plain.write_text("not an archive")
    for path, words in (
        (foreign, "not a backup"),
        (plain, "not a whole backup"),
        (tmp_path / "no.zip", "no file"),
    ):
        with pytest.raises(BackupError, match=words):
            restore_backup(workspace, path)


def test_a_bomb_writes_no_more_than_it_said_and_nothing_where_there_is_no_room(
    kept: tuple[Workspace, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, good = kept
    zeros = b"\0" * 5_000_000
    entry = {"name": f"proofs/{DIGEST}/zeros", "size": 5_000_000, "sha256": EMPTY}
    path = rewritten(good, tmp_path / "a.zip", content={entry["name"]: zeros}, entries=[entry])
    assert path.stat().st_size < 200_000
    (tmp_path / "into").mkdir()
    monkeypatch.setattr("shutil.disk_usage", lambda _place: type("Usage", (), {"free": 4_000_000}))
    with pytest.raises(BackupError, match=r"the disk of .* has less"):
        unpack(path, tmp_path / "into")
    assert not list((tmp_path / "into").rglob("*"))


def test_an_entry_that_says_a_small_size_and_goes_on_is_cut_off_there(
    kept: tuple[Workspace, bytes], tmp_path: Path
) -> None:
    entry = {"name": f"proofs/{DIGEST}/zeros", "size": 700, "sha256": EMPTY}
    zeros = b"\0" * 5_000_000
    path = rewritten(kept[1], tmp_path / "a.zip", content={entry["name"]: zeros}, entries=[entry])
    raw = path.read_bytes().replace((5_000_000).to_bytes(4, "little"), (700).to_bytes(4, "little"))
    path.write_bytes(raw)
    (tmp_path / "into").mkdir()
    with pytest.raises(BackupError):
        unpack(path, tmp_path / "into")
    assert sum(p.stat().st_size for p in (tmp_path / "into").rglob("zeros")) <= 700


def test_a_backup_of_a_rehearsal_counts_it_too(office: Workspace, tmp_path: Path) -> None:
    with ledger_of(office) as ledger:
        ledger.open_dispatch(a_plan(("erik",), "d2", rehearsal=True))
    made = make_backup(office, tmp_path / "a.zip")
    assert made.manifest.dispatches == 2
    assert not made.standing.dispatches["d2"].is_real
    assert counts(office)[State.ACCEPTED] == 2
