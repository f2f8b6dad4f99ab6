"""Type: links that are seen to be links, and words that are large, open and easy to hit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailer.check.page.look import Look
from mailer.check.page.looks import Block, Link, Looks, Run, looks_of
from mailer.check.rule import WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.versions import Trouble, in_versions
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition

SMALLEST = 14.0
"""Pixels."""
LOWEST = 1.4
"""Height of a line as a share of its words' size."""
LOW_TARGET = 24.0
"""Pixels (WCAG 2.2, 2.5.8)."""
NORMAL = 1.2
"""The share that programs take where no height of a line is given."""
LONG = 80
"""Signs from which a text is likely to have several lines."""
SHOWN = 50

_WORD = re.compile(r"\w")


def by_colour(checked: CheckedIssue) -> Iterator[Finding]:
    """A link in a text that only its colour shows."""
    hint = "Leave links underlined: not everybody sees the colour."
    yield from _found(checked, "a11y.link-colour", 0, hint)


def small(checked: CheckedIssue) -> Iterator[Finding]:
    """Words under 14 pixels."""
    yield from _found(checked, "a11y.text-size", 1, "Make them larger in the theme or in the template.")


def dense(checked: CheckedIssue) -> Iterator[Finding]:
    """A text whose lines stand close."""
    hint = f"Give it a line-height of {LOWEST} or more in the theme or in the template."
    yield from _found(checked, "a11y.line-height", 2, hint)


def justified(checked: CheckedIssue) -> Iterator[Finding]:
    """A text that is set to both margins, with rivers of white in it."""
    yield from _found(checked, "a11y.justified", 3, "Leave out text-align: justify.")


def low(checked: CheckedIssue) -> Iterator[Finding]:
    """A link on a line of its own that is too low for a thumb."""
    hint = "Give it padding above and below, or a larger line-height."
    yield from _found(checked, "a11y.target", 4, hint)


def _found(checked: CheckedIssue, rule: str, number: int, hint: str) -> Iterator[Finding]:
    def troubles(rendition: Rendition) -> Iterator[Trouble]:
        for says, at in _all(rendition.html)[number]:
            item, words = first.setdefault(says, at)
            yield Trouble(f'{says} ("{words}")', item, words)

    first: dict[str, tuple[str | None, str]] = {}
    yield from in_versions(checked, rule, Severity.WARN, troubles, hint)


Told = tuple[tuple[str, tuple[str | None, str]], ...]


@lru_cache(maxsize=256)
def _all(page: str) -> tuple[Told, ...]:
    """What each of the rules has to say of a page, each thing with the first place that has it."""
    looks = looks_of(page)
    every: tuple[dict[str, tuple[str | None, str]], ...] = ({}, {}, {}, {}, {})
    for block in looks.blocks:
        runs = [run for run in block.runs if _WORD.search(run.words)]
        if runs:
            for found, told in zip(every, _of_block(block, runs, looks), strict=True):
                for says, words in told:
                    found.setdefault(says, (block.item, " ".join(words[:400].split())[:SHOWN]))
    return tuple(tuple(found.items()) for found in every)


def _of_block(block: Block, runs: list[Run], looks: Looks) -> tuple[list[tuple[str, str]], ...]:
    first = runs[0].look
    is_heading = block.tag[:1] == "h" and block.tag[1:].isdecimal()
    is_long = not is_heading and len(block.words) > LONG
    plain = [run for run in runs if run.link is None]
    linked = {run.link: run for run in reversed(runs) if run.link is not None}
    links = [(looks.links[place], run) for place, run in linked.items()]
    share = _share(first)
    return (
        [
            ("has links that only their colour shows", run.words)
            for link, run in links
            if plain and _is_plain(link, run.look, plain)
        ],
        [
            (f"has words of {run.look.size:g} pixels, under {SMALLEST:g}", run.words)
            for run in runs
            if run.look.size is not None and round(run.look.size, 1) < SMALLEST
        ],
        [(f"has a text with a line-height of {share:.3g}, under {LOWEST}", runs[0].words)]
        if is_long and share is not None and share < LOWEST
        else [],
        [("has a text set to both margins", runs[0].words)] if is_long and first.is_justified else [],
        [
            (f"has links that are {height:.0f} pixels high, under {LOW_TARGET:g}", run.words)
            for link, run in links
            if not plain and (height := _height(link, run.look)) is not None and height < LOW_TARGET
        ],
    )


def _is_plain(link: Link, look: Look, around: list[Run]) -> bool:
    """Whether nothing but colour tells a link from the words around it."""
    own = link.look
    if look.is_underlined or own.has_edge or own.is_block or own.padding:
        return False
    return all(
        (run.look.is_bold, run.look.ground, run.look.size) == (look.is_bold, look.ground, look.size)
        for run in around
    )


def _share(look: Look) -> float | None:
    if look.leading is None or not look.size:
        return None
    number, is_share = look.leading
    return number if is_share else number / look.size


def _height(link: Link, look: Look) -> float | None:
    if look.size is None:
        return None
    return max(look.line or NORMAL * look.size, link.picture_height) + link.look.padding


RULES = (
    Rule("a11y.link-colour", "A link in a text that only its colour shows", WARN, "WCAG 1.4.1", by_colour),
    Rule("a11y.justified", "A text set to both margins", WARN, "WCAG 1.4.8", justified),
    Rule("a11y.text-size", "Words under 14 pixels", WARN, "WCAG 1.4.8", small, is_strict=True),
    Rule("a11y.line-height", "Lines closer than 1.4", WARN, "WCAG 1.4.8", dense, is_strict=True),
    Rule("a11y.target", "A link too low for a thumb", WARN, "WCAG 2.5.8", low, is_strict=True),
)
