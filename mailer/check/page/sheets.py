"""What style elements say to everybody, and what they say in dark mode."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tinycss2

from mailer.check.compat.selectors import is_darkened, split_selectors
from mailer.check.page.declarations import Declaration, declarations
from mailer.check.page.selectors import Selector, is_of_a_state, read_selector

Token = Any
"""A node of tinycss2, which has no types of its own."""

TOO_LONG = 100_000
"""Signs of a style element that no program reads: Gmail stops at 16,384."""
PAINTING = frozenset({"color", "background", "background-color", "background-image", "opacity", "display"})
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark")


@dataclass(frozen=True, slots=True, eq=False)
class StyleRule:
    """A rule of a style element for one selector."""

    selector: Selector
    says: tuple[Declaration, ...]
    order: int
    is_dark: bool
    """Whether it holds in dark mode only."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a page's style elements say of looks."""

    rules: tuple[StyleRule, ...]
    has_dark: bool
    is_sure: bool
    """Whether every selector that changes a colour was understood."""
    is_sure_in_dark: bool


@lru_cache(maxsize=64)
def read_sheets(sheets: tuple[tuple[str, str], ...]) -> Sheet:
    """The style elements of a page, each with its media attribute."""
    rules: list[StyleRule] = []
    doubtful: set[bool] = set()
    has_dark = False
    for css, media in sheets:
        within = _darkness(media)
        if within is None:
            continue
        try:
            read = list(_rules(css, is_dark=within)) if len(css) < TOO_LONG else None
        except RecursionError:
            read = None
        if read is None:
            doubtful.add(False)
        for selectors, says, is_dark in read or ():
            has_dark = has_dark or is_dark
            for tokens in selectors:
                if is_darkened(tokens) or is_of_a_state(tokens):
                    continue
                selector = read_selector(tokens)
                if selector is None:
                    if any(each.name in PAINTING for each in says):
                        doubtful.add(is_dark)
                else:
                    rules.append(StyleRule(selector, says, len(rules), is_dark))
    is_sure = False not in doubtful
    return Sheet(tuple(rules), has_dark, is_sure, is_sure and True not in doubtful)


def _darkness(media: str) -> bool | None:
    """Whether a media query means dark mode; None where it means something else than every screen."""
    query = media.strip().lower()
    if query in ("", "all", "screen"):
        return False
    return True if _DARK.search(query) else None


def _rules(css: str, *, is_dark: bool) -> Iterator[tuple[list[list[Token]], tuple[Declaration, ...], bool]]:
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    yield from _rules_in(nodes, is_dark, 0)


def _rules_in(
    nodes: Iterable[Token], is_dark: bool, depth: int
) -> Iterator[tuple[list[list[Token]], tuple[Declaration, ...], bool]]:
    for node in nodes:
        if node.type == "qualified-rule":
            if says := declarations(tinycss2.serialize(node.content)):
                yield split_selectors(node.prelude), says, is_dark
        elif node.type == "at-rule" and node.lower_at_keyword == "media" and node.content is not None:
            within = _darkness(tinycss2.serialize(node.prelude))
            if within is not None and not depth:
                inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                yield from _rules_in(inner, is_dark or within, depth + 1)
