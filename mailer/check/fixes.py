"""Which rules' findings can be mended without asking what was meant, and how: beside the table of rules.

A fix says where in a text something is wrong and what is right there. It never decides about words: only about
blanks, hidden signs, and letters that copying has torn apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mailer.check.reading import Form, links, texts
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
    rules: tuple[str, ...]

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
    """What is certain to mend in the words of an issue, text by text. Blocks of Markdown stay what they are."""
    for text in texts(issue):
        mend = _mend(text.item, text.field, text.text, [(fix.rule, fix.in_text) for fix in FIXES])
        if mend and blocks_of(mend.new) == blocks_of(mend.old):
            yield mend
    finders = {
        Form.ENTRY: [(fix.rule, fix.in_url) for fix in FIXES if fix.in_url],
        Form.FIELD: [(fix.rule, fix.in_email) for fix in FIXES if fix.in_email],
    }
    for link in links(issue):
        if mend := _mend(link.item, link.field, link.url, finders.get(link.form, ())):
            yield mend


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
    rules = tuple(dict.fromkeys(rule for _, rule in taken))
    return Mend(item, field, text, tuple(slip for slip, _ in taken), rules)
