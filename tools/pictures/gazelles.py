"""Mongolian gazelles, walking and running, and the saiga of the masthead."""

from __future__ import annotations

from .canvas import Canvas, joined
from .coats import Light
from .hoofed import Build, Leg, hoof, hooves, stand
from .shapes import Place, Shape, disc, limb, trace

BODY = (
    "122,-266 60,-257 -20,-251 -85,-262 -135,-254 -162,-226 -160,-190 -132,-164 -85,-156 -20,-140 "
    "50,-126 108,-136 146,-176 156,-222 148,-256"
)
NECK = limb("112,-215,96 146,-268,62 176,-322,45 196,-352,40")
HEAD = "182,-372 204,-382 226,-376 250,-358 274,-340 279,-328 270,-320 248,-322 224,-328 200,-334 182,-350"
EAR = "188,-366! 164,-372 142,-392! 162,-402 186,-392 200,-376!"
HORN = limb("208,-376,11 206,-402,10 196,-430,8 190,-452,6 198,-472,2")
HORN_FAR = limb("216,-376,10 218,-402,9 212,-430,7 208,-450,5 217,-468,2")

WALK = (
    (
        Leg("112,-165,60 124,-118,28 132,-82,20 138,-46,13 142,-14,13", hoof(144, 0, 15, 12)),
        Leg(
            "-112,-205,104 -118,-150,62 -146,-112,28 -168,-88,21 -170,-46,14 -170,-14,13",
            hoof(-168, 0, 15, 12),
        ),
    ),
    (
        Leg("104,-160,54 94,-118,28 82,-82,19 66,-48,13 54,-14,13", hoof(55, 0, 15, 12)),
        Leg("-92,-190,90 -68,-140,50 -84,-104,26 -100,-84,20 -88,-44,13 -82,-12,13", hoof(-80, 0, 15, 12)),
    ),
)
RUN = (
    (
        Leg("112,-175,62 152,-140,30 188,-118,20 228,-104,13 256,-92,12", hoof(264, -80, 14, 12)),
        Leg(
            "-112,-205,104 -140,-160,62 -178,-136,28 -206,-118,21 -244,-92,13 -268,-70,12",
            hoof(-270, -58, 14, 12),
        ),
    ),
    (
        Leg("108,-165,54 138,-122,28 164,-92,19 200,-74,13 228,-60,12", hoof(236, -48, 14, 12)),
        Leg(
            "-98,-190,90 -116,-140,54 -150,-110,26 -176,-90,20 -210,-58,13 -232,-34,12",
            hoof(-233, -22, 14, 12),
        ),
    ),
)


def gazelle(
    canvas: Canvas, place: Place, light: Light, *, running: bool = False, horned: bool = True
) -> None:
    """A gazelle facing right, 420 units long and 470 high with its horns."""
    near, far = RUN if running else WALK
    build = Build([trace(BODY), *NECK, trace(HEAD)], near, far)
    coat = light.coat(
        place,
        (-400, "d39a5c"),
        (-260, "d8a164"),
        (-185, "e0b07a"),
        (-172, "f3e3c8"),
        (-125, "ecd9bb"),
        (0, "c89a68"),
    )
    shade = light.coat(place, (-200, "b78a5c"), (-100, "a87c50"), (0, "8e6743"))
    if horned:
        canvas.fill(place.shape(HORN_FAR), light.on("4b3a37"))
    whole = stand(canvas, place, build, coat=coat, shade=shade, light=light)
    canvas.fill(
        place.shape([trace("-118,-258 -172,-240 -180,-190 -140,-160 -116,-186 -128,-222")]),
        light.on("fbf4e6"),
        within=whole,
        soft=2 * place.scale,
    )
    canvas.fill(place.shape(limb("-150,-246,12 -166,-226,12 -170,-206,8")), light.on("6d4b37"))
    if horned:
        canvas.fill(place.shape(HORN), light.on("3d2f2d"))
    canvas.fill(place.shape([trace(EAR)]), light.on("c58c52"))
    canvas.fill(place.shape([trace("184,-372! 164,-380 150,-391! 168,-394 188,-384!")]), light.on("f0dcc0"))
    canvas.fill(place.shape(hooves(build)), light.on("3a2c2a"))
    _face(canvas, place, light)


def _face(canvas: Canvas, place: Place, light: Light) -> None:
    head = place.shape([trace(HEAD)])
    canvas.fill(
        place.shape([disc(268, -326, 18, 14, 30)]), light.on("f6e9d2"), within=head, soft=3 * place.scale
    )
    canvas.fill(place.shape([trace("270,-340! 280,-334 278,-326! 270,-330")]), light.on("4a3833"))
    canvas.fill(place.shape([disc(222, -356, 6.5, 5.5, 25)]), light.on("1f1817"))


SAIGA_HEAD = (
    "178,-302 202,-318 228,-315 250,-303 270,-290 287,-268 291,-242 "
    "282,-226! 266,-231 254,-247 232,-252 206,-256 184,-266"
)


def saiga(canvas: Canvas, place: Place, light: Light, colour: str, *, horned: bool = True) -> None:
    """A saiga as a plain silhouette facing right, known by its drooping nose."""
    neck = limb("112,-215,100 150,-252,66 186,-284,50")
    shape: Shape = joined(
        [trace(BODY), trace(SAIGA_HEAD)], neck, *(leg.shape() for leg in (*WALK[0], *WALK[1]))
    )
    shape += [trace("186,-296! 166,-300 156,-312! 176,-320 194,-308!")]
    if horned:
        shape += limb("200,-308,12 192,-338,12 178,-366,10 176,-390,8 190,-412,4")
        shape += limb("216,-310,12 218,-340,12 210,-368,10 212,-392,8 228,-412,4")
    canvas.fill(place.shape(shape), light.on(colour))
