"""Opening a ledger: what is made, and what is refused in which words."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from ledger_cases import ACCEPTED, Clock, SqliteLedgers, a_plan

from mailer.errors import LedgerError
from mailer.ledger import Ledger, open_ledger
from mailer.ledger.place import linux_mounts, macos_mounts, place_trouble
from mailer.model.dispatch import State

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
fileserver:/home /mnt/home nfs4 rw,vers=4.2 0 0
//nas/office /mnt/office\\040share cifs rw 0 0
officer@host:/ /home/officer/host fuse.sshfs rw 0 0
C:\\134 /mnt/c 9p rw,dirsync,aname=drvfs;path=C:\\;uid=1000 0 0
none /sandbox 9p rw,trans=fd 0 0
/dev/sdb1 /mnt/home/local ext4 rw 0 0
"""


def test_a_new_ledger_is_for_its_owner_only_and_keeps_a_log(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "ledger.db"
    with open_ledger(path) as ledger:
        ledger.open_dispatch(a_plan())
        assert ledger.path == path
        for file in (path, path.with_name("ledger.db-wal"), path.with_name("ledger.db-shm")):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with ledger.hold() as holder:
            assert stat.S_IMODE(holder.lock.path.stat().st_mode) == 0o600
            assert stat.S_IMODE(holder.lock.path.parent.stat().st_mode) == 0o700
    assert sorted(one.name for one in path.parent.iterdir()) == ["ledger.db", "ledger.db.holders"]


def test_every_connection_writes_through_to_the_disk(ledger: Ledger) -> None:
    with ledger._store.write() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "fullfsync")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "fullfsync": 1}


def test_a_ledger_keeps_its_id_and_its_rows(ledgers: SqliteLedgers, clock: Clock) -> None:
    with ledgers.open(clock) as ledger:
        ledger.open_dispatch(a_plan())
        first = ledger.id
    with ledgers.open(clock) as ledger:
        assert ledger.id == first
        assert ledger.report("d1").counts == {State.PLANNED: 3}


def test_a_copied_ledger_without_its_log_gets_one_again(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.db") as ledger:
        first = ledger.id
    copy = tmp_path / "copy.db"
    with sqlite3.connect(tmp_path / "ledger.db") as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    copy.chmod(0o644)
    with open_ledger(copy) as ledger, ledger._store.read() as connection:
        assert ledger.id == first
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_several_that_make_it_at_the_same_moment_get_the_same_ledger(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def make(_: int) -> str:
        start.wait()
        with open_ledger(tmp_path / "ledger.db") as ledger:
            return ledger.id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.db"]


def test_a_missing_ledger_is_not_made_where_nobody_asked(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="There is no send record"):
        open_ledger(tmp_path / "ledger.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE meta SET value = '9' WHERE key = 'version'")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=r"written by a newer version .*format 9; this one knows 3.*Update"):
        open_ledger(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"name,email\r\nAnna,anna@example.org\r\n", b"SQLite format 3\x00" + b"\x00" * 20],
    ids=["empty", "a table of contacts", "a stump"],
)
def test_a_file_that_is_no_ledger_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"contacts\.csv is not a send record"):
        open_ledger(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("table", ["bookmarks (url)", "meta (key, value)", "meta (name)"])
def test_another_programs_database_is_refused_and_kept(tmp_path: Path, table: str) -> None:
    path = tmp_path / "places.db"
    with sqlite3.connect(path) as raw:
        raw.execute(f"CREATE TABLE {table}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="is not a send record: another program's file"):
        open_ledger(path)
    assert path.read_bytes() == before


def test_a_damaged_ledger_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_ledger(path) as ledger:
        ledger.open_dispatch(a_plan([f"reader{n}" for n in range(500)]))
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(os.urandom(path.stat().st_size - 4096))
    with pytest.raises(LedgerError, match=r"is damaged\. Put back your last copy"):
        open_ledger(path)


def test_damage_found_later_says_so_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_ledger(path) as ledger:
        ledger.open_dispatch(a_plan([f"reader{n}" for n in range(500)]))
    with sqlite3.connect(path) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'").fetchone()[0]
    raw.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with open_ledger(path) as ledger, pytest.raises(LedgerError, match="is damaged"):
        ledger.report("d1")


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(tmp_path)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the powers of root, which no permission holds back."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that any user may enter; pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


def test_a_folder_that_cannot_be_written_is_refused(open_to_all: Path) -> None:
    open_to_all.chmod(0o555)
    with as_nobody(), pytest.raises(LedgerError, match=r"cannot be made or written: .*ermission"):
        open_ledger(open_to_all / "ledger.db")
    assert list(open_to_all.iterdir()) == []


def test_a_ledger_that_cannot_be_written_is_refused(open_to_all: Path) -> None:
    path = open_to_all / "ledger.db"
    open_ledger(path).close()
    path.chmod(0o444)
    open_to_all.chmod(0o555)
    with as_nobody(), pytest.raises(LedgerError, match="this user may not write there"):
        open_ledger(path)


@pytest.mark.parametrize("how", ["asked", "tried"])
def test_a_read_only_disk_is_told_from_a_missing_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()
    path.chmod(0o600 if how == "asked" else 0o644)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("mailer.ledger.opening.Path.chmod", refuse)
    monkeypatch.setattr("mailer.ledger.opening.os.access", lambda *_, **__: False)
    flags = SimpleNamespace(f_flag=os.ST_RDONLY | os.ST_NOSUID)
    monkeypatch.setattr("mailer.ledger.opening.os.statvfs", lambda _: flags)
    with pytest.raises(LedgerError, match="the disk is read-only") as refused:
        open_ledger(path)
    assert "this user may not" not in refused.value.message


@pytest.mark.parametrize(
    "folder",
    [
        "Dropbox",
        "OneDrive",
        "OneDrive - Secretariat",
        "iCloud Drive",
        "Mobile Documents",
        "Nextcloud",
        "GoogleDrive-a@example.org",
    ],
)
def test_a_synced_folder_is_refused_by_name(tmp_path: Path, folder: str) -> None:
    with pytest.raises(LedgerError, match=r"kept in step with other machines.*Move it to a local disk"):
        open_ledger(tmp_path / folder / "work" / ".mailer" / "ledger.db")
    assert list(tmp_path.iterdir()) == []


def test_a_synced_folder_is_refused_by_what_the_service_left_in_it(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(LedgerError, match="kept in step"):
        open_ledger(tmp_path / "work" / "ledger.db")


def test_a_synced_folder_is_found_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "work").symlink_to(tmp_path / "Dropbox")
    with pytest.raises(LedgerError, match="kept in step"):
        open_ledger(tmp_path / "work" / "ledger.db")


@pytest.mark.parametrize("folder", ["dropboxes", "my-onedrive-notes", "box", "sync"])
def test_a_folder_that_only_sounds_like_one_is_not(tmp_path: Path, folder: str) -> None:
    open_ledger(tmp_path / folder / "ledger.db").close()


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/mnt/home/officer/ledger.db", "nfs4"),
        ("/mnt/office share/ledger.db", "cifs"),
        ("/home/officer/host/x/ledger.db", "fuse.sshfs"),
        ("/mnt/c/Users/officer/ledger.db", "9p.drvfs"),
        ("/home/officer/ledger.db", ""),
        ("/mnt/home/local/ledger.db", ""),
        ("/mnt/homes/ledger.db", ""),
        ("/sandbox/ledger.db", ""),
    ],
)
def test_a_network_drive_is_known_by_its_mount_point(place: str, kind: str) -> None:
    trouble = place_trouble(Path(place), linux_mounts(MOUNTS))
    assert (f"is a network drive ({kind})" in trouble) if kind else not trouble


