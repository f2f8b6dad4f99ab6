"""How a version's items lie on the page: rows, the lead, the contents list and what opens the letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mailer.model.kinds import ERRATUM
from mailer.render.phrasing import greets
from mailer.render.view import View

BOXES = frozenset({"", "deadline", "heading", "quote"})
"""Kinds that need no rule above or below; "" is the top, or a row of boxes."""
PAIRED = frozenset({"half", "side"})


def rows_of(views: Sequence[View]) -> list[dict[str, Any]]:
    """Neighbouring half and side items stand two in a row; wide ones follow each other in one row.

    A half item without a partner is set wide.
    """
    rows: list[dict[str, Any]] = []
    for layout, group in _pairs(views):
        if layout == "wide" and rows and rows[-1]["layout"] == "wide":
            rows[-1]["items"] += group
        else:
            rows.append({"layout": layout, "items": group})
    _rule_off(rows)
    return rows


def _rule_off(rows: Sequence[dict[str, Any]]) -> None:
    """Mark the items that a thin rule parts from what stands above them."""
    above = ""
    for row in rows:
        for number, view in enumerate(row["items"]):
            beside = row["layout"] == "half" and number > 0
            view["rule"] = row["items"][0]["rule"] if beside else above not in BOXES
            view["rule"] = view["rule"] and view["kind"] not in BOXES and row["layout"] != "side"
            above = above if beside else view["kind"]
        above = "" if row["layout"] == "side" else row["items"][-1]["kind"]


def _pairs(views: Sequence[View]) -> Iterator[tuple[str, list[View]]]:
    place = 0
    while place < len(views):
        view = views[place]
        layout = "wide" if view["kind"] == "heading" else view["layout"]
        following = views[place + 1] if place + 1 < len(views) else None
        if (
            layout in PAIRED
            and following
            and following["kind"] != "heading"
            and following["layout"] == layout
        ):
            yield layout, [view, following]
            place += 2
        else:
            yield ("wide" if layout == "half" else layout), [view]
            place += 1


def lead_of(views: Sequence[View]) -> View | None:
    """The item set largest: the first wide article, else the first wide piece of news with a picture."""
    wide = [view for view in views if view["layout"] == "wide" and view["may_lead"]]
    articles = [view for view in wide if view["kind"] == "article"]
    pictured = [view for view in wide if view["image"]]
    return next(iter(articles + pictured), None)


def parted(views: Sequence[View]) -> tuple[list[View], list[View]]:
    """What says that the message before was wrong, which stands on top of the letter; and all else, in order."""
    on_top = [view for view in views if view["kind"] == ERRATUM]
    return on_top, [view for view in views if view["kind"] != ERRATUM]


def opening_of(views: Sequence[View]) -> View | None:
    """The first item, where it greets the reader itself: then it stands above the contents list."""
    opens = bool(views) and greets(views[0]["body"]) and views[0]["layout"] == "wide"
    return views[0] if opens else None


def number_items(views: Iterable[View]) -> None:
    """Number the items that the contents list names, as readers of this version see them: 1, 2, 3 …"""
    listed = (view for view in views if view["title"] and view["listed"])
    for number, view in enumerate(listed, start=1):
        view["number"] = number


def contents_of(views: Iterable[View]) -> list[dict[str, Any]]:
    """The titles that readers may want to jump to, with the day for deadlines and events to come."""
    return [
        {key: view[key] for key in ("id", "title", "number", "language", "direction")}
        | {"when": view["when"] if view["dated"] else ""}
        for view in views
        if view["title"] and view["listed"]
    ]
