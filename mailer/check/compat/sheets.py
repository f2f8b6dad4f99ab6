"""What a style element uses: at-rules, selectors, declarations, and behind which gates they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import tinycss2

from mailer.check.compat.declarations import declared
from mailer.check.compat.selectors import COMBINATORS, is_darkened, selector_features, split_selectors
from mailer.check.compat.use import Key

Token = Any
"""A node of tinycss2, which has no types of its own."""

AT_RULES = {
    "media": "css-at-media",
    "font-face": "css-at-font-face",
    "import": "css-at-import",
    "keyframes": "css-at-keyframes",
    "-webkit-keyframes": "css-at-keyframes",
    "supports": "css-at-supports",
}
QUERIES = {
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
    "hover": "css-at-media-hover",
    "any-hover": "css-at-media-hover",
    "orientation": "css-at-media-orientation",
    "-webkit-device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "-webkit-min-device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "-webkit-max-device-pixel-ratio": "css-at-media-device-pixel-ratio",
}
PLAIN_QUERIES = frozenset({"min-width", "max-width", "min-height", "max-height"})
RESET = "#outlook a"
"""How the style element begins that MJML writes into every mail, to take away what programs add."""
LEFT_TO_THE_HEAD = re.compile(r":(hover|active|focus|visited|link)|^\.moz-|^#outlook|^\.mj-outlook|^u \+")
"""Selectors that no element can carry itself: states, and hooks of single programs."""


@dataclass
class _Sheet:
    """One style element being read."""

    first: dict[Key, str] = field(default_factory=dict)
    nested: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def add(
        self, slug: str, words: str, gates: frozenset[str], *, trait: str = "", dark: bool = False
    ) -> None:
        self.first.setdefault(Key(slug, trait, gates - {slug}, dark), f"<style> {words}")


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A style element as read."""

    found: tuple[tuple[Key, str], ...]
    """Each use, with the words where it comes first."""
    nested: tuple[str, ...]
    """At-rules that stand inside others."""
    bare: tuple[str, ...]
    """Selectors of rules that stand nowhere but here, for everybody."""


@lru_cache(maxsize=256)
def sheet_features(css: str, media: str = "") -> SheetRead:
    """The uses of a style element; `media` is its attribute. Read once for as long as it stays the same."""
    sheet = _Sheet()
    gates = frozenset({"html-style"})
    sheet.add("html-style", "<style>", frozenset())
    if "/*" in css:
        sheet.add("css-comments", "/* … */", gates)
    if media and media not in ("all", "screen"):
        gates = _media(sheet, tinycss2.parse_component_value_list(media), gates, f"media={media}")
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    _rules(sheet, rules, gates, "media" if media else "")
    if sheet.bare and not css.strip().startswith(RESET):
        sheet.add("html-style", sheet.bare[0], frozenset(), trait="alone")
    return SheetRead(tuple(sheet.first.items()), tuple(sheet.nested), tuple(sheet.bare))


def _rules(sheet: _Sheet, rules: Iterable[Token], gates: frozenset[str], inside: str) -> None:
    """`inside` is the at-rule around them, "" where there is none."""
    for rule in rules:
        if rule.type == "qualified-rule":
            _rule(sheet, rule, gates, inside=bool(inside))
        elif rule.type == "at-rule":
            _at_rule(sheet, rule, gates, inside)


def _at_rule(sheet: _Sheet, rule: Token, gates: frozenset[str], inside: str) -> None:
    name = rule.lower_at_keyword
    words = f"@{name} {tinycss2.serialize(rule.prelude).strip()}".strip()[:70]
    if inside.startswith("@"):
        sheet.nested.append(f"{words} inside {inside}")
    if name == "media":
        if inside.startswith("@media"):
            sheet.add("css-at-media", words, gates, trait="nested")
        within = _media(sheet, rule.prelude, gates, words)
    elif name in AT_RULES:
        sheet.add(AT_RULES[name], words, gates)
        within = gates | {AT_RULES[name]}
    else:
        return
    if rule.content is None or name == "font-face":
        return
    rules = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    _rules(sheet, rules, within, words)


def _media(sheet: _Sheet, prelude: Iterable[Token], gates: frozenset[str], words: str) -> frozenset[str]:
    """Note a media query; return the gates that stand before what is in it."""
    sheet.add("css-at-media", words, gates)
    within = gates | {"css-at-media"}
    names = _idents(prelude)
    for name in names:
        if slug := QUERIES.get(name):
            sheet.add(slug, words, within)
            within |= {slug}
        elif name.endswith("-height"):
            sheet.add("css-at-media", words, gates, trait="by height")
    if "landscape" in names:
        sheet.add("css-at-media", words, gates, trait="landscape")
    if not names:
        sheet.add("css-at-media", words, gates, trait="without a query")
    if any("-" in name and name not in PLAIN_QUERIES and name not in QUERIES for name in names):
        sheet.add("css-at-media", words, gates, trait="unusual query")
    return within


def _idents(tokens: Iterable[Token]) -> list[str]:
    names: list[str] = []
    for token in tokens:
        if token.type == "ident":
            names.append(token.lower_value)
        elif token.type == "() block":
            names += _idents(token.content)
    return names


def _rule(sheet: _Sheet, rule: Token, gates: frozenset[str], *, inside: bool) -> None:
    selectors = split_selectors(rule.prelude)
    said = tinycss2.serialize(rule.prelude).strip()
    dark = all(is_darkened(selector) for selector in selectors)
    if len(selectors) > 1:
        sheet.add("css-selector-grouping", said[:70], gates, dark=dark)
    for selector in selectors:
        own = is_darkened(selector)
        words = tinycss2.serialize(selector).strip()[:70]
        for slug, trait in selector_features(selector):
            sheet.add(slug, words, gates, trait=trait, dark=own)
    if not (inside or dark or LEFT_TO_THE_HEAD.search(said)):
        sheet.bare.append(said[:70])
    nodes = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    if any(node.type in ("qualified-rule", "at-rule") for node in nodes):
        sheet.add("css-nesting", said[:70], gates)
    tag = _tag(selectors)
    for each in declared(tinycss2.serialize(rule.content), tag, inline=False):
        sheet.add(each.slug, f"{said[:40]} {{ {each.words} }}", gates, trait=each.trait, dark=dark)


def _tag(selectors: Iterable[list[Token]]) -> str:
    """The one element that all selectors end in; "" where there is none."""
    ends = set()
    for selector in selectors:
        last: list[Token] = []
        for part in selector:
            joins = part.type == "whitespace" or (part.type == "literal" and part.value in COMBINATORS)
            last = [] if joins else [*last, part]
        ends.add(last[0].lower_value if last and last[0].type == "ident" else "")
    return ends.pop() if len(ends) == 1 else ""
