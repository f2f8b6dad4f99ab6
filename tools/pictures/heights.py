"""The scenes among rock and snow: the leopard on its ridge and the ram."""

from __future__ import annotations

import random

from .canvas import Canvas, fade, rgb
from .cats import walking_leopard
from .coats import Light
from .landscape import clouds, grass, layer, mist, mountains, rock, stars, sun
from .shapes import Place, Shape, disc
from .sheep import ram

SHEET: Shape = [[(0, 0), (1200, 0), (1200, 675), (0, 675)]]


def snow_leopard_ridge(canvas: Canvas, rng: random.Random) -> None:
    """A snow leopard on a snowy ridge at dusk."""
    canvas.fill(
        SHEET, fade((0, "2c2f5b"), (170, "5a4f84"), (320, "b9779a"), (430, "f2ab8e"), (520, "fbd3a6"))
    )
    stars(canvas, rng, 60, 230)
    sun(canvas, 905, 150, 36, colour="fff3dc", glow="f3c9b4", reach=130)
    clouds(canvas, [(250, 285, 230, 9), (700, 330, 260, 8), (1020, 262, 150, 7)], "f6c0a6", 0.5)
    mountains(
        canvas,
        rng,
        [
            (-40, 430),
            (120, 300),
            (230, 380),
            (390, 235),
            (520, 370),
            (640, 310),
            (760, 400),
            (930, 280),
            (1060, 390),
            (1150, 330),
            (1250, 420),
        ],
        fade((230, "8a6c9c"), (520, "e0a29a")),
        dark=fade((230, "73598f"), (520, "cf949a")),
        floor=540,
        snow=(95, rgb("f1c9bd"), rgb("a182ad")),
    )
    mist(canvas, 500, 50, "f5bfa4", 0.55)
    mountains(
        canvas,
        rng,
        [
            (-60, 470),
            (60, 420),
            (180, 500),
            (330, 405),
            (470, 500),
            (600, 455),
            (720, 520),
            (880, 420),
            (1010, 500),
            (1120, 440),
            (1260, 520),
        ],
        fade((400, "594f84"), (600, "9a7896")),
        dark=fade((400, "4a4378"), (600, "84698f")),
        floor=620,
        snow=(60, rgb("d7a9b5"), rgb("77659a")),
    )
    mist(canvas, 585, 44, "c995a6", 0.5)
    area = layer(
        canvas,
        [(-20, 560), (150, 541), (330, 562), (520, 556), (760, 545), (980, 520), (1220, 470)],
        fade((470, "e9dbe6"), (560, "bdb4d4"), (675, "7a77ab")),
        edge=rgb("ffe6d2"),
        lift=16,
    )
    canvas.fill([disc(560, 578, 330, 13)], rgb("6a669c"), within=area, soft=8, alpha=0.55)
    light = Light(rgb("ffe3c9"), rgb("3d3766"), shift=(-6, 9), air=rgb("a58bb0"), haze=0.10)
    walking_leopard(canvas, Place(655, 568, 0.86), light)
    front = layer(
        canvas,
        [(-20, 632), (120, 590), (300, 574), (420, 564), (640, 564), (860, 560), (1010, 578), (1220, 560)],
        fade((560, "cfc4de"), (675, "8280b4")),
        edge=rgb("fbe3da"),
        lift=4,
    )
    canvas.fill(
        [[(0, 655), (300, 622), (620, 640), (900, 615), (1200, 640), (1200, 680), (0, 680)]],
        rgb("6f6da6"),
        within=front,
        soft=14,
        alpha=0.5,
    )
    _boulders(
        canvas,
        rng,
        [(1075, 575, 74), (1155, 585, 46), (70, 622, 52)],
        top="5b5485",
        foot="3c3868",
        edge="d9b3bd",
    )


