"""What all animals share: the light that falls on them, and coats that follow it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .canvas import Canvas, Colour, Fade, mix, rgb
from .shapes import Place, Shape


@dataclass(frozen=True)
class Light:
    """The light of a scene; `haze` is how far the air (its colour) veils what stands in it."""

    glow: Colour
    shadow: Colour
    shift: tuple[float, float] = (7.0, 10.0)
    glow_alpha: float = 0.8
    shadow_alpha: float = 0.55
    air: Colour = (255, 255, 255)
    haze: float = 0.0

    def on(self, code: str) -> Colour:
        """A colour as it looks in this air."""
        return mix(rgb(code), self.air, self.haze)

    def coat(self, place: Place, *stops: tuple[float, str]) -> Fade:
        """A coat that changes colour downward; heights are those of the drawing."""
        return Fade(tuple((place.y + y * place.scale, self.on(code)) for y, code in stops))


def model(canvas: Canvas, shape: Shape, paint: Fade | Colour, light: Light, size: float) -> None:
    """Paints a shape with soft shade on its lower side and a thin bright edge on the lit one."""
    canvas.fill(shape, paint)
    dx, dy = light.shift
    canvas.shade(shape, light.shadow, (-dx * size * 2, -dy * size * 2), 12 * size, alpha=light.shadow_alpha)
    canvas.shade(shape, light.glow, (dx * size * 0.4, dy * size * 0.4), 1.4 * size, alpha=light.glow_alpha)


def scattered(
    rng: random.Random, shape: tuple[float, float, float, float], gap: float
) -> list[tuple[float, float]]:
    """Points in the box (left, top, right, bottom), none nearer than `gap` to another, in reading order."""
    left, top, right, bottom = shape
    points: list[tuple[float, float]] = []
    for _ in range(int(30 * (right - left) * (bottom - top) / gap**2)):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        if all((x - u) ** 2 + ((y - v) * 1.15) ** 2 >= gap**2 for u, v in points):
            points.append((x, y))
    return sorted(points, key=lambda p: (p[1], p[0]))
