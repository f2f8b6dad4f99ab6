"""The masthead of the cool theme: snow peaks over a blue ice field."""

from __future__ import annotations

import random

from .canvas import Canvas, fade, rgb
from .landscape import clouds, layer, mist, mountains, sun


def glacier(canvas: Canvas, rng: random.Random) -> None:
    """Sharp snow peaks under a pale sky, and sheets of ice that run down to the left."""
    canvas.fill(
        [[(0, 0), (1200, 0), (1200, 260), (0, 260)]],
        fade((0, "2f5f93"), (90, "7fa9d0"), (160, "c5dcee"), (210, "eef5fa")),
    )
    sun(canvas, 250, 78, 20, colour="ffffff", glow="eaf4ff", reach=90)
    clouds(canvas, [(930, 52, 170, 5), (620, 84, 150, 4), (120, 130, 120, 4)], "ffffff", 0.55)
    far = [(-40, 170), (90, 132), (200, 164), (330, 118), (450, 160), (560, 108), (660, 156), (770, 96)]
    far += [(880, 150), (980, 88), (1080, 146), (1170, 110), (1260, 150)]
    mountains(
        canvas,
        rng,
        far,
        fade((90, "7d9bbd"), (220, "b4cbe0")),
        dark=fade((90, "5f80a6"), (220, "9db9d4")),
        floor=225,
        snow=(34, rgb("fbfdff"), rgb("bcd0e6")),
        jag=0.06,
    )
    mist(canvas, 190, 14, "eaf3fa", 0.6)
    near = [(560, 235), (680, 190), (760, 214), (880, 140), (960, 196), (1060, 120), (1150, 190), (1260, 150)]
    mountains(
        canvas,
        rng,
        near,
        fade((120, "48698f"), (240, "7f9fc0")),
        dark=fade((120, "345378"), (240, "6588ad")),
        floor=250,
        snow=(30, rgb("f6faff"), rgb("a8c1dc")),
        jag=0.06,
    )
    for points, top, foot in (
        ([(-20, 196), (220, 206), (480, 190), (760, 218), (1000, 210), (1220, 222)], "cfe1f0", "a9c6e0"),
        ([(-20, 214), (260, 226), (520, 212), (820, 234), (1220, 228)], "9fc0de", "6f98c2"),
        ([(-20, 238), (300, 244), (640, 234), (960, 248), (1220, 242)], "3d6796", "1f3f63"),
    ):
        layer(canvas, points, fade((190, top), (258, foot)), edge=rgb("f2f8fd"), lift=4)
