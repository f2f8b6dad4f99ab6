"""A YAML file whose longest list or mapping is read entry by entry, so that an edit costs the entry it is in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mailer.errors import ProblemsError
from mailer.source.document import Document, Loc

SHORTEST = 4_000
"""Signs of a file that is worth cutting."""
SMALLEST = 200
"""Signs of an entry that is, on average: each costs half a millisecond more than in one go."""
_TOP = re.compile(r"^(?:[^\s#-]|-(?=\S))", re.MULTILINE)
_HEAD = re.compile(r"([A-Za-z_][\w-]*):[ ]*(?:#.*)?\n(?:[ ]*(?:#.*)?\n)*(?P<indent>[ ]*)(?=[^\s#])")
_SPECIAL = re.compile(
    r"""
    ^(?:---|\.\.\.|%)              # marks of documents
    |[\r\x85\u2028\u2029\ufeff]  # line ends that are counted in other ways
    |^[ \t]*(?:-[ \t]+)*[?:](?=\s|\Z)  # a key and its value on lines of their own: two entries, cut apart
    |[|>][-+\d]*[ \t]*(?:\#.*)?\n(?:[ \t]*\n)*?[ \t]+(?:\n|\Z)  # a block of text that begins with blanks
    """,
    re.MULTILINE | re.VERBOSE,
)
"""What means something else in pieces than in the whole."""

Read = Callable[[str], Document]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The text down to a key, each entry under the key, and the text after the last."""

    key: str
    before: str
    entries: tuple[str, ...]
    after: str


def cut_text(text: str) -> Pieces | None:
    """The file cut at the entries of its longest part; None where it is not laid out so plainly.

    An entry begins wherever a line is indented as the first one is. Inside a block of text no line can be; in
    quotes or brackets one can, and then the piece before it is broken, which reading it shows.
    """
    if len(text) < SHORTEST or _SPECIAL.search(text):
        return None
    edges = [found.start() for found in _TOP.finditer(text)]
    parts = [(begin, end) for begin, end in pairwise([*edges, len(text)]) if _HEAD.match(text, begin, end)]
    if not parts:
        return None
    begin, end = max(parts, key=lambda part: part[1] - part[0])
    head = _HEAD.match(text, begin, end)
    if head is None:
        return None
    first = re.compile(rf"^{head['indent']}(?=[^\s#])", re.MULTILINE)
    starts = [found.start() for found in first.finditer(text, head.start("indent"), end)]
    if not starts or (end - begin) / len(starts) < SMALLEST:
        return None
    if any(text[start] in "[{" for start in (start + len(head["indent"]) for start in starts)):
        return None  # by itself a list or a group of keys, there a continued line
    entries = tuple(text[here:there] for here, there in pairwise([*starts, end]))
    return Pieces(head[1], text[: starts[0]], entries, text[end:])


def read_in_pieces(text: str, shown: str, read: Read) -> Document | None:
    """What `read` makes of the text; None where it has to be read whole, as wherever anything is wrong with it."""
    pieces = cut_text(text)
    if pieces is None:
        return None
    key = pieces.key
    head, tail = _mapping(pieces.before, read), _mapping(pieces.after, read)
    if (
        head is None
        or tail is None
        or head.data.get(key, "") is not None
        or head.data.keys() & tail.data.keys()
    ):
        return None
    lines: dict[Loc, int] = dict(head.lines)
    line = pieces.before.count("\n")
    values: list[Any] | dict[str, Any] | None = None
    for number, entry in enumerate(pieces.entries):
        part = _mapping(f"{key}:\n{entry}", read)
        values = None if part is None else _with(values, part.data.get(key), number)
        if part is None or values is None:
            return None
        place: Loc = (key, number) if isinstance(values, list) else (key,)
        for loc, at in part.lines.items():
            if len(loc) > 1:
                lines[(*place, *loc[len(place) :])] = line + at - 1
        line += entry.count("\n")
    lines |= {loc: line + at for loc, at in tail.lines.items() if loc}
    return Document({**head.data, key: values, **tail.data}, shown, lines)


def _with(values: Any, more: Any, number: int) -> list[Any] | dict[str, Any] | None:
    """The entries with the one of that number; None where they do not go together."""
    if number == 0:
        values = type(more)()
    if isinstance(more, list) and isinstance(values, list) and len(more) == 1:
        values += more
        return values
    if (
        isinstance(more, dict)
        and isinstance(values, dict)
        and len(more) == 1
        and values.keys().isdisjoint(more)
    ):
        values |= more
        return values
    return None


@lru_cache(maxsize=1024)
def _mapping(text: str, read: Read) -> Document | None:
    """A piece that is a mapping by itself; None where it is not, or is not valid."""
    if not text.strip():
        return Document({}, "")
    try:
        document = read(text)
    except ProblemsError:
        return None
    return document if isinstance(document.data, dict) else None
