"""The scenes on open ground: gazelles, horses, camels, and the masthead with its saiga."""

from __future__ import annotations

import random

from .camels import camel
from .canvas import Canvas, fade, rgb
from .coats import Light
from .gazelles import gazelle, saiga
from .horses import horse
from .landscape import clouds, grass, layer, mist, mountains, pebbles, sun
from .shapes import Place, Shape, disc

SHEET: Shape = [[(0, 0), (1200, 0), (1200, 675), (0, 675)]]


def mongolian_gazelle(canvas: Canvas, rng: random.Random) -> None:
    """A herd of gazelles crossing the yellow steppe."""
    canvas.fill(SHEET, fade((0, "5f9fc4"), (180, "9cc7d6"), (320, "e4e6cf"), (380, "f8e7b6")))
    sun(canvas, 215, 205, 34, colour="fffbe8", glow="fff0c4", reach=170)
    clouds(
        canvas,
        [
            (760, 120, 220, 20),
            (960, 150, 190, 15),
            (420, 92, 130, 10),
            (1080, 78, 120, 10),
            (610, 190, 190, 9),
        ],
        "ffffff",
        0.7,
    )
    for points, top, foot in (
        (
            [
                (-20, 372),
                (170, 335),
                (330, 352),
                (520, 318),
                (700, 350),
                (880, 328),
                (1040, 350),
                (1220, 322),
            ],
            "a9bfb4",
            "e5ddb4",
        ),
        ([(-20, 382), (220, 372), (460, 355), (700, 372), (930, 358), (1220, 376)], "c9bd84", "e8cf86"),
        ([(-20, 405), (260, 392), (560, 404), (860, 390), (1220, 408)], "e6c873", "dcb557"),
    ):
        layer(canvas, points, fade((325, top), (440, foot)), lift=5)
    mist(canvas, 398, 16, "fdf0c8", 0.5)
    sunny = Light(rgb("fff4d0"), rgb("6b4a3a"), shift=(6, 9), air=rgb("eedca6"))
    for x, y, size, runs, horns in (
        (70, 440, 0.20, False, False),
        (150, 449, 0.22, True, False),
        (236, 440, 0.20, False, True),
        (476, 448, 0.22, False, False),
        (560, 440, 0.20, True, True),
        (826, 440, 0.20, True, False),
        (886, 432, 0.18, False, True),
        (1070, 448, 0.22, False, False),
        (1142, 437, 0.18, True, True),
    ):
        canvas.fill([disc(x, y, 190 * size, 12 * size)], rgb("a37f3c"), soft=4, alpha=0.55)
        gazelle(
            canvas,
            Place(x, y, size),
            Light(sunny.glow, sunny.shadow, sunny.shift, air=sunny.air, haze=0.28),
            running=runs,
            horned=horns,
        )
    layer(
        canvas,
        [(-20, 470), (240, 452), (520, 472), (820, 458), (1220, 474)],
        fade((450, "e9c566"), (560, "d7a845"), (675, "b9862f")),
        edge=rgb("f7dc92"),
        lift=5,
    )
    grass(canvas, rng, (-10, 478, 1210, 600), 120, ("c9983a", "f0d27c", "b78631"), size=24)
    for x, y, size, runs, horns in ((300, 592, 0.50, True, False), (905, 580, 0.52, True, True)):
        _standing(canvas, x, y, size)
        gazelle(
            canvas,
            Place(x, y, size),
            Light(sunny.glow, sunny.shadow, sunny.shift, air=sunny.air, haze=0.08),
            running=runs,
            horned=horns,
        )
    _standing(canvas, 590, 630, 0.66)
    gazelle(canvas, Place(590, 630, 0.66), sunny, running=False)
    grass(canvas, rng, (-10, 625, 1210, 700), 130, ("a87a2a", "e9c66a", "8f6522", "cf9f3f"), size=44)


def _standing(canvas: Canvas, x: float, y: float, size: float, colour: str = "8a6426") -> None:
    canvas.fill([disc(x - 10 * size, y + 2, 215 * size, 15 * size)], rgb(colour), soft=6, alpha=0.6)


