"""A YAML file as plain values, with the line of everything in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Loc = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top, such as ("items", 3, "image")."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says: plain data, and on which line each key and each list entry stands."""

    data: Any
    """dict, list, str, int, float, bool, None or datetime.date; keys are always text."""
    file: str
    """The file's name as people know it."""
    lines: Mapping[Loc, int] = field(default_factory=dict, repr=False)

    def line(self, loc: Sequence[str | int] = ()) -> int | None:
        """The line of that value, counted from 1, or of the nearest thing around it. None where unknown."""
        place = tuple(loc)
        while place not in self.lines:
            if not place:
                return None
            place = place[:-1]
        return self.lines[place]


def field_path(loc: Sequence[str | int]) -> str:
    """A place in words that people can follow: `items[3].image.src`."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path
