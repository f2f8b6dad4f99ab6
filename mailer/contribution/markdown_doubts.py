"""What in a piece of Markdown a person has to look at: changes, comments, HTML, footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from markdown_it import MarkdownIt

from mailer.contribution.text import line_finder
from mailer.model.body import bounded
from mailer.model.contribution import Doubt, Piece
from mailer.model.finding import Severity
from mailer.model.undecided import undecided_in
from mailer.source.slips import without_code

Where = Callable[[int], str]
"""Names a line of the piece's body, counted from 0."""
MOST_OF_A_KIND = 100
_FOOTNOTE = re.compile(r"\[\^([^\[\]\s^]{1,40})\](:?)([^\n]{0,300})")
_SHOWN = 60


def doubts_in(piece: Piece, number: int, where: Where) -> Iterator[Doubt]:
    """All of it, in the order of its kinds; of each kind no more than a hundred are told one by one."""
    bare = without_code(piece.body)
    for found in (_changes(piece, bare, where), _html(piece.body, where), _footnotes(bare, where)):
        for told, doubt in enumerate(found):
            if told == MOST_OF_A_KIND:
                yield doubt.model_copy(
                    update={"piece": number, "words": "", "message": "And more of the kind."}
                )
                break
            yield doubt.model_copy(update={"piece": number})


def _changes(piece: Piece, bare: str, where: Where) -> Iterator[Doubt]:
    line_of = line_finder(bare)
    for text, is_title in ((piece.title, True), (bare, False)):
        for each in undecided_in(text):
            place = piece.place if is_title else where(line_of(each.start))
            if each.kind == "comment":
                message, hint = "A comment stands in the text.", "Settle what it asks, and take it out."
            else:
                message, hint = "A change in the text is not decided.", "Decide which words are right."
            yield Doubt(
                rule="import.comment" if each.kind == "comment" else "import.change",
                severity=Severity.STOP,
                place=place,
                words=each.words,
                message=message,
                hint=hint,
            )


def _html(body: str, where: Where) -> Iterator[Doubt]:
    if "<" not in body:
        return
    try:
        bounded(body)
    except ValueError:
        return
    for token in _reader().parse(body):
        line = token.map[0] if token.map else 0
        tags = [child.content for child in token.children or () if child.type == "html_inline"]
        if token.type == "html_block":
            tags = [token.content]
        if tags:
            words = " ".join(" ".join(tags).split())
            yield Doubt(
                rule="import.html",
                severity=Severity.WARN,
                place=where(line),
                words=words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…",
                message="HTML stands in the text; readers would see it sign by sign.",
                hint="Write it in Markdown, or take it out.",
            )


def _footnotes(bare: str, where: Where) -> Iterator[Doubt]:
    told: dict[str, tuple[int, str]] = {}
    line_of = line_finder(bare)
    for found in _FOOTNOTE.finditer(bare) if "[^" in bare else ():
        line, words = told.get(found[1], (line_of(found.start()), ""))
        told[found[1]] = line, words or (found[3].strip() if found[2] else "")
    for line, words in told.values():
        yield Doubt(
            rule="import.footnote",
            severity=Severity.WARN,
            place=where(line),
            words=words,
            message="A footnote stands in the text; mails have none.",
            hint="Put its words where they belong, and take its sign out.",
        )


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
