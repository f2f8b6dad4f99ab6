"""What a selector uses: its combinators, kinds of simple selectors, pseudo-classes and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Token = Any
"""A node of tinycss2, which has no types of its own."""

COMBINATORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling"}
PSEUDO_ELEMENTS = frozenset({"after", "before", "first-letter", "first-line", "marker", "placeholder"})
DARKENED = frozenset({"data-ogsc", "data-ogsb", "data-ogac", "data-ogab"})
"""Attributes that the Outlooks set on what they have darkened."""


def split_selectors(prelude: Iterable[Token]) -> list[list[Token]]:
    """The selectors of a rule, divided at its commas, without space around them."""
    parts: list[list[Token]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return [_stripped(part) for part in parts]


def _stripped(tokens: Sequence[Token]) -> list[Token]:
    kept = list(tokens)
    while kept and kept[0].type == "whitespace":
        kept.pop(0)
    while kept and kept[-1].type == "whitespace":
        kept.pop()
    return kept


def is_darkened(selector: Iterable[Token]) -> bool:
    """Whether a selector counts only where a program has darkened the mail."""
    names = (
        part.lower_value
        for token in selector
        if token.type == "[] block"
        for part in token.content
        if part.type == "ident"
    )
    return any(name in DARKENED for name in names)


def selector_features(selector: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each feature of one selector, with its trait."""
    simple: list[str] = []
    """What the compound at hand is made of."""
    after = ""
    for place, token in enumerate(selector):
        combinator = COMBINATORS.get(token.value) if token.type == "literal" else None
        if combinator or (token.type == "whitespace" and _joins(selector, place)):
            yield f"css-selector-{combinator or 'descendant'}", ""
            yield from _chained(simple)
            simple, after = [], ""
            continue
        for kind, trait in _simple(token, after):
            simple.append(kind)
            yield kind, trait
        after = token.value if token.type == "literal" else ""
    yield from _chained(simple)


def _joins(selector: Sequence[Token], place: int) -> bool:
    """Whether white space joins two compounds, and is not beside another combinator."""
    around = (selector[place - 1], selector[place + 1]) if 0 < place < len(selector) - 1 else ()
    return bool(around) and not any(t.type == "literal" and t.value in COMBINATORS for t in around)


def _chained(simple: Sequence[str]) -> Iterator[tuple[str, str]]:
    named = [kind for kind in simple if kind in ("css-selector-class", "css-selector-id")]
    if len(named) > 1:
        yield "css-selector-chaining", ""
    if "css-selector-attribute" in simple and "css-selector-class" in simple:
        yield "css-selector-attribute", "with a class"


def _simple(token: Token, after: str) -> Iterator[tuple[str, str]]:
    match token.type:
        case "ident" if after == ".":
            yield "css-selector-class", ""
        case "ident" if after == ":":
            name = token.lower_value
            yield f"css-pseudo-{'element' if name in PSEUDO_ELEMENTS else 'class'}-{name}", ""
        case "function" if after == ":":
            yield f"css-pseudo-class-{token.lower_name}", ""
        case "ident":
            yield "css-selector-type", ""
        case "hash":
            yield "css-selector-id", ""
        case "literal" if token.value == "*":
            yield "css-selector-universal", ""
        case "[] block":
            yield "css-selector-attribute", ""
            yield "css-selector-attribute", _attribute_form(token.content)


def _attribute_form(content: Iterable[Token]) -> str:
    signs = "".join(token.value for token in content if token.type == "literal")
    return {"": "by name", "=": "equal", "~=": "one word"}.get(signs, "part")
