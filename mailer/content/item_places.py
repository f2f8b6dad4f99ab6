"""Putting items and fields into issue.yaml at their very place: every other line stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mailer.content.item_text import STEP, Fields, Value, field_lines, item_lines, scalar
from mailer.errors import MailerError, ProblemsError
from mailer.source import parse_yaml

ORDER = ("id", "kind", "title", "body", "image", "src", "alt", "decorative", "caption", "credit", "rights")
"""A new field stands behind the last of those before it."""
_BLOCK_HEAD = re.compile(r"[|>][0-9+-]*[ \t]*(#.*)?")
_BY_HAND = "Write it a line a field, as `mailer new` does, and run it again."

Changes = Mapping[str, "Value | None"]
"""Field → what it says from now on; None takes it out. The fields of a group are changed one by one."""
Edit = tuple[int, int, str]


def with_items(text: str, at: int, items: Sequence[Fields], shown: str) -> str:
    """The file with more items before the one with that number, counted from 0, or at the end.

    MailerError where its list of items is not written a line an item.
    """
    page = _Page.of(text, shown)
    blocks = [item_lines(fields, page.column) for fields in items]
    added = [dict(fields) for fields in items]

    def expected(data: Any) -> Any:
        data["items"] = [*data["items"][:at], *added, *data["items"][at:]]
        return data

    return _first_right(
        text, (page.inserted(at, blocks, over=over) for over in (False, True)), expected, shown
    )


def with_changes(text: str, index: int, changes: Changes, shown: str) -> str:
    """The file with other fields in the item of that number. Comments stay; MailerError as above."""
    page = _Page.of(text, shown)
    item = page.entries[index]
    if not isinstance(item, MappingNode) or item.flow_style:
        raise MailerError(f"{shown}: item {index + 1} is written in one line.", _BY_HAND)
    edits = page.edits_of(item, changes, page.end_of(index))

    def expected(data: Any) -> Any:
        _change(data["items"][index], changes)
        return data

    return _first_right(text, [_applied(text, edits)], expected, shown)


def _first_right(text: str, tries: Any, expected: Any, shown: str) -> str:
    wanted = expected(deepcopy(parse_yaml(text.encode(), shown).data))
    for trial in tries:
        try:
            if parse_yaml(trial.encode(), shown).data == wanted:
                return str(trial)
        except ProblemsError:
            continue
    raise MailerError(f"{shown} is written in a way that only people can add to.", _BY_HAND)


def _change(group: dict[str, Any], changes: Changes) -> None:
    for key, value in changes.items():
        if value is None:
            group.pop(key, None)
        elif isinstance(value, Mapping):
            inner = group.setdefault(key, {})
            _change(inner, value)
        else:
            group[key] = value


@dataclass(frozen=True, slots=True)
class _Page:
    """An issue's file, and where in it each item stands."""

    text: str
    line_end: str
    column: int
    """Of the dashes."""
    entries: tuple[Node, ...]
    starts: tuple[int, ...]
    """Where each item's first line begins."""
    end: int
    """Where the line begins that comes after the list."""
    empty: tuple[int, int] | None
    """Where `[]` stands."""

    @classmethod
    def of(cls, text: str, shown: str) -> _Page:
        root = YAML(typ="safe", pure=True).compose(text)
        if not isinstance(root, MappingNode):
            raise MailerError(f"{shown} is no issue.")
        pairs = root.value
        at = next((n for n, (key, _) in enumerate(pairs) if key.value == "items"), None)
        items = pairs[at][1] if at is not None else None
        if root.flow_style or at is None or not isinstance(items, SequenceNode):
            raise MailerError(f"{shown} has no list of items.", "Write `items:` on a line of its own.")
        if items.flow_style and items.value:
            raise MailerError(f"{shown}: its items are written in one line.", _BY_HAND)
        after = pairs[at + 1][0].start_mark if at + 1 < len(pairs) else root.end_mark
        column = STEP if items.flow_style else items.start_mark.column
        starts = tuple(_dash_line(text, entry.start_mark.index, column) for entry in items.value)
        line_end = "\r\n" if "\r\n" in text else "\n"
        empty = (items.start_mark.index, items.end_mark.index) if items.flow_style else None
        end = after.index if after.index == len(text) else _line_start(text, after.index)
        return cls(text, line_end, column, tuple(items.value), starts, end, empty)

    def inserted(self, at: int, blocks: Sequence[list[str]], *, over: bool) -> str:
        """The text with those items; `over` lets them stand after all blank lines and comments."""
        lines = self.line_end.join(line for block in blocks for line in ("", *block))
        if self.empty:
            start, end = self.empty
            line, _, below = self.text[end:].partition("\n")
            head = self.text[:start].rstrip(" ") + line.rstrip("\r")
            return head + self.line_end + lines.removeprefix(self.line_end) + self.line_end + below
        if at < len(self.entries):
            place = self._over_comments(self.starts[at])
            block = lines.removeprefix(self.line_end) + self.line_end * 2
            return self.text[:place] + block + self.text[place:]
        place = self.end if over else self._back(self.end, self.column)
        before = self.text[:place]
        if over:
            # One more blank line would be one of the text's before it, where that keeps all of them.
            lines = lines.removeprefix(self.line_end)
        glue = "" if before.endswith("\n") else self.line_end
        return before + glue + lines + self.line_end + self.text[place:]

    def end_of(self, index: int) -> int:
        """Where the item's own lines end: those of blanks and of comments on the next one are not among them."""
        if index + 1 < len(self.starts):
            return self._back(self._over_comments(self.starts[index + 1]), self.column + 1)
        return self._back(self.end, self.column + 1)

    def edits_of(self, group: MappingNode, changes: Changes, end: int) -> list[Edit]:
        """What to change where, so that a group of keys says what is wanted."""
        edits: list[Edit] = []
        keys = [key.value for key, _ in group.value]
        column = group.value[0][0].start_mark.column
        bounds = [_line_start(self.text, key.start_mark.index) for key, _ in group.value] + [end]
        new: dict[int, list[str]] = {}
        for name, value in changes.items():
            if name not in keys:
                if value is not None:
                    place = bounds[_behind(name, keys) + 1]
                    place = min(self._back(place, column), end)
                    new.setdefault(place, []).extend(field_lines(name, value, column))
                continue
            at = keys.index(name)
            key, node = group.value[at]
            stop = self._back(bounds[at + 1], column)
            if isinstance(value, Mapping) and isinstance(node, MappingNode) and not node.flow_style:
                edits += self.edits_of(node, value, stop)
                continue
            if isinstance(value, Mapping) and isinstance(node, MappingNode):
                stays = {each.value: of.value for each, of in node.value if each.value not in value}
                edits.append(self._rewritten(key, node, {**value, **stays}, stop))
            else:
                edits.append(self._rewritten(key, node, value, stop))
        for place, lines in new.items():
            glue = "" if self.text[:place].endswith("\n") else self.line_end
            edits.append((place, place, glue + self.line_end.join(lines) + self.line_end))
        return edits

    def _rewritten(self, key: Node, node: Node, value: Value | None, stop: int) -> Edit:
        """The lines of a field anew. What was said behind it, or between its lines, stays as a comment."""
        start, column = key.start_mark.index, key.start_mark.column
        begin, end = node.start_mark.index, node.end_mark.index
        if isinstance(value, str) and "\n" not in f"{value}{self.text[begin:end]}" and begin < end:
            return begin, end, scalar(value)
        comments = self._comments_of(node, stop)
        if value is None:
            # The first key of an entry stands behind a dash, and is never taken out.
            kept = [f"{' ' * column}{each}" for each in comments]
            start = _line_start(self.text, start)
            return start, stop, "".join(f"{line}{self.line_end}" for line in kept)
        first = comments[0] if len(comments) == 1 else ""
        lines = field_lines(key.value, value, column, first)
        kept = [f"{' ' * column}{each}" for each in comments] if len(comments) > 1 else []
        written = self.line_end.join([lines[0].lstrip(" "), *lines[1:], *kept])
        ended = self.line_end if self.text[:stop].endswith("\n") else ""
        return start, stop, written + ended

    def _comments_of(self, node: Node, stop: int) -> list[str]:
        raw = self.text[node.start_mark.index : stop]
        if isinstance(node, ScalarNode):
            if node.style in ("|", ">"):
                found = _BLOCK_HEAD.match(raw)
                return [found[1].rstrip()] if found and found[1] else []
            raw = self.text[node.end_mark.index : stop]
        return [found[0].rstrip() for found in re.finditer(r"(?m)(?<![^\s])#.*$", raw)]

    def _back(self, place: int, column: int) -> int:
        """The same place, or before the blank lines and the comments left of that column above it."""
        while place:
            start = _line_start(self.text, place - 1)
            line = self.text[start:place]
            bare = line.lstrip(" ")
            ours = bare.startswith("#") and len(line) - len(bare) >= column
            if ours or not (bare.startswith("#") or not bare.strip()):
                break
            place = start
        return place

    def _over_comments(self, place: int) -> int:
        """Before the comments right above an item's dash: they are about it."""
        while place:
            start = _line_start(self.text, place - 1)
            line = self.text[start:place]
            bare = line.lstrip(" ")
            if not bare.startswith("#") or len(line) - len(bare) > self.column:
                break
            place = start
        return place


def _behind(name: str, keys: Sequence[str]) -> int:
    """The number of the key that a new one comes after."""
    before = ORDER[: ORDER.index(name)] if name in ORDER else ()
    return max((n for n, key in enumerate(keys) if key in before), default=len(keys) - 1)


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _dash_line(text: str, place: int, column: int) -> int:
    """The beginning of the line with an item's dash: its first key may stand below it."""
    start = _line_start(text, place)
    while start and text[start + column : start + column + 1] != "-":
        start = _line_start(text, start - 1)
    return start


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text
