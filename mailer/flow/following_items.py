"""Which items of an issue stand in the next one too, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from mailer.check.calendar_names import written_day
from mailer.model.issue import (
    About,
    Announcement,
    Contact,
    Deadline,
    Event,
    EventReport,
    Heading,
    ItemBase,
    Links,
    Social,
    StaffChange,
)
from mailer.model.kinds import OwnItem

STANDING = (Contact, About, Social, Links)
"""Kinds that say the same in every issue."""
CLOSING = (Contact, About, Social)
"""Kinds that stand at an issue's end, under no heading that is over other items too."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one item of the old issue."""

    item: str
    kind: str
    title: str
    stays: bool
    reason: str
    """Such as `expired on 31 January 2017`."""


def fates(items: Sequence[ItemBase], day: date, shared: Collection[str]) -> tuple[Fate, ...]:
    """What becomes of each item in an issue of that day, in their order."""
    decided = [None if isinstance(item, Heading) else _decide(item, day, item.id in shared) for item in items]
    found = []
    for at, item in enumerate(items):
        stays, reason = decided[at] or _heading(items, decided, at)
        kind = str(getattr(item, "kind", ""))
        found.append(Fate(item.id, kind, item.title, stays, reason))
    return tuple(found)


def _decide(item: ItemBase, day: date, is_shared: bool) -> tuple[bool, str]:
    if item.expires is not None and item.expires < day:
        return False, f"expired on {written_day(item.expires)}"
    if (dated := _own_day(item)) is not None:
        last, gone, stays = dated
        return last >= day, f"{stays if last >= day else gone} {written_day(last)}"
    if is_shared:
        return True, "is shared by the issues"
    if isinstance(item, STANDING):
        return True, "stands in every issue"
    if item.expires is not None and isinstance(item, Announcement | StaffChange | OwnItem):
        return True, f"may be sent until {written_day(item.expires)}"
    if isinstance(item, EventReport):
        return False, f"a report of {item.start:%B} {item.start.year}, now in the last issue"
    return False, _SAID.get(str(getattr(item, "kind", "")), "was news, now in the last issue")


def _own_day(item: ItemBase) -> tuple[date, str, str] | None:
    """The last day of what the item is about, and what is said where it is over, and where it is not."""
    match item:
        case Event():
            return (item.end, "ended on", "ends on") if item.end else (item.start, "was on", "is on")
        case Deadline():
            return item.due, "was due on", "is due on"
        case OwnItem() if item.declared_day is not None:
            return item.declared_day, "its day was", "its day is"
    return None


_SAID = {
    "greeting": "a greeting of the last issue",
    "staff_change": "was told in the last issue",
    "announcement": "was announced in the last issue",
    "press": "was published before the last issue",
    "quote": "words of the last issue",
    "image": "a picture of the last issue",
}


def _heading(
    items: Sequence[ItemBase], decided: Sequence[tuple[bool, str] | None], at: int
) -> tuple[bool, str]:
    """A heading stays over the items that stay under it."""
    is_over_closing = at + 1 < len(items) and isinstance(items[at + 1], CLOSING)
    for item, fate in zip(items[at + 1 :], decided[at + 1 :], strict=True):
        if fate is None or isinstance(item, CLOSING) != is_over_closing:
            break
        if fate[0]:
            return True, "has items under it"
    return False, "no item under it stays"
