"""What rules read: every text of an issue, each with its place; `link_reading` has the addresses.

The two are the only parsing that rules share; rules do not import one another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from pydantic import BaseModel

from mailer.model.issue import Issue, ItemBase
from mailer.model.kinds import FieldType, OwnItem
from mailer.source.literal import prose_of

NOT_TEXT = frozenset(
    {
        "id",
        "kind",
        "layout",
        "show_to",
        "lead_for",
        "for_",
        "ratio",
        "src",
        "url",
        "email",
        "reply_to",
        "website",
        "country",
        "time",
        "timezone",
        "language",
        "template",
        "theme",
        "images",
        "message_class",
        "items",
    }
)
"""Fields that hold a name, a path or an address, not words for readers."""

_LINE_END = re.compile(r"\n")


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in the issue's file: item (None: the head), field, and lines below the field's own line."""

    item: str | None
    field: str | None
    below: int = 0


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One text field as its author wrote it."""

    item: str | None
    field: str
    text: str

    @property
    def prose(self) -> str:
        """The text with addresses and code blanked out; every offset stays what it was."""
        return prose_of(self.text)

    def at(self, offset: int = 0) -> Place:
        """The place of the character at `offset`."""
        ends = _line_ends(self.text)
        return Place(self.item, self.field, bisect_left(ends, offset) + 1 if ends else 0)


Read = TypeVar("Read")


def lines_below(text: str, line: int) -> int:
    """How far below its field's line a text's line stands: a YAML block starts one below. `line` from 0."""
    return line + 1 if "\n" in text else 0


@lru_cache(maxsize=64)
def _line_ends(text: str) -> tuple[int, ...]:
    """Where its lines end: a text may be asked for the places of many findings."""
    return tuple(found.start() for found in _LINE_END.finditer(text))


def texts(issue: Issue) -> tuple[TextPlace, ...]:
    """Every text of the issue, the head's first, then the items' in reading order."""
    return once(issue, _texts, _LATELY_READ)


def by_item(issue: Issue) -> Mapping[str | None, Mapping[str, TextPlace]]:
    """Item (None: the head) → field → its text."""
    return dict(once(issue, _by_item, _LATELY_SORTED))


def _by_item(issue: Issue) -> Iterator[tuple[str | None, Mapping[str, TextPlace]]]:
    for item, places in groupby(texts(issue), lambda place: place.item):
        yield item, {place.field: place for place in places}


_LATELY_READ: deque[tuple[Issue, tuple[TextPlace, ...]]] = deque(maxlen=8)
_LATELY_SORTED: deque[tuple[Issue, tuple[tuple[str | None, Mapping[str, TextPlace]], ...]]] = deque(maxlen=8)


def once(
    issue: Issue, read: Callable[[Issue], Iterator[Read]], lately: deque[tuple[Issue, tuple[Read, ...]]]
) -> tuple[Read, ...]:
    """What is read in the issue. Thirty rules ask for the same one after another; an issue never changes."""
    for known, found in tuple(lately):
        if known is issue:
            return found
    found = tuple(read(issue))
    lately.append((issue, found))
    return found


def _texts(issue: Issue) -> Iterator[TextPlace]:
    yield from _texts_in(issue, None, "")
    for item in issue.items:
        yield from _texts_in(item, item.id, "")


def _texts_in(noun: BaseModel, item: str | None, path: str) -> Iterator[TextPlace]:
    for name in type(noun).model_fields:
        if name not in NOT_TEXT and not _is_choice(noun, name):
            yield from _texts_of(getattr(noun, name), item, f"{path}.{name}" if path else name)


def _is_choice(noun: BaseModel, name: str) -> bool:
    """Whether a declared field holds one of its choices, not words."""
    field = noun.declaration.fields.get(name) if isinstance(noun, OwnItem) else None
    return field is not None and field.type == "choice"


def _texts_of(value: object, item: str | None, path: str) -> Iterator[TextPlace]:
    if isinstance(value, str):
        if value.strip():
            yield TextPlace(item, path, value)
    elif isinstance(value, BaseModel):
        yield from _texts_in(value, item, path)
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _texts_of(each, item, f"{path}[{index}]")


def declared(item: ItemBase, kind: FieldType) -> Iterator[tuple[str, Any]]:
    """Name and value of an own kind's fields of that type."""
    if isinstance(item, OwnItem):
        found = (name for name, field in item.declaration.fields.items() if field.type == kind)
        yield from ((name, item.value(name)) for name in found)
