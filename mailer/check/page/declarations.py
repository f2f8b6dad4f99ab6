"""What the declarations of a style say of colours, sizes and lines, each read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import tinycss2
import tinycss2.color3

READ = frozenset(
    "color background background-color background-image font font-size font-weight line-height text-align "
    "text-decoration text-decoration-line display visibility opacity max-height border border-bottom padding "
    "padding-top padding-bottom height".split()
)
TOO_LONG = 4_000
"""Signs of a style that no template writes."""

_COLOUR_NAME = re.compile(r"[a-zA-Z]{3,24}|#[0-9a-fA-F]{3,8}|(?:rgb|hsl)a?\([^()]{0,60}\)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ADDRESS = re.compile(r"url\([^)]*(?:\)|\Z)")
_SIZED = re.compile(
    r"(?:^|\s)([\d.]+(?:px|pt|em|rem|%)|[a-z-]*(?:small|medium|large|larger))(?:/([\d.]+[a-z%]*))?\s"
)

Colour = tuple[str, float]
"""`#rrggbb`, and how opaque it is."""


class Declaration(NamedTuple):
    """One property that bears on looks."""

    name: str
    value: str
    is_important: bool


@lru_cache(maxsize=4096)
def declarations(style: str) -> tuple[Declaration, ...]:
    """The declarations of a style that bear on looks, in order, shorthand `font` taken apart."""
    if len(style) > TOO_LONG:
        return ()
    return tuple(_declarations(style))


def _declarations(style: str) -> Iterator[Declaration]:
    # An address may have a semicolon in it: what is cut off there is no property that is read.
    for part in _COMMENT.sub("", style).split(";"):
        name, _, value = part.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name not in READ or not value:
            continue
        important = value.lower().endswith("!important")
        value = value[: -len("!important")].rstrip() if important else value
        if name == "font":
            yield from _font(value, important)
        elif name == "text-decoration-line":
            yield Declaration("text-decoration", value, important)
        else:
            yield Declaration(name, value, important)


def _font(value: str, important: bool) -> Iterator[Declaration]:
    sized = _SIZED.search(value.lower())
    if sized is None:
        return
    before = value[: sized.start()].split()
    weight = next((word for word in before if word in ("bold", "bolder") or word.isdigit()), "normal")
    yield Declaration("font-weight", weight, important)
    yield Declaration("font-size", sized[1], important)
    yield Declaration("line-height", sized[2] or "normal", important)


@lru_cache(maxsize=1024)
def colour_of(value: str) -> Colour | None:
    """A colour, `transparent` among them; None for what is none."""
    found = tinycss2.color3.parse_color(value)
    if found is None or isinstance(found, str):
        return None
    channels = "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in found[:3])
    return f"#{channels}", float(found[3])


@lru_cache(maxsize=1024)
def ground_of(value: str) -> tuple[Colour | None, bool]:
    """The colour that a `background` gives, and whether there is a picture or a gradient in it."""
    has_picture = bool(re.search(r"url\(|gradient\(|image\(", value, re.IGNORECASE))
    plain = _ADDRESS.sub("", value)
    colours = (colour_of(found[0]) for found in _COLOUR_NAME.finditer(plain))
    return next((colour for colour in colours if colour), None), has_picture


@lru_cache(maxsize=1024)
def pixels(value: str, of: float | None) -> float | None:
    """A length in pixels; `of` is what a share of it is a share of. None where that cannot be told."""
    found = re.fullmatch(r"\s*([\d.]{1,10})(px|pt|em|rem|%|)\s*", value.lower())
    if found is None or found[1].count(".") > 1 or not found[1].strip("."):
        return None
    number = float(found[1])
    match found[2]:
        case "px":
            return number
        case "pt":
            return number * 4 / 3
        case "rem":
            return number * 16
        case "":
            return 0.0 if number == 0 else None
    return None if of is None else number * of * (0.01 if found[2] == "%" else 1)
