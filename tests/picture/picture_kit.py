"""Pictures as people have them: photographs, drawings, telephones' files, and things that are no pictures."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageDraw

Size = tuple[int, int]


@lru_cache(maxsize=8)
def photo(size: Size = (1600, 1200)) -> Image.Image:
    """Soft shapes with grain, the same every time."""
    made = random.Random(7)
    soft = Image.frombytes("RGB", (16, 12), bytes(made.randrange(256) for _ in range(16 * 12 * 3)))
    grain = Image.frombytes("L", (200, 150), bytes(made.randrange(118, 138) for _ in range(200 * 150)))
    wide = soft.resize(size, Image.Resampling.BICUBIC)
    return ImageChops.add(wide, Image.merge("RGB", [grain.resize(size)] * 3), 1, -128)


@lru_cache(maxsize=2)
def chart(size: Size = (1600, 900)) -> Image.Image:
    """Bars and words on white."""
    drawn = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(drawn)
    for bar in range(12):
        draw.rectangle((bar * 120, 900 - bar * 60, bar * 120 + 80, 900), fill=(bar * 20, 100, 200))
    draw.text((80, 80), "Parties to the Convention", fill="black", font_size=60)
    return drawn


def corners(size: Size = (400, 200)) -> Image.Image:
    """Red, green, blue and white quarters, from the top left on: it shows how a picture was turned."""
    made = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for colour, place in (("red", (0, 0)), ("lime", (1, 0)), ("blue", (0, 1)), ("white", (1, 1))):
        made.paste(Image.new("RGB", (width, height), colour), (place[0] * width, place[1] * height))
    return made


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The file of a picture."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture of a file."""
    return Image.open(BytesIO(content))


def quarters(content: bytes) -> list[str]:
    """Names of the colours in the middle of the four quarters, from the top left on."""
    image = opened(content).convert("RGB")
    width, height = image.size
    places = [(x, y) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [_nearest(image.getpixel(place)) for place in places]


def _nearest(pixel: Any) -> str:
    named = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    return min(named, key=lambda name: sum(abs(a - b) for a, b in zip(named[name], pixel, strict=True)))


def held(orientation: int) -> Image.Exif:
    """EXIF that says how the camera was held, where and by whom."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "A. Photographer"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (42.0, 52.0, 0.0)
    return exif


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *more: bytes) -> bytes:
    """A PNG whose head claims a size, with next to nothing in it, and other chunks before its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *more, pixels, chunk(b"IEND", b"")))


def swapped_profile() -> bytes:
    """An ICC profile in which the first number means blue and the third red, with gamma 2.2."""

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    words = b"desc\0\0\0\0" + struct.pack(">I", 8) + b"swapped\0" + b"\0" * 78
    tags = {
        b"desc": words + b"\0" * (-len(words) % 4),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        b"rXYZ": xyz((0.1431, 0.0606, 0.7141)),
        b"gXYZ": xyz((0.3851, 0.7169, 0.0971)),
        b"bXYZ": xyz((0.4360, 0.2225, 0.0139)),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"test", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return head + b"\0" * (128 - len(head)) + table + body
