"""Which rules' findings can be mended without asking what was meant, and how: beside the table of rules.

A fix says where in a text something is wrong and what is right there. It never decides about words: only about
blanks, hidden signs, and letters that copying has torn apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.check.link_reading import Form, links
from mailer.check.reading import texts
from mailer.model.issue import Issue
from mailer.source.mending import Find, certain_slips, mended, safe_slips
from mailer.source.slips import (
    Slip,
    double_spaces,
    ligatures,
    line_ends,
    mailto_in_email,
    mailto_space_in_url,
    mailto_spaces,
    soft_hyphens,
)


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


def mends_in(issue: Issue) -> Iterator[Mend]:
    """What is certain to mend in the words of an issue, text by text. Blocks of Markdown stay what they are, and so
    do code, the addresses and titles of links, HTML and personal fields."""
    for text in texts(issue):
        if slips := safe_slips(text.text, [(fix.rule, fix.in_text) for fix in FIXES]):
            yield _mend(text.item, text.field, text.text, slips)
    finders = {
        Form.ENTRY: [(fix.rule, fix.in_url) for fix in FIXES if fix.in_url],
        Form.FIELD: [(fix.rule, fix.in_email) for fix in FIXES if fix.in_email],
    }
    for link in links(issue):
        if slips := certain_slips(link.url, finders.get(link.form, ())):
            yield _mend(link.item, link.field, link.url, slips)


def _mend(item: str | None, field: str, old: str, named: Sequence[tuple[str, Slip]]) -> Mend:
    return Mend(item, field, old, tuple(slip for _, slip in named), tuple(rule for rule, _ in named))
