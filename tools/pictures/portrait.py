"""The snow leopard's face, seen from the front."""

from __future__ import annotations

import math
import random

from .canvas import Canvas, joined
from .coats import Light, model
from .shapes import Outline, Place, Shape, disc, limb, mirrored, spline, trace

FACE_HALF = (
    "0,-174! 50,-179 104,-169 150,-141 186,-100 208,-46 218,8 "
    "222,54! 228,68 214,90! 224,106 200,130! 206,144 172,164! "
    "172,178 138,194! 112,214 64,238 0,247!"
)
EAR_HALF = "92,-156! 102,-188 128,-212 162,-214 190,-192 198,-152 188,-98! 146,-136"
EAR_INNER = "114,-156! 122,-182 140,-197 162,-196 178,-178 182,-148 176,-112! 146,-142"
EYE_HALF = "50,-10! 60,-30 80,-42 104,-40 124,-26! 114,-11 94,-3 70,-3"
LID_HALF = "38,10! 44,-16 58,-38 82,-52 108,-49 136,-28! 128,-16 116,-4 94,4 70,4 54,0"
SPOTS = (
    (36, -92, 6, 11, 16), (66, -108, 6, 11, 22), (98, -104, 7, 10, 32), (128, -94, 7, 11, 42),
    (20, -116, 5, 9, 8), (46, -134, 6, 10, 14), (80, -140, 6, 10, 24), (112, -132, 6, 10, 34),
    (140, -120, 6, 10, 44), (26, -156, 5, 9, 8), (60, -164, 5, 9, 16), (94, -160, 5, 9, 26),
    (152, -82, 7, 11, 54), (172, -98, 6, 9, 56), (178, -62, 7, 12, 64), (158, -44, 6, 11, 70),
    (188, -26, 7, 13, 78), (158, -12, 6, 11, 84), (196, 14, 7, 13, 92), (166, 22, 7, 12, 98),
    (138, 46, 5, 8, 100), (200, 54, 7, 12, 104), (172, 62, 7, 13, 108), (144, 84, 6, 10, 112),
    (192, 92, 7, 12, 114), (164, 108, 7, 13, 118), (136, 122, 5, 9, 122), (178, 138, 6, 11, 124),
    (148, 154, 6, 12, 130), (118, 176, 5, 10, 138), (92, 204, 5, 10, 146), (148, 184, 5, 9, 140),
)  # fmt: skip
NOSE = "0,64 30,62 50,72 47,90 26,106 0,114 -26,106 -47,90 -50,72 -30,62"


def _both(half: str) -> Shape:
    one = [trace(half)]
    return one + mirrored(one)


def leopard_face(canvas: Canvas, place: Place, light: Light) -> None:
    """A face 440 units wide and 500 high around the place, looking at the reader."""
    size = place.scale
    coat = light.coat(place, (-200, "c4bfbd"), (-60, "d3cec9"), (80, "e6e1db"), (240, "f2eee8"))
    ears = place.shape(_both(EAR_HALF))
    model(canvas, ears, light.coat(place, (-250, "57525c"), (-150, "8d878b")), light, size)
    canvas.fill(place.shape(_both(EAR_INNER)), light.on("e4ded7"), soft=5 * size)
    canvas.fill(
        place.shape(_both("132,-150! 136,-172 150,-182 166,-172 170,-136! 150,-146")),
        light.on("8b8288"),
        soft=7 * size,
        alpha=0.8,
    )
    face = place.shape(_both(FACE_HALF))
    model(canvas, face, coat, light, size * 1.2)
    _soft_parts(canvas, place, light, face)
    _markings(canvas, place, light, face)
    _eyes(canvas, place, light)
    _muzzle(canvas, place, light, face)


def _soft_parts(canvas: Canvas, place: Place, light: Light, face: Shape) -> None:
    size = place.scale
    bridge = [trace("-30,-60 0,-70 30,-60 40,20 46,72 0,84 -46,72 -40,20")]
    canvas.fill(place.shape(bridge), light.on("bdb6b2"), within=face, soft=12 * size, alpha=0.75)
    canvas.fill(
        place.shape(_both("44,6 90,14 140,0 160,24 130,52 80,50 46,40")),
        light.on("f6f3ee"),
        within=face,
        soft=12 * size,
        alpha=0.9,
    )
    canvas.fill(
        place.shape(_both("52,-72 90,-84 124,-72 112,-62 80,-66")),
        light.on("f4f0ea"),
        within=face,
        soft=7 * size,
        alpha=0.9,
    )


