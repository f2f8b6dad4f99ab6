"""Which items a reader's version has, in which order and words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date

from mailer.model.issue import Issue, Item, ItemBase
from mailer.model.kinds import ERRATUM
from mailer.model.rendition import Variant
from mailer.model.slots import FIELD

STANDING = frozenset({"contact", "about", "social"})
"""Kinds that say the same in every issue, and belong to no heading but one that is over them alone."""

Sees = Callable[[str], bool]
"""Whether the reader belongs to a group."""


def variant_for(issue: Issue, language: str, sees: Sees, day: date) -> Variant:
    """The version for readers of `language` for whom `sees(group)` tells who belongs to a group.

    Items whose last day is before `day` are left out, and headings left without items. Items that lead for
    the reader come first, below what opens the letter.
    """
    shown = [item for item in issue.items if _shows(item, sees, day)]
    leads = [item for item in shown if item.lead_for is not None and sees(item.lead_for)]
    staying = {item.id for item in shown if item not in leads}
    others = [item for heading, below in _sections(issue.items) for item in _seen(heading, below, staying)]
    on_top = 1 if others and others[0].kind == ERRATUM else 0
    opening = on_top + 1 if others[on_top:] and _opens(others[on_top]) else on_top
    items = [*others[:opening], *leads, *others[opening:]]
    wordings = ((item.id, number) for item in items if (number := _wording(item, sees)) is not None)
    return Variant(
        language=language, items=tuple(item.id for item in items), wordings=tuple(sorted(wordings))
    )


def archive_variant(issue: Issue, language: str) -> Variant:
    """The version for everybody on the web: every item, whoever saw it, but those that `archive: no` keeps out.

    In the issue's order and the general wording; what has expired stays, for it is an archive.
    """
    for_all = {"show_to": None, "lead_for": None, "expires": None}
    kept = tuple(item.model_copy(update=for_all) for item in issue.items if item.archive)
    return variant_for(issue.model_copy(update={"items": kept}), language, lambda _: False, issue.date)


def _opens(item: Item) -> bool:
    """Whether the item greets the reader itself: nothing comes before that."""
    return any(name == "salutation" for name, _ in FIELD.findall(item.body))


def _sections(items: Sequence[Item]) -> Iterator[tuple[Item | None, list[Item]]]:
    """Each heading with the items below it; None over those before the first."""
    heading: Item | None = None
    below: list[Item] = []
    for item in items:
        if item.kind == "heading":
            yield heading, below
            heading, below = item, []
        else:
            below.append(item)
    yield heading, below


def _seen(heading: Item | None, below: Sequence[Item], staying: Collection[str]) -> list[Item]:
    """What is seen of a section. The standing texts at an issue's end keep no heading that was over others."""
    own = [item for item in below if item.kind not in STANDING] or below
    kept = [item for item in below if item.id in staying]
    is_over_some = any(item.id in staying for item in own)
    return [heading, *kept] if heading and heading.id in staying and is_over_some else kept


def _wording(item: ItemBase, sees: Sees) -> int | None:
    """Number of the first wording that fits; None for the item's own words."""
    for number, wording in enumerate(item.wording):
        if wording.for_ is None or sees(wording.for_):
            return number
    return None


def general_wording(item: ItemBase) -> int | None:
    """Number of the wording that everybody outside the groups reads; None for the item's own words."""
    return _wording(item, lambda _: False)


def _shows(item: Item, sees: Sees, day: date) -> bool:
    if item.expires is not None and item.expires < day:
        return False
    return item.show_to is None or sees(item.show_to)