def przewalskis_horses(canvas: Canvas, rng: random.Random) -> None:
    """Two wild horses on green hills, one grazing."""
    canvas.fill(SHEET, fade((0, "86b7d0"), (200, "bcd9db"), (340, "f3ead0")))
    sun(canvas, 1010, 128, 38, colour="fffdf0", glow="fff2cc", reach=160)
    clouds(
        canvas,
        [(270, 120, 210, 20), (430, 150, 160, 14), (720, 84, 150, 12), (90, 190, 120, 9)],
        "ffffff",
        0.75,
    )
    mountains(
        canvas,
        rng,
        [
            (-40, 330),
            (120, 250),
            (250, 310),
            (420, 225),
            (560, 300),
            (700, 255),
            (860, 318),
            (1010, 248),
            (1130, 300),
            (1250, 260),
        ],
        fade((220, "8fa9bd"), (400, "c9d4c8")),
        dark=fade((220, "7f9bb3"), (400, "bccbc2")),
        floor=420,
        snow=(46, rgb("f7f4ea"), rgb("c3d0dc")),
        jag=0.06,
    )
    mist(canvas, 365, 30, "f3ecd4", 0.6)
    for points, top, foot in (
        (
            [(-20, 372), (160, 330), (360, 366), (560, 335), (780, 372), (980, 330), (1220, 360)],
            "9bb79a",
            "b9c99c",
        ),
        ([(-20, 420), (200, 398), (420, 360), (660, 405), (900, 372), (1220, 412)], "7fa376", "a9bd7d"),
        ([(-20, 440), (240, 452), (520, 425), (820, 450), (1220, 405)], "6b9560", "93ae66"),
    ):
        layer(canvas, points, fade((330, top), (500, foot)), edge=rgb("dfe6bb"), lift=9)
    layer(
        canvas,
        [(-20, 520), (220, 496), (560, 512), (860, 490), (1220, 520)],
        fade((490, "84a656"), (675, "4f7a41")),
        edge=rgb("cddb97"),
        lift=9,
    )
    light = Light(rgb("fff3d2"), rgb("4b3340"), shift=(-6, 10))
    canvas.fill([disc(850, 572, 240, 15)], rgb("39592f"), soft=8, alpha=0.6)
    horse(
        canvas,
        Place(880, 572, 0.72),
        Light(light.glow, light.shadow, light.shift, air=rgb("b9c99c"), haze=0.06),
        grazing=True,
    )
    canvas.fill([disc(350, 620, 300, 19)], rgb("2f4f2a"), soft=9, alpha=0.65)
    horse(canvas, Place(370, 620, 0.97), light)
    grass(canvas, rng, (-10, 560, 1210, 705), 190, ("3f6a36", "a9c16a", "587f3c", "2f5730"), size=40)
    _flowers(canvas, rng)


def _flowers(canvas: Canvas, rng: random.Random) -> None:
    for _ in range(60):
        x, y = rng.uniform(0, 1200), rng.uniform(600, 672)
        canvas.fill([disc(x, y, 2.6, 2.2)], rgb(rng.choice(("f6f0d6", "e9c85c", "c9a5d2"))))


