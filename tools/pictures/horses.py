"""Przewalski's horses: stocky, dun, with an upright dark mane."""

from __future__ import annotations

from .canvas import Canvas, joined
from .coats import Light
from .hoofed import Build, Leg, hoof, hooves, stand
from .shapes import Place, disc, limb, trace

BODY = (
    "95,-338 40,-324 -30,-321 -95,-333 -145,-328 -182,-298 -192,-250 -182,-205 -150,-172 -95,-160 -40,-146 "
    "30,-140 90,-148 132,-172 164,-212 176,-255 176,-300 140,-335"
)
NECK_UP = (
    "70,-330 112,-352 150,-388 190,-424 226,-440 250,-400 "
    "238,-350 210,-318 184,-280 168,-225 120,-210 80,-260"
)
HEAD_UP = (
    "214,-438 240,-442 264,-428 290,-396 318,-358 342,-324 352,-302 348,-284 330,-274 308,-280 290,-296 "
    "268,-318 240,-330 214,-346 200,-386"
)
EAR_UP = "220,-428! 212,-458 224,-482! 242,-462 246,-434!"
MANE_UP = (
    "268,-416! 268,-446 248,-466 222,-468 194,-459 166,-440 141,-415 117,-390 94,-367 74,-338! "
    "112,-348 150,-382 190,-418 224,-434"
)
NECK_DOWN = "60,-328 110,-338 160,-318 206,-270 240,-210 262,-150 220,-120 190,-150 160,-190 120,-180 90,-230"
HEAD_DOWN = (
    "226,-196 252,-192 270,-168 280,-128 286,-88 292,-52 288,-30 272,-20 254,-26 244,-46 234,-74 "
    "214,-104 202,-140 208,-176"
)
EAR_DOWN = "232,-190! 252,-214 274,-220! 270,-196 254,-176!"
MANE_DOWN = (
    "276,-158! 290,-180 286,-204 272,-226 258,-254 240,-288 214,-320 182,-342 140,-352 104,-349 78,-332! "
    "120,-330 160,-312 204,-266 238,-206"
)
FORE = Leg(
    "116,-215,92 124,-152,56 127,-110,39 125,-88,29 124,-52,25 126,-30,30 131,-16,25", hoof(132, 0, 30, 16)
)
FORE_FAR = Leg(
    "136,-205,84 150,-150,54 156,-110,38 156,-88,29 158,-52,25 162,-30,29 168,-16,25", hoof(169, 0, 30, 16)
)
HIND = Leg(
    "-140,-240,118 -132,-186,92 -146,-142,58 -168,-112,41 -166,-90,33 -158,-52,27 -156,-30,31 -150,-16,26",
    hoof(-149, 0, 30, 16),
)
HIND_FAR = Leg(
    "-110,-230,110 -96,-180,84 -102,-142,54 -122,-112,40 -120,-90,32 -112,-52,26 -110,-30,30 -104,-16,26",
    hoof(-103, 0, 30, 16),
)
TAIL_TOP = limb("-170,-308,20 -190,-278,24 -202,-230,28")
TAIL = limb("-194,-276,22 -208,-220,36 -214,-160,44 -212,-105,42 -204,-66,28 -198,-40,8")


def horse(canvas: Canvas, place: Place, light: Light, *, grazing: bool = False) -> None:
    """A horse facing right, alert or grazing, 560 units long and 480 high."""
    neck, head, ear, mane = (
        (NECK_DOWN, HEAD_DOWN, EAR_DOWN, MANE_DOWN) if grazing else (NECK_UP, HEAD_UP, EAR_UP, MANE_UP)
    )
    build = Build([trace(BODY), trace(neck), trace(head)], (FORE, HIND), (FORE_FAR, HIND_FAR))
    dark = light.on("43302b")
    coat = light.coat(
        place,
        (-440, "b98750"),
        (-300, "c9995f"),
        (-215, "dab47e"),
        (-165, "eed9b0"),
        (-135, "d2ab77"),
        (0, "b58a5b"),
    )
    shade = light.coat(place, (-220, "9b764c"), (-130, "6d5040"), (0, "3b2b28"))
    canvas.fill(place.shape([[(x + 14, y + 2) for x, y in trace(ear)]]), light.on("8a6440"))
    canvas.fill(place.shape(TAIL_TOP), light.on("b98a55"))
    canvas.fill(place.shape([trace(mane)]), dark)
    stand(canvas, place, build, coat=coat, shade=shade, light=light)
    canvas.fill(place.shape(TAIL), dark)
    canvas.shade(
        place.shape(TAIL), light.glow, (3 * place.scale, 3 * place.scale), 4 * place.scale, alpha=0.25
    )
    stockings = place.shape(
        [trace("70,-112! 176,-112! 176,8! 70,8!"), trace("-220,-104! -60,-104! -60,8! -220,8!")]
    )
    legs = place.shape(joined(*(leg.shape() for leg in (*build.near, *build.far))))
    canvas.fill(stockings, light.on("49352f"), within=legs, soft=14 * place.scale, alpha=0.88)
    canvas.fill(place.shape(hooves(build)), light.on("2e2423"))
    _face(canvas, place, light, grazing=grazing)


def _face(canvas: Canvas, place: Place, light: Light, *, grazing: bool) -> None:
    head, ear = (HEAD_DOWN, EAR_DOWN) if grazing else (HEAD_UP, EAR_UP)
    soft = 7 * place.scale
    whole = place.shape([trace(head)])
    if grazing:
        canvas.fill(place.shape([disc(276, -36, 30, 34)]), light.on("f3e7d2"), within=whole, soft=soft)
        canvas.fill(place.shape([disc(283, -40, 4, 6, 10)]), light.on("4d3a36"))
        canvas.fill(place.shape(limb("256,-44,2 260,-34,2.6 270,-28,2")), light.on("6b5148"))
        canvas.fill(place.shape([disc(256, -140, 6.5, 8)]), light.on("1f1716"))
    else:
        canvas.fill(place.shape([disc(334, -296, 34, 26, 50)]), light.on("f3e7d2"), within=whole, soft=soft)
        canvas.fill(place.shape([disc(340, -308, 5, 4, 50)]), light.on("4d3a36"))
        canvas.fill(place.shape(limb("347,-290,2.4 335,-286,3 320,-291,2.2")), light.on("6b5148"))
        canvas.fill(place.shape([disc(272, -384, 8, 6.5, 40)]), light.on("1f1716"))
        canvas.fill(place.shape([disc(274.5, -386.5, 2.2)]), light.glow)
        canvas.fill(
            place.shape(limb("232,-352,3 248,-338,3 266,-330,2")),
            light.shadow,
            alpha=0.35,
            soft=2 * place.scale,
        )
    canvas.fill(place.shape([trace(ear)]), light.on("c0925a"))
