"""How a hoofed animal is put together, whatever its kind: trunk, legs near and far, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

from .canvas import Canvas, Fade, joined
from .coats import Light, model
from .shapes import Place, Shape, limb, trace


@dataclass(frozen=True)
class Leg:
    """A leg from its top to the fetlock, and the hoof it stands on."""

    line: str
    hoof: str

    def shape(self, dx: float = 0.0, dy: float = 0.0) -> Shape:
        """The leg moved by (dx, dy)."""
        return moved([*limb(self.line), trace(self.hoof)], dx, dy)

    def hoofs(self, dx: float = 0.0, dy: float = 0.0) -> Shape:
        """The hoof alone."""
        return moved([trace(self.hoof)], dx, dy)


def hoof(x: float, y: float, width: float, height: float) -> str:
    """The outline of a hoof whose fetlock is above (x, y), as text for `trace`."""
    w, h = width / 2, height
    return f"{x - w * 0.8},{y - h}! {x + w * 0.8},{y - h}! {x + w * 1.25},{y}! {x - w},{y}!"


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """The shape moved by (dx, dy)."""
    return [[(x + dx, y + dy) for x, y in outline] for outline in shape]


def turned(shape: Shape, pivot: tuple[float, float], degrees: float) -> Shape:
    """The shape turned clockwise around a point."""
    there = Place(*pivot, turn=degrees)
    return there.shape(moved(shape, -pivot[0], -pivot[1]))


@dataclass(frozen=True)
class Build:
    """The parts of one pose, in the drawing's own units, feet at y = 0."""

    trunk: Shape
    near: tuple[Leg, ...]
    far: tuple[Leg, ...]


def stand(canvas: Canvas, place: Place, build: Build, *, coat: Fade, shade: Fade, light: Light) -> Shape:
    """Paints far legs and then the whole near side; returns the near side as it lies on the picture."""
    far = place.shape(joined(*(leg.shape() for leg in build.far)))
    canvas.fill(far, shade)
    near = place.shape(joined(build.trunk, *(leg.shape() for leg in build.near)))
    model(canvas, near, coat, light, place.scale)
    return near


def hooves(build: Build) -> Shape:
    """All hooves of a pose."""
    return joined(*(leg.hoofs() for leg in (*build.near, *build.far)))
