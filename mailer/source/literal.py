"""What stands in a text for itself, sign by sign, and is no prose: code, link addresses and titles, HTML, the words
of personal fields, and what nobody has decided yet."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.model.slots import FIELD
from mailer.model.undecided import undecided_in

Span = tuple[int, int]
BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"

# Bounded repeats, and starts in few places, keep these linear on hostile text.
_NOT_PROSE = re.compile(r"\]\([^)\]]{0,500}+\)|https?://\S+|www\.(?<!\w....)\S+|<[^<>\s]{1,500}>")
_NOT_PROSE_WITH_MAIL = re.compile(rf"{_NOT_PROSE.pattern}|(?<![^\s@<(])[^\s@<(]++@[^\s>)]+")
_NOT_A_BREAK = re.compile(r"[^\n]")

_TICKS = re.compile(r"`+")
_BACKSLASHES = re.compile(r"\\*\Z")
_FENCE = re.compile(r"[ \t>]*`{3,}[^`]*")
_APART = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]|#{1,6}[ \t]|\|)")
"""Lines that begin something new: no code goes on into them."""
_HTML = re.compile(r"<[a-zA-Z/!?][^<>]{0,1000}+>")
_DEFINITION = re.compile(r"^[ \t>]{0,9}\[[^\[\]\n]{1,300}\]:[^\n]{0,2000}", re.MULTILINE)
_CODE = ("fence", "code_block", "code_inline")
_PARTS = (_HTML, _DEFINITION, FIELD)


@lru_cache(maxsize=1024)
def prose_of(text: str) -> str:
    """The text with addresses and code blanked out; every offset stays what it was."""
    pattern = _NOT_PROSE_WITH_MAIL if "@" in text else _NOT_PROSE
    return pattern.sub(lambda found: _blank(found[0]), blanked(text, code_spans(text)))


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with those stretches blanked out; its lines, and every offset, stay what they were."""
    parts, reached = [], 0
    for start, end in spans:
        if end > reached:
            parts += [text[reached:start], _blank(text[max(start, reached) : end])]
            reached = end
    return "".join([*parts, text[reached:]])


def _blank(words: str) -> str:
    return _NOT_A_BREAK.sub(BLANK, words) if "\n" in words else BLANK * len(words)


def code_spans(text: str) -> Iterator[Span]:
    """From where to where code stands between backticks, however many, also over the ends of lines."""
    if "`" not in text:
        return
    for start, end in _paragraphs(text):
        yield from _code_in(text, start, end)


def literal_spans(text: str) -> Iterator[Span]:
    """From where to where HTML, personal fields, the addresses of links by reference, and what is undecided stand."""
    for pattern in _PARTS:
        yield from (found.span() for found in pattern.finditer(text))
    yield from ((each.start, each.end) for each in undecided_in(text))


def code_in(text: str) -> list[str]:
    """All code of a text, as Markdown reads it."""
    tokens, _ = _read(text)
    return [f"{each.info}\n{each.content}" for each in tokens if each.type in _CODE]


def kept_in(text: str) -> tuple[Any, ...]:
    """What else mending must never change: where links lead and what they are called, as Markdown reads them, and
    HTML, personal fields and what is undecided as they are written."""
    tokens, references = _read(text)
    links = [(each.attrs.get("href"), each.attrs.get("title")) for each in tokens if each.type == "link_open"]
    defined = [(each["href"], each["title"]) for each in references.values()]
    written = [[found[0] for found in pattern.finditer(text)] for pattern in (_HTML, FIELD)]
    return links, defined, written, [text[each.start : each.end] for each in undecided_in(text)]


def _read(text: str) -> tuple[list[Token], dict[str, Any]]:
    """Every token, and what addresses are given by reference."""
    env: dict[str, Any] = {}
    blocks = _MARKDOWN.parse(text, env)
    return [each for block in blocks for each in (block, *(block.children or ()))], env.get("references", {})


def _paragraphs(text: str) -> Iterator[Span]:
    """Lines over which code may go on; fences are left to those who look for blocks."""
    begin = at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        is_apart = not line.strip(" \t>\r\n") or _FENCE.fullmatch(line.rstrip("\r\n"))
        if is_apart or _APART.match(line):
            yield begin, at
            begin = end if is_apart else at
        at = end
    yield begin, at


def _code_in(text: str, start: int, end: int) -> Iterator[Span]:
    runs = [found.span() for found in _TICKS.finditer(text, start, end)]
    places: dict[int, list[int]] = defaultdict(list)
    for first, last in runs:
        places[last - first].append(first)
    reached = start
    for first, last in runs:
        if first < reached:
            continue
        # A backslash before it makes of the first backtick a plain sign.
        slashes = _BACKSLASHES.search(text, max(start, first - 40), first)
        opening = first + (len(slashes[0]) % 2 if slashes else 0)
        same = places.get(last - opening, [])
        number = bisect_left(same, last)
        if last > opening and number < len(same):
            reached = same[number] + last - opening
            yield opening, reached


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])
    setattr(reader, "normalizeLink", lambda url: url)  # noqa: B010
    setattr(reader, "validateLink", lambda _: True)  # noqa: B010
    return reader


_MARKDOWN = _reader()
