"""From bytes to pixels: the head is looked at first, then no more is decoded than is needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile, UnidentifiedImageError

from mailer.picture.kinds import (
    FORMATS,
    MAX_PIXELS,
    MAX_PIXELS_OF,
    MAX_SIDE,
    PictureError,
    compressed_bitmap,
    damaged,
    in_pieces,
    stranger,
    too_large,
    too_little_memory,
    too_long,
)

# Filters hold for the whole process, so these two name exactly what is said of nearly every odd file:
# our own bound on pixels is lower than the one that Pillow warns of, and broken EXIF tags help nobody.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin$")

ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was held (CIPA DC-008, 4.6.4)."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
MOVING = frozenset({"GIF", "PNG", "WEBP"})
"""Formats whose further frames are an animation: those of others are pages, or a camera's by-products."""
JPEGS = ("JPEG", "MPO")
"""Cameras put a second picture behind a JPEG: then Pillow calls it MPO, after having opened it as JPEG."""
MOST_SCANNED = 1_000_000_000
"""Pixels times scans of a progressive JPEG: each scan, however short, is a pass over the whole picture."""
MOST_READINGS = 300_000
"""Pillow reads each block of a GIF, chunk of a PNG or segment of a JPEG by itself, in Python. A GIF of 25 MB has
a hundred thousand blocks, read in two goes each; other formats need far fewer."""
RAW_BITMAPS = (0, 3)
"""Compression of a BMP that is none: BI_RGB and BI_BITFIELDS."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Opened:
    """A decoded picture, upright."""

    pixels: Image.Image
    size: Size
    """Width and height of the whole picture, upright; `pixels` may have been decoded smaller."""
    moves: bool
    """Whether there are more frames than the first."""


class _Counted(BytesIO):
    """A file's bytes, for so many readings and no more: then PictureError."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = MOST_READINGS

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        self._left -= 1
        if self._left < 0:
            raise in_pieces()
        return super().read(size)


def open_picture(content: bytes, enough: Callable[[Size], Size]) -> Opened:
    """Decode a picture. `enough` says, for its upright size, how large it need be decoded at least.

    PictureError for what is not one of `FORMATS`, has too many pixels or pieces, or is damaged. JPEGs are
    decoded at a half, a quarter or an eighth where that is enough.
    """
    try:
        with _whole(content, FORMATS) as image:
            return _opened(image, content, enough)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise (damaged() if _begins_well(content) else stranger(content)) from error
    except Image.DecompressionBombError as error:
        raise too_large() from error
    except MemoryError as error:
        raise too_little_memory() from error
    except Exception as error:  # a damaged picture makes decoders raise nearly anything
        raise damaged() from error


def head_of(content: bytes) -> tuple[str | None, int, int] | None:
    """Media type, width and height of one of our own pictures, from its head; None where it is no JPEG or PNG."""
    try:
        with _whole(content, ("JPEG", "PNG")) as image:
            return image.get_format_mimetype(), *image.size
    except Exception:  # as above: whatever it is, it is none of ours
        return None


def _whole(content: bytes, formats: Collection[str]) -> ImageFile.ImageFile:
    """The picture, of which half is damage and not the whole."""
    # One setting for the whole program, which other libraries change when they are imported (WeasyPrint does).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return Image.open(_Counted(content), formats=list(formats))


def _opened(image: Image.Image, content: bytes, enough: Callable[[Size], Size]) -> Opened:
    width, height = image.size
    most = MAX_PIXELS_OF.get(image.format or "", MAX_PIXELS)
    if width * height > most:
        raise too_large(image.size, most)
    if max(width, height) > MAX_SIDE:
        raise too_long(image.size)
    if image.format == "BMP" and image.info.get("compression") not in RAW_BITMAPS:
        raise compressed_bitmap()
    moves = image.format in MOVING and bool(getattr(image, "is_animated", False))
    whole = _upright_size(image)
    if image.format in JPEGS:
        if width * height * content.count(b"\xff\xda") > MOST_SCANNED:
            raise damaged()
        image.draft(image.mode, _turned(enough(whole), _orientation(image)))
    image.load()
    turn = _TURNS.get(_orientation(image))
    pixels: Image.Image = image if turn is None else image.transpose(turn)
    pixels.info = {key: image.info[key] for key in ("icc_profile", "transparency") if key in image.info}
    if image.format not in JPEGS:
        whole = pixels.size
    return Opened(pixels, whole, moves)


def _orientation(image: Image.Image) -> int:
    """How the camera was held, 1 to 8; 1 where the file does not say, or says it wrongly."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # broken EXIF is common, and no reason to refuse a good picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004


def _upright_size(image: Image.Image) -> Size:
    return _turned(image.size, _orientation(image))


def _turned(size: Size, orientation: int) -> Size:
    return (size[1], size[0]) if orientation in _ON_ITS_SIDE else size


def _begins_well(content: bytes) -> bool:
    """Whether the bytes say that they are of a kind that we read: then something in them is broken."""
    starts = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
    return content.startswith(starts) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
