"""Pictures that were made before: found again, believed only when whole, and never in anybody's way."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from picture_kit import chart, photo, saved

from mailer import picture as package
from mailer.errors import MailerError
from mailer.picture import Made, PictureError, PictureStore, Recipe, make_picture
from mailer.picture.store import code_hash

WIDE, HALF = Recipe(width=552), Recipe(width=264)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "argali.jpg"
    file.write_bytes(saved(photo((800, 600))))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "pictures"


def test_nothing_is_made_twice(path: Path, folder: Path) -> None:
    store = PictureStore(folder)
    first = store.picture(path, WIDE)
    assert [store.picture(path, WIDE) for _ in range(3)] == [first] * 3
    assert store.made == 1
    store.picture(path, HALF)
    assert store.made == 2
    afterwards = PictureStore(folder)
    assert afterwards.picture(path, WIDE) == first
    assert afterwards.made == 0


def test_neither_is_a_picture_that_two_names_share(path: Path, folder: Path) -> None:
    other = path.with_name("copy.png")
    other.write_bytes(path.read_bytes())
    store = PictureStore(folder)
    assert store.picture(path, WIDE) == store.picture(other, WIDE)
    assert store.made == 1


def test_a_file_that_changed_is_made_anew_however_quickly_it_changed(path: Path, folder: Path) -> None:
    store = PictureStore(folder)
    before = store.picture(path, WIDE)
    content = saved(photo((800, 600)).rotate(180))
    path.write_bytes(content + b"\0" * max(0, path.stat().st_size - len(content)))
    after = store.picture(path, WIDE)
    assert after.sha256 != before.sha256
    for turn in range(4):
        path.write_bytes(saved(chart((100, 100)).rotate(90 * turn), "BMP"))
        assert store.picture(path, WIDE) == make_picture(path.read_bytes(), WIDE)


def test_a_file_at_rest_is_not_read_again(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PictureStore(folder)
    first = store.picture(path, WIDE)

    def refuse(*_: object) -> bytes:
        raise AssertionError("the file has not changed")

    monkeypatch.setattr("mailer.picture.store.read_bytes", refuse)
    assert store.picture(path, WIDE) is first


def only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: b"{}\n" + content,
        lambda content: b"\xff\xfe" + content,
        lambda content: b"[1]\n",
        lambda content: content.replace(b'"width": 800', b'"width": "x"'),
        lambda content: content.replace(b"image/jpeg", b"image/jpeg\\r\\nX-Evil: 1"),
    ],
)
def test_a_kept_picture_with_one_wrong_byte_is_made_anew(path: Path, folder: Path, spoil: object) -> None:
    first = PictureStore(folder).picture(path, WIDE)
    kept = only(folder)
    kept.write_bytes(spoil(kept.read_bytes()))  # type: ignore[operator]
    again = PictureStore(folder)
    assert again.picture(path, WIDE) == first
    assert again.made == 1
    assert PictureStore(folder).picture(path, WIDE) == first


PAGE = b"<html>no picture</html>"


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ({"media_type": "image/png", "width": -5}, PAGE),
        ({}, PAGE),
        ({"media_type": "image/png"}, None),
        ({"media_type": "text/html"}, None),
        ({"width": -5}, None),
        ({"height": 599}, None),
        ({"origin": "0" * 64}, None),
        ({}, saved(photo((80, 60)))),
    ],
)
def test_a_kept_picture_that_contradicts_itself_is_made_anew(
    path: Path, folder: Path, said: dict[str, object], content: bytes | None
) -> None:
    first = PictureStore(folder).picture(path, WIDE)
    content = content or first.content
    head = json.loads(only(folder).read_bytes().partition(b"\n")[0])
    head |= {"sha256": hashlib.sha256(content).hexdigest()} | said
    only(folder).write_bytes(json.dumps(head).encode() + b"\n" + content)
    again = PictureStore(folder)
    assert again.picture(path, WIDE) == first
    assert again.made == 1


def test_a_pipe_in_place_of_a_kept_picture_stops_nobody(path: Path, folder: Path) -> None:
    first = PictureStore(folder).picture(path, WIDE)
    kept = only(folder)
    kept.unlink()
    os.mkfifo(kept)
    assert PictureStore(folder).picture(path, WIDE) == first


def test_what_is_kept_says_what_it_is(path: Path, folder: Path) -> None:
    made = PictureStore(folder).picture(path, WIDE)
    head, _, content = only(folder).read_bytes().partition(b"\n")
    assert json.loads(head)["sha256"] == made.sha256
    assert content == made.content
    assert str(path) not in head.decode()


def test_a_bad_picture_is_told_each_time_and_looked_at_once(path: Path, folder: Path) -> None:
    path.write_bytes(path.read_bytes()[:2_000])
    os.utime(path, (1_000_000_000, 1_000_000_000))
    store = PictureStore(folder)
    for _ in range(3):
        with pytest.raises(PictureError, match="damaged"):
            store.picture(path, WIDE)
    assert store.made == 1
    assert not folder.exists()


def test_a_file_that_is_gone_is_told(path: Path, folder: Path) -> None:
    store = PictureStore(folder)
    store.picture(path, WIDE)
    path.unlink()
    with pytest.raises(MailerError):
        store.picture(path, WIDE)


def test_a_folder_that_cannot_be_written_costs_only_time(path: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    store = PictureStore(in_the_way / "pictures")
    assert store.picture(path, WIDE) == make_picture(path.read_bytes(), WIDE)
    assert store.picture(path, WIDE)
    assert store.made == 1


def test_a_full_disk_leaves_nothing_half(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert PictureStore(folder).picture(path, WIDE)
    assert list(folder.iterdir()) == []


def test_the_folder_lets_go_of_what_was_not_asked_for_longest(path: Path, folder: Path) -> None:
    weight = len(make_picture(path.read_bytes(), HALF).content)
    store = PictureStore(folder, most_on_disk=int(weight * 3.5))
    for step, ratio in enumerate(("3:2", "1:1", "2:3", "4:3", "5:4")):
        store.picture(path, Recipe(264, ratio))
        newest = max(folder.iterdir(), key=lambda file: file.stat().st_ctime_ns)
        os.utime(newest, (step, step))
    assert sum(file.stat().st_size for file in folder.iterdir()) <= weight * 3.5
    last = PictureStore(folder)
    last.picture(path, Recipe(264, "5:4"))
    assert last.made == 0


def test_drafts_that_somebody_left_behind_go_too(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, age in (("old.tmp", 1), ("new.tmp", None)):
        (folder / name).write_bytes(b"half")
        if age:
            os.utime(folder / name, (age, age))
    PictureStore(folder).picture(path, WIDE)
    assert {file.name for file in folder.glob("*.tmp")} == {"new.tmp"}


def test_threads_that_ask_at_once_wait_for_one_making(path: Path, folder: Path) -> None:
    store = PictureStore(folder)
    found: list[Made] = []
    threads = [threading.Thread(target=lambda: found.append(store.picture(path, WIDE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert store.made == 1


def test_processes_that_make_at_once_do_not_disturb_each_other(path: Path, folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mailer.picture import PictureStore, Recipe;"
        "store = PictureStore(Path(sys.argv[2]), 60_000);"
        "print(*(store.picture(Path(sys.argv[1]), Recipe(w)).sha256 for w in (100, 130, 160, 190, 220, 250)))"
    )
    words = [sys.executable, "-c", code, str(path), str(folder)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(3)]
    told = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(set(told)) == 1
    assert not list(folder.glob("*.tmp"))


def test_a_picture_kept_by_other_code_is_made_anew(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes how pictures are made need not remember to say so anywhere."""
    PictureStore(folder).picture(path, WIDE)
    monkeypatch.setattr("mailer.picture.store._MADE_WITH", "another release")
    later = PictureStore(folder)
    later.picture(path, WIDE)
    assert later.made == 1


