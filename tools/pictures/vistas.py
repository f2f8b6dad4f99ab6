"""The two wide views, in which the land is the subject."""

from __future__ import annotations

import random

from .canvas import Canvas, fade, rgb
from .coats import Light
from .landscape import clouds, grass, layer, mist, mountains, pebbles, ribbon, sun
from .shapes import Place, Shape, disc, trace
from .sheep import far_sheep

SHEET: Shape = [[(0, 0), (1200, 0), (1200, 675), (0, 675)]]


def tajik_mountains(canvas: Canvas, rng: random.Random) -> None:
    """A high valley with a winding river under snowy peaks."""
    canvas.fill(SHEET, fade((0, "2f6f9e"), (180, "79b1cc"), (340, "dfe9e4")))
    sun(canvas, 860, 96, 34, colour="fffdf2", glow="eaf4ee", reach=140)
    clouds(canvas, [(240, 92, 170, 14), (380, 118, 140, 10), (1040, 190, 140, 9)], "ffffff", 0.7)
    mountains(
        canvas,
        rng,
        [
            (-60, 300),
            (90, 170),
            (190, 260),
            (330, 118),
            (440, 235),
            (545, 150),
            (640, 250),
            (760, 140),
            (880, 262),
            (1010, 120),
            (1110, 220),
            (1260, 140),
        ],
        fade((110, "6f93b3"), (420, "b7cbd2")),
        dark=fade((110, "5c82a6"), (420, "a3bcc8")),
        floor=430,
        snow=(120, rgb("fbfaf4"), rgb("a9c4da")),
    )
    mist(canvas, 372, 34, "dfe8e4", 0.75)
    mountains(
        canvas,
        rng,
        [(-60, 250), (60, 215), (170, 300), (270, 275), (420, 400), (520, 420)],
        fade((210, "557c93"), (450, "93ac9f")),
        dark=fade((210, "456c86"), (450, "7f9b94")),
        floor=480,
        snow=(52, rgb("eef1ec"), rgb("8fb0c6")),
    )
    mountains(
        canvas,
        rng,
        [(680, 420), (800, 370), (900, 295), (980, 330), (1090, 225), (1170, 280), (1280, 190)],
        fade((210, "557c93"), (450, "93ac9f")),
        dark=fade((210, "456c86"), (450, "7f9b94")),
        floor=480,
        snow=(58, rgb("eef1ec"), rgb("8fb0c6")),
    )
    layer(
        canvas,
        [(-20, 405), (250, 420), (560, 424), (860, 420), (1220, 400)],
        fade((400, "a9bb8e"), (520, "8fa866"), (675, "6a8a4c")),
        lift=7,
    )
    _river(canvas)
    for outline, top, foot in (
        ("-30,362! 110,392 250,436 380,462 500,470! 390,492 240,540 -30,620!", "76996a", "8aa765"),
        ("-30,462! 130,486 280,536 370,600 410,700! -30,700!", "4f7a52", "6f9350"),
    ):
        bank = trace(outline)
        for area in ([bank], [[(1200 - x, y - 6) for x, y in bank]]):
            canvas.fill(area, (30, 40, 50), soft=8, alpha=0.2)
            canvas.fill(area, fade((370, top), (660, foot)))
            canvas.shade(area, rgb("d3dea6"), (0, 2.2), 1.4, alpha=0.75)
    _firs(canvas)
    grass(canvas, rng, (-10, 600, 330, 700), 60, ("3f6a3c", "9db768", "55803f"), size=34)
    grass(canvas, rng, (860, 600, 1210, 700), 60, ("3f6a3c", "9db768", "55803f"), size=34)


def _river(canvas: Canvas) -> None:
    course = [
        (640, 424, 2), (610, 430, 5), (570, 438, 9), (574, 447, 13), (626, 456, 18), (668, 468, 25),
        (650, 486, 34), (578, 510, 48), (540, 545, 68), (588, 592, 98), (660, 645, 138),
        (690, 720, 190),
    ]  # fmt: skip
    water = ribbon(course)
    shore = ribbon([(x, y, w * 1.1 + 5) for x, y, w in course])
    canvas.fill(shore, fade((430, "cfd3b4"), (675, "d9cfa8")))
    canvas.fill(water, fade((425, "d5ebec"), (500, "7fbfcf"), (675, "3d8fb0")))
    canvas.shade(water, rgb("2a6d92"), (-5, 7), 8, alpha=0.5)
    for x, y, length in (
        (655, 474, 20),
        (596, 508, 30),
        (545, 540, 38),
        (570, 580, 46),
        (640, 622, 56),
        (610, 606, 30),
        (690, 655, 60),
        (640, 488, 20),
    ):
        canvas.fill(
            [disc(x, y, length, 1.6 + length * 0.02)], rgb("eaf7f6"), within=water, alpha=0.7, soft=0.6
        )


