"""What a house changes about a template: colours, type, room, logo and icons, as theme.yaml names them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from mailer.errors import Problem
from mailer.model.base import Noun, Slug
from mailer.model.colour import contrast
from mailer.source import Layers

FETCHED = ("Open Sans", "Droid Sans", "Lato", "Roboto", "Ubuntu")
"""Fonts for which MJML writes a link to Google's servers."""
CONTRAST = 4.5
"""The least ratio between words and what they stand on (WCAG 2.2, 1.4.3)."""


def _full_hex(value: str) -> str:
    """`#abc` becomes `#aabbcc`, which older clients read too."""
    if re.fullmatch(r"#[0-9a-fA-F]{3}", value):
        value = "#" + "".join(sign * 2 for sign in value[1:])
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f'"{value}" is not a colour; write it as "#1d4b46", in quotes')
    return value.lower()


def _plain_font(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9 ,-]+", value):
        raise ValueError("list font names with commas, without quotes: Georgia,Times New Roman,serif")
    fetched = [name for name in FETCHED if name.lower() in value.lower()]
    if fetched:
        raise ValueError(f"{fetched[0]} would be loaded from Google; name a font that readers have")
    return value


Colour = Annotated[str, AfterValidator(_full_hex)]
FontStack = Annotated[str, AfterValidator(_plain_font)]


class Palette(Noun):
    """The colours for one scheme, light or dark."""

    page: Colour
    """Behind everything."""
    card: Colour
    """Behind the items."""
    tint: Colour
    """Behind boxes."""
    line: Colour
    """Rules between items."""
    text: Colour
    muted: Colour
    """Captions, dates, the footer."""
    link: Colour
    accent: Colour
    """Bars and labels that must not be missed; also words on card and tint."""
    on_accent: Colour
    """Words on accent."""
    brand: Colour
    """The head of the issue and the tops of date tiles."""
    on_brand: Colour
    brand_muted: Colour
    """Quieter words on brand."""


class Fonts(Noun):
    """Fonts that readers have: nothing is loaded."""

    body: FontStack
    heading: FontStack


class Sizes(Noun):
    """Sizes of type in pixels. Nothing is smaller than 13, the text itself not smaller than 15."""

    body: Annotated[int, Field(ge=15, le=22)] = 16
    small: Annotated[int, Field(ge=13, le=18)] = 14
    """Captions, labels, the footer."""
    title: Annotated[int, Field(ge=20, le=48)] = 32
    """The head of the issue."""
    lead: Annotated[int, Field(ge=18, le=40)] = 29
    """The heading of the item that leads."""
    heading: Annotated[int, Field(ge=16, le=36)] = 23
    minor: Annotated[int, Field(ge=15, le=28)] = 19
    """Headings in boxes and beside each other."""
    section: Annotated[int, Field(ge=14, le=28)] = 18
    """Headings over the items that follow, and headings within a text."""


class Spacing(Noun):
    """Room in pixels."""

    side: Annotated[int, Field(ge=12, le=48)] = 24
    """Left and right of the words."""
    item: Annotated[int, Field(ge=12, le=56)] = 28
    """Below an item."""
    box: Annotated[int, Field(ge=8, le=32)] = 20
    """Within a box."""


class Logo(Noun):
    """The sign of the office, drawn at twice the size it is shown at."""

    src: str
    """Path inside the template's folder."""
    alt: Annotated[str, Field(min_length=1)]
    """What it says to those who do not see it, such as the office's name."""
    width: Annotated[int, Field(ge=16, le=400)]
    """Pixels it is shown at."""


class Banner(Noun):
    """The picture at the very top, 1200 pixels wide."""

    src: str
    """Path inside the template's folder."""
    alt: str = ""
    """Left empty where the banner only decorates: the words of the head stand below it."""


class Theme(Noun):
    """All of theme.yaml."""

    width: Annotated[int, Field(ge=480, le=700)] = 600
    """Pixels of the letter on a wide screen."""
    masthead: Banner | None = None
    logo: Logo | None = None
    fonts: Fonts
    sizes: Sizes = Sizes()
    line_height: Annotated[float, Field(ge=1.4, le=2)] = 1.6
    """Of the text, as a share of its size."""
    spacing: Spacing = Spacing()
    radius: Annotated[int, Field(ge=0, le=24)] = 6
    """Round corners of boxes and buttons, in pixels; Outlook on Windows shows them square."""
    icons: dict[Slug, str] = {}
    """Site → its icon, a path inside the template's folder: `mastodon: icons/mastodon.png`."""
    light: Palette
    dark: Palette


PAIRS = (
    ("text", "card"),
    ("text", "tint"),
    ("muted", "card"),
    ("muted", "tint"),
    ("muted", "page"),
    ("link", "card"),
    ("link", "tint"),
    ("link", "page"),
    ("accent", "card"),
    ("accent", "tint"),
    ("on_accent", "accent"),
    ("on_brand", "brand"),
    ("brand_muted", "brand"),
)
"""Words, and what they stand on."""


def contrast_problems(theme: Theme, layers: Layers) -> list[Problem]:
    """One problem for every pair of colours that is too faint to read."""
    problems = []
    for scheme in ("light", "dark"):
        palette = getattr(theme, scheme)
        for words, ground in PAIRS:
            one, other = getattr(palette, words), getattr(palette, ground)
            ratio = contrast(one, other)
            if ratio < CONTRAST:
                file, line = layers.place((scheme, words))
                problems.append(
                    Problem(
                        f"{one} on {ground} ({other}) has a contrast of {ratio:.2f} to 1.",
                        f"Words need {CONTRAST} to 1: move one of the two colours further away.",
                        file,
                        line,
                        f"{scheme}.{words}",
                        "theme.contrast",
                    )
                )
    return problems