def _boulders(
    canvas: Canvas,
    rng: random.Random,
    places: list[tuple[float, float, float]],
    *,
    top: str,
    foot: str,
    edge: str,
) -> None:
    for x, y, r in places:
        corners = [
            (x - r, y),
            (x - r * 0.75, y - r * 0.5),
            (x - r * 0.2, y - r * 0.78),
            (x + r * 0.4, y - r * 0.6),
            (x + r, y + r * 0.05),
            (x + r * 0.5, y + r * 0.2),
            (x - r * 0.6, y + r * 0.22),
        ]
        side = [
            (x + r * 0.05, y - r * 0.72),
            (x + r * 0.4, y - r * 0.6),
            (x + r, y),
            (x + r * 0.6, y + r * 0.3),
            (x + r * 0.15, y + r * 0.3),
        ]
        rock(
            canvas,
            rng,
            corners,
            fade((y - r, top), (y + r * 0.3, foot)),
            facets=[(side, rgb(foot), 0.7)],
            edge=rgb(edge),
        )


def argali_sheep(canvas: Canvas, rng: random.Random) -> None:
    """An argali ram on a cliff above the mist."""
    canvas.fill(SHEET, fade((0, "4f86a8"), (220, "93bccb"), (430, "ecdcc0")))
    sun(canvas, 250, 150, 40, colour="fffaf0", glow="fdf0cf", reach=170)
    clouds(
        canvas,
        [(470, 110, 190, 14), (120, 300, 190, 14), (320, 330, 160, 10), (620, 190, 120, 8)],
        "ffffff",
        0.65,
    )
    mountains(
        canvas,
        rng,
        [
            (-60, 420),
            (110, 270),
            (240, 390),
            (400, 240),
            (540, 370),
            (690, 250),
            (840, 390),
            (1000, 260),
            (1120, 360),
            (1260, 250),
        ],
        fade((230, "7fa0b5"), (560, "d8d5c6")),
        dark=fade((230, "6d90a9"), (560, "c9cabf")),
        floor=620,
        snow=(90, rgb("f7f5ee"), rgb("b4c8d6")),
    )
    mist(canvas, 505, 54, "eee4d0", 0.75)
    mountains(
        canvas,
        rng,
        [
            (-60, 500),
            (60, 450),
            (190, 540),
            (330, 460),
            (450, 560),
            (600, 510),
            (720, 590),
            (900, 500),
            (1260, 560),
        ],
        fade((450, "66879a"), (680, "b8c2b6")),
        dark=fade((450, "587a8f"), (680, "a9b5ac")),
        floor=690,
        snow=(40, rgb("e9ece6"), rgb("9db3c0")),
    )
    mist(canvas, 620, 46, "e9e3d2", 0.7)
    _cliff(canvas, rng)
    light = Light(rgb("fff4d6"), rgb("352c3a"), shift=(7, 9))
    canvas.fill([disc(760, 477, 205, 6)], rgb("2f2a35"), soft=4, alpha=0.6)
    ram(canvas, Place(760, 472, 0.88), light)
    grass(canvas, rng, (560, 474, 1190, 500), 46, ("6f7a4a", "a9a765", "566340"), size=24)


def _cliff(canvas: Canvas, rng: random.Random) -> None:
    lit, dark, deep = rgb("b59a80"), rgb("5b4a4c"), rgb("473b43")
    corners = [
        (505, 480),
        (640, 466),
        (830, 464),
        (1010, 456),
        (1260, 430),
        (1260, 720),
        (560, 720),
        (600, 640),
        (548, 590),
        (572, 540),
    ]
    facets = [
        ([(505, 480), (640, 466), (660, 530), (600, 560), (572, 540)], lit, 0.6),
        ([(660, 530), (830, 470), (860, 600), (760, 720), (640, 720), (620, 610)], dark, 0.35),
        ([(860, 600), (1010, 480), (1080, 620), (1000, 720), (800, 720)], lit, 0.3),
        ([(1010, 480), (1260, 450), (1260, 720), (1060, 720), (1080, 620)], deep, 0.55),
        ([(548, 590), (620, 610), (640, 720), (560, 720), (600, 640)], deep, 0.5),
    ]  # fmt: skip
    rock(canvas, rng, corners, fade((430, "9a8270"), (675, "5a4a4e")), facets=facets, edge=rgb("e8d3b4"))