def test_every_line_of_the_code_counts_and_its_place_does_not(tmp_path: Path) -> None:
    ours = Path(package.__file__).parent
    copy = Path(shutil.copytree(ours, tmp_path / "copy"))
    assert code_hash(copy) == code_hash(ours)
    seen = {code_hash(ours)}
    for source in sorted(copy.glob("*.py")):
        source.write_text(source.read_text() + "\n")
        seen.add(code_hash(copy))
    (copy / "added.py").write_text("")
    seen.add(code_hash(copy))
    assert len(seen) == len(list(ours.glob("*.py"))) + 2


def test_what_is_kept_rests_on_the_code_that_is_running(path: Path, folder: Path) -> None:
    PictureStore(folder).picture(path, WIDE)
    copy = path.parent / "elsewhere"
    shutil.copytree(Path(package.__file__).parents[1], copy / "mailer")
    encoding = copy / "mailer" / "picture" / "encoding.py"
    encoding.write_text(encoding.read_text() + "\n# changed\n")
    code = (
        "import sys; from pathlib import Path; from mailer.picture import PictureStore, Recipe;"
        "store = PictureStore(Path(sys.argv[1])); store.picture(Path(sys.argv[2]), Recipe(width=552));"
        "print(store.made)"
    )
    command = [sys.executable, "-c", code, str(folder), str(path)]
    for root, made in ((copy, "1"), (Path(package.__file__).parents[2], "0")):
        found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == made