def _firs(canvas: Canvas) -> None:
    for x, y, tall in (
        (70, 500, 74),
        (118, 512, 60),
        (30, 492, 58),
        (168, 522, 52),
        (1120, 492, 78),
        (1165, 482, 62),
        (1072, 502, 56),
        (1030, 512, 44),
    ):
        canvas.fill([disc(x, y + 2, tall * 0.22, tall * 0.05)], rgb("274b35"), soft=3, alpha=0.6)
        for k in range(4):
            base, half = y - tall * (0.06 + 0.2 * k), tall * (0.22 - 0.045 * k)
            crown = [(x - half, base), (x, base - tall * 0.4), (x + half, base), (x, base - tall * 0.05)]
            canvas.fill([crown], rgb(("2c573f", "34634a", "3c7051", "478059")[k]))
            canvas.fill([[crown[1], crown[2], crown[3]]], rgb("1f4434"), alpha=0.45)


def argali_flock(canvas: Canvas, rng: random.Random) -> None:
    """A flock of argali, small on a slope under high peaks."""
    canvas.fill(SHEET, fade((0, "6a86b8"), (200, "b5bfd8"), (360, "f4ddcf")))
    clouds(
        canvas,
        [(190, 130, 190, 14), (1010, 100, 170, 12), (880, 130, 120, 8), (560, 70, 120, 7)],
        "fff6f0",
        0.7,
    )
    mountains(
        canvas,
        rng,
        [
            (-60, 330),
            (80, 235),
            (190, 300),
            (350, 150),
            (450, 240),
            (600, 78),
            (730, 225),
            (830, 170),
            (960, 285),
            (1090, 190),
            (1260, 320),
        ],
        fade((80, "8a8fb5"), (450, "d5c6cc")),
        dark=fade((80, "757ca8"), (450, "c2b5c3")),
        floor=470,
        snow=(130, rgb("fff6ee"), rgb("a9afd3")),
    )
    mist(canvas, 400, 40, "f4e1d6", 0.75)
    mountains(
        canvas,
        rng,
        [
            (-60, 390),
            (90, 345),
            (240, 410),
            (420, 360),
            (560, 420),
            (740, 372),
            (900, 420),
            (1060, 340),
            (1260, 400),
        ],
        fade((340, "8a86a0"), (500, "c9b8a9")),
        dark=fade((340, "777592"), (500, "b8a89f")),
        floor=520,
        snow=(34, rgb("f5e9e2"), rgb("a9a8c4")),
    )
    layer(
        canvas,
        [(-20, 480), (200, 462), (460, 430), (720, 446), (960, 418), (1220, 380)],
        fade((380, "b9ad83"), (560, "9aa06a")),
        edge=rgb("eee0b8"),
        lift=9,
    )
    light = Light(rgb("fff2d8"), rgb("4a3a4a"), shift=(7, 9), air=rgb("cbbf9c"))
    for x, y, size, grazing, flip in (
        (742, 470, 0.105, False, False),
        (812, 464, 0.10, True, False),
        (880, 456, 0.105, True, True),
        (946, 448, 0.10, False, False),
        (680, 474, 0.10, True, True),
        (1012, 438, 0.10, True, False),
    ):
        _sheep(
            canvas,
            Place(x, y, size, flip=flip),
            Light(light.glow, light.shadow, light.shift, air=light.air, haze=0.22),
            grazing,
        )
    layer(
        canvas,
        [(-20, 500), (180, 512), (440, 490), (700, 516), (960, 478), (1220, 452)],
        fade((450, "a5a463"), (675, "6f7d45")),
        edge=rgb("e3daa0"),
        lift=9,
    )
    grass(canvas, rng, (-10, 520, 1210, 610), 120, ("7f8a4a", "c9c07c", "66763f"), size=20)
    pebbles(canvas, rng, (-10, 530, 1210, 670), 46, lit="cfc6b4", dark="6b6a5c")
    for x, y, size, grazing, flip in (
        (420, 560, 0.19, True, False),
        (250, 572, 0.19, False, False),
        (545, 582, 0.20, False, False),
        (684, 556, 0.18, True, True),
        (806, 574, 0.20, True, False),
        (916, 546, 0.185, False, True),
        (1010, 560, 0.19, True, False),
        (350, 618, 0.22, True, True),
        (700, 628, 0.225, False, False),
        (1085, 528, 0.17, False, False),
    ):
        _sheep(canvas, Place(x, y, size, flip=flip), light, grazing)
    grass(canvas, rng, (-10, 625, 1210, 705), 110, ("56683a", "b9b66e", "7a8748"), size=38)


def _sheep(canvas: Canvas, place: Place, light: Light, grazing: bool) -> None:
    """One of the flock; the rams are those that look up from the front."""
    canvas.fill(
        [disc(place.x, place.y, 220 * place.scale, 14 * place.scale)], rgb("555c38"), soft=3, alpha=0.55
    )
    far_sheep(canvas, place, light, grazing=grazing, ewe=grazing or place.flip)
