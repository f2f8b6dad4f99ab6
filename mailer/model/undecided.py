"""What nobody has decided yet, as it stands in a text: CriticMarkup, from tracked changes and comments.

{++put in++} {--taken out--} {~~old~>new~~} {==marked==} {>>Name: comment<<}. In Markdown a backslash before the brace
makes of it plain signs; in a title or caption a backslash is one, and a word joiner (U+2060) within the mark does it.
Code is not looked at apart: whoever has it blanks it out before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["insertion", "deletion", "substitution", "highlight", "comment"]

_KINDS: dict[str, tuple[Kind, str]] = {
    "{++": ("insertion", "++}"),
    "{--": ("deletion", "--}"),
    "{~~": ("substitution", "~~}"),
    "{==": ("highlight", "==}"),
    "{>>": ("comment", "<<}"),
}
# `{++}` is an ion's charge in maths, and `{--1}` a dash: neither ends as it begins.
_BEGIN = re.compile(r"\{(?:\+\+|--|~~|==|>>)(?!\})")
_BACKSLASHES = re.compile(r"\\*\Z")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Undecided:
    """Signs `start` to `end` of a text, marks and all."""

    kind: Kind
    start: int
    end: int
    old: str = ""
    """What stands there without the change."""
    new: str = ""
    """What stands there with it; of a comment, its words."""

    @property
    def words(self) -> str:
        """On one line: "26 → 24" for a change, "+ 24" and "− 26" for what is put in and taken out."""
        old, new = _shown(self.old), _shown(self.new)
        match self.kind:
            case "substitution":
                return f"{old} → {new}"
            case "insertion":
                return f"+ {new}"
            case "deletion":
                return f"− {old}"
            case _:
                return new


def undecided_in(text: str, *, plain: bool = False) -> Iterator[Undecided]:
    """All that is undecided, in order, none over another; in time that grows with the text alone.

    `plain`: the text is no Markdown, so that no backslash takes a mark's meaning away.
    """
    reached = 0
    last = {begin: text.rfind(end) for begin, (_, end) in _KINDS.items() if begin in text}
    for found in _BEGIN.finditer(text) if last else ():
        begin, inside = found[0], found.end()
        # From here on there is no end of that kind any more: not to be sought again and again.
        if found.start() < reached or last[begin] < inside:
            continue
        if not plain and _is_escaped(text, found.start()):
            continue
        kind, end = _KINDS[begin]
        close = text.index(end, inside)
        within = text[inside:close]
        reached = close + len(end)
        if kind != "substitution" or "~>" in within:
            yield Undecided(kind, found.start(), reached, *_sides(kind, within))


def _sides(kind: Kind, within: str) -> tuple[str, str]:
    match kind:
        case "substitution":
            old, _, new = within.partition("~>")
            return old, new
        case "deletion":
            return within, ""
        case "highlight":
            return within, within
        case _:
            return "", within


def _is_escaped(text: str, at: int) -> bool:
    slashes = _BACKSLASHES.search(text, max(0, at - 40), at)
    return bool(slashes and len(slashes[0]) % 2)


def _shown(words: str) -> str:
    flat = " ".join(words[:2000].split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
