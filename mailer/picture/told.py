"""Whom a picture's file names as its maker: what cameras and picture programs wrote into it, to be asked about."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, IptcImagePlugin

from mailer.picture.kinds import FORMATS

ARTIST, COPYRIGHT = 0x013B, 0x8298
"""EXIF tags (CIPA DC-008, 4.6.4)."""
BY_LINE, CREDIT, NOTICE = (2, 80), (2, 110), (2, 116)
"""IPTC-IIM data sets: By-line, Credit, Copyright Notice."""
MOST_SIGNS = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says; "" where it does not."""

    credit: str = ""
    rights: str = ""


def told_by(content: bytes) -> Told:
    """Maker and copyright as EXIF or IPTC have them. Nothing where the bytes are damaged, or no picture."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            exif = image.getexif()
            iptc = IptcImagePlugin.getiptcinfo(image) or {}
    except Exception:  # what is broken in there says nothing, and is no reason to refuse a good picture
        return Told()
    maker = _words(exif.get(ARTIST)) or _words(iptc.get(BY_LINE)) or _words(iptc.get(CREDIT))
    return Told(maker, _words(exif.get(COPYRIGHT)) or _words(iptc.get(NOTICE)))


def _words(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    shown = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(shown.split())[:MOST_SIGNS]
