"""A version's rows under the headings that stand over them: what a web page and a print edition are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from mailer.render.markdown import LOWEST_LEVEL
from mailer.render.variant import STANDING
from mailer.render.view import View

TOP = 2
"""Level of an item's heading: h1 is the issue's."""
HEADING = re.compile(r"(</?h)([3-6])(?=[\s>])")


def sections_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each heading with the rows below it, as `heading` and `rows`; `heading` is {} over items that have none.

    Every item is given its `level`: 2, or 3 below a heading, and the headings within its texts go down with it. The
    standing texts at an issue's end belong to no heading but one that is over them alone.
    """
    sections: list[dict[str, Any]] = []
    for layout, item in _one_by_one(rows):
        now = sections[-1] if sections else None
        if item["kind"] == "heading":
            sections.append({"heading": levelled(item, TOP), "rows": []})
            continue
        if now is None or (now["heading"] and item["kind"] in STANDING and _is_over_others(now)):
            now = {"heading": {}, "rows": []}
            sections.append(now)
        _into(now["rows"], layout, levelled(item, TOP + bool(now["heading"])))
    return sections


def _one_by_one(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[int, str], View]]:
    """Each item with its row: the row's number and its layout."""
    for number, row in enumerate(rows):
        for item in row["items"]:
            yield (number, row["layout"]), item


def _is_over_others(section: Mapping[str, Any]) -> bool:
    return any(item["kind"] not in STANDING for row in section["rows"] for item in row["items"])


def _into(rows: list[dict[str, Any]], layout: tuple[int, str], item: View) -> None:
    number, name = layout
    if rows and rows[-1]["number"] == number:
        rows[-1]["items"].append(item)
    else:
        rows.append({"number": number, "layout": name, "items": [item]})


def levelled(item: View, level: int) -> View:
    """The item with its level; the headings of its texts, which begin at h3, below it."""
    deeper = level - TOP
    fields = {
        name: field | {"html": _deeper(field["html"], deeper + bool(field["label"]))}
        for name, field in item["fields"].items()
    }
    return {**item, "level": level, "body": _deeper(item["body"], deeper), "fields": fields}


def _deeper(html: Markup, levels: int) -> Markup:
    if not levels:
        return html

    def lowered(found: re.Match[str]) -> str:
        return f"{found[1]}{min(int(found[2]) + levels, LOWEST_LEVEL)}"

    return Markup(HEADING.sub(lowered, html))  # noqa: S704 - clean html, its headings renumbered
