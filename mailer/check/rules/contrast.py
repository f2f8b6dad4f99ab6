"""Words against what they stand on: in light, in dark, and where a program darkens by force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mailer.check.page.look import Look
from mailer.check.page.looks import looks_of
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.versions import Trouble, in_versions
from mailer.model.colour import contrast, darkened
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

WANTED = 4.5
"""For words (WCAG 2.2, 1.4.3)."""
WANTED_LARGE = 3.0
LARGE, LARGE_BOLD = 24.0, 18.66
"""Pixels from which words are large: 18 points, and 14 points bold."""
FORCED = 3.0
"""What is asked where only a program's own sums decide."""
SHOWN = 50

_WORD = re.compile(r"\w")


class Pair(NamedTuple):
    """Words of one colour on one ground, with too little between them."""

    mode: str
    colour: str
    ground: str
    wanted: float


def faint(checked: CheckedIssue) -> Iterator[Finding]:
    """Words that too little sets off from their ground, in the colours that the template gives them."""
    hint = "Move one of the two colours further away, in the theme or in the template."
    yield from _told(checked, "a11y.contrast", Severity.STOP, ("light", "dark"), hint)


def forced(checked: CheckedIssue) -> Iterator[Finding]:
    """Words that would be hard to read where a program such as Gmail's app darkens by itself."""
    hint = "Colours in the middle come out so: take a lighter or darker one for words or ground."
    yield from _told(checked, "dark.contrast", Severity.WARN, ("forced",), hint)


MODES = {
    "light": "in light mode",
    "dark": "in dark mode",
    "forced": "where a program darkens by its own sums",
}


def _told(
    checked: CheckedIssue, rule: str, severity: Severity, modes: tuple[str, ...], hint: str
) -> Iterator[Finding]:
    """One finding a pair of colours, at the first words that have it in any version."""
    first: dict[Pair, tuple[str | None, str]] = {}

    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for pair, at in _pairs(rendition.html):
            if pair.mode in modes:
                item, words = first.setdefault(pair, at)
                ratio = contrast(pair.colour, pair.ground)
                says = (
                    f"has words at {ratio:.1f} to 1, of the {pair.wanted:g} that eyes need, {MODES[pair.mode]}: "
                    f'{pair.colour} on {pair.ground} ("{words}")'
                )
                yield Trouble(says, item, words)

    yield from in_versions(checked, rule, severity, troubles, hint)


@lru_cache(maxsize=256)
def _pairs(page: str) -> tuple[tuple[Pair, tuple[str | None, str]], ...]:
    """Each faint pair with the first item and words that have it."""
    found: dict[Pair, tuple[str | None, str]] = {}
    for block in looks_of(page).blocks:
        for run in block.runs:
            if _WORD.search(run.words):
                for pair in _faint(run.look):
                    found.setdefault(pair, (block.item, " ".join(run.words[:400].split())[:SHOWN]))
    return tuple(found.items())


@lru_cache(maxsize=2048)
def _faint(look: Look) -> tuple[Pair, ...]:
    is_large = look.size is not None and look.size >= (LARGE_BOLD if look.is_bold else LARGE)
    wanted = WANTED_LARGE if is_large else WANTED
    pairs = []
    if look.colour and look.ground:
        pairs.append(Pair("light", look.colour, look.ground, wanted))
        colour, ground = darkened(look.colour, is_ground=False), darkened(look.ground, is_ground=True)
        pairs.append(Pair("forced", colour, ground, FORCED))
    if look.dark_colour and look.dark_ground:
        pairs.append(Pair("dark", look.dark_colour, look.dark_ground, wanted))
    return tuple(pair for pair in pairs if contrast(pair.colour, pair.ground) < pair.wanted)


RULES = (
    Rule(
        "a11y.contrast",
        "Words with a contrast below 4.5 to 1 (large ones 3 to 1), in light or in dark",
        STOP,
        "WCAG 1.4.3",
        faint,
    ),
    Rule(
        "dark.contrast",
        "Words below 3 to 1 where a program darkens by itself",
        WARN,
        "what Gmail and Outlook do in dark mode",
        forced,
        is_strict=True,
    ),
)
