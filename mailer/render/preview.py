"""How mail clients change what was rendered. Each view is an approximation, and should be labelled as one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape as escaped

from mailer.model.rendition import Picture
from mailer.model.slots import fill_slots, split_slots

COLOUR = re.compile(r"(?P<name>[a-z-]*?)(?P<sep>\s*[:=]\s*\"?)#(?P<hex>[0-9a-fA-F]{6})\b")
GROUNDS = ("background", "background-color", "bgcolor")
_PICTURE = re.compile(
    r"""(?<=["'(=\s])(?:cid:([^"'()\s<>]+)|https://[^"'()\s<>]*/pictures/([0-9a-f]{16}\.\w+))""",
    re.IGNORECASE,
)
MIDDLE = 50.0
CALMER = 0.8
"""How far dark modes mute colours."""
DEPTH = 0.9
"""White becomes a very dark grey, not black."""


def readdressed(html: str, pictures: Iterable[Picture], address_of: Callable[[Picture], str]) -> str:
    """The html with each picture at another address, whether it was embedded or hosted; all else stays."""
    known = list(pictures)
    by_name = {name: picture for picture in known for name in (picture.cid, picture.file_name)}

    def replace(match: re.Match[str]) -> str:
        picture = by_name.get(match[1] or match[2])
        return escaped(address_of(picture)) if picture else match[0]

    return _PICTURE.sub(replace, html)


def images_off(html: str) -> str:
    """The html as clients show it that hold pictures back: alternative texts stand in their place."""
    return re.sub(r"(<img\b[^>]*?)\ssrc=(\"[^\"]*\"|'[^']*')", r"\1", html)


def apple_dark(html: str) -> str:
    """The html as Apple Mail shows it in dark mode, and others that follow `prefers-color-scheme`."""
    return re.sub(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)", "@media all", html)


def forced_dark(html: str) -> str:
    """Roughly what Gmail's app and Outlook make of it in dark mode: light grounds and dark words swap lightness.

    An approximation: each client has its own sums, and changes them without notice.
    """
    return COLOUR.sub(_swap, html)


def fill(document: str, values: Mapping[str, str], defaults: Mapping[str, str], *, escape: bool) -> str:
    """One reader's copy of a rendition's html (`escape=True`), or of its text, subject or preheader."""
    return fill_slots(split_slots(document), values, defaults, "html" if escape else "text")


def _swap(match: re.Match[str]) -> str:
    lightness, a, b = _to_lab(match["hex"])
    is_ground = match["name"] in GROUNDS
    if (lightness > MIDDLE) != is_ground:
        return match[0]
    return f"{match['name']}{match['sep']}#{_to_hex(100 - lightness * DEPTH, a * CALMER, b * CALMER)}"


def _to_lab(colour: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of an sRGB colour."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))  # noqa: PLR2004
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _to_hex(lightness: float, a: float, b: float) -> str:
    """The sRGB colour nearest to a CIE L*a*b* one."""
    fy = (max(0.0, min(100.0, lightness)) + 16) / 116
    x, y, z = (v**3 if v**3 > 0.008856 else (v - 16 / 116) / 7.787 for v in (fy + a / 500, fy, fy - b / 200))  # noqa: PLR2004
    x, z = x * 0.95047, z * 1.08883
    linear = (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )
    return "".join(f"{round(min(1.0, _gamma(max(0.0, c))) * 255):02x}" for c in linear)


def _gamma(channel: float) -> float:
    """A linear sRGB channel as it is stored."""
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055  # noqa: PLR2004
