"""What a picture's file says of its maker is read where it can be, and never in the way."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mailer.picture.told import MOST_SIGNS, Told, told_by


def a_jpeg(artist: str = "", rights: str = "", iptc: bytes = b"") -> bytes:
    image = Image.new("RGB", (8, 8))
    exif = image.getexif()
    for tag, words in ((0x013B, artist), (0x8298, rights)):
        if words:
            exif[tag] = words
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    whole = out.getvalue()
    if not iptc:
        return whole
    resource = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">L", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    )
    return whole[:2] + b"\xff\xed" + struct.pack(">H", len(resource) + 2) + resource + whole[2:]


def data_set(number: int, words: str) -> bytes:
    return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(words.encode())) + words.encode()


def test_exif_and_iptc_name_maker_and_copyright() -> None:
    assert told_by(a_jpeg("Jane Doe", "2016 WWF")) == Told("Jane Doe", "2016 WWF")
    assert told_by(a_jpeg(iptc=data_set(80, "Жанна") + data_set(116, "CC BY"))) == Told("Жанна", "CC BY")


def test_what_it_says_is_one_short_line_that_can_be_shown() -> None:
    said = told_by(a_jpeg("Jane\x1b[31m\nDoe\u202e " + "x" * 10_000)).credit
    assert said.startswith("Jane [31m Doe")
    assert said.isprintable()
    assert len(said) == MOST_SIGNS


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", a_jpeg("Jane")[:60], b"<svg/>"])
def test_damaged_files_and_no_pictures_say_nothing(content: bytes) -> None:
    assert told_by(content) == Told()


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, 400), sign=st.integers(0, 255), iptc=st.binary(max_size=60))
def test_no_byte_in_a_file_is_in_the_way(at: int, sign: int, iptc: bytes) -> None:
    content = bytearray(a_jpeg("Jane Doe", iptc=iptc))
    content[min(at, len(content) - 1)] = sign
    told_by(bytes(content))
