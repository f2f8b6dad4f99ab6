"""What the pictures of a version are, as far as mail programs mind it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from mailer.model.rendition import Picture

_moving: dict[str, bool] = {}
"""Digest of a GIF → whether it moves: a picture is opened once."""


def picture_kinds(pictures: Iterable[Picture]) -> Mapping[str, str]:
    """Content-ID and file name → `image/jpeg`, `image/gif; animated` and so on."""
    kinds = {}
    for picture in pictures:
        kind = picture.media_type
        if kind == "image/gif" and picture.content:
            if picture.sha256 not in _moving:
                _moving[picture.sha256] = moves(picture.content)
            kind += "; animated" if _moving[picture.sha256] else ""
        kinds[picture.cid] = kinds[picture.file_name] = kind
    return kinds


def moves(content: bytes) -> bool:
    """Whether a picture has more than one frame; False for what is no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            return bool(getattr(image, "is_animated", False))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False
