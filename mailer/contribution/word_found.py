"""What is gathered on the way through a Word document: doubts and photos, each with the paragraph where it was."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailer.contribution.critic import COMMENT_CLOSE, COMMENT_OPEN, told
from mailer.contribution.escaping import UNFIT
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
MOST = 4_000
"""Signs of words that stand nowhere but in what is told."""
_AS_TEXT = {
    tag("w:tab"): " ",
    tag("w:ptab"): " ",
    tag("w:br"): " ",
    tag("w:cr"): " ",
    tag("w:noBreakHyphen"): "\u2011",
    tag("w:softHyphen"): "\u00ad",
}
WORDS = (tag("w:t"), tag("w:delText"), tag("m:t"))
_TEXT = {*WORDS}


@dataclass
class Found:
    """The document, and what was found in it."""

    file: WordFile
    styles: Styles
    relations: dict[str, Relation]
    doubts: list[tuple[int, Doubt]] = field(default_factory=list)
    photos: list[tuple[int, Photo]] = field(default_factory=list)

    watched: list[Any] = field(default_factory=list)
    """The elements that hold the document's words; what becomes of each is known in the end."""
    accounted: set[Any] = field(default_factory=set)
    """Those whose words stand elsewhere now: in another element, or in a doubt."""

    def watch(self, root: Any) -> None:
        """Keep an eye on all words in it."""
        self.watched += [part for part in root.iter(*WORDS, tag("a:t")) if (part.text or "").strip()]

    def account(self, element: Any) -> None:
        """Note that its words are taken care of."""
        self.accounted.update(element.iter(*WORDS, tag("a:t")))

    def doubt(
        self,
        at: Any,
        rule: str,
        severity: str,
        message: str,
        hint: str = "",
        *,
        words: str = "",
        whole: bool = False,
    ) -> None:
        """Note what a person has to look at; `at` is an element, or the number of a paragraph (0: the whole file).

        `whole`: the words stand nowhere else any more, so that all of them are told.
        """
        message, words = told(message), told(words)
        most = MOST if whole else _SHOWN
        if whole and len(" ".join(words.split())) > most:
            message = f"{message} Only the first {most:,} signs are shown: see the file for the rest."
        number = at if isinstance(at, int) else number_of(at)
        place = f"paragraph {number}" if number else ""
        doubt = Doubt(
            rule=f"import.{rule}",
            severity=Severity(severity),
            place=place,
            words=short(words, most),
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


def comment_run(author: str, words: str) -> Any:
    """A run that says something about its place: nothing is sent until somebody has settled it."""
    run = text_run(f"{COMMENT_OPEN}{UNFIT.sub('', f'{author}: {words}')}{COMMENT_CLOSE}")
    run.set(CHANGE, "comment")
    return run


def leave_out(runs: list[Any], at: Any, found: Found) -> None:
    """Take out the words of runs, which have been told; where they were changed, a comment behind `at` says so."""
    changed = [run for run in runs if run.get(CHANGE) in ("in", "out", "both")]
    if words := short("".join(map(words_of, changed)), MOST):
        author = changed[0].get(AUTHOR) or "Somebody"
        at.addnext(comment_run(author, f"changed words that were left out here ({words})"))
    for run in runs:
        found.account(run)
        for part in [part for part in run if part.tag in _TEXT or part.tag in _AS_TEXT]:
            remove(part)
