"""One paragraph's words with their emphasis, links and undecided changes, written as Markdown that is read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.contribution.critic import (
    COMMENT_CLOSE,
    COMMENT_OPEN,
    IN_CLOSE,
    IN_OPEN,
    OUT_CLOSE,
    OUT_OPEN,
    told,
)
from mailer.contribution.escaping import escaped, escaped_start, escaped_wholly, same_address

Change = Literal["", "in", "out", "comment"]
BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of one form. `BREAK` as its words is a line break."""

    words: str
    strong: bool = False
    em: bool = False
    strike: bool = False
    href: str = ""
    change: Change = ""
    number: int = 0
    """Tells changes apart that stand side by side."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """One way to write; the next one is taken where what came out would not be read back as it was."""

    em: str = "_"
    marks: bool = True
    change_first: bool = False
    escape: Callable[[str], str] = escaped


_MANNERS = (
    _Manner(),
    _Manner(em="*"),
    _Manner(em="*", change_first=True),
    _Manner(marks=False),
    _Manner(marks=False, escape=escaped_wholly),
)
_MANY = 400
"""Segments of a paragraph; no person changes the form more often, and each manner costs time."""
_SIGNS = {"in": (IN_OPEN, IN_CLOSE), "out": (OUT_OPEN, OUT_CLOSE), "comment": (COMMENT_OPEN, COMMENT_CLOSE)}
_PUNCTUATION = re.compile(r"(?<![\\.,:;!?…])[.,:;!?…]+$")
_BLANK_START = re.compile(r"(?:\s|\\\n)*")
_SIGN = re.compile("[\ufdd0-\ufdef]")


def inline_markdown(segments: Sequence[Segment], *, cell: bool = False) -> str:
    """The Markdown of one paragraph; `cell`: of a cell of a table, where it has to stay on one line.

    Undecided changes stand in CriticMarkup. Whichever way they are decided, Markdown reads the same words as were
    given: where emphasis would stand in the way of that, it is left out.
    """
    tidy = _tidied(segments, cell)
    if not tidy:
        return ""
    text = ""
    views = ("in", "out") if any(one.change in ("in", "out") for one in tidy) else ("in",)
    for manner in _MANNERS if len(tidy) <= _MANY else (_MANNERS[0], _MANNERS[-1]):
        text = _lines(_written(tidy, (), manner), cell)
        if all(_read(_view(text, keep), cell) == _words(tidy, keep) for keep in views):
            break
    return told(text)


def _tidied(segments: Sequence[Segment], cell: bool) -> list[Segment]:
    """Neighbours of one form joined; no white space at either end of a line, and no line empty."""
    lines: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.words != BREAK:
            lines[-1].append(segment)
        elif cell:
            lines[-1].append(replace(segment, words=" "))
        else:
            lines.append([])
    done: list[Segment] = []
    for line in map(_joined, lines):
        if trimmed := _trimmed(line):
            done += [Segment(BREAK), *trimmed] if done else trimmed
    return done


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    joined: list[Segment] = []
    for segment in segments:
        last = joined[-1] if joined else None
        if last and replace(segment, words=last.words) == last:
            joined[-1] = replace(last, words=last.words + segment.words)
        elif segment.words:
            joined.append(segment)
    return joined


def _trimmed(line: list[Segment]) -> list[Segment]:
    while line and not line[0].words.lstrip(" "):
        line = line[1:]
    while line and not line[-1].words.rstrip(" "):
        line = line[:-1]
    if line:
        line = [replace(line[0], words=line[0].words.lstrip(" ")), *line[1:]]
        line = [*line[:-1], replace(line[-1], words=line[-1].words.rstrip(" "))]
    return line


def _forms(segment: Segment, manner: _Manner) -> list[tuple[str, object]]:
    """What surrounds a segment, outermost first where runs are equally long."""
    forms: list[tuple[str, object]] = []
    if segment.change:
        forms.append(("change", (segment.change, segment.number)))
    if segment.href:
        forms.append(("href", segment.href))
    if manner.marks:
        forms += [(name, True) for name in ("strong", "em", "strike") if getattr(segment, name)]
    return forms


def _written(segments: Sequence[Segment], done: tuple[str, ...], manner: _Manner) -> str:
    out = ""
    at = 0
    while at < len(segments):
        segment = segments[at]
        open_forms = [form for form in _forms(segment, manner) if form[0] not in done]
        if not open_forms:
            words = segment.words
            out += "\\\n" if words == BREAK else manner.escape(words)
            at += 1
            continue
        lengths = [_length(segments, at, form, manner) for form in open_forms]
        longest = max(lengths)
        name, value = open_forms[lengths.index(longest)]
        inner = _written(segments[at : at + longest], (*done, name), manner)
        after = segments[at + longest].words[:1] if at + longest < len(segments) else ""
        out += _wrapped(inner, name, value, manner, after)
        at += longest
    return out


def _length(segments: Sequence[Segment], begin: int, form: tuple[str, object], manner: _Manner) -> int:
    """Over how many segments a form goes on."""
    first = (segments[begin].change, segments[begin].number)
    end = begin
    while end < len(segments) and form in _forms(segments[end], manner):
        if manner.change_first and (segments[end].change, segments[end].number) != first:
            break
        end += 1
    return end - begin


def _wrapped(inner: str, name: str, value: object, manner: _Manner, after: str) -> str:
    if name == "change":
        assert isinstance(value, tuple)
        opened, closed = _SIGNS[value[0]]
        return f"{opened}{inner}{closed}"
    lead, core, trail = _edges(inner)
    if not _SIGN.sub("", core):
        return inner
    if name == "href":
        if same_address(re.sub(r"\\(.)", r"\1", core), str(value)) and re.match("http.*[^~]$", str(value)):
            return f"{lead}<{value}>{trail}"
        return f"{lead}[{core}]({value}){trail}"
    if after.isalnum() and not trail and (end := _PUNCTUATION.search(core)) and end.start():
        core, trail = core[: end.start()], end[0]
    sign = {"strong": "**", "em": manner.em, "strike": "~~"}[name]
    return f"{lead}{sign}{core}{sign}{trail}"


def _edges(inner: str) -> tuple[str, str, str]:
    """White space and line breaks at both ends, which no emphasis may touch, and what is between."""
    blank = _BLANK_START.match(inner)
    begin = blank.end() if blank else 0
    end = len(inner)
    while True:
        core = inner[begin:end].rstrip()
        is_break = core.endswith("\\") and inner[begin + len(core) : begin + len(core) + 1] == "\n"
        end = begin + len(core) - is_break
        if not is_break:
            return inner[:begin], core, inner[end:]


def _lines(text: str, cell: bool) -> str:
    if cell:
        return re.sub(r"(?<!\\)\|", r"\\|", text)
    return "\n".join(escaped_start(line) for line in text.split("\n"))


def _words(segments: Sequence[Segment], keep: str) -> str:
    return _plain("".join(one.words for one in segments if one.change in ("", keep)))


def _view(text: str, keep: str) -> str:
    """The text as it will be when its changes have been decided."""
    left = _SIGNS["out" if keep == "in" else "in"]
    for opened, closed in (left, _SIGNS["comment"]):
        text = re.sub(f"{opened}[^{closed}]*{closed}", "", text)
    return _SIGN.sub("", text)


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])


def _read(text: str, cell: bool) -> str:
    """The words that Markdown reads in it; "\0" where it reads anything but one paragraph."""
    if cell:
        tokens = _reader().parseInline(text.replace("\\|", "|"))
    else:
        tokens = _reader().parse(text)
        if [token.type for token in tokens] not in ([], ["paragraph_open", "inline", "paragraph_close"]):
            return "\0"
    return _plain("".join(_token_words(child) for token in tokens for child in token.children or ()))


def _token_words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
