"""What a declaration uses: its property, and the functions, units and words in its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import tinycss2

from mailer.check.compat.traits import Token, is_function, traits_of


class Styled(NamedTuple):
    """One feature of one declaration."""

    slug: str
    trait: str
    words: str
    """The declaration, shortened."""


LONGHANDS = {
    "border-inline": "css-border-inline-block",
    "border-block": "css-border-inline-block",
    "inset": "css-inset",
    "columns": "css-column-layout-properties",
    "column-gap": "css-gap",
    "row-gap": "css-gap",
    "overflow-x": "css-overflow",
    "overflow-y": "css-overflow",
} | dict.fromkeys(("left", "right", "top", "bottom"), "css-left-right-top-bottom")
"""Properties that are found under another name."""

FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), slug)
    for pattern, slug in (
        (r"border-(inline|block)-(start|end)-(color|style|width)", "css-border-inline-block-longhand"),
        (r"border-(inline|block)-\w+", "css-border-inline-block-individual"),
        (r"border-(start|end)-(start|end)-radius", "css-border-radius-logical"),
        (r"border-(top|bottom)-(left|right)-radius", "css-border-radius"),
        (r"border(-(top|right|bottom|left))?(-(color|style|width))?", "css-border"),
        (r"border-image(-\w+)?", "css-border-image"),
        (r"(margin|padding)-(inline|block)-(start|end)", r"css-\1-\2-start-end"),
        (r"(margin|padding)-(inline|block)", r"css-\1-inline-block"),
        (r"(margin|padding)-(top|right|bottom|left)", r"css-\1"),
        (r"(animation|transition|outline)-(?!offset)[\w-]+", r"css-\1"),
        (r"(block|inline)-size", "css-block-inline-size"),
        (r"column-(?!count|gap)[\w-]+", "css-column-layout-properties"),
        (r"grid-template(-\w+)?", "css-grid-template"),
        (r"scroll-snap-[\w-]+", "css-scroll-snap"),
        (r"--.+", "css-variables"),
    )
)

FUNCTIONS = {
    "calc": "css-unit-calc",
    "clamp": "css-function-clamp",
    "min": "css-function-min",
    "max": "css-function-max",
    "light-dark": "css-function-light-dark",
    "linear-gradient": "css-linear-gradient",
    "repeating-linear-gradient": "css-linear-gradient",
    "radial-gradient": "css-radial-gradient",
    "repeating-radial-gradient": "css-radial-gradient",
    "conic-gradient": "css-conic-gradient",
    "rgb": "css-rgb",
    "rgba": "css-rgba",
    "var": "css-variables",
} | dict.fromkeys(("lch", "oklch", "lab", "oklab"), "css-modern-color")

WORDS = {
    "initial": "css-unit-initial",
    "fit-content": "css-intrinsic-size",
    "min-content": "css-intrinsic-size",
    "max-content": "css-intrinsic-size",
} | dict.fromkeys(
    ("system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace"),
    "css-sytem-ui",
)


@lru_cache(maxsize=4096)
def declared(style: str, tag: str = "", *, inline: bool = True) -> tuple[Styled, ...]:
    """The features of a style attribute, or of a rule's body; `tag` is the element that has it, if known."""
    nodes = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    found = [each for node in nodes if node.type == "declaration" for each in declaration(node, tag)]
    whole = {"no colour": "css-background-image", "without height": "css-display-none"}
    if re.search(r"background(-color)?\s*:[^;]*#|background-color", style):
        del whole["no colour"]
    if not re.search(r"max-height\s*:\s*0", style):
        del whole["without height"]
    for trait, slug in whole.items():
        found = [each._replace(trait=trait) if each[:2] == (slug, "") else each for each in found]
    if "!" in style:
        found += [Styled("css-important", trait, f"… {sign}") for trait, sign in _important(style, inline)]
    return tuple(dict.fromkeys(found))


def _important(style: str, inline: bool) -> Iterator[tuple[str, str]]:
    for mark in re.finditer(r"(\s?)!\s*(important)", style, re.IGNORECASE):
        yield "inline" if inline else "", mark[0]
        if not mark[1]:
            yield "no space", mark[0]
        if mark[2] != mark[2].lower():
            yield "capitals", mark[0]


def declaration(node: Token, tag: str) -> Iterator[Styled]:
    """The features of one declaration."""
    name = node.lower_name if not node.name.startswith("--") else node.name
    tokens = [token for token in node.value if token.type not in ("whitespace", "comment")]
    words = f"{name}: {tinycss2.serialize(node.value).strip()}"[:70]
    slug = property_feature(name)
    if slug:
        yield Styled(slug, "", words)
        for trait in traits_of(slug, tokens, tag):
            yield Styled(slug, trait, words)
    for also in _beside(name, tokens):
        yield Styled(also, "", words)
        for trait in traits_of(also, tokens, tag):
            yield Styled(also, trait, words)
    for also, trait in _values(tokens):
        yield Styled(also, trait, words)


@lru_cache(maxsize=1024)
def property_feature(name: str) -> str:
    """The feature that a property is; a property that caniemail does not know gives a name it does not know."""
    if name in LONGHANDS:
        return LONGHANDS[name]
    for pattern, slug in FAMILIES:
        if found := pattern.fullmatch(name):
            return found.expand(slug)
    return f"css-{name}"


def _beside(name: str, tokens: list[Token]) -> Iterator[str]:
    """Features of their own that a property makes with a certain value."""
    words = {token.lower_value for token in tokens if token.type == "ident"}
    if name == "display":
        yield from (
            slug
            for slug, values in (
                ("css-display-flex", {"flex", "inline-flex"}),
                ("css-display-grid", {"grid", "inline-grid"}),
                ("css-display-none", {"none"}),
            )
            if words & values
        )
    if name == "background" and any(t.type == "url" or is_function(t, "url") for t in tokens):
        yield "css-background-image"
    if name == "columns":
        yield "css-column-count"


def _values(tokens: Iterable[Token]) -> Iterator[tuple[str, str]]:
    """Functions, units and words, however deep they stand."""
    for token in tokens:
        match token.type:
            case "function":
                slug = FUNCTIONS.get(token.lower_name)
                if slug:
                    yield slug, ""
                    if slug == "css-rgb":
                        yield from ((slug, trait) for trait in _rgb(token.arguments))
                yield from _values(token.arguments)
            case "dimension":
                yield f"css-unit-{token.lower_unit}", ""
            case "percentage":
                yield "css-unit-percent", ""
            case "ident" if token.lower_value in WORDS:
                yield WORDS[token.lower_value], ""
            case _:
                pass


def _rgb(arguments: Iterable[Token]) -> Iterator[str]:
    literals = [token.value for token in arguments if token.type == "literal"]
    if "," not in literals:
        yield "without commas"
    if "/" in literals or literals.count(",") > 2:  # noqa: PLR2004
        yield "with alpha"
