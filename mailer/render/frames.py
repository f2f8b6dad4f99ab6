"""How wide each picture of a version is shown: the one place that knows the room which layouts leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailer.model.base import Slug
from mailer.model.issue import Item
from mailer.model.kinds import ERRATUM
from mailer.model.rendition import Frame
from mailer.render.rows import parted, rows_of
from mailer.render.theme import Theme

GAP = 24
"""Pixels between two items that stand beside each other."""
BOX_EDGE = 4
"""Pixels that a box adds left and right of its columns."""
DUE = 44
"""Pixels that the bar and the room of a deadline, and of what was wrong, take from its width."""


def frames_of(items: Sequence[Item], theme: Theme) -> Mapping[Slug, Frame]:
    """Item → how its picture is shown, for the items of one version in their order.

    A half item without a partner is set wide, so that the same picture may be wider for some readers.
    """
    frames = {}
    images = {item.id: item.image for item in items}
    views = [{"id": item.id, "kind": item.kind, "layout": item.layout} for item in items]
    on_top, below = parted(views)
    for row in [*({"layout": "wide", "items": [view]} for view in on_top), *rows_of(below)]:
        for view in row["items"]:
            image = images[view["id"]]
            if image is not None:
                width = room_for(row["layout"], len(row["items"]), view["kind"], theme)
                frames[view["id"]] = Frame(src=image.src, width=width, ratio=image.ratio, focus=image.focus)
    return frames


def room_for(layout: str, beside: int, kind: str, theme: Theme) -> int:
    """Pixels between the left and the right edge of an item that stands in a row of `beside`."""
    room = theme.width - 2 * theme.spacing.side
    if layout == "half" and beside > 1:
        room = room // 2 - GAP // 2
    elif layout == "side":
        room = (room - 2 * BOX_EDGE) // beside - 2 * (theme.spacing.box - BOX_EDGE)
    return room - DUE if kind in ("deadline", ERRATUM) else room
