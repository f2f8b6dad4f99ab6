"""Which items a reader's version has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mailer.model.issue import Issue, Item
from mailer.model.rendition import Variant


def variant_for(issue: Issue, language: str, sees: Callable[[str], bool], day: date) -> Variant:
    """The version for readers of `language` for whom `sees(group)` tells who belongs to a group.

    Items whose last day is before `day` are left out, and headings with nothing visible below them.
    """
    kept: list[str] = []
    heading: str | None = None
    for item in issue.items:
        if not _shows(item, sees, day):
            continue
        if item.kind == "heading":
            heading = item.id
            continue
        if heading is not None:
            kept.append(heading)
            heading = None
        kept.append(item.id)
    return Variant(language=language, items=tuple(kept))


def _shows(item: Item, sees: Callable[[str], bool], day: date) -> bool:
    if item.expires is not None and item.expires < day:
        return False
    return item.show_to is None or sees(item.show_to)
