"""One picture made ready: cut around its focus, twice as wide as it is shown, encoded within its budget."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from PIL import Image

from mailer.picture.colours import as_srgb, resizable
from mailer.picture.encoding import encode
from mailer.picture.kinds import MAX_FILE_BYTES, damaged, too_heavy, too_little_memory
from mailer.picture.opening import Size, open_picture

DENSITY = 2
"""Pixels of the picture for one of the letter: sharp on today's screens."""
SHARP = 1.5
"""Density from which single pixels are too small to be seen."""
TALLEST = 4
"""Times its width; what is taller is made narrower, so that nobody scrolls past it for minutes."""
_SMOOTH = 2.0
"""How many times larger than needed a JPEG is decoded before it is resized."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is wanted of a picture."""

    width: int
    """Pixels of the letter that it is shown at."""
    ratio: str | None = None
    """Width to height, such as "3:2"; uncut where left out."""
    focus: tuple[float, float] = (0.5, 0.5)
    """The point that cutting keeps in view, as shares of width and height."""
    budget: int = 150_000
    """Bytes that it should not exceed."""

    @property
    def words(self) -> str:
        """The same for the same recipe."""
        return f"{self.width} {self.ratio or '-'} {self.focus[0]!r} {self.focus[1]!r} {self.budget}"


@dataclass(frozen=True, slots=True)
class Made:
    """A picture as it is sent."""

    media_type: str
    width: int
    height: int
    content: bytes
    sha256: str
    origin: str
    """SHA-256 of the file it was made from."""
    notes: tuple[str, ...] = ()
    """animated: only the first frame is here; heavy: the budget could not be met; flattened: put on white."""


def make_picture(content: bytes, recipe: Recipe) -> Made:
    """The picture in those bytes as the recipe asks for it; never enlarged. PictureError where it cannot be."""
    if len(content) > MAX_FILE_BYTES:
        raise too_heavy()
    opened = open_picture(content, lambda size: _enough(size, recipe))
    try:
        pixels = _resized(opened.pixels, opened.size, recipe)
        dense = pixels.width >= SHARP * recipe.width
        encoded = encode(as_srgb(pixels), recipe.budget, dense=dense)
    except MemoryError as error:
        raise too_little_memory() from error
    except (OSError, ValueError) as error:
        raise damaged() from error
    notes = (*(("animated",) if opened.moves else ()), *encoded.notes)
    sha256, origin = (hashlib.sha256(each).hexdigest() for each in (encoded.content, content))
    return Made(encoded.media_type, *encoded.size, encoded.content, sha256, origin, notes)


def cut_of(size: Size, ratio: str | None, focus: tuple[float, float]) -> Box:
    """The largest part of that ratio, its middle as near to the focus as the edges allow."""
    width, height = size
    if ratio is None:
        return (0, 0, width, height)
    across, down = (int(part) for part in ratio.split(":"))
    part_width = min(float(width), height * across / down)
    part_height = min(float(height), width * down / across)
    left = min(max(focus[0] * width - part_width / 2, 0), width - part_width)
    top = min(max(focus[1] * height - part_height / 2, 0), height - part_height)
    return (left, top, left + part_width, top + part_height)


def size_for(size: Size, recipe: Recipe) -> Size:
    """Pixels of the made picture, from those of the whole."""
    left, top, right, bottom = cut_of(size, recipe.ratio, recipe.focus)
    part_width, part_height = right - left, bottom - top
    widest = recipe.width * DENSITY
    scale = min(1.0, widest / part_width, widest * TALLEST / part_height)
    return max(1, round(part_width * scale)), max(1, round(part_height * scale))


def _enough(size: Size, recipe: Recipe) -> Size:
    """What the whole picture must be decoded at, at least, for the part that is kept to be large enough."""
    left, top, right, bottom = cut_of(size, recipe.ratio, recipe.focus)
    width, height = size_for(size, recipe)
    scale = min(1.0, _SMOOTH * max(width / (right - left), height / (bottom - top)))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resized(pixels: Image.Image, whole: Size, recipe: Recipe) -> Image.Image:
    size = size_for(whole, recipe)
    box = cut_of(pixels.size, recipe.ratio, recipe.focus)
    pixels = resizable(pixels)
    if box == (0, 0, *pixels.size) and size == pixels.size:
        return pixels
    info = pixels.info
    made = pixels.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    made.info = info
    return made
