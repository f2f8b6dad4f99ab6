"""Pictures of an issue: whole and small enough, or every problem at its item's line."""

from __future__ import annotations

import hashlib
import struct
import zlib
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from mailer.content import read_pictures
from mailer.errors import Problem, ProblemsError
from mailer.model.issue import Issue


def issue_with(*sources: str) -> Issue:
    items = [{"id": f"item-{n}", "kind": "article", "image": {"src": src}} for n, src in enumerate(sources)]
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


@pytest.mark.parametrize(
    ("suffix", "media_type"), [("jpg", "image/jpeg"), ("png", "image/png"), ("gif", "image/gif")]
)
def test_a_picture_comes_with_its_bytes_as_they_are(tmp_path: Path, suffix: str, media_type: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (40, 30), "red").save(path)
    (picture,) = read_pictures(issue_with(path.name), tmp_path, "issue.yaml")
    assert picture.content == path.read_bytes()
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()
    assert (picture.width, picture.height, picture.media_type) == (40, 30, media_type)
    assert picture.cid == f"{picture.sha256[:16]}@pictures"


def test_a_picture_named_twice_is_there_once_and_order_is_kept(tmp_path: Path) -> None:
    for name in "ab":
        Image.new("RGB", (4, 3), "red" if name == "a" else "blue").save(tmp_path / f"{name}.png")
    pictures = read_pictures(issue_with("b.png", "a.png", "b.png"), tmp_path, "issue.yaml")
    assert [picture.src for picture in pictures] == ["b.png", "a.png"]


def test_every_bad_picture_is_told_at_once_at_its_line(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), "red").save(tmp_path / "whole.jpg")
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    Image.new("RGB", (4, 3)).save(tmp_path / "a.bmp")
    (tmp_path / "bomb.png").write_bytes(png_of(60_000, 60_000))
    (tmp_path / "large.png").write_bytes(png_of(10_000, 8_000))
    (tmp_path / "heavy.png").write_bytes(png_of(10, 10) + b"\0" * 8_000_000)
    (tmp_path / "empty.png").write_bytes(b"")
    names = [
        "cut.jpg",
        "text.png",
        "drawing.svg",
        "a.bmp",
        "bomb.png",
        "large.png",
        "heavy.png",
        "empty.png",
        "no.png",
    ]

    def locate(item: str | None, field: str | None) -> tuple[str, int | None]:
        assert field == "image.src"
        return "issues/a/issue.yaml", int(str(item).removeprefix("item-")) + 10

    with pytest.raises(ProblemsError) as caught:
        read_pictures(issue_with("whole.jpg", *names), tmp_path, "issue.yaml", locate)
    told = {problem.message.split('"')[1]: problem for problem in caught.value.problems}
    assert list(told) == names
    words = ["is damaged", *["is not a JPEG, PNG or GIF"] * 3, *["more than 40 million pixels"] * 2]
    words += ["is larger than 8 MB", "is not a JPEG", "is not in the issue's folder"]
    for line, (name, expected) in enumerate(zip(names, words, strict=True), start=11):
        assert expected in told[name].message
        assert told[name].hint
        assert (told[name].file, told[name].line) == ("issues/a/issue.yaml", line)


def test_bytes_of_a_picture_outside_the_folder_are_never_read(tmp_path: Path) -> None:
    folder = tmp_path / "issue"
    folder.mkdir()
    Image.new("RGB", (4, 3)).save(tmp_path / "secret.png")
    (problem,) = problems(folder, "../secret.png")
    assert "leaves the issue's folder" in problem.message
    assert problem.file == "issue.yaml"


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
