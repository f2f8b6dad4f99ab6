"""The snow leopard, walking."""

from __future__ import annotations

import math
import random

from .canvas import Canvas, joined
from .coats import Light, model, scattered
from .shapes import Outline, Place, Shape, disc, limb, stroke, trace

TORSO = trace(
    "262,-292 215,-297 170,-291 110,-272 30,-258 -60,-264 -140,-281 -195,-266 -228,-222 "
    "-222,-170 -160,-140 -80,-136 0,-124 80,-114 150,-114 205,-126 250,-156 280,-192 292,-236"
)
HEAD = trace(
    "236,-254 240,-286 258,-312 286,-325 316,-324 340,-310 354,-292 368,-280 382,-268 387,-256 382,-245 "
    "379,-232 366,-217 344,-208 318,-200 286,-196 256,-206 240,-228"
)
EAR = trace("256,-304! 246,-320 248,-336 262,-343 279,-338 288,-320!")
FAR_EAR = trace("306,-318! 306,-334 316,-344 329,-340 333,-314!")
TAIL = [
    (-205, -238, 40), (-252, -205, 45), (-300, -140, 50), (-360, -84, 54), (-440, -66, 58),
    (-520, -92, 58), (-566, -150, 52), (-562, -204, 44),
]  # fmt: skip
PAW = "-26,-16 -14,-34 12,-38 38,-30 50,-14 46,0! -22,0!"


def _paw(x: float, y: float = 0.0) -> Outline:
    return [(u + x, v + y) for u, v in trace(PAW)]


NEAR_FORE: Shape = [*limb("178,-208,128 208,-150,96 218,-95,64 226,-50,52 232,-24,46"), _paw(234)]
FAR_FORE: Shape = [*limb("150,-180,110 130,-120,78 96,-70,54 72,-34,46"), _paw(66, -2)]
NEAR_HIND: Shape = [
    trace(
        "-228,-222 -200,-262 -140,-270 -96,-236 -88,-180 "
        "-112,-130 -150,-96 -190,-78 -226,-84 -232,-110 -218,-150"
    ),
    *limb("-196,-98,66 -222,-72,48 -218,-40,44 -212,-22,44"),
    _paw(-206),
]
FAR_HIND: Shape = [
    *limb("-130,-190,130 -86,-130,92 -84,-84,62 -102,-56,48 -92,-24,44"),
    _paw(-84, -2),
]


def walking_leopard(canvas: Canvas, place: Place, light: Light) -> None:
    """A snow leopard in mid-step, 1000 units from tail to nose; its feet stand at the place."""
    far = place.shape(joined(FAR_FORE, FAR_HIND, [FAR_EAR]))
    canvas.fill(far, light.coat(place, (-340, "8d8b93"), (-150, "77757f"), (0, "8b8890")))
    canvas.shade(far, light.shadow, (0, -8 * place.scale), 14 * place.scale, alpha=0.4)
    tail = stroke(TAIL)
    trunk = joined([TORSO, HEAD, EAR], NEAR_FORE, NEAR_HIND)
    coat = light.coat(place, (-340, "d9d4cd"), (-230, "cfcac4"), (-130, "ece8e2"), (0, "d8d4cf"))
    model(canvas, place.shape(joined(tail, trunk)), coat, light, place.scale)
    _marks(canvas, place, light, trunk)
    _tail_rings(canvas, place, light)
    _face(canvas, place, light)


def _marks(canvas: Canvas, place: Place, light: Light, trunk: Shape) -> None:
    rng = random.Random(16)
    ink, heart = light.on("45414c"), light.on("aaa39f")
    rings: Shape = []
    hearts: Shape = []
    spots: Shape = []
    for x, y in scattered(rng, (-225, -285, 232, -20), 34):
        if x > 236 or (y > -120 and -180 < x < 150):
            continue
        turn = rng.uniform(-20, 20)
        if y > -128 or x > 190:
            spots.append(disc(x, y, rng.uniform(5, 8), rng.uniform(5, 7), turn))
        elif y > -160:
            spots.append(disc(x, y, rng.uniform(8, 11), rng.uniform(5, 7), turn))
        else:
            hearts.append(disc(x, y, 12, 9, turn))
            rings += _rosette(rng, x, y)
    area = place.shape(trunk)
    canvas.fill(place.shape(hearts), heart, within=area, alpha=0.8)
    canvas.fill(place.shape(joined(rings, spots)), ink, within=area, alpha=0.92)


