"""Where an issue's personal fields are filled in, and where its texts are Markdown."""

from __future__ import annotations

from mailer.model.issue import ItemBase
from mailer.model.kinds import OwnItem

FILLED = frozenset({"series", "title", "subject", "preheader", "body"})
"""Fields of an issue's head and of every item."""


def is_filled(field: str, item: ItemBase | None) -> bool:
    """Whether personal fields are filled in at that path, within the item or, without one, the issue's head."""
    leaf = field.rpartition(".")[2] if field.startswith("wording[") else field.partition("[")[0]
    return leaf in FILLED or (isinstance(item, OwnItem) and leaf in item.worded)


def is_markdown(field: str, item: ItemBase | None) -> bool:
    """Whether the text at that path, within the item or the issue's head, is read as Markdown."""
    if field.rpartition(".")[2] == "body":
        return True
    own = item.declaration.fields.get(field) if isinstance(item, OwnItem) else None
    return own is not None and own.type == "markdown"
