"""Taking entries out of a list or a mapping in a YAML file: what stays, stays to the byte."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mailer.errors import MailerError, ProblemsError
from mailer.source.document import Document
from mailer.source.reader import parse_yaml
from mailer.source.scalar_places import written_texts

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PLAIN_KEY = r"[\w.-]+|\"[^\"\\]*\"|'[^']*'"
_BY_HAND = "Give each entry lines of its own, without braces, as `mailer new` does."


def without_entries(text: str, key: str, gone: Collection[int | str], shown: str) -> str:
    """The file without those entries of the list or mapping under `key`.

    Comments right above an entry, and within it, go with it; those that a blank line parts from it stay. Where no
    entry is left, the list is `[]`, the mapping empty. `text` is a whole file without a byte order mark.
    MailerError where it is laid out so that nothing can be cut out of it.
    """
    if not gone:
        return text
    document = parse_yaml(text.encode(), shown)
    values = document.data[key]
    names: list[int | str] = list(range(len(values)) if isinstance(values, list) else values)
    lines = _LINE.findall(text)
    starts = [_first_line(lines, document, key, name) for name in names]
    top = (document.line((key,)) or 1) - 1
    end = min(
        (at for other in document.data if (at := (document.line((other,)) or 0) - 1) > top),
        default=len(lines),
    )
    indent = _indent(lines[starts[0]]) if 0 <= starts[0] < len(lines) else 0
    if sorted(starts) != starts or len(set(starts)) < len(starts) or starts[0] <= top or starts[-1] >= end:
        raise _not_laid_out(shown)
    drop: set[int] = set()
    previous = top
    for name, (start, following) in zip(names, pairwise([*starts, end]), strict=True):
        if name in gone:
            last = _last_line(lines, start, following, indent)
            drop.update(range(_above(lines, start, previous), last))
        previous = start
    kept = list(lines)
    if len(gone) == len(names) and isinstance(values, list):
        kept[top] = re.sub(r"^([^:]*:)", r"\1 []", kept[top], count=1)
    cut = "".join(line for at, line in enumerate(kept) if at not in drop)
    if not _says(cut, shown, document, key, gone):
        raise _not_laid_out(shown)
    return cut


def with_values(text: str, values: Mapping[str, str], shown: str) -> str:
    """The file with other values at its topmost keys, as they are to be written. Keys that it lacks are passed over.

    Comments, order and every other value stay to the byte. MailerError where that cannot be.
    """
    before, places = parse_yaml(text.encode(), shown).data, written_texts(text)
    found = [(place, written) for key, written in values.items() if (place := places.get((key,)))]
    for place, written in sorted(found, key=lambda pair: -pair[0].start):
        if place.start == place.end:
            continue
        raw = text[place.start : place.end]
        # A block ends where the next thing begins: its line end stays.
        end = place.start + len(raw.rstrip()) if place.style in ("|", ">") else place.end
        above = text[: place.start] if written else text[: place.start].rstrip(" ")
        text = above + written + text[end:]
    after = parse_yaml(text.encode(), shown).data
    if list(after) != list(before) or any(after[key] != before[key] for key in before if key not in values):
        raise _not_laid_out(shown)
    return text


def _first_line(lines: Sequence[str], document: Document, key: str, name: int | str) -> int:
    """The line on which an entry begins: of a list, the one with its dash."""
    at = (document.line((key, name)) or 0) - 1
    if isinstance(name, str):
        return at if at >= 0 and re.match(rf"[ ]*(?:{_PLAIN_KEY})[ ]*:", lines[at]) else -1
    while at >= 0 and not re.match(r"[ ]*-(?:[ \t\r\n]|$)", lines[at]):
        if lines[at].strip() and not re.match(r"[ ]*(?:#|[\w\"'])", lines[at]):
            return -1
        at -= 1
    return at


def _above(lines: Sequence[str], start: int, previous: int) -> int:
    """Where the comments right above an entry begin."""
    at, indent = start, _indent(lines[start])
    while at - 1 > previous and _is_comment(lines[at - 1]) and _indent(lines[at - 1]) <= indent:
        at -= 1
    return at


def _last_line(lines: Sequence[str], start: int, following: int, indent: int) -> int:
    """Behind the last line of an entry and the blank ones after it; comments on what follows are not its own."""
    at = following
    while at - 1 > start and (
        not lines[at - 1].strip() or (_is_comment(lines[at - 1]) and _indent(lines[at - 1]) <= indent)
    ):
        at -= 1
    while at < following and not lines[at].strip():
        at += 1
    return at


def _is_comment(line: str) -> bool:
    return line.lstrip(" ").startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says(cut: str, shown: str, document: Document, key: str, gone: Collection[int | str]) -> bool:
    """Whether the file says all that it said, but for those entries."""
    try:
        data = parse_yaml(cut.encode(), shown).data
    except ProblemsError:
        return False
    values: Any = document.data[key]
    if isinstance(values, list):
        left: Any = [value for at, value in enumerate(values) if at not in gone]
    else:
        left = {name: value for name, value in values.items() if name not in gone} or None
    return bool(data == {**document.data, key: left})


def _not_laid_out(shown: str) -> MailerError:
    return MailerError(f"{shown} is laid out so that nothing can be taken out of it.", _BY_HAND)
