"""The subscriptions cell of a contact: `cami-newsletter 2015-03-01.. {web form}; cms-bulletin`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.audience.entries import (
    DAYS,
    REMARK,
    EntryError,
    is_slug,
    read_days,
    split_entries,
    written_days,
    written_remark,
)
from mailer.model.audience import Subscription

_SUBSCRIPTION = re.compile(rf"(?P<list>[^\s\[\]{{}}]+){DAYS}{REMARK}")


class SubscriptionsError(EntryError):
    """A subscriptions cell that cannot be read, and what to write instead."""


def parse_subscriptions(cell: str) -> tuple[Subscription, ...]:
    """Newsletters between semicolons, each `list [FROM..TO] [{source}]`; either day may be left out.

    SubscriptionsError names the first entry that is not written so.
    """
    try:
        return tuple(_subscription(text) for text in split_entries(cell))
    except EntryError as error:
        raise SubscriptionsError(str(error)) from error


def write_subscriptions(subscriptions: Iterable[Subscription]) -> str:
    """The cell that `parse_subscriptions` reads back as the same subscriptions."""
    return "; ".join(
        f"{entry.list}{written_days(entry.start, entry.end)}{written_remark(entry.source)}"
        for entry in subscriptions
    )


def _subscription(text: str) -> Subscription:
    found = _SUBSCRIPTION.fullmatch(text)
    if not found:
        raise EntryError(f'"{text}" is not written as a subscription')
    if not is_slug(found["list"]):
        raise EntryError(f'"{found["list"]}" cannot name a newsletter: use a-z, digits and single hyphens')
    start, end = read_days(found["start"], found["end"], text)
    return Subscription(list=found["list"], start=start, end=end, source=(found["remark"] or "").strip())
