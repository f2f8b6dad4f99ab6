"""Texts with their slips mended, where that changes nothing but the slips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mailer.source.literal import code_in, kept_in
from mailer.source.slips import Slip, blocks_of, mailto_spaces

MOST_SINGLY = 20
"""Slips of a text that are mended one by one, where mending all would change what must not change."""

Find = Callable[[str], Iterable[Slip]]
NamedSlip = tuple[str, Slip]
"""A slip, under the name of what found it."""


def mended(text: str, slips: Iterable[Slip]) -> str:
    """The text with what is right in each place."""
    parts, reached = [], 0
    for slip in sorted(slips, key=lambda slip: slip.start):
        parts += [text[reached : slip.start], slip.right or ""]
        reached = slip.end
    return "".join([*parts, text[reached:]])


def certain_slips(text: str, finders: Iterable[tuple[str, Find]]) -> list[NamedSlip]:
    """The slips of which it is certain what is right, in order, none over another: the first to find it has it."""
    taken: list[NamedSlip] = []
    is_taken = bytearray(len(text))
    for name, find in finders:
        for slip in find(text):
            if slip.right is not None and not any(is_taken[slip.start : slip.end]):
                taken.append((name, slip))
                is_taken[slip.start : slip.end] = b"\1" * (slip.end - slip.start)
    return sorted(taken, key=lambda each: each[1].start)


def safe_slips(text: str, finders: Iterable[tuple[str, Find]]) -> list[NamedSlip]:
    """As many of them as can be mended in Markdown without a change to its blocks, code, the addresses and titles of
    links, HTML, personal fields, or what is undecided."""
    slips = certain_slips(text, finders)
    if not slips or _is_safe(text, slips):
        return slips
    kept: list[NamedSlip] = []
    for each in slips[:MOST_SINGLY]:
        if _is_safe(text, [*kept, each]):
            kept.append(each)
    return kept


def _is_safe(text: str, slips: Sequence[NamedSlip]) -> bool:
    new = mended(text, (slip for _, slip in slips))
    if blocks_of(new) != blocks_of(text) or code_in(new) != code_in(text):
        return False
    # A space less after `mailto:` is what one of the fixes is for: it may change an address, and nothing else.
    before, after = (mended(each, mailto_spaces(each)) for each in (text, new))
    return kept_in(after) == kept_in(before)
