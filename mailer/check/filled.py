"""Where an issue's personal fields are filled in."""

from __future__ import annotations

from mailer.model.issue import ItemBase
from mailer.model.kinds import OwnItem

FILLED = frozenset({"series", "title", "subject", "preheader", "body"})
"""Fields of an issue's head and of every item."""


def is_filled(field: str, item: ItemBase | None) -> bool:
    """Whether personal fields are filled in at that path, within the item or, without one, the issue's head."""
    leaf = field.rpartition(".")[2] if field.startswith("wording[") else field.partition("[")[0]
    return leaf in FILLED or (isinstance(item, OwnItem) and leaf in item.worded)