def _markings(canvas: Canvas, place: Place, light: Light, face: Shape) -> None:
    rng = random.Random(9)
    small: Shape = []
    for x, y, rx, ry, turn in SPOTS:
        for side in (1, -1):
            dx, dy = rng.uniform(-2.5, 2.5), rng.uniform(-2.5, 2.5)
            small.append(_blot(rng, side * x + dx, y + dy, rx, ry, turn=side * turn))
    middle = [
        _blot(rng, 0, -90, 5, 9, turn=0),
        _blot(rng, 1, -122, 5, 10, turn=0),
        _blot(rng, -1, -154, 5, 9, turn=0),
    ]
    middle += [_blot(rng, -10, -58, 3.5, 6, turn=8), _blot(rng, 10, -56, 3.5, 6, turn=-8)]
    canvas.fill(place.shape(small + middle), light.on("3f3b45"), within=face, alpha=0.9)


def _blot(rng: random.Random, x: float, y: float, rx: float, ry: float, *, turn: float) -> Outline:
    """An ink spot that is not quite an ellipse."""
    wobble = [rng.uniform(0.82, 1.15) for _ in range(8)]
    ring = [
        (rx * k * math.cos(i * math.tau / 8), ry * k * math.sin(i * math.tau / 8))
        for i, k in enumerate(wobble)
    ]
    smooth = [(u, v) for u, v in spline(ring, closed=True)]
    return Place(x, y, turn=turn).shape([smooth])[0]


def _eyes(canvas: Canvas, place: Place, light: Light) -> None:
    size = place.scale
    canvas.fill(place.shape(_both(LID_HALF)), light.on("2c2830"))
    canvas.fill(
        place.shape(_both("42,4! 34,26 32,50! 44,30 52,4!")), light.on("4c4650"), soft=2 * size, alpha=0.8
    )
    eyes = place.shape(_both(EYE_HALF))
    canvas.fill(eyes, light.on("8fa39a"))
    canvas.fill(
        place.shape(_both("50,-6 70,-24 92,-26 116,-22 130,-14 100,6 70,4")),
        light.on("dfe8c8"),
        within=eyes,
        soft=6 * size,
    )
    canvas.fill(
        place.shape([disc(88, -24, 16), disc(-88, -24, 16)]),
        light.on("b9cbb0"),
        within=eyes,
        soft=3 * size,
        alpha=0.6,
    )
    canvas.fill(
        place.shape([disc(88, -25, 9.5, 10.5), disc(-88, -25, 9.5, 10.5)]), light.on("17141a"), within=eyes
    )
    canvas.fill(
        place.shape(_both("48,-22 60,-40 86,-50 128,-34 124,-24 104,-33 82,-35 60,-22")),
        light.on("2c2830"),
        within=eyes,
        soft=3 * size,
        alpha=0.6,
    )
    canvas.fill(place.shape([disc(93, -32, 4), disc(-83, -32, 4)]), (255, 255, 255), within=eyes)


def _muzzle(canvas: Canvas, place: Place, light: Light, face: Shape) -> None:
    size = place.scale
    canvas.fill(place.shape([disc(0, 196, 52, 40)]), light.on("fbf8f4"), within=face, soft=5 * size)
    canvas.fill(
        place.shape([disc(0, 176, 60, 18)]), light.on("8d858c"), within=face, soft=8 * size, alpha=0.55
    )
    pads = place.shape(_both("0,108! 34,88 72,86 102,106 108,140 92,168 48,166 16,156 0,146!"))
    canvas.fill(pads, light.on("faf7f2"))
    canvas.shade(pads, light.shadow, (0, -10 * size), 10 * size, alpha=0.28)
    ink = light.on("35313a")
    canvas.fill(place.shape(limb("0,112,4 0,130,4 0,148,4")), ink)
    mouth = limb("0,146,4.5 18,158,4.5 44,165,4.2 70,170,3.6 88,182,2")
    canvas.fill(place.shape(mouth + mirrored(mouth)), ink)
    canvas.fill(place.shape([trace(NOSE)]), light.on("75595c"))
    canvas.fill(
        place.shape([trace("-30,70 0,66 30,70 24,80 0,84 -24,80")]), light.on("a98a88"), soft=4 * size
    )
    canvas.fill(place.shape(_both("14,96! 24,84 38,82 36,92 22,102!")), light.on("3a2c33"))
    dots = [
        disc(x, y, 2.8)
        for x, y in ((34, 112), (54, 110), (74, 114), (40, 126), (60, 126), (80, 130), (48, 140), (68, 143))
    ]
    canvas.fill(place.shape(dots + mirrored(dots)), light.on("5a525a"))
    whiskers = joined(
        limb("54,110,2.4 130,92,2 210,96,1.6 286,122,0.8"),
        limb("74,116,2.4 140,108,2 220,124,1.6 290,160,0.8"),
        limb("60,128,2.4 130,130,2 200,154,1.6 268,200,0.8"),
        limb("68,142,2.4 124,154,2 184,186,1.5 236,232,0.8"),
        limb("40,126,2 120,112,2 220,108,1.5 300,128,0.8"),
    )  # fmt: skip
    canvas.fill(place.shape(whiskers + mirrored(whiskers)), (255, 255, 255), alpha=0.85)