def test_a_network_drive_is_known_on_macos() -> None:
    listed = "/dev/disk3s1 on / (apfs, local)\n//officer@nas/office on /Volumes/office (1) (smbfs, nodev)\n"
    mounts = macos_mounts(listed)
    assert mounts == {Path("/"): "apfs", Path("/Volumes/office (1)"): "smbfs"}
    assert "network drive (smbfs)" in place_trouble(Path("/Volumes/office (1)/ledger.db"), mounts)


def test_it_waits_while_another_program_writes(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    holder = ledger.hold()
    other = sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, lambda: other.execute("COMMIT")).start()
    began = time.monotonic()
    claimed = ledger.claim("d1", 3, holder)
    assert time.monotonic() - began > 0.3
    assert len(claimed) == 3
    other.close()


def test_it_gives_up_in_words_when_the_other_does_not_end(tmp_path: Path, clock: Clock) -> None:
    with open_ledger(tmp_path / "ledger.db", clock=clock, patience=0.1) as ledger:
        ledger.open_dispatch(a_plan())
        holder = ledger.hold()
        (anna,) = ledger.claim("d1", 1, holder)
        other = sqlite3.connect(ledger.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="busy: another program has been writing"):
            ledger.hand(anna)
        assert ledger.report("d1").counts == {State.CLAIMED: 1, State.PLANNED: 2}, "reading waits for nobody"
        other.close()
        ledger.hand(anna)
        ledger.settle(anna, ACCEPTED)


def test_threads_may_share_a_ledger(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan([f"reader{n:02}" for n in range(40)]))
    holder = ledger.hold()

    def work(_: int) -> list[int]:
        done = []
        while claimed := ledger.claim("d1", 3, holder):
            for one in claimed:
                ledger.hand(one)
                ledger.settle(one, ACCEPTED)
                done.append(one.id)
        return done

    with ThreadPoolExecutor(4) as pool:
        done = [row for rows in pool.map(work, range(4)) for row in rows]
    assert len(done) == len(set(done)) == 40
    assert ledger.report("d1").counts == {State.ACCEPTED: 40}