def _rosette(rng: random.Random, x: float, y: float) -> Shape:
    """Three or four short strokes around a centre, with gaps between them."""
    count = rng.choice((3, 4, 4, 5))
    start, size, lean = rng.uniform(0, math.tau), rng.uniform(0.8, 1.2), rng.uniform(-0.5, 0.5)
    shape: Shape = []
    for k in range(count):
        mid = start + k * math.tau / count
        arc = math.tau / count * rng.uniform(0.42, 0.7)
        pen, wide = rng.uniform(5, 8), rng.uniform(0.85, 1.15)
        steps = [mid + arc * (s / 3 - 0.5) for s in range(4)]
        ring = [(15.5 * size * wide * math.cos(a), 11 * size * wide * math.sin(a)) for a in steps]
        shape += stroke([(x + u + lean * v, y + v, pen) for u, v in ring])
    return shape


def _tail_rings(canvas: Canvas, place: Place, light: Light) -> None:
    ink = light.on("45414c")
    tail = stroke(TAIL)
    marks: Shape = []
    for i in range(len(TAIL) * 3 - 3):
        (x1, y1, w1), (x2, y2, w2) = TAIL[i // 3], TAIL[i // 3 + 1]
        t = (i % 3 + 0.5) / 3
        x, y, w = x1 + (x2 - x1) * t, y1 + (y2 - y1) * t, w1 + (w2 - w1) * t
        way = math.degrees(math.atan2(y2 - y1, x2 - x1))
        lift = math.radians(way + 90)
        side = -1 if math.sin(lift) > 0 else 1
        reach = w * (0.1 + 0.012 * i)
        marks.append(
            disc(
                x + side * math.cos(lift) * (w / 2 - reach * 0.7),
                y + side * math.sin(lift) * (w / 2 - reach * 0.7),
                6.5,
                reach + 6,
                way,
            )
        )
    tip_x, tip_y, tip_w = TAIL[-1]
    marks.append(disc(tip_x, tip_y - 8, tip_w * 0.6, tip_w * 0.42))
    canvas.fill(place.shape(marks), ink, within=place.shape(tail), alpha=0.9)


def _face(canvas: Canvas, place: Place, light: Light) -> None:
    ink, pale = light.on("3a3740"), light.on("f4f1ec")
    head = place.shape([HEAD])
    muzzle = [trace("342,-256 364,-270 390,-262 392,-244 380,-218 346,-202 318,-204 316,-234")]
    canvas.fill(place.shape(muzzle), pale, within=head, soft=4 * place.scale)
    spots = [
        disc(282, -314, 5, 3.5, -10), disc(304, -316, 5, 3, 10), disc(294, -300, 6, 3.5, 5),
        disc(270, -298, 6, 4.5, -20), disc(322, -312, 5, 3, 25), disc(316, -299, 5, 3, 20),
        disc(256, -280, 6, 5), disc(280, -280, 7, 4, 10), disc(264, -258, 7, 5),
        disc(290, -258, 7, 4, 10), disc(280, -236, 7, 4.5, 15), disc(254, -234, 6, 5),
        disc(306, -238, 6, 3.5, 15), disc(298, -216, 6, 4), disc(270, -214, 6, 4),
    ]  # fmt: skip
    canvas.fill(place.shape(spots), ink, within=head, alpha=0.85)
    canvas.fill(place.shape([trace("259,-308! 254,-322 259,-333 270,-332 277,-318!")]), light.on("6b6670"))
    canvas.fill(place.shape([trace("326,-284! 335,-293 348,-291 354,-279! 340,-277")]), ink)
    canvas.fill(place.shape([disc(341.5, -284.5, 5.2, 4.8)]), light.on("cfdcae"))
    canvas.fill(place.shape([disc(343, -284.5, 2.3)]), light.on("1d1b20"))
    canvas.fill(place.shape([trace("372,-274! 386,-268 388,-256! 377,-258")]), light.on("6b5057"))
    canvas.fill(place.shape(limb("382,-246,2.4 370,-238,2.8 352,-236,2.4 342,-240,1.6")), ink)
    canvas.fill(place.shape([disc(360, -250, 1.6), disc(352, -248, 1.6), disc(356, -243, 1.6)]), ink)
