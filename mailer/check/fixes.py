"""Which rules' findings can be mended without asking what was meant, and how: beside the table of rules.

A fix says where in a text something is wrong and what is right there. It never decides about words: only about
blanks, hidden signs, and letters that copying has torn apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from mailer.check.link_reading import Form, links
from mailer.check.literal import code_in, kept_in
from mailer.check.reading import texts
from mailer.check.slips import (
    Slip,
    blocks_of,
    double_spaces,
    ligatures,
    line_ends,
    mailto_in_email,
    mailto_space_in_url,
    mailto_spaces,
    soft_hyphens,
)
from mailer.model.issue import Issue

MOST_SINGLY = 20
"""Slips of a text that are mended one by one, where mending all would change what must not change."""

Find = Callable[[str], Iterable[Slip]]


@dataclass(frozen=True, slots=True)
class Fix:
    """How the findings of a rule are mended."""

    rule: str
    does: str
    in_text: Find
    in_url: Find | None = None
    """The same for fields that hold an address of the web or of a mailbox, with its scheme."""
    in_email: Find | None = None
    """The same for fields that hold a mail address."""


FIXES = (
    Fix(
        "mailto.space",
        "takes the space after `mailto:` out",
        mailto_spaces,
        mailto_space_in_url,
        mailto_in_email,
    ),
    Fix("text.soft-hyphen", "takes hidden hyphens out", soft_hyphens),
    Fix("text.ligature", "joins torn words, and writes ligature signs as letters", ligatures),
    Fix("text.double-space", "leaves one space", double_spaces),
    Fix("text.trailing-space", "takes blanks at the ends of lines out", line_ends),
)
"""In the order in which they are asked; where two are about the same signs, the first one mends."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A text of the issue that can be mended: what of it, and how it is then."""

    item: str | None
    field: str
    old: str
    slips: tuple[Slip, ...]
    """In order, none over another."""
    rule_of: tuple[str, ...]
    """The rule of each."""

    @property
    def rules(self) -> tuple[str, ...]:
        """What it mends, each rule once."""
        return tuple(dict.fromkeys(self.rule_of))

    @property
    def new(self) -> str:
        """The whole text, mended."""
        return mended(self.old, self.slips)


def mended(text: str, slips: Iterable[Slip]) -> str:
    """The text with what is right in each place."""
    parts, reached = [], 0
    for slip in sorted(slips, key=lambda slip: slip.start):
        parts += [text[reached : slip.start], slip.right or ""]
        reached = slip.end
    return "".join([*parts, text[reached:]])


def mends_in(issue: Issue) -> Iterator[Mend]:
    """What is certain to mend in the words of an issue, text by text. Blocks of Markdown stay what they are, and so
    do code, the addresses and titles of links, HTML and personal fields."""
    for text in texts(issue):
        mend = _mend(text.item, text.field, text.text, [(fix.rule, fix.in_text) for fix in FIXES])
        if mend and (safe := _safe(mend)):
            yield safe
    finders = {
        Form.ENTRY: [(fix.rule, fix.in_url) for fix in FIXES if fix.in_url],
        Form.FIELD: [(fix.rule, fix.in_email) for fix in FIXES if fix.in_email],
    }
    for link in links(issue):
        if mend := _mend(link.item, link.field, link.url, finders.get(link.form, ())):
            yield mend


def _safe(mend: Mend) -> Mend | None:
    """As much of it as leaves alone what is not to be mended."""
    if _is_safe(mend):
        return mend
    kept: Mend | None = None
    for slip, rule in zip(mend.slips[:MOST_SINGLY], mend.rule_of, strict=False):
        slips, rules = ((*kept.slips, slip), (*kept.rule_of, rule)) if kept else ((slip,), (rule,))
        more = replace(mend, slips=slips, rule_of=rules)
        if _is_safe(more):
            kept = more
    return kept


def _is_safe(mend: Mend) -> bool:
    if blocks_of(mend.new) != blocks_of(mend.old) or code_in(mend.new) != code_in(mend.old):
        return False
    # A space less after `mailto:` is what one of the fixes is for: it may change an address, and nothing else.
    old, new = (mended(text, mailto_spaces(text)) for text in (mend.old, mend.new))
    return kept_in(new) == kept_in(old)


def _mend(item: str | None, field: str, text: str, finders: Iterable[tuple[str, Find]]) -> Mend | None:
    taken: list[tuple[Slip, str]] = []
    is_taken = bytearray(len(text))
    for rule, find in finders:
        for slip in find(text):
            if slip.right is not None and not any(is_taken[slip.start : slip.end]):
                taken.append((slip, rule))
                is_taken[slip.start : slip.end] = b"\1" * (slip.end - slip.start)
    if not taken:
        return None
    taken.sort(key=lambda each: each[0].start)
    return Mend(item, field, text, tuple(slip for slip, _ in taken), tuple(rule for _, rule in taken))
