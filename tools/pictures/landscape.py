"""The ground the animals stand on: skies, ranges, hills, mist, rocks, grass and water."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

from .canvas import Canvas, Colour, Fade, Paint, mix, rgb
from .shapes import Outline, Point, Shape, disc, spline, stroke

WHITE = (255, 255, 255)


def sun(canvas: Canvas, x: float, y: float, radius: float, *, colour: str, glow: str, reach: float) -> None:
    """A sun or moon with a wide soft glow."""
    canvas.fill([disc(x, y, reach)], rgb(glow), soft=reach * 0.5, alpha=0.55)
    canvas.fill([disc(x, y, radius * 1.9)], rgb(glow), soft=radius * 0.7, alpha=0.5)
    canvas.fill([disc(x, y, radius)], rgb(colour), soft=0.6)


def stars(canvas: Canvas, rng: random.Random, count: int, depth: float) -> None:
    """Small stars in the upper part of the sky, fewer and fainter further down."""
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), depth * rng.random() ** 1.6
        canvas.fill([disc(x, y, rng.uniform(0.7, 1.5))], WHITE, alpha=0.75 * (1 - y / depth))


def clouds(
    canvas: Canvas, streaks: Sequence[tuple[float, float, float, float]], colour: str, alpha: float
) -> None:
    """Long thin clouds, each (x, y, half length, half height)."""
    for x, y, length, height in streaks:
        parts = [
            disc(x, y, length, height),
            disc(x - length * 0.35, y - height * 0.7, length * 0.5, height * 0.8),
            disc(x + length * 0.4, y + height * 0.6, length * 0.55, height * 0.7),
        ]
        canvas.fill(parts, rgb(colour), soft=height * 0.55, alpha=alpha)


def rough(rng: random.Random, line: Sequence[Point], depth: int, jag: float) -> Outline:
    """The line with smaller and smaller breaks between its points, as rock has them."""
    points = list(line)
    for _ in range(depth):
        finer: Outline = []
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            span = math.hypot(x2 - x1, y2 - y1)
            t = rng.uniform(0.4, 0.6)
            finer += [(x1, y1), (x1 + (x2 - x1) * t, y1 + (y2 - y1) * t + rng.uniform(-jag, jag) * span)]
        points = [*finer, points[-1]]
    return points


def down_to(line: Outline, floor: float) -> Outline:
    """The area between a line and a level below it."""
    return [*line, (line[-1][0], floor), (line[0][0], floor)]


def mountains(
    canvas: Canvas,
    rng: random.Random,
    line: Sequence[Point],
    paint: Fade,
    *,
    dark: Paint,
    floor: float,
    snow: tuple[float, Colour, Colour] | None = None,
    jag: float = 0.09,
) -> None:
    """A range along `line` (peaks and gaps in turn), right sides in shade; `snow` = (depth, lit, shaded)."""
    body: Outline = []
    flanks: Shape = []
    for a, b in itertools.pairwise(line):
        part = rough(rng, [a, b], 4, jag)
        body += part[:-1]
        if b[1] > a[1]:
            flanks.append(_flank(rng, part, floor))
    body.append(line[-1])
    area = [down_to(body, floor)]
    canvas.fill(area, paint)
    canvas.fill(flanks, dark, within=area)
    if snow is not None:
        caps = _snow_caps(rng, line, snow[0])
        canvas.fill(caps, snow[1], within=area)
        canvas.fill_common([caps, flanks, area], snow[2])


def _flank(rng: random.Random, slope: Outline, floor: float) -> Outline:
    """The shaded side: down the right slope, in to a foot far below the peak, and up again in a zigzag."""
    peak, gap = slope[0], slope[-1]
    height = floor - peak[1]
    foot = (peak[0] + (gap[0] - peak[0]) * 0.12, floor)
    zigzag: Outline = []
    steps = 8
    for k in range(1, steps):
        t = k / steps
        side = (1 if k % 2 else -0.7) * (1.15 - t)
        zigzag.append(
            (
                peak[0] + (foot[0] - peak[0]) * t + side * rng.uniform(0.03, 0.08) * height,
                peak[1] + t * height,
            )
        )
    return [*slope, *rough(rng, [gap, foot], 3, 0.06)[1:], *reversed(zigzag)]


def _snow_caps(rng: random.Random, line: Sequence[Point], depth: float) -> Shape:
    """The snow on each peak, with ragged lower edges that end before the gaps on either side."""
    caps: Shape = []
    count = 9
    for a, peak, b in zip(line, line[1:], line[2:], strict=False):
        if peak[1] >= a[1] or peak[1] >= b[1]:
            continue
        teeth: Outline = []
        for k in range(count + 1):
            t = k / count
            x, drop = a[0] + (b[0] - a[0]) * t, (a if a[0] + (b[0] - a[0]) * t < peak[0] else b)[1] - peak[1]
            ragged = rng.uniform(0.8, 1.2) if k % 2 else rng.uniform(0.35, 0.6)
            teeth.append(
                (
                    x,
                    peak[1]
                    + min(
                        depth * (0.72 + 0.5 * math.sin(math.pi * t)) * ragged,
                        drop * 0.78 if k in (0, count) else depth * 2,
                    ),
                )
            )
        caps.append([(a[0], peak[1] - 60), (b[0], peak[1] - 60), *reversed(teeth)])
    return caps


def hill(points: Sequence[Point], floor: float) -> Outline:
    """A smooth hill line as an area down to the floor."""
    return down_to([(x, y) for x, y in spline(points)], floor)


def layer(
    canvas: Canvas, points: Sequence[Point], paint: Paint, *, edge: Colour | None = None, lift: float = 10
) -> Shape:
    """A smooth sheet of land, a soft shadow behind it, its edge lit if wanted; returns its area."""
    area = [hill(points, canvas.height + 20)]
    canvas.fill([[(x, y - lift * 0.35) for x, y in area[0]]], (30, 30, 60), soft=lift, alpha=0.16)
    canvas.fill(area, paint)
    if edge is not None:
        canvas.shade(area, edge, (0, 2.2), 1.5, alpha=0.75)
    return area


def mist(canvas: Canvas, y: float, thickness: float, colour: str, alpha: float) -> None:
    """A bank of mist across the whole picture."""
    w = canvas.width
    canvas.fill([disc(w * 0.5, y, w * 0.75, thickness)], rgb(colour), soft=thickness * 0.6, alpha=alpha)


def grass(
    canvas: Canvas,
    rng: random.Random,
    box: tuple[float, float, float, float],
    count: int,
    colours: Sequence[str],
    *,
    size: float,
) -> None:
    """Tufts of grass within a box, larger towards its lower edge."""
    left, top, right, bottom = box
    tufts = sorted(
        ((rng.uniform(left, right), rng.uniform(top, bottom)) for _ in range(count)), key=lambda p: p[1]
    )
    for x, y in tufts:
        near = 0.35 + 0.65 * (y - top) / max(1.0, bottom - top)
        blades: Shape = []
        for _ in range(rng.randint(3, 6)):
            lean, tall = rng.uniform(-0.55, 0.55), size * near * rng.uniform(0.6, 1.2)
            blades.append(_blade(x + rng.uniform(-4, 4) * near, y, lean * tall, tall, 2.2 * near))
        canvas.fill(blades, rgb(rng.choice(list(colours))), alpha=0.85)


def _blade(x: float, y: float, lean: float, tall: float, width: float) -> Outline:
    return [
        (x - width / 2, y),
        (x + lean * 0.35 - width / 3, y - tall * 0.6),
        (x + lean, y - tall),
        (x + lean * 0.45 + width / 3, y - tall * 0.6),
        (x + width / 2, y),
    ]


def pebbles(
    canvas: Canvas,
    rng: random.Random,
    box: tuple[float, float, float, float],
    count: int,
    *,
    lit: str,
    dark: str,
) -> None:
    """Stones lying about, with a lit top and a shaded foot, larger towards the lower edge of the box."""
    left, top, right, bottom = box
    places = sorted(
        ((rng.uniform(left, right), rng.uniform(top, bottom)) for _ in range(count)), key=lambda p: p[1]
    )
    for x, y in places:
        near = 0.25 + 0.75 * (y - top) / max(1.0, bottom - top)
        r = rng.uniform(3, 9) * near
        canvas.fill([disc(x, y, r * 1.3, r * 0.6)], rgb(dark))
        canvas.fill(
            [disc(x - r * 0.15, y - r * 0.18, r * 1.0, r * 0.4)],
            mix(rgb(lit), rgb(dark), rng.uniform(0, 0.5)),
        )


def rock(
    canvas: Canvas,
    rng: random.Random,
    corners: Outline,
    paint: Paint,
    *,
    facets: Sequence[tuple[Outline, Colour, float]],
    edge: Colour,
) -> None:
    """A boulder or cliff with broken edges, flat facets and a lit rim."""
    area = [rough(rng, [*corners, corners[0]], 3, 0.045)]
    canvas.fill([[(x, y - 4) for x, y in area[0]]], (20, 20, 45), soft=12, alpha=0.25)
    canvas.fill(area, paint)
    for facet, colour, alpha in facets:
        canvas.fill([rough(rng, [*facet, facet[0]], 3, 0.04)], colour, within=area, alpha=alpha)
    canvas.shade(area, edge, (1.5, 2.5), 1.2, alpha=0.6)


def ribbon(points: Sequence[tuple[float, float, float]]) -> Shape:
    """A river or path through points (x, y, width)."""
    return stroke(points)
