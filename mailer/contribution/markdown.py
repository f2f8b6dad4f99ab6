"""Markdown and plain text, cut at its headings into pieces."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token

from mailer.contribution.markdown_doubts import doubts_in
from mailer.contribution.markdown_photos import Beside, with_photos
from mailer.contribution.text import line_finder, text_of
from mailer.model.contribution import Contribution, Doubt, Piece
from mailer.model.finding import Severity
from mailer.model.undecided import undecided_in
from mailer.source.packed import refuse
from mailer.source.slips import without_code

MOST_PIECES = 200
_FRONT = re.compile(r"---[ \t]*\n((?:[^\n]{0,1000}\n){0,100}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FRONT_LINE = re.compile(r"\s*(?:#.*|-\s.*|[\w.-]{1,60}\s*:(?:\s.*)?|\s+\S.*)?")
_LABEL = re.compile(r"\[([^\[\]\n]{1,300})\]")


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    source: str
    """Markdown of its words."""
    first: int
    """Its line, from 0."""
    after: int


def read_markdown(content: bytes, file: str, *, beside: Beside | None = None) -> Contribution:
    """A Markdown or text file as pieces, cut at the headings of the highest level that it has.

    `beside` gives the bytes of a picture that lies beside the file, by its relative path; None where there is none.
    ProblemsError where the file is no text, or has no words.
    """
    text, doubts = text_of(content, file)
    found = pieces_of(text, file, beside=beside, doubts=doubts)
    if not found.pieces:
        raise refuse(file, "has no words in it.", "See that the right file was saved.")
    return found


def pieces_of(
    text: str,
    file: str,
    *,
    beside: Beside | None = None,
    doubts: tuple[Doubt, ...] = (),
    title: str = "",
    where: Callable[[int], str] = lambda line: f"line {line}",
) -> Contribution:
    """The same for text at hand. `title` is for a text without headings; `where` names a line, counted from 1."""
    found = list(doubts)
    below, front = _without_front(text)
    found += front
    skipped = text.count("\n") - below.count("\n")
    lines = below.split("\n")
    headings, references = _headings(below)
    if len(headings) > MOST_PIECES:
        message = f"has {len(headings):,} headings of its highest level; {MOST_PIECES} is the most."
        raise refuse(file, message, "Divide it, and give its parts.")
    whole: list[tuple[Piece, int]] = []
    for heading, begin, end in _cuts(headings, len(lines)):
        body, first = _body(lines, begin, end)
        if not heading and not body:
            continue
        number = (heading.first if heading else first) + skipped
        name = _words(heading.source) if heading else ("" if headings else title)
        piece = Piece(
            title=name,
            body=_with_references(body, references, range(begin, end)),
            level=heading.level if heading else 1,
            place=where(number + 1),
        )
        whole.append((piece, first + skipped))
    pieces: list[Piece] = []
    for number, (piece, first) in enumerate(whole):
        place = _placer(where, first)
        found += doubts_in(piece, number, place)
        done, troubles = with_photos(piece, number, beside, place)
        pieces.append(done)
        found += troubles
    found += _linked(headings, whole, where, skipped)
    found += _torn(below, headings, where, skipped)
    return Contribution(file=file, pieces=tuple(pieces), doubts=tuple(found))


def _placer(where: Callable[[int], str], first: int) -> Callable[[int], str]:
    return lambda line: where(first + line + 1)


def _without_front(text: str) -> tuple[str, tuple[Doubt, ...]]:
    """The text below its front matter, and that it was left out."""
    found = _FRONT.match(text)
    if not found or not found[1].strip() or not all(map(_FRONT_LINE.fullmatch, found[1].split("\n"))):
        return text, ()
    doubt = Doubt(
        rule="import.front-matter",
        severity=Severity.NOTE,
        place="line 1",
        words=found[1].strip(),
        message="The file begins with settings for another program (front matter); they were left out.",
        hint="Take over by hand what readers are to see.",
    )
    return text[found.end() :], (doubt,)


def _headings(text: str) -> tuple[list[_Heading], dict[str, tuple[str, int]]]:
    """The headings that are no part of a list or quotation; and the definitions of links, as they are written."""
    env: dict[str, Any] = {}
    tokens = _blocks().parse(text, env)
    all_of = [
        _Heading(int(token.tag[1:]), tokens[at + 1].content, *token.map)
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    top = min((heading.level for heading in all_of), default=0)
    lines = text.split("\n")
    references = {
        label: ("\n".join(lines[each["map"][0] : each["map"][1]]), int(each["map"][0]))
        for label, each in env.get("references", {}).items()
    }
    return [heading for heading in all_of if heading.level == top], references


def _cuts(headings: list[_Heading], end: int) -> Iterator[tuple[_Heading | None, int, int]]:
    """Each heading with the lines below it; first what stands above them all."""
    yield None, 0, headings[0].first if headings else end
    for at, heading in enumerate(headings):
        yield heading, heading.after, headings[at + 1].first if at + 1 < len(headings) else end


def _body(lines: list[str], begin: int, end: int) -> tuple[str, int]:
    """The lines without blank ones around them, and where they begin."""
    while begin < end and not lines[begin].strip():
        begin += 1
    while end > begin and not lines[end - 1].strip():
        end -= 1
    return "\n".join(lines[begin:end]), begin


def _with_references(body: str, references: dict[str, tuple[str, int]], own: range) -> str:
    """The body with the definitions of its links, where they stand in another piece."""
    if not references or "[" not in body:
        return body
    used = dict.fromkeys(normalizeReference(found[1]) for found in _LABEL.finditer(without_code(body)))
    missing = [
        references[label][0] for label in used if label in references and references[label][1] not in own
    ]
    return "\n\n".join([body, "\n".join(missing)]) if missing else body


def _words(source: str) -> str:
    """A heading's Markdown as plain words: titles have no marks."""
    return " ".join("".join(map(_plain, _children(source))).split())


def _children(source: str) -> list[Token]:
    # A heading is one line, or a few; what is longer is none that anybody wrote.
    [inline] = _inlines().parseInline(source[:2000])
    return inline.children or []


def _plain(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _linked(
    headings: list[_Heading], whole: list[tuple[Piece, int]], where: Callable[[int], str], skipped: int
) -> Iterator[Doubt]:
    """Links in headings: a title cannot hold them."""
    before = len(whole) - len(headings)
    for at, heading in enumerate(headings):
        for token in _children(heading.source):
            if token.type == "link_open":
                yield Doubt(
                    rule="import.link",
                    severity=Severity.WARN,
                    piece=before + at,
                    place=where(heading.first + skipped + 1),
                    words=str(token.attrGet("href") or ""),
                    message="The heading was a link; a title cannot be one, and it was left out.",
                    hint="Put it into the item's `links`.",
                )


def _torn(text: str, headings: list[_Heading], where: Callable[[int], str], skipped: int) -> Iterator[Doubt]:
    """Changes that go over a heading: cutting there has divided them."""
    if not headings or "{" not in text:
        return
    line_of = line_finder(text)
    cuts = [heading.first for heading in headings]
    for each in undecided_in(without_code(text)):
        first = line_of(each.start)
        following = bisect_right(cuts, first)
        if following < len(cuts) and cuts[following] <= line_of(each.end):
            yield Doubt(
                rule="import.change",
                severity=Severity.STOP,
                place=where(first + skipped + 1),
                words=each.words,
                message="A change goes over a heading, and was divided there.",
                hint="Decide it in the file, and give the file again.",
            )


@lru_cache(maxsize=1)
def _blocks() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")


@lru_cache(maxsize=1)
def _inlines() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
