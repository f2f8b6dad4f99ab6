"""Argali: the ram with its great horns, and sheep far off."""

from __future__ import annotations

import math

from .canvas import Canvas
from .coats import Light, model
from .hoofed import Build, Leg, hoof, hooves, moved, stand, turned
from .shapes import Place, Shape, disc, limb, spline, stroke, trace

BODY = (
    "104,-288 40,-276 -50,-272 -115,-282 -162,-266 -188,-228 -182,-184 -146,-156 -70,-144 20,-130 "
    "96,-132 150,-160 178,-210 174,-258"
)
NECK = "92,-282 132,-318 162,-362 190,-392 226,-380 236,-338 222,-300 206,-260 190,-205 150,-170 100,-200"
HEAD = (
    "186,-392 210,-404 238,-396 262,-370 286,-338 302,-314 "
    "302,-298 288,-288 268,-294 244,-310 218,-326 194,-346"
)
EAR = "196,-356! 176,-352 160,-338! 176,-328 198,-336!"
HORN = [
    (214, -398, 40), (196, -430, 50), (156, -452, 56), (108, -438, 57), (76, -398, 55), (74, -346, 51),
    (104, -306, 45), (148, -294, 38), (190, -304, 29), (219, -326, 20), (238, -345, 9), (246, -352, 3),
]  # fmt: skip
FORE = Leg("112,-205,92 120,-150,52 122,-108,36 120,-86,26 119,-48,22 121,-16,22", hoof(123, 0, 26, 16))
FORE_FAR = Leg("136,-200,80 150,-148,48 156,-108,34 156,-86,25 157,-48,21 160,-16,22", hoof(162, 0, 26, 16))
HIND = Leg(
    "-130,-225,116 -124,-170,84 -140,-130,46 -160,-104,35 -157,-82,27 -150,-46,22 -148,-16,22",
    hoof(-146, 0, 26, 16),
)
HIND_FAR = Leg(
    "-98,-215,104 -86,-165,76 -96,-130,42 -114,-104,33 -111,-82,26 -104,-46,21 -101,-16,22",
    hoof(-99, 0, 26, 16),
)
BUILD = Build([trace(BODY), trace(NECK), trace(HEAD)], (FORE, HIND), (FORE_FAR, HIND_FAR))


def ram(canvas: Canvas, place: Place, light: Light) -> None:
    """An argali ram facing right, 500 units long and 480 high."""
    coat = light.coat(
        place,
        (-400, "9a7a60"),
        (-280, "8f6d55"),
        (-190, "a58468"),
        (-140, "d9c6ac"),
        (-110, "e6d8c2"),
        (0, "d6c5ac"),
    )
    shade = light.coat(place, (-200, "7d6453"), (-120, "9b8873"), (0, "a8977f"))
    far_horn = place.shape(moved(stroke(HORN[:7]), 24, -6))
    canvas.fill(far_horn, light.on("7b6348"))
    whole = stand(canvas, place, BUILD, coat=coat, shade=shade, light=light)
    white = light.on("f4ecdf")
    size = place.scale
    canvas.fill(
        place.shape([trace("-140,-280 -196,-250 -200,-190 -166,-160 -138,-176 -150,-220 -128,-256")]),
        white,
        within=whole,
        soft=4 * size,
    )
    canvas.fill(
        place.shape([trace("150,-330 196,-330 232,-330 214,-276 196,-214 160,-170 132,-196 146,-250")]),
        white,
        within=whole,
        soft=9 * size,
        alpha=0.9,
    )
    canvas.fill(
        place.shape([disc(288, -302, 34, 22, 48)]), white, within=place.shape([trace(HEAD)]), soft=7 * size
    )
    canvas.fill(place.shape([disc(296, -318, 4.5, 3, 50)]), light.on("4b3b36"))
    canvas.fill(place.shape(limb("300,-302,2.5 286,-304,3 272,-308,2")), light.on("6b574c"))
    canvas.fill(place.shape([disc(246, -368, 7.5, 6, 40)]), light.on("d8a94e"))
    canvas.fill(place.shape([disc(246, -368, 6.2, 2.6, 40)]), light.on("1d1816"))
    canvas.fill(place.shape(hooves(BUILD)), light.on("40352f"))
    canvas.fill(place.shape([trace(EAR)]), light.on("8d7159"))
    _horn(canvas, place, light)


def _horn(canvas: Canvas, place: Place, light: Light) -> None:
    horn = place.shape(stroke(HORN))
    paint = light.coat(place, (-480, "e2c796"), (-390, "c9a873"), (-290, "a98656"))
    model(canvas, horn, paint, light, place.scale * 0.8)
    line = spline(HORN)
    rings: Shape = []
    for i in range(5, len(line) - 8, 3):
        (x1, y1, w), (x2, y2, _) = line[i], line[i + 1]
        way = math.atan2(y2 - y1, x2 - x1)
        nx, ny = -math.sin(way), math.cos(way)
        bow = w * 0.14
        rings += stroke(
            [
                (x1 + nx * w * 0.5, y1 + ny * w * 0.5, 2.0),
                (x1 + math.cos(way) * bow, y1 + math.sin(way) * bow, 4.2),
                (x1 - nx * w * 0.5, y1 - ny * w * 0.5, 2.0),
            ]
        )
    canvas.fill(place.shape(rings), light.on("7a5c3a"), within=horn, alpha=0.6)


def far_sheep(
    canvas: Canvas, place: Place, light: Light, *, grazing: bool = False, ewe: bool = False
) -> None:
    """A sheep so far off that only its shape, its pale rump and its horns can be seen."""
    parts = [trace(NECK), trace(HEAD)]
    horn = (
        limb("214,-398,24 200,-424,20 176,-438,15 150,-434,7")
        if ewe
        else stroke([(x, y, w * 0.86) for x, y, w in HORN])
    )
    if grazing:
        parts, horn = turned(parts, (120, -235), 84), turned(horn, (120, -235), 84)
    build = Build([trace(BODY), *parts], (FORE, HIND), (FORE_FAR, HIND_FAR))
    coat = light.coat(
        place, (-400, "8d6f57"), (-250, "8a6a52"), (-160, "a58a70"), (-120, "e4d7c2"), (0, "d8c9b2")
    )
    whole = stand(
        canvas, place, build, coat=coat, shade=light.coat(place, (-200, "7a6353"), (0, "9d8d78")), light=light
    )
    canvas.fill(place.shape([disc(-178, -215, 34, 50)]), light.on("f4ecdf"), within=whole)
    canvas.fill(place.shape(horn), light.on("c9a977"))
    canvas.shade(place.shape(horn), light.shadow, (0, -14 * place.scale), 8 * place.scale, alpha=0.5)
