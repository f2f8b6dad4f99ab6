"""Small files that would keep a machine busy for long: refused by their heads, or after so much work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_kit import chunk, corners, photo, saved
from PIL import Image

from mailer.picture import PictureError, Recipe, make_picture

AT_ONCE = 3
"""Seconds of processor time: several times what it takes, and a fraction of what it took."""


@contextmanager
def at_once() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < AT_ONCE


def refusal(content: bytes) -> PictureError:
    with at_once(), pytest.raises(PictureError) as caught:
        make_picture(content, Recipe(width=552))
    return caught.value


@pytest.mark.parametrize(
    "piece", [b"<!---->", b" ", b"<?>", b"<?xml?>\n", b"<!--", b"<!-- ", b"<?", b"<!doctype "]
)
def test_what_stands_before_a_tag_is_passed_over_once(piece: bytes) -> None:
    assert "is not a JPEG" in refusal(piece * (4096 // len(piece))).message


BEFORE = (
    b" ",
    b"\r\n\t",
    b"<!---->",
    b"<!-- <html> > -->",
    b"<!--\n-\n-->",
    b"<?xml version='1.0'?>",
    b"<?p?>",
)
TAGS = {
    b"<svg ": "SVG",
    b"<svg:svg>": "SVG",
    b"<!DOCTYPE svg PUBLIC 'x' [<!ENTITY a 'b'>]>": "SVG",
    b"<HTML>": "web page",
    b"<html lang=en": "web page",
    b"<!doctype\nHtml>": "web page",
    b"<!doctype math>": "JPEG, PNG",
    b"<svgs>": "JPEG, PNG",
    b"<p><svg>": "JPEG, PNG",
    b"svg": "JPEG, PNG",
    b"<!-- <svg>": "JPEG, PNG",
    b"": "JPEG, PNG",
}


@given(
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    before=st.lists(st.sampled_from(BEFORE), min_size=1, max_size=12),
    tag=st.sampled_from(list(TAGS)),
)
def test_the_first_tag_says_what_markup_is(mark: bytes, before: list[bytes], tag: bytes) -> None:
    assert TAGS[tag] in refusal(mark + b"".join(before) + tag).message


def bitmap(compression: int, pixels: bytes, side: int = 7_000) -> bytes:
    """A BMP of 256 colours, or what says that it is one."""
    head = pack("<IiiHHIIiiII", 40, side, side, 1, 8, compression, 0, 0, 0, 256, 0)
    return b"BM" + pack("<IHHI", 100, 0, 0, 1078) + head + b"\0" * 1024 + pixels


def test_a_compressed_bitmap_is_refused_by_its_head_and_a_plain_one_is_read() -> None:
    for compression in (1, 2):
        assert refusal(bitmap(compression, b"\1\1" * 12_000_000)).message == "is a compressed BMP picture."
    assert make_picture(bitmap(0, b"\0" * 1_600, 40), Recipe(width=552)).width == 40
    thirty_two = saved(corners().convert("RGBA"), "BMP")
    assert make_picture(thirty_two, Recipe(width=552)).width == 400


def test_a_line_of_millions_of_pixels_is_refused() -> None:
    message = refusal(saved(Image.new("L", (1, 49_000_000)), "PNG")).message
    assert message == "has 1 × 49,000,000 pixels, more than 30,000 on one side."
    assert make_picture(saved(Image.new("L", (30_000, 2)), "PNG"), Recipe(width=552)).width == 1_104


def in_pieces(kind: str, piece: bytes) -> bytes:
    """A good picture with 20 MB of one small piece before its pixels."""
    content = saved(photo((90, 60)), kind)
    if kind == "PNG":
        place = content.index(b"IDAT") - 4
    elif kind == "GIF":
        place = 13 + 3 * (2 << (content[10] & 7))
    else:
        place = 2
    return content[:place] + piece * (20_000_000 // len(piece)) + content[place:]


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("PNG", chunk(b"tEXt", b"a\0b")),
        ("JPEG", b"\xff\xfe\0\2"),
        ("JPEG", b"\xff"),
        ("GIF", b"!\xfe\1a\0"),
    ],
)
def test_a_picture_in_a_million_pieces_is_given_up(kind: str, piece: bytes) -> None:
    message = refusal(in_pieces(kind, piece)).message
    assert message == "is made of more small pieces than any picture needs."


def test_a_picture_in_many_pieces_is_read() -> None:
    content = saved(photo((300, 200)), "PNG")
    place = content.index(b"IDAT") - 4
    many = content[:place] + chunk(b"tEXt", b"a\0b") * 5_000 + content[place:]
    assert make_picture(many, Recipe(width=552)).width == 300
    # The first frame of a moving GIF is passed over in blocks of 255 bytes, to see whether there is a second.
    heavy = saved(Image.effect_noise((3_800, 3_800), 200), "GIF")
    assert len(heavy) > 10_000_000
    assert make_picture(heavy, Recipe(width=100)).width == 200
