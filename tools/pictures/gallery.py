"""All pictures by name, and how each becomes a file."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image

from .canvas import Canvas
from .crags import snow_leopard_portrait
from .heights import argali_sheep, snow_leopard_ridge
from .ice import glacier
from .plains import masthead, mongolian_gazelle, przewalskis_horses, wild_camel
from .vistas import argali_flock, tajik_mountains

WIDTH, HEIGHT, MASTHEAD_HEIGHT = 1200, 675, 260
Scene = Callable[[Canvas, random.Random], None]

SCENES: dict[str, tuple[Scene, int]] = {
    "snow-leopard-ridge": (snow_leopard_ridge, 1),
    "mongolian-gazelle": (mongolian_gazelle, 2),
    "przewalskis-horses": (przewalskis_horses, 3),
    "snow-leopard-portrait": (snow_leopard_portrait, 4),
    "wild-camel": (wild_camel, 5),
    "argali-sheep": (argali_sheep, 6),
    "tajik-mountains": (tajik_mountains, 7),
    "argali-flock": (argali_flock, 8),
}

MASTHEADS: dict[str, tuple[Scene, int]] = {"masthead": (masthead, 9), "glacier": (glacier, 10)}


def drawn(name: str) -> Image.Image:
    """The picture of that name, 1200 by 675, or a masthead, 1200 by 260; KeyError for other names."""
    scene, seed = (SCENES | MASTHEADS)[name]
    canvas = Canvas(WIDTH, MASTHEAD_HEIGHT if name in MASTHEADS else HEIGHT, (0, 0, 0))
    scene(canvas, random.Random(seed))
    return canvas.finish(2.0, seed)
