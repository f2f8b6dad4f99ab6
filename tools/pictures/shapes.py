"""Smooth outlines from a few points: the geometry all pictures are built from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Outline = list[Point]
Shape = list[Outline]
"""Outlines whose areas add up; where they overlap, they are one."""

STEPS = 10


def _spline_point(quad: Sequence[Sequence[float]], t: float) -> tuple[float, ...]:
    """The point at `t` of 0 to 1 between the middle two of four points (centripetal Catmull-Rom)."""
    knots = [0.0]
    for a, b in itertools.pairwise(quad):
        knots.append(knots[-1] + max(math.dist(a[:2], b[:2]), 1e-6) ** 0.5)
    at = knots[1] + t * (knots[2] - knots[1])
    level = [tuple(p) for p in quad]
    for span in (1, 2):
        level = [
            _between(level[i], level[i + 1], *_window(knots, i, span), at) for i in range(len(level) - 1)
        ]
    return _between(level[0], level[1], knots[1], knots[2], at)


def _window(knots: Sequence[float], i: int, span: int) -> tuple[float, float]:
    return knots[i], knots[i + span]


def _between(
    a: Sequence[float], b: Sequence[float], start: float, end: float, at: float
) -> tuple[float, ...]:
    share = (at - start) / (end - start)
    return tuple(u + (v - u) * share for u, v in zip(a, b, strict=True))


def spline(points: Sequence[Sequence[float]], closed: bool = False) -> list[tuple[float, ...]]:
    """A smooth line through all points, which may carry more numbers (a width) than x and y."""
    if closed:
        ring = [points[-1], *points, points[0], points[1]]
    else:
        first, last = points[0], points[-1]
        before = tuple(2 * a - b for a, b in zip(first, points[1], strict=True))
        after = tuple(2 * a - b for a, b in zip(last, points[-2], strict=True))
        ring = [before, *points, after]
    out = [
        _spline_point(ring[i : i + 4], step / STEPS) for i in range(len(ring) - 3) for step in range(STEPS)
    ]
    if not closed:
        out.append(tuple(points[-1]))
    return out


def trace(text: str) -> Outline:
    """A closed smooth outline from `x,y x,y …`; a point followed by `!` is a sharp corner."""
    marks = text.split()
    points = [tuple(float(n) for n in mark.rstrip("!").split(",")) for mark in marks]
    corners = [i for i, mark in enumerate(marks) if mark.endswith("!")]
    if not corners:
        return [(x, y) for x, y in spline(points, closed=True)]
    turned = points[corners[0] :] + points[: corners[0]]
    stops = [i - corners[0] for i in corners] + [len(points)]
    turned.append(turned[0])
    out: Outline = []
    for start, end in itertools.pairwise(stops):
        out += [(x, y) for x, y in spline(turned[start : end + 1])][:-1]
    return out


def limb(text: str) -> Shape:
    """A rounded stroke along `x,y,width …`: a leg, a neck, a tail, a horn."""
    points = [tuple(float(n) for n in mark.split(",")) for mark in text.split()]
    return stroke(points)


def stroke(points: Sequence[Sequence[float]]) -> Shape:
    """A rounded stroke along points that each carry their width."""
    line = spline(points)
    shape: Shape = [disc(x, y, w / 2) for x, y, w in line]
    for (x1, y1, w1), (x2, y2, w2) in itertools.pairwise(line):
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        nx, ny = (y1 - y2) / length / 2, (x2 - x1) / length / 2
        shape.append(
            [
                (x1 + nx * w1, y1 + ny * w1),
                (x2 + nx * w2, y2 + ny * w2),
                (x2 - nx * w2, y2 - ny * w2),
                (x1 - nx * w1, y1 - ny * w1),
            ]
        )
    return shape


def disc(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0.0) -> Outline:
    """An ellipse; `turn` in degrees, clockwise on the picture."""
    ry = rx if ry is None else ry
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    out: Outline = []
    for step in range(28):
        a = step * math.tau / 28
        u, v = rx * math.cos(a), ry * math.sin(a)
        out.append((x + u * cos - v * sin, y + u * sin + v * cos))
    return out


def mirrored(half: Shape, axis: float = 0.0) -> Shape:
    """The same shape on the other side of the upright line x = axis."""
    return [[(2 * axis - x, y) for x, y in outline] for outline in half]


@dataclass(frozen=True)
class Place:
    """Where, how large and which way round a drawing stands; its own origin lands on (x, y)."""

    x: float
    y: float
    scale: float = 1.0
    flip: bool = False
    turn: float = 0.0

    def point(self, p: Point) -> Point:
        """The point on the picture for a point of the drawing."""
        u, v = (-p[0] if self.flip else p[0]) * self.scale, p[1] * self.scale
        a = math.radians(-self.turn if self.flip else self.turn)
        return self.x + u * math.cos(a) - v * math.sin(a), self.y + u * math.sin(a) + v * math.cos(a)

    def shape(self, shape: Iterable[Outline]) -> Shape:
        """The shape as it lies on the picture."""
        return [[self.point(p) for p in outline] for outline in shape]