def wild_camel(canvas: Canvas, rng: random.Random) -> None:
    """Two-humped camels on the gravel desert at sunset."""
    canvas.fill(
        SHEET, fade((0, "4d4a7c"), (150, "9a6390"), (280, "e58a74"), (390, "fbc279"), (440, "fde2a4"))
    )
    sun(canvas, 330, 330, 74, colour="fff0c0", glow="ffd28a", reach=230)
    clouds(
        canvas,
        [(820, 165, 260, 11), (980, 205, 180, 8), (150, 205, 170, 8), (560, 118, 200, 8), (640, 260, 200, 6)],
        "f7a98a",
        0.6,
    )
    mountains(
        canvas,
        rng,
        [
            (-40, 412),
            (90, 372),
            (200, 402),
            (340, 380),
            (470, 412),
            (640, 352),
            (760, 398),
            (900, 330),
            (1030, 392),
            (1140, 350),
            (1260, 400),
        ],
        fade((330, "b8708a"), (450, "f0ab84")),
        dark=fade((330, "a2617f"), (450, "dc9a80")),
        floor=450,
        jag=0.05,
    )
    layer(
        canvas,
        [(-20, 425), (200, 412), (480, 430), (800, 408), (1220, 424)],
        fade((405, "d98d6c"), (480, "e6a473")),
        lift=5,
    )
    mist(canvas, 432, 14, "ffd9a0", 0.55)
    layer(
        canvas,
        [(-20, 468), (300, 452), (640, 470), (940, 448), (1220, 462)],
        fade((445, "cf8a5c"), (560, "a9684c"), (675, "6e4440")),
        edge=rgb("fbc98e"),
        lift=6,
    )
    pebbles(canvas, rng, (-10, 475, 1210, 560), 120, lit="e0a270", dark="7a4b42")
    glow = Light(rgb("ffd59a"), rgb("3d2440"), shift=(8, 6), shadow_alpha=0.65, air=rgb("e6a473"))
    for x, y, size, haze in ((1010, 486, 0.42, 0.28), (175, 508, 0.50, 0.16)):
        _long_shadow(canvas, x, y, size)
        camel(
            canvas,
            Place(x, y, size),
            Light(glow.glow, glow.shadow, glow.shift, shadow_alpha=0.6, air=glow.air, haze=haze),
        )
    _long_shadow(canvas, 610, 600, 0.95)
    camel(canvas, Place(610, 600, 0.95), glow)
    pebbles(canvas, rng, (-10, 590, 1210, 690), 110, lit="c98a62", dark="4d302f")


def _long_shadow(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.fill(
        [disc(x + 110 * size, y + 4 * size, 340 * size, 16 * size)], rgb("4a2c3c"), soft=7 * size, alpha=0.6
    )


def masthead(canvas: Canvas, rng: random.Random) -> None:
    """Ridges at dawn with a few saiga to the right, and a calm left side for a title."""
    canvas.fill(
        [[(0, 0), (1200, 0), (1200, 260), (0, 260)]],
        fade((0, "1f3a54"), (90, "3f6378"), (160, "c39a86"), (205, "f4cf9f")),
    )
    sun(canvas, 905, 150, 30, colour="fff4d6", glow="ffdca6", reach=110)
    clouds(canvas, [(1010, 88, 150, 5), (790, 70, 110, 4), (640, 112, 140, 4)], "e9b694", 0.5)
    mountains(
        canvas,
        rng,
        [
            (-40, 190),
            (110, 150),
            (220, 178),
            (360, 140),
            (480, 178),
            (600, 128),
            (690, 168),
            (800, 118),
            (880, 160),
            (990, 108),
            (1090, 158),
            (1170, 122),
            (1260, 160),
        ],
        fade((100, "7f8797"), (220, "d9b699")),
        dark=fade((100, "6e788c"), (220, "c5a691")),
        floor=225,
        snow=(26, rgb("f3dcc4"), rgb("9a9aa8")),
        jag=0.05,
    )
    mist(canvas, 196, 14, "f3cfa6", 0.5)
    for points, top, foot in (
        (
            [(-20, 190), (180, 176), (380, 198), (600, 180), (820, 200), (1020, 178), (1220, 192)],
            "54707c",
            "a08f84",
        ),
        ([(-20, 208), (240, 214), (500, 200), (760, 219), (1000, 206), (1220, 214)], "2f5364", "5d6c70"),
    ):
        layer(canvas, points, fade((175, top), (245, foot)), lift=4)
    dawn = Light(rgb("ffe0b0"), rgb("102634"), air=rgb("2f5364"))
    layer(
        canvas,
        [(-20, 240), (300, 232), (620, 238), (900, 226), (1220, 236)],
        fade((226, "1d3e50"), (260, "15303f")),
        edge=rgb("6f8389"),
        lift=4,
    )
    for x, size, horns in (
        (700, 0.112, True),
        (762, 0.1, False),
        (818, 0.118, True),
        (880, 0.1, False),
        (936, 0.112, False),
        (1000, 0.122, True),
        (1062, 0.102, False),
    ):
        saiga(canvas, Place(x, 231 + 4 * abs(x - 900) / 200, size), dawn, "122a38", horned=horns)
