"""Settling what was put in, taken out or replaced in a text, all in the same way; comments stay."""

from __future__ import annotations

import re
from typing import Literal

from mailer.model.undecided import Undecided, undecided_in
from mailer.source.slips import without_code

Decide = Literal["keep", "accept", "reject"]
"""keep: it stays to be decided; accept: what was put in stands, what was taken out goes; reject: the reverse."""

_SETTLED = ("insertion", "deletion", "substitution")
_MARK = 3
"""Signs of a mark such as `{++`."""
_EMPTY_LINES = re.compile(r"\n{3,}")


def decided(text: str, decide: Decide, *, plain: bool = False) -> tuple[str, tuple[Undecided, ...]]:
    """The text with its {++…++}, {--…--} and {~~…~>…~~} settled, and what was settled. `keep` changes nothing.

    Places in what was settled are those of the text as it was. `plain`: it is a title or the like, and no Markdown.
    """
    if decide == "keep" or "{" not in text:
        return text, ()
    found = undecided_in(text, plain=True) if plain else undecided_in(without_code(text))
    settled = tuple(each for each in found if each.kind in _SETTLED)
    parts: list[str] = []
    reached = 0
    for each in settled:
        inside = text[each.start + _MARK : each.end - _MARK]
        old, new = inside[: len(each.old)], inside[len(inside) - len(each.new) :] if each.new else ""
        parts += [text[reached : each.start], new if decide == "accept" else old]
        reached = each.end
    if not settled:
        return text, ()
    return _EMPTY_LINES.sub("\n\n", "".join([*parts, text[reached:]])), settled
