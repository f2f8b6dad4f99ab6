"""Groups that items are shown to, lead for or have other words for."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.errors import nearest
from mailer.model.finding import Finding, Severity

MOST_NAMED = 60
"""Groups are named to the last: whoever asks for one does not know them."""


def unknown(checked: CheckedIssue) -> Iterator[Finding]:
    """A group that does not exist: nobody would see the item, or read it first, or read those words."""
    for item in checked.issue.items:
        named = [("show_to", item.show_to), ("lead_for", item.lead_for)]
        named += [(f"wording[{number}].for", wording.for_) for number, wording in enumerate(item.wording)]
        for field, group in named:
            if group is not None and group not in checked.known_segments:
                yield checked.finding(
                    "segment.unknown",
                    Severity.STOP,
                    f'There is no group "{group}".',
                    nearest(group, checked.known_segments, MOST_NAMED) or "Define it in segments.yaml.",
                    at=Place(item.id, field),
                    words=group,
                )


RULES = (Rule("segment.unknown", "An item for a group that does not exist", STOP, "groups", unknown),)
