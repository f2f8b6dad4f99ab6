"""What shows of a picture with parts that show through, on a ground that its author did not think of."""

from __future__ import annotations

import io
from collections import Counter
from functools import lru_cache

from mailer.model.colour import contrast
from mailer.model.rendition import Picture

SIDE = 48
"""Pixels to which a picture is made smaller before they are looked at."""
CLEAR, SOLID = 32, 200
"""How opaque of 255 what is taken for clear is at most, and what is taken for solid at least."""
SHARE = 0.05
"""The share of clear pixels from which a picture stands on the page's ground."""
SEEN = 3.0
"""Contrast that signs need (WCAG 2.2, 1.4.11)."""
TRANSPARENT = frozenset({"image/png", "image/gif"})

LOST = 0.97
"""The share of what is solid that is lost where nothing of a picture can be made out: a sign on a tile can."""
STEP = 32
"""How finely colours are told apart, of 256."""

_solid: dict[str, dict[str, int]] = {}
"""Digest of a picture → its solid colours, how often each; none where nothing shows through. It is opened once."""


def is_lost_on(picture: Picture, ground: str) -> bool:
    """Whether nearly all that is solid in a transparent picture cannot be told from that ground."""
    if picture.media_type not in TRANSPARENT or not picture.content:
        return False
    if picture.sha256 not in _solid:
        _solid[picture.sha256] = _colours(picture.content)
    return _is_lost(tuple(_solid[picture.sha256].items()), ground)


@lru_cache(maxsize=1024)
def _is_lost(colours: tuple[tuple[str, int], ...], ground: str) -> bool:
    lost = sum(number for colour, number in colours if contrast(colour, ground) < SEEN)
    return bool(colours) and lost > LOST * sum(number for _, number in colours)


def _colours(content: bytes) -> dict[str, int]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "GIF"]) as image:
            if not image.has_transparency_data:
                return {}
            small = image.convert("RGBA").resize((SIDE, SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return {}
    raw = small.tobytes()
    pixels = [raw[at : at + 4] for at in range(0, len(raw), 4)]
    if sum(pixel[3] <= CLEAR for pixel in pixels) < SHARE * len(pixels):
        return {}
    coarse = (
        bytes(channel // STEP * STEP + STEP // 2 for channel in p[:3]).hex() for p in pixels if p[3] >= SOLID
    )
    return {f"#{colour}": number for colour, number in Counter(coarse).items()}
