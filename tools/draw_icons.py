"""Draw the icons of sites where offices have accounts: plain signs of our own, not the sites' logos.

Run: python tools/draw_icons.py [FOLDER]   (default: templates/newsletter/icons)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SHOWN = 28
"""Pixels in a mail; drawn at twice that, on a sheet that is larger still, for smooth edges."""
TIMES = 8
SHEET = SHOWN * 2 * TIMES
DISC = "#5b6c74"
"""Stands off from light and from dark grounds; white signs on it have a contrast of more than 5 to 1."""
INK = "#ffffff"

Draw = Callable[[ImageDraw.ImageDraw], None]


def at(*share: float) -> list[float]:
    """Shares of the sheet's side as pixels."""
    return [part * SHEET for part in share]


def letters(words: str, size: float = 0.52) -> Draw:
    def draw(sheet: ImageDraw.ImageDraw) -> None:
        font = ImageFont.load_default(size=round(size * SHEET))
        bold = round(SHEET * 0.018)
        sheet.text(at(0.5, 0.5), words, INK, font, anchor="mm", stroke_width=bold, stroke_fill=INK)

    return draw


def line(*points: float, width: float = 0.075) -> Draw:
    def draw(sheet: ImageDraw.ImageDraw) -> None:
        path = at(*points)
        sheet.line(path, INK, round(width * SHEET), joint="curve")
        reach = width * SHEET / 2
        for x, y in (path[:2], path[-2:]):
            sheet.ellipse([x - reach, y - reach, x + reach, y + reach], INK)

    return draw


def ring(x: float, y: float, radius: float, width: float = 0.065) -> Draw:
    def draw(sheet: ImageDraw.ImageDraw) -> None:
        box = at(x - radius, y - radius, x + radius, y + radius)
        sheet.ellipse(box, outline=INK, width=round(width * SHEET))

    return draw


def dot(x: float, y: float, radius: float, colour: str = INK) -> Draw:
    return lambda sheet: sheet.ellipse(at(x - radius, y - radius, x + radius, y + radius), colour)


def shape(*points: float, colour: str = INK) -> Draw:
    return lambda sheet: sheet.polygon(at(*points), colour)


def frame(box: tuple[float, float, float, float], radius: float, width: float = 0.065) -> Draw:
    def draw(sheet: ImageDraw.ImageDraw) -> None:
        sheet.rounded_rectangle(at(*box), radius * SHEET, outline=INK, width=round(width * SHEET))

    return draw


SIGNS: dict[str, tuple[Draw, ...]] = {
    "bluesky": (
        shape(0.5, 0.52, 0.24, 0.26, 0.22, 0.5, 0.36, 0.58),
        shape(0.5, 0.52, 0.76, 0.26, 0.78, 0.5, 0.64, 0.58),
        shape(0.5, 0.52, 0.33, 0.62, 0.42, 0.76, 0.5, 0.64),
        shape(0.5, 0.52, 0.67, 0.62, 0.58, 0.76, 0.5, 0.64),
    ),
    "facebook": (letters("f", 0.62),),
    "flickr": (dot(0.36, 0.5, 0.12), ring(0.64, 0.5, 0.12)),
    "instagram": (frame((0.27, 0.27, 0.73, 0.73), 0.13), ring(0.5, 0.5, 0.12), dot(0.635, 0.365, 0.03)),
    "link": (
        frame((0.2, 0.39, 0.52, 0.61), 0.11),
        frame((0.48, 0.39, 0.8, 0.61), 0.11),
        line(0.4, 0.5, 0.6, 0.5, width=0.065),
    ),
    "linkedin": (letters("in", 0.46),),
    "mastodon": (letters("m"),),
    "rss": (
        dot(0.33, 0.67, 0.055),
        lambda sheet: sheet.arc(at(0.08, 0.42, 0.58, 0.92), 270, 360, INK, round(SHEET * 0.07)),
        lambda sheet: sheet.arc(at(-0.08, 0.26, 0.74, 1.08), 270, 360, INK, round(SHEET * 0.07)),
    ),
    "telegram": (
        shape(0.22, 0.5, 0.77, 0.28, 0.67, 0.74, 0.46, 0.6),
        shape(0.41, 0.56, 0.7, 0.35, 0.46, 0.6, 0.43, 0.73, colour=DISC),
    ),
    "threads": (letters("@", 0.46),),
    "vimeo": (letters("v"),),
    "vk": (letters("vk", 0.42),),
    "whatsapp": (
        ring(0.51, 0.48, 0.24),
        shape(0.26, 0.76, 0.31, 0.56, 0.44, 0.69),
        dot(0.41, 0.48, 0.035),
        dot(0.51, 0.48, 0.035),
        dot(0.61, 0.48, 0.035),
    ),
    "x": (line(0.33, 0.32, 0.67, 0.68), line(0.67, 0.32, 0.33, 0.68)),
    "youtube": (shape(0.41, 0.33, 0.7, 0.5, 0.41, 0.67),),
}


def icon(name: str) -> Image.Image:
    """The sign on its disc, twice as large as it is shown, round about it transparent."""
    sheet = Image.new("RGBA", (SHEET, SHEET), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    draw.ellipse((0, 0, SHEET - 1, SHEET - 1), DISC)
    for part in SIGNS[name]:
        part(draw)
    return sheet.resize((SHOWN * 2, SHOWN * 2), Image.Resampling.LANCZOS)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in SIGNS:
        icon(name).quantize(64, method=Image.Quantize.FASTOCTREE).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "templates/newsletter/icons")
