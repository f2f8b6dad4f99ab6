"""Pictures of an issue: made as its versions show them, or every problem at its item's line."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mailer.content import read_pictures
from mailer.errors import Problem, ProblemsError
from mailer.model.issue import Issue
from mailer.model.rendition import Frame, content_id
from mailer.picture import PictureStore


def issue_with(*images: str | dict[str, Any]) -> Issue:
    said = [{"src": image} if isinstance(image, str) else image for image in images]
    items = [{"id": f"item-{n}", "kind": "article", "image": image} for n, image in enumerate(said)]
    return Issue.model_validate({"id": "a", "series": "S", "date": date(2016, 12, 19), "items": items})


def problems(folder: Path, *sources: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read_pictures(issue_with(*sources), folder, "issue.yaml")
    return list(caught.value.problems)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head claims a size, with next to nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("suffix", ["jpg", "png", "gif", "webp", "bmp"])
def test_a_picture_comes_with_the_bytes_that_are_sent(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.effect_noise((40, 30), 90).save(path)
    (picture,) = read_pictures(issue_with(path.name), tmp_path, "issue.yaml")
    assert picture.media_type in ("image/jpeg", "image/png")
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()
    assert picture.origin == hashlib.sha256(path.read_bytes()).hexdigest()
    with Image.open(BytesIO(picture.content)) as shown:
        assert shown.size == (picture.width, picture.height) == (40, 30)
    assert picture.cid == content_id(picture.sha256)


def test_a_picture_named_twice_is_there_once_and_order_is_kept(tmp_path: Path) -> None:
    for name in "ab":
        Image.new("RGB", (4, 3), "red" if name == "a" else "blue").save(tmp_path / f"{name}.png")
    pictures = read_pictures(issue_with("b.png", "a.png", "b.png"), tmp_path, "issue.yaml")
    assert [picture.src for picture in pictures] == ["b.png", "a.png"]


def test_a_picture_in_two_layouts_is_made_for_both_and_never_twice(tmp_path: Path) -> None:
    Image.effect_noise((1600, 900), 40).save(tmp_path / "a.png")
    store = PictureStore(tmp_path / "kept")
    wide, half = Frame(src="a.png", width=552), Frame(src="a.png", width=264)
    for _ in range(3):
        pictures = read_pictures(
            issue_with("a.png", "a.png"),
            tmp_path,
            "issue.yaml",
            frames={"item-0": [wide], "item-1": [half, wide]},
            store=store,
        )
        assert [(picture.frame, picture.width) for picture in pictures] == [(wide, 1104), (half, 528)]
    assert store.made == 2


def test_two_items_may_cut_one_picture_differently(tmp_path: Path) -> None:
    Image.new("RGB", (1600, 900)).save(tmp_path / "a.png")
    cuts = ({"src": "a.png", "ratio": "1:1"}, {"src": "a.png", "ratio": "3:1", "focus": [0.5, 0.1]})
    square, flat = read_pictures(issue_with(*cuts), tmp_path, "issue.yaml")
    assert (square.width, square.height) == (900, 900)
    assert (flat.width, flat.height) == (1104, 368)


def test_the_budget_is_the_workspace_s(tmp_path: Path) -> None:
    Image.effect_noise((1200, 900), 12).save(tmp_path / "a.png")
    weights = []
    for budget in (150_000, 60_000):
        (picture,) = read_pictures(issue_with("a.png"), tmp_path, "issue.yaml", budget=budget)
        assert len(picture.content) <= budget
        weights.append(len(picture.content))
    assert weights[0] > 60_000


def test_every_bad_picture_is_told_at_once_at_its_line(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), "red").save(tmp_path / "whole.jpg")
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "IMG_0042.HEIC").write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + content)
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "bomb.png").write_bytes(png_of(60_000, 60_000))
    (tmp_path / "large.png").write_bytes(png_of(10_000, 8_000))
    (tmp_path / "heavy.png").write_bytes(png_of(10, 10) + b"\0" * 25_000_000)
    (tmp_path / "empty.png").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "kept").mkdir()
    told_words = {
        "IMG_0042.HEIC": "is a HEIC photo from a telephone",
        "cut.jpg": "is damaged",
        "text.png": "is not a JPEG, PNG",
        "drawing.svg": "is an SVG drawing",
        "bomb.png": "more than 50 million pixels",
        "large.png": "has 10,000 × 8,000 pixels, more than 50 million",
        "heavy.png": "is larger than 25 MB",
        "empty.png": "is an empty file",
        "pipe.png": "is not in the issue's folder",
        "no.png": "is not in the issue's folder",
    }

    def locate(item: str | None, field: str | None) -> tuple[str, int | None]:
        assert field == "image.src"
        return "issues/a/issue.yaml", int(str(item).removeprefix("item-")) + 10

    issue = issue_with("whole.jpg", *told_words)
    with pytest.raises(ProblemsError) as caught:
        read_pictures(issue, tmp_path, "issue.yaml", locate, store=PictureStore(tmp_path / "kept"))
    told = {problem.message.split('"')[1]: problem for problem in caught.value.problems}
    assert list(told) == list(told_words)
    for line, (name, expected) in enumerate(told_words.items(), start=11):
        assert expected in told[name].message
        assert told[name].hint
        assert (told[name].file, told[name].line) == ("issues/a/issue.yaml", line)
        assert told[name].field == f"items[{line - 10}].image.src"
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_bytes_of_a_picture_outside_the_folder_are_never_read(tmp_path: Path) -> None:
    folder = tmp_path / "issue"
    folder.mkdir()
    Image.new("RGB", (4, 3)).save(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (outside,) = problems(folder, "../secret.png")
    assert "leaves the issue's folder" in outside.message
    assert outside.file == "issue.yaml"
    (linked,) = problems(folder, "link.png")
    assert "is a link out of the issue's folder" in linked.message


@pytest.mark.parametrize("name", [".a.png", "~a.png", "a.png~", ".kept/a.png", "images/~kept/a.png"])
def test_a_hidden_picture_is_refused_because_no_change_to_it_would_be_noticed(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 3)).save(tmp_path / name, format="PNG")
    (hidden,) = problems(tmp_path, name)
    assert "is hidden by the name" in hidden.message or "leaves the issue's folder" in hidden.message
    assert hidden.hint


def test_a_path_may_start_at_its_own_folder(tmp_path: Path) -> None:
    Image.new("RGB", (4, 3)).save(tmp_path / "a.png")
    assert read_pictures(issue_with("./a.png"), tmp_path, "issue.yaml")


def test_a_damaged_picture_never_ends_in_a_traceback(tmp_path: Path) -> None:
    for suffix in ("jpg", "png", "gif"):
        path = tmp_path / f"a.{suffix}"
        Image.effect_noise((40, 30), 50).save(path)
        whole = path.read_bytes()
        for position in range(0, len(whole), max(1, len(whole) // 60)):
            path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
            try:
                read_pictures(issue_with(path.name), tmp_path, "issue.yaml")
            except ProblemsError:
                continue
