"""Wild Bactrian camels."""

from __future__ import annotations

from .canvas import Canvas, joined
from .coats import Light
from .hoofed import Build, Leg, stand
from .shapes import Place, disc, limb, trace

BODY = (
    "150,-286 128,-300 110,-346 92,-396 76,-408 58,-390 40,-340 "
    "18,-306 -8,-300 -28,-320 -46,-366 -64,-400 -82,-404 "
    "-98,-376 -116,-322 -150,-286 -180,-258 -194,-222 -186,-186 "
    "-150,-170 -90,-172 -20,-160 60,-146 128,-150 176,-184 198,-232"
)
NECK = limb("130,-230,124 190,-214,92 236,-236,66 258,-290,54 264,-340,48 268,-386,46")
HEAD = (
    "246,-400 262,-424 288,-430 318,-422 348,-408 370,-394 "
    "378,-378 370,-362 350,-358 322,-362 296,-366 268,-366 250,-380"
)
BEARD = (
    "176,-170! 200,-158 226,-168 250,-188 270,-218 284,-256 "
    "290,-300 288,-350! 262,-352 258,-300 240,-240 208,-210"
)


def _foot(x: float) -> str:
    return f"{x - 18},-12! {x + 14},-14! {x + 26},-4 {x + 24},0! {x - 22},0! {x - 23},-5"


NEAR = (
    Leg("136,-190,86 146,-140,50 148,-104,40 146,-84,27 144,-48,24 146,-14,28", _foot(148)),
    Leg(
        "-148,-220,108 -134,-160,72 -150,-122,44 -168,-98,38 -164,-76,28 -158,-44,25 -156,-14,28", _foot(-154)
    ),
)
FAR = (
    Leg("112,-190,80 100,-140,48 88,-104,38 74,-80,27 58,-46,24 48,-14,27", _foot(50)),
    Leg("-116,-210,100 -88,-150,66 -96,-118,42 -108,-96,36 -98,-70,27 -84,-40,24 -76,-14,27", _foot(-74)),
)


def camel(canvas: Canvas, place: Place, light: Light) -> None:
    """A camel walking to the right, 570 units long and 430 high."""
    build = Build([trace(BODY), *NECK, trace(HEAD)], NEAR, FAR)
    coat = light.coat(
        place, (-430, "8f6240"), (-300, "ad7c50"), (-180, "b98a5c"), (-80, "a67a52"), (0, "8b6445")
    )
    shade = light.coat(place, (-200, "7a5740"), (0, "604636"))
    dark = light.on("6b4630")
    canvas.fill(place.shape(limb("-184,-240,12 -200,-200,10 -206,-150,16 -204,-120,6")), dark)
    canvas.fill(place.shape([trace(BEARD)]), dark)
    whole = stand(canvas, place, build, coat=coat, shade=shade, light=light)
    tufts = joined(
        [trace("112,-350 92,-400 74,-412 56,-392 44,-352! 60,-366 70,-350! 82,-370 94,-352! 102,-366")],
        [
            trace(
                "-32,-336 -48,-370 -66,-406 -86,-408 -104,-366! "
                "-92,-372 -84,-352! -72,-370 -58,-350! -46,-356"
            )
        ],
        [trace("262,-420 284,-434 300,-428 296,-414 276,-410")],
    )
    canvas.fill(place.shape(tufts), dark, within=whole, soft=1.5 * place.scale, alpha=0.75)
    canvas.fill(place.shape([trace("256,-408! 244,-424 246,-436! 262,-434 270,-416!")]), dark)
    canvas.fill(place.shape([disc(310, -402, 6.5, 5, 15)]), light.on("1d1414"))
    canvas.fill(place.shape(limb("300,-410,3 310,-411,4 320,-406,3")), dark)
    canvas.fill(place.shape(limb("376,-376,2.5 360,-374,3 342,-376,2.5")), light.on("4d3326"))
    canvas.fill(place.shape([disc(368, -389, 4, 2.5, 40)]), light.on("3a261f"))
