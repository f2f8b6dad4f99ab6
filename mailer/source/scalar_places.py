"""Where in a YAML file each sign of a text stands, so that it can be changed there and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from mailer.source.document import Loc

_LINE_END = re.compile(r"\r\n|\r|\n")
_FOLD = re.compile(r"[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|[\s\S]))")
_ESCAPED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}

Cell = tuple[str, int, int]
"""A sign of the value, and from where to where it is written in the file."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stands in a file: from sign `start` to `end` of it, quotes and marks included."""

    value: str
    start: int
    end: int
    style: str
    """`|` or `>` for a block, `'` or `"` for quotes, "" for none."""

    def cells(self, text: str) -> tuple[tuple[int, int], ...] | None:
        """For each sign of the value, from where to where it is written; None where that is not certain."""
        raw = text[self.start : self.end]
        found = list(_STYLES[self.style](raw, self.value))
        if "".join(sign for sign, _, _ in found) != self.value:
            return None
        return tuple((self.start + start, self.start + end) for _, start, end in found)


def written_texts(text: str) -> Mapping[Loc, Written]:
    """Place → how the text there is written, for every value of a YAML file that can be read."""
    return dict(_walk(text))


def _walk(text: str) -> Iterator[tuple[Loc, Written]]:
    # A level: its place, and the key that waits for its value, or how many entries there are.
    levels: list[tuple[Loc, list[str | int | None]]] = []
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionEndEvent):
            levels.pop()
            continue
        if not isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            continue
        if levels and levels[-1][1][0] is None and isinstance(event, ScalarEvent):
            levels[-1][1][0] = event.value
            continue
        loc = _next_place(levels)
        if isinstance(event, ScalarEvent):
            style = event.style or ""
            yield loc, Written(event.value, event.start_mark.index, event.end_mark.index, style)
        else:
            levels.append((loc, [None if isinstance(event, MappingStartEvent) else 0]))


def _next_place(levels: list[tuple[Loc, list[str | int | None]]]) -> Loc:
    if not levels:
        return ()
    place, state = levels[-1]
    here = state[0]
    state[0] = here + 1 if isinstance(here, int) else None
    return (*place, "" if here is None else here)


def _plain(raw: str, _: str) -> Iterator[Cell]:
    yield from _flow(raw, 0, len(raw), {})


def _single(raw: str, _: str) -> Iterator[Cell]:
    yield from _flow(raw, 1, len(raw) - 1, {"''": "'"})


def _flow(raw: str, begin: int, end: int, pairs: Mapping[str, str]) -> Iterator[Cell]:
    at = begin
    while at < end:
        if fold := _FOLD.match(raw, at, end):
            yield from _folded(fold[0], at)
            at = fold.end()
        elif (pair := raw[at : at + 2]) in pairs:
            yield pairs[pair], at, at + 2
            at += 2
        else:
            yield raw[at], at, at + 1
            at += 1


def _double(raw: str, _: str) -> Iterator[Cell]:
    at, end = 1, len(raw) - 1
    while at < end:
        if fold := _FOLD.match(raw, at, end):
            yield from _folded(fold[0], at)
            at = fold.end()
        elif escape := _ESCAPE.match(raw, at, end):
            code = escape[1] or escape[2] or escape[3]
            if escape[4] and escape[4] in "\r\n":
                return  # a line that goes on on the next one: left to people
            yield chr(int(code, 16)) if code else _ESCAPED.get(escape[4], ""), at, escape.end()
            at = escape.end()
        else:
            yield raw[at], at, at + 1
            at += 1


def _folded(raw: str, at: int) -> Iterator[Cell]:
    """Line ends in quotes or none: one is a space, more are one fewer (YAML 1.2.2 section 6.5)."""
    ends = list(_LINE_END.finditer(raw))
    if len(ends) == 1:
        yield " ", at, at + len(raw)
    for number, end in enumerate(ends[1:], start=1):
        start = ends[0].start() if number == 1 else ends[number - 1].end()
        yield "\n", at + start, at + end.end()


def _block(raw: str, value: str) -> Iterator[Cell]:
    """A block's lines without their indent; the value says what became of the line ends between them."""
    lines = list(_lines(raw))[1:]
    indent = min((len(line) - len(line.lstrip(" ")) for line, _ in lines if line.strip(" ")), default=0)
    reached = ended = 0
    for line, start in lines:
        content = line[indent:]
        gap_from = reached
        while (
            reached < len(value)
            and value[reached] in " \n"
            and not (content and value.startswith(content, reached))
        ):
            reached += 1
        if not content:
            reached = gap_from
            continue
        if not value.startswith(content, reached):
            return
        between = value[gap_from:reached]
        if between == " ":
            yield " ", ended, start + indent
        else:
            yield from ((sign, start, start) for sign in between)
        yield from (
            (sign, start + indent + number, start + indent + number + 1)
            for number, sign in enumerate(content)
        )
        reached += len(content)
        ended = start + len(line)
    yield from ((sign, len(raw), len(raw)) for sign in value[reached:] if sign == "\n")


def _lines(raw: str) -> Iterator[tuple[str, int]]:
    at = 0
    for end in _LINE_END.finditer(raw):
        yield raw[at : end.start()], at
        at = end.end()
    if at < len(raw):
        yield raw[at:], at


_STYLES: Mapping[str, Callable[[str, str], Iterator[Cell]]] = {
    "": _plain,
    "'": _single,
    '"': _double,
    "|": _block,
    ">": _block,
}
