"""Colours as numbers: how far two stand apart, and what dark modes make of one."""

from __future__ import annotations

Lab = tuple[float, float, float]
"""CIE L*a*b* (D65)."""

MIDDLE = 50.0
"""The lightness between what is taken for light and for dark."""
CALMER = 0.8
"""How far dark modes mute colours."""
DEPTH = 0.9
"""White becomes a very dark grey, not black."""


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str, *, is_ground: bool) -> str:
    """Roughly what mail programs that darken by force make of it: light grounds and dark words swap lightness.

    An approximation: each program has its own sums, and changes them without notice.
    """
    lightness, a, b = to_lab(colour)
    if (lightness > MIDDLE) != is_ground:
        return colour
    return to_hex((100 - lightness * DEPTH, a * CALMER, b * CALMER))


def to_lab(colour: str) -> Lab:
    """CIE L*a*b* of `#rrggbb`."""
    red, green, blue = _linear(colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))  # noqa: PLR2004
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def to_hex(lab: Lab) -> str:
    """The sRGB colour nearest to a CIE L*a*b* one, as `#rrggbb`."""
    lightness, a, b = lab
    fy = (max(0.0, min(100.0, lightness)) + 16) / 116
    x, y, z = (v**3 if v**3 > 0.008856 else (v - 16 / 116) / 7.787 for v in (fy + a / 500, fy, fy - b / 200))  # noqa: PLR2004
    x, z = x * 0.95047, z * 1.08883
    linear = (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )
    return "#" + "".join(f"{round(min(1.0, _gamma(max(0.0, c))) * 255):02x}" for c in linear)


def _linear(colour: str) -> list[float]:
    """The channels of `#rrggbb` as shares of light."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004


def _gamma(channel: float) -> float:
    """A linear sRGB channel as it is stored."""
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055  # noqa: PLR2004
