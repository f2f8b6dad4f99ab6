"""The scene among grey rocks: the leopard that looks out."""

from __future__ import annotations

import random

from .canvas import Canvas, fade, rgb
from .coats import Light
from .landscape import layer, mist, rock
from .portrait import leopard_face
from .shapes import Place, Shape, disc

SHEET: Shape = [[(0, 0), (1200, 0), (1200, 675), (0, 675)]]


def snow_leopard_portrait(canvas: Canvas, rng: random.Random) -> None:
    """A snow leopard looking out between grey rocks."""
    canvas.fill(SHEET, fade((0, "5e7390"), (300, "9fb0c0"), (675, "c9cdd2")))
    layer(
        canvas,
        [(-20, 250), (180, 210), (360, 290), (520, 330), (700, 330), (840, 250), (1000, 190), (1220, 260)],
        fade((190, "6c8099"), (520, "b9c4cc")),
    )
    mist(canvas, 420, 110, "cdd5da", 0.7)
    light = Light(rgb("fff6e6"), rgb("3f4257"), shift=(6, 9), shadow_alpha=0.5)
    neck = [[(x, y) for x, y in disc(600, 640, 300, 260)]]
    canvas.fill(neck, fade((420, "a9a5a8"), (675, "d6d1cc")))
    canvas.shade(neck, light.shadow, (0, -30), 60, alpha=0.5)
    spots = [
        disc(600 + dx, 560 + dy, 15, 11, dx * 0.1)
        for dx, dy in (
            (-210, 20),
            (-170, 75),
            (-120, 105),
            (-225, 85),
            (215, 18),
            (172, 78),
            (118, 104),
            (228, 88),
            (-40, 112),
            (45, 110),
        )
    ]
    canvas.fill(spots, rgb("4b4752"), within=neck, alpha=0.85)
    canvas.fill([disc(600, 560, 215, 60)], rgb("4a4a5c"), within=neck, soft=24, alpha=0.6)
    leopard_face(canvas, Place(600, 335, 1.12), light)
    _left_rocks(canvas, rng)
    _right_rocks(canvas, rng)


def _left_rocks(canvas: Canvas, rng: random.Random) -> None:
    top, foot, lit, dark = "8c919b", "4e5462", rgb("a9adb4"), rgb("3d4250")
    rock(
        canvas,
        rng,
        [(-94, 120), (86, 96), (228, 170), (296, 300), (364, 470), (396, 700), (-94, 700)],
        fade((90, top), (675, foot)),
        facets=[
            (
                [(228, 170), (296, 300), (364, 470), (396, 700), (296, 700), (216, 430), (171, 260)],
                dark,
                0.55,
            ),
            ([(-94, 120), (86, 96), (146, 180), (26, 330), (-94, 300)], lit, 0.5),
            ([(26, 330), (156, 400), (196, 700), (-14, 700), (-54, 480)], dark, 0.25),
        ],
        edge=rgb("d7d9da"),
    )
    rock(
        canvas,
        rng,
        [(-74, 520), (56, 470), (216, 500), (356, 575), (471, 640), (526, 720), (-74, 720)],
        fade((470, "747a86"), (675, "3b4050")),
        facets=[
            ([(216, 500), (356, 575), (471, 640), (526, 720), (296, 720)], dark, 0.5),
            ([(56, 470), (216, 500), (156, 560), (26, 560)], lit, 0.4),
        ],
        edge=rgb("c3c6ca"),
    )


def _right_rocks(canvas: Canvas, rng: random.Random) -> None:
    top, foot, lit, dark = "7d838f", "454b5a", rgb("a3a8b0"), rgb("383d4b")
    rock(
        canvas,
        rng,
        [(1282, 40), (1102, 70), (972, 190), (902, 340), (852, 500), (812, 700), (1282, 700)],
        fade((40, top), (675, foot)),
        facets=[
            ([(972, 190), (1102, 70), (1152, 200), (1032, 360), (922, 420), (902, 340)], lit, 0.45),
            ([(1152, 200), (1282, 180), (1282, 700), (1112, 700), (1032, 360)], dark, 0.4),
            ([(922, 420), (1032, 360), (1022, 700), (822, 700)], dark, 0.2),
        ],
        edge=rgb("d2d5d8"),
    )
    rock(
        canvas,
        rng,
        [(1282, 560), (1122, 520), (952, 560), (822, 610), (702, 660), (662, 720), (1282, 720)],
        fade((520, "6a707d"), (675, "363b4a")),
        facets=[
            ([(1122, 520), (1282, 560), (1282, 720), (1032, 720)], dark, 0.5),
            ([(952, 560), (1122, 520), (1072, 590), (922, 620)], lit, 0.35),
        ],
        edge=rgb("bbbfc5"),
    )
