"""Files that cannot be sent: each refused in plain words, none decoded beyond its bounds."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_kit import chart, chunk, corners, opened, photo, png_of, saved
from PIL import Image, ImageFile

from mailer.picture import MAX_FILE_BYTES, PictureError, Recipe, make_picture

WIDE = Recipe(width=552)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def refusal(content: bytes) -> PictureError:
    with pytest.raises(PictureError) as caught:
        make_picture(content, WIDE)
    assert caught.value.message.endswith(".")
    assert caught.value.hint.endswith(".")
    return caught.value


@contextmanager
def most_memory(octets: int) -> Iterator[None]:
    """What is done in it takes no more memory than that at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < octets
    finally:
        tracemalloc.stop()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats of the pictures whose pixels were asked for, one entry each time."""
    asked: list[str] = []
    load = ImageFile.ImageFile.load

    def note(image: ImageFile.ImageFile) -> object:
        asked.append(image.format or "")
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", note)
    return asked


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is an empty file"),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "is a HEIC photo from a telephone"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0heicmif1", "is a HEIC photo from a telephone"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif", "is an AVIF picture"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "is a video"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
        (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="x"/>', "is an SVG drawing"),
        (b"\xef\xbb\xbf<svg/>", "is an SVG drawing"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"8BPS\0\1", "is a Photoshop file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "is a PostScript drawing"),
        (b"PK\3\4\x14\0", "is an Office document"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "is a JPEG 2000 picture"),
        (b"\xff\x0a\0\0", "is a JPEG XL picture"),
        (b"\0\0\1\0\1\0", "is an icon file"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a placeholder of Git LFS"),
        (b"not a picture", "is not a JPEG, PNG, GIF, WebP or BMP picture"),
        (b"\0" * 500, "is not a JPEG, PNG"),
        (b"\xff\xd8\xff", "is damaged"),
        (b"\x89PNG\r\n\x1a\n", "is damaged"),
        (b"GIF89a", "is damaged"),
        (b"RIFF\xff\xff\xff\x7fWEBPVP8 ", "is damaged"),
        (b"II*\0\x08\0\0\0", "is a TIFF picture, or a camera's raw file"),
        (b"MM\0+\0\x08\0\0", "is a TIFF picture"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(content: bytes, words: str) -> None:
    assert words in refusal(content).message


def test_a_telephone_s_photo_comes_with_what_to_do() -> None:
    hint = refusal(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic").hint
    assert "Most Compatible" in hint
    assert "JPEG" in hint


def test_the_name_decides_nothing_and_the_content_everything() -> None:
    assert make_picture(saved(corners(), "WEBP"), WIDE).media_type == "image/png"


BOMBS = {
    "huge": png_of(60_000, 60_000),
    "over Pillow's own bound": png_of(200_000, 200_000),
    "just over": png_of(10_000, 5_001),
    "wide": png_of(2_000_000_000, 1),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_of_too_many_pixels_is_refused_by_its_head(name: str, decoded: list[str]) -> None:
    with most_memory(10_000_000):
        message = refusal(BOMBS[name]).message
    assert decoded == []
    assert "million" in message or "damaged" in message


def test_pixels_that_are_decoded_are_noticed(decoded: list[str]) -> None:
    make_picture(saved(photo((90, 60))), WIDE)
    assert "JPEG" in decoded


def test_the_size_that_is_too_large_is_told() -> None:
    assert refusal(BOMBS["just over"]).message == "has 10,000 × 5,001 pixels, more than 50 million."


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "WEBP"])
def test_so_is_one_of_any_other_kind(kind: str) -> None:
    size, options = ((5_100, 5_100), {"method": 0}) if kind == "WEBP" else ((7_200, 7_200), {})
    content = saved(Image.new("L", size), kind, **options)
    if len(content) > MAX_FILE_BYTES:
        assert "larger than 25 MB" in refusal(content).message
    else:
        assert "more than" in refusal(content).message


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt"])
def test_a_chunk_that_swells_is_not_let_swell(kind: bytes) -> None:
    packed = zlib.compress(b"\0" * 70_000_000, 6)
    data = b"x\0\0" + packed if kind != b"iTXt" else b"x\0\1\0\0\0" + packed
    content = png_of(1, 1, chunk(kind, data))
    with most_memory(30_000_000):
        refusal(content)


def test_a_jpeg_of_endless_scans_is_refused_before_the_first_is_read(decoded: list[str]) -> None:
    content = saved(Image.new("L", (7_000, 7_000)), "JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    assert "damaged" in refusal(content[:-2] + scan * 2_000 + content[-2:]).message
    assert decoded == []


def test_a_file_that_is_too_heavy_is_not_opened() -> None:
    assert "larger than 25 MB" in refusal(b"\xff\xd8\xff" + b"\0" * MAX_FILE_BYTES).message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_half_a_picture_is_damaged(kind: str) -> None:
    whole = saved(photo((300, 200)), kind)
    assert "damaged" in refusal(whole[: len(whole) // 2]).message


def test_half_a_picture_is_damaged_whatever_another_library_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = saved(photo((300, 200)), "JPEG")
    assert "damaged" in refusal(whole[: len(whole) // 2]).message


def test_interlaced_pictures_and_odd_exif_are_no_trouble() -> None:
    assert make_picture(saved(chart((200, 100)), "GIF", interlace=1), WIDE).width == 200
    exif = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 50
    assert make_picture(saved(photo((90, 60)), exif=exif), WIDE).width == 90
    for orientation in (0, 9, 65_535):
        odd = Image.Exif()
        odd[0x0112] = orientation
        assert make_picture(saved(photo((90, 60)), exif=odd), WIDE).width == 90


@settings(max_examples=150, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "BMP"]))
def test_any_damage_ends_in_a_picture_or_in_words(data: st.DataObject, kind: str) -> None:
    content = bytearray(saved(photo((60, 40)), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(PictureError):
        made = make_picture(bytes(content), WIDE)
        assert opened(made.content).size == (made.width, made.height)


SAYS = """
import sys, warnings
import mailer.picture
content = sys.stdin.buffer.read()
mailer.picture.make_picture(content, mailer.picture.Recipe(width=276))
warnings.warn_explicit("told", UserWarning, "Image.py", 1, "PIL.Image")
warnings.warn_explicit("told too", UserWarning, "TiffImagePlugin.py", 1, "elsewhere")
"""


def test_what_pillow_says_of_a_broken_tag_is_not_told_but_other_warnings_are() -> None:
    tag = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\xff\xff\0\0\xff\xff\0\0\0\0\0\0"
    plain = saved(photo((90, 60)))
    content = plain[:2] + b"\xff\xe1" + (len(tag) + 2).to_bytes(2, "big") + tag + plain[2:]
    made = subprocess.run([sys.executable, "-c", SAYS], input=content, capture_output=True, check=True)
    said = made.stderr.decode()
    assert "told\n" in said
    assert "told too\n" in said
    assert "EXIF" not in said
    assert "Tag data" not in said
