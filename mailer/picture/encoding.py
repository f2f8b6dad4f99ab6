"""JPEG or PNG, whichever suits the content, within a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageStat

from mailer.picture.colours import on_white

QUALITIES = (82, 76, 70, 64, 58, 52)
"""Of JPEG, tried from the best; below the last, faults show in plain sight, even at twice the pixels."""
DENSE = 70
"""The best quality for pictures with more pixels than are shown: what it loses is smaller than can be seen."""
SMALLER = (0.75, 0.5)
"""Shares of the width that are tried after the least quality: half is as many pixels as are shown."""
_FLAT = 0.6
"""Share of pixels that are as their neighbour from which a picture may be a drawing rather than a photo."""
_WORTH = 1.25
"""How much heavier than JPEG a PNG may be, for it has no smear around its lines."""
_HOPELESS = 3.0
"""How many times too heavy a PNG written in haste must be for the thorough one not to be tried."""
_SAME = 0.7
"""Mean difference in grey levels up to which 256 colours are as good as all."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes, and what had to be given up."""

    media_type: str
    content: bytes
    size: tuple[int, int]
    notes: tuple[str, ...] = ()


def encode(image: Image.Image, budget: int, *, dense: bool = False) -> Encoded:
    """Encode L, LA, RGB or RGBA; `dense` says that it has more pixels than are shown.

    `heavy` is among the notes where no way keeps within `budget` bytes.
    """
    best = DENSE if dense else QUALITIES[0]
    if image.mode in ("LA", "RGBA"):
        png = _png(image) if _is_promising(image, budget) else None
        if png and len(png) <= budget:
            return Encoded("image/png", png, image.size)
        photo = _photo(on_white(image), budget, best)
        return Encoded(photo.media_type, photo.content, photo.size, ("flattened", *photo.notes))
    photo = _photo(image, budget, best)
    most = budget if photo.size != image.size else min(budget, int(_WORTH * len(photo.content)))
    if _flatness(image) >= _FLAT and _is_promising(image, most):
        png = _png(image)
        if len(png) <= most:
            return Encoded("image/png", png, image.size)
    return photo


def _photo(image: Image.Image, budget: int, best: int) -> Encoded:
    content = b""
    for quality in (quality for quality in QUALITIES if quality <= best):
        content = _jpeg(image, quality)
        if len(content) <= budget:
            return Encoded("image/jpeg", content, image.size)
    for share in SMALLER:
        size = max(1, round(image.width * share)), max(1, round(image.height * share))
        smaller = image.resize(size, Image.Resampling.LANCZOS)
        content = _jpeg(smaller, QUALITIES[-2])
        if len(content) <= budget:
            return Encoded("image/jpeg", content, size)
    return Encoded("image/jpeg", content, size, ("heavy",))


def _is_promising(image: Image.Image, most: int) -> bool:
    """Whether a PNG written in haste is near enough to `most` bytes for the thorough one, which takes a second."""
    return len(_written(image, 1)) <= _HOPELESS * most


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", progressive=True, optimize=True)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    """The lighter of all colours and of 256, where these are as good."""
    plain = _written(image)
    few = _in_256_colours(image)
    if few is None:
        return plain
    return min(plain, _written(few), key=len)


def _written(image: Image.Image, effort: int = 9) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", compress_level=effort)
    return out.getvalue()


def _in_256_colours(image: Image.Image) -> Image.Image | None:
    if image.mode == "L":
        return None
    whole = image.convert("RGBA" if image.mode == "LA" else image.mode)
    method = Image.Quantize.FASTOCTREE if whole.mode == "RGBA" else Image.Quantize.MEDIANCUT
    few = whole.quantize(256, method=method, dither=Image.Dither.NONE)
    difference = ImageStat.Stat(ImageChops.difference(few.convert(whole.mode), whole))
    return few if max(difference.mean) <= _SAME else None


def _flatness(image: Image.Image) -> float:
    """Share of pixels that are exactly as the one to their left: high in drawings, low in photographs."""
    grey = image.convert("L")
    same = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).histogram()[0]
    return same / (image.width * image.height)
