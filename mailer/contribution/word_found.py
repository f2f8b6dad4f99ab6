"""What is gathered on the way through a Word document: doubts and photos, each with the paragraph where it was."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailer.contribution.word_file import Relation, WordFile, tag
from mailer.contribution.word_styles import Styles
from mailer.model.contribution import Doubt, Photo
from mailer.model.finding import Severity

_OWN = f"own{secrets.token_hex(8)}"
NUMBER, CHANGE, AUTHOR, LINK, HEADING, CAPTION = (
    f"{_OWN}-{name}" for name in ("number", "change", "author", "link", "heading", "caption")
)
"""Attributes that we put on paragraphs and runs for ourselves; drawn by lot, so that no file has them."""
_SHOWN = 80
_AS_TEXT = {
    tag("w:tab"): " ",
    tag("w:ptab"): " ",
    tag("w:br"): " ",
    tag("w:cr"): " ",
    tag("w:noBreakHyphen"): "\u2011",
    tag("w:softHyphen"): "\u00ad",
}
_TEXT = {tag("w:t"), tag("w:delText"), tag("m:t")}


@dataclass
class Found:
    """The document, and what was found in it."""

    file: WordFile
    styles: Styles
    relations: dict[str, Relation]
    doubts: list[tuple[int, Doubt]] = field(default_factory=list)
    photos: list[tuple[int, Photo]] = field(default_factory=list)

    def doubt(
        self, at: Any, rule: str, severity: str, message: str, hint: str = "", *, words: str = ""
    ) -> None:
        """Note what a person has to look at; `at` is an element, or the number of a paragraph (0: the whole file)."""
        number = at if isinstance(at, int) else number_of(at)
        place = f"paragraph {number}" if number else ""
        doubt = Doubt(
            rule=f"import.{rule}",
            severity=Severity(severity),
            place=place,
            words=short(words),
            message=message,
            hint=hint,
        )
        if (number, doubt) not in self.doubts[-50:]:
            self.doubts.append((number, doubt))


def number_of(element: Any) -> int:
    """The number of the paragraph that an element is in, or of the first one within it; 0 where there is none."""
    at = element
    while at is not None:
        if at.get(NUMBER):
            return int(at.get(NUMBER))
        at = at.getparent()
    for paragraph in element.iter(tag("w:p")):
        if paragraph.get(NUMBER):
            return int(paragraph.get(NUMBER))
    before = element.getprevious()
    return number_of(before) if before is not None else 0


def runs_of(element: Any) -> Iterator[Any]:
    """The runs in a paragraph or another element, in order."""
    return element.iter(tag("w:r"))  # type: ignore[no-any-return]


def words_of(element: Any) -> str:
    """The words in an element, as one line."""
    parts = []
    for part in element.iter():
        if part.tag in _TEXT:
            parts.append(part.text or "")
        elif part.tag in _AS_TEXT and part.getparent().tag != tag("w:tabs"):
            parts.append(_AS_TEXT[part.tag])
    return "".join(parts)


def short(words: str, most: int = _SHOWN) -> str:
    """Words on one line, cut where they are many."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def unwrap(element: Any) -> None:
    """Put what an element holds in its place."""
    parent = element.getparent()
    at = parent.index(element)
    parent[at : at + 1] = list(element)


def remove(element: Any) -> None:
    """Take an element out."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def text_run(words: str) -> Any:
    """A run that holds these words and no form."""
    from lxml import etree

    run = etree.Element(tag("w:r"))
    run.append(text(words))
    return run


def text(words: str) -> Any:
    """The element that holds words in a run."""
    from lxml import etree

    element = etree.Element(tag("w:t"))
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.text = words
    return element
