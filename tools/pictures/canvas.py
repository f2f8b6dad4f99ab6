"""A picture in the making: filled shapes, light and shade on them, grain, and the JPEG at the end."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .shapes import Shape

Colour = tuple[int, int, int]
OVERSAMPLING = 3


def rgb(code: str) -> Colour:
    """The colour of a six-digit hexadecimal code."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """A colour between two: `share` 0 is the first, 1 the second."""
    return tuple(round(u + (v - u) * share) for u, v in zip(a, b, strict=True))  # type: ignore[return-value]


@dataclass(frozen=True)
class Fade:
    """Colours that follow each other down the picture, each `(y, colour)`."""

    stops: tuple[tuple[float, Colour], ...]

    def at(self, y: float) -> Colour:
        """The colour at a height."""
        if y <= self.stops[0][0]:
            return self.stops[0][1]
        for (y1, c1), (y2, c2) in zip(self.stops, self.stops[1:], strict=False):
            if y <= y2:
                return mix(c1, c2, (y - y1) / (y2 - y1))
        return self.stops[-1][1]


Paint = Colour | Fade


def fade(*stops: tuple[float, str | Colour]) -> Fade:
    """A Fade from `(y, colour)`; a colour may be given by its code."""
    return Fade(tuple((y, rgb(c) if isinstance(c, str) else c) for y, c in stops))


@dataclass(frozen=True)
class _Mask:
    image: Image.Image
    corner: tuple[int, int]


class Canvas:
    """Draws in the units of the finished picture, on a larger sheet that is scaled down at the end."""

    def __init__(self, width: int, height: int, ground: Paint) -> None:
        self.width, self.height = width, height
        self.sheet = Image.new("RGB", (width * OVERSAMPLING, height * OVERSAMPLING))
        self.sheet.paste(self._paint(ground, (0, 0), self.sheet.size), (0, 0))

    def fill(
        self,
        shape: Shape,
        paint: Paint,
        *,
        alpha: float = 1.0,
        soft: float = 0.0,
        within: Shape | None = None,
    ) -> None:
        """Lays paint on a shape; `soft` blurs its edge, `within` keeps it inside another shape."""
        self.fill_common([shape] if within is None else [shape, within], paint, alpha=alpha, soft=soft)

    def fill_common(
        self, shapes: Sequence[Shape], paint: Paint, *, alpha: float = 1.0, soft: float = 0.0
    ) -> None:
        """Lays paint where all shapes overlap; `soft` blurs the edge of the first only."""
        mask = self._mask(shapes[0], pad=soft * 3)
        if mask is None:
            return
        image = _blurred(mask.image, soft)
        for other in shapes[1:]:
            image = ImageChops.darker(image, self._same_place(other, mask))
        self._lay(image, mask.corner, paint, alpha)

    def shade(
        self, shape: Shape, paint: Paint, shift: tuple[float, float], soft: float, *, alpha: float = 0.5
    ) -> None:
        """Darkens or lightens the inside of a shape along the edges that lie opposite to `shift`."""
        mask = self._mask(shape, pad=soft * 3 + max(map(abs, shift)))
        if mask is None:
            return
        moved = Image.new("L", mask.image.size)
        moved.paste(mask.image, (round(shift[0] * OVERSAMPLING), round(shift[1] * OVERSAMPLING)))
        image = ImageChops.multiply(ImageChops.invert(_blurred(moved, soft)), mask.image)
        self._lay(image, mask.corner, paint, alpha)

    def finish(self, grain: float, seed: int) -> Image.Image:
        """The picture at its real size, with a fine paper grain of `grain` grey levels."""
        small = self.sheet.resize((self.width, self.height), Image.Resampling.LANCZOS)
        noise = Image.frombytes(
            "L", small.size, random.Random(seed).randbytes(self.width * self.height)
        ).filter(ImageFilter.GaussianBlur(0.9))
        quiet = noise.point([128 + round((v - 128) * grain / 24) for v in range(256)])
        return ImageChops.overlay(small, Image.merge("RGB", (quiet, quiet, quiet)))

    def _mask(self, shape: Shape, pad: float) -> _Mask | None:
        xs = [x for outline in shape for x, _ in outline]
        ys = [y for outline in shape for _, y in outline]
        left, top = max(0, int(min(xs) - pad) - 1), max(0, int(min(ys) - pad) - 1)
        right = min(self.width, int(max(xs) + pad) + 2)
        bottom = min(self.height, int(max(ys) + pad) + 2)
        if right <= left or bottom <= top:
            return None
        size = ((right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING)
        corner = (left * OVERSAMPLING, top * OVERSAMPLING)
        return _Mask(_drawn(shape, size, corner), corner)

    def _same_place(self, shape: Shape, mask: _Mask) -> Image.Image:
        return _drawn(shape, mask.image.size, mask.corner)

    def _lay(self, image: Image.Image, corner: tuple[int, int], paint: Paint, alpha: float) -> None:
        if alpha < 1:
            image = image.point([round(v * alpha) for v in range(256)])
        self.sheet.paste(self._paint(paint, corner, image.size), corner, image)

    @staticmethod
    def _paint(paint: Paint, corner: tuple[int, int], size: tuple[int, int]) -> Image.Image:
        if not isinstance(paint, Fade):
            return Image.new("RGB", size, paint)
        column = Image.new("RGB", (1, size[1]))
        column.putdata([paint.at((corner[1] + row) / OVERSAMPLING) for row in range(size[1])])
        return column.resize(size, Image.Resampling.NEAREST)


def _drawn(shape: Shape, size: tuple[int, int], corner: tuple[int, int]) -> Image.Image:
    image = Image.new("L", size)
    pen = ImageDraw.Draw(image)
    for outline in shape:
        pen.polygon(
            [(x * OVERSAMPLING - corner[0], y * OVERSAMPLING - corner[1]) for x, y in outline], fill=255
        )
    return image


def _blurred(image: Image.Image, soft: float) -> Image.Image:
    """Blurs wide areas on a smaller copy: the eye sees no difference and it takes a tenth of the time."""
    if soft <= 0:
        return image
    radius = soft * OVERSAMPLING
    part = max(1, int(radius / 6))
    if part == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.resize((max(1, image.width // part), max(1, image.height // part)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / part)).resize(image.size, Image.Resampling.BICUBIC)


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """The picture as a progressive JPEG without metadata."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, progressive=True, optimize=True, subsampling=2)
    return out.getvalue()


def joined(*shapes: Sequence[list[tuple[float, float]]]) -> Shape:
    """Several shapes as one."""
    return [outline for shape in shapes for outline in shape]
