"""Word documents as contributions: headings cut them into pieces; what nobody has decided is told."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from xml.parsers.expat import ExpatError

from mailer.contribution.markup import markdown_of
from mailer.contribution.word_body import read_body
from mailer.contribution.word_file import open_word, tag
from mailer.contribution.word_found import HEADING, LINK, NUMBER, Found, runs_of, words_of
from mailer.contribution.word_html import DEEPEST, html_of, prepared
from mailer.contribution.word_lists import Lists
from mailer.contribution.word_pictures import caption_pictures, told_plain
from mailer.errors import MailerError, ProblemsError
from mailer.model.contribution import Contribution, Doubt, Photo, Piece
from mailer.model.undecided import undecided_in
from mailer.source.packed import SAVE_AGAIN, refuse

_ELEMENT = re.compile(r"<[^>]*>")
_HIGHEST = 3
"""The level of the first headings within a piece: above it are the issue's and the item's."""


def read_word(content: bytes, name: str) -> Contribution:
    """What stands in a Word document (.docx, .dotx): a piece for each heading of the highest level that it has.

    Tracked changes and comments stand in the text as CriticMarkup, and are doubts; so is all that a mail cannot show.
    Nothing outside of the file is read. ProblemsError for a file that is no Word document, is damaged, protected by
    a password, too large or built to harm: it says which, and what to do.
    """
    file = open_word(content, name)
    try:
        body, found = read_body(file)
        return _contribution(body, found, name)
    except ProblemsError:
        raise
    except RecursionError as error:
        raise refuse(name, "is nested too deep.", "Copy the text into a new document.") from error
    except (ExpatError, MailerError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise refuse(name, "is damaged: it is not written as Word writes.", SAVE_AGAIN) from error


@dataclass
class _Cut:
    """One piece on its way."""

    title: str = ""
    level: int = 1
    number: int = 0
    """Of the paragraph with which it begins."""
    blocks: list[Any] = field(default_factory=list)
    is_title: bool = False


def _contribution(body: list[Any], found: Found, name: str) -> Contribution:
    cuts = _cut(caption_pictures(body, found), found)
    lists = Lists(found.file)
    letters = [Counter(_letters("".join(map(words_of, cut.blocks)))) for cut in cuts]
    sources = html_of([_blocks(cut, found, lists) for cut in cuts])
    for cut, before, source in zip(cuts, letters, sources, strict=True):
        if before - Counter(_letters(unescape(_ELEMENT.sub("", source)))):
            message = "Words have been lost on the way."
            found.doubt(cut.number, "lost", "stop", message, "Compare the text with the file in Word.")
    bodies = [markdown_of(source, exact=True) for source in sources]
    photos = _by_piece(cuts, found)
    kept = [at for at in range(len(cuts)) if bodies[at] or photos[at] or cuts[at].title]
    for at in list(kept):
        bare = not bodies[at] and not photos[at] and not any(undecided_in(cuts[at].title, plain=True))
        if cuts[at].is_title and bare and len(kept) > 1:
            words = f'The title of the whole document ("{cuts[at].title}") became no piece.'
            found.doubt(cuts[at].number, "heading", "note", words, words=cuts[at].title)
            kept.remove(at)
    if not kept:
        raise refuse(name, "has no words and no pictures in it.", "See that the right file was saved.")
    pieces = tuple(
        Piece(
            title=cuts[at].title,
            body=bodies[at],
            level=cuts[at].level,
            photos=photos[at],
            place=f"paragraph {cuts[at].number}" if cuts[at].number else "",
        )
        for at in kept
    )
    if len(pieces) == 1 and not pieces[0].title:
        found.doubt(
            0,
            "heading",
            "warn",
            "No heading in it has a heading's style: all of it is one piece without a title.",
            "Give its headings a style (Heading 1) and import it again, or write the title.",
        )
    return Contribution(file=name, pieces=pieces, doubts=_doubts(cuts, kept, found))


def _letters(words: str) -> str:
    return "".join(sign for sign in words if sign.isalnum())


def _cut(blocks: list[Any], found: Found) -> list[_Cut]:
    levels = [found.styles.heading_level(block) if _may_head(block) else 0 for block in blocks]
    top = min(filter(None, levels), default=0)
    cuts = [_Cut()]
    for block, level in zip(blocks, levels, strict=True):
        if level and level == top:
            title = told_plain(words_of(block)).strip()
            _tell_link(block, found)
            cuts.append(_Cut(title, level, int(block.get(NUMBER) or 0), [], found.styles.is_title(block)))
        else:
            if level:
                block.set(HEADING, str(min(_HIGHEST + level - top - 1, 6)))
            cuts[-1].number = cuts[-1].number or int(block.get(NUMBER) or 0)
            cuts[-1].blocks.append(block)
    return cuts


def _tell_link(heading: Any, found: Found) -> None:
    for to in dict.fromkeys(filter(None, (run.get(LINK) for run in runs_of(heading)))):
        message = "The heading was a link; a title cannot be one, and it was left out."
        found.doubt(heading, "link", "warn", message, "Put it into the item's `links`.", words=to, whole=True)


def _may_head(block: Any) -> bool:
    return block.tag == tag("w:p") and bool(words_of(block).strip())


def _blocks(cut: _Cut, found: Found, lists: Lists) -> list[Any]:
    """The paragraphs and tables of a piece, made ready for mammoth."""
    ready: list[Any] = []
    depth_before = -1
    for block in cut.blocks:
        heading = int(block.get(HEADING) or 0)
        numbering = None if heading or block.tag != tag("w:p") else found.styles.numbering(block)
        item = None
        if numbering and words_of(block).strip():
            form, number = lists.next(*numbering)
            _tell_form(form, block, found)
            depth = min(numbering[1], depth_before + 1, DEEPEST)
            depth_before = depth
            item = (form, number, depth)
        elif words_of(block).strip():
            depth_before = -1
        for inner in list(block.iter(tag("w:p"))) if block.tag == tag("w:tbl") else ():
            inner.getparent().replace(inner, prepared(inner))
        ready.append(prepared(block, heading=heading, item=item))
    return ready


def _tell_form(form: str, block: Any, found: Found) -> None:
    if form not in ("bullet", "decimal", "decimalZero"):
        message = "A list with letters or Roman figures has become one with numbers."
        found.doubt(
            block, "list", "note", message, "See that nothing refers to its letters.", words=words_of(block)
        )


def _by_piece(cuts: list[_Cut], found: Found) -> list[tuple[Photo, ...]]:
    photos: list[list[Photo]] = [[] for _ in cuts]
    for number, photo in found.photos:
        photos[_piece_of(number, cuts)].append(photo)
    return [tuple(several) for several in photos]


def _piece_of(number: int, cuts: list[_Cut]) -> int:
    begins = [cut.number for cut in cuts]
    return max(bisect_right([0, *begins[1:]], number) - 1, 0)


def _doubts(cuts: list[_Cut], kept: list[int], found: Found) -> tuple[Doubt, ...]:
    """The doubts in the order of the text, those about the whole file first, each with its piece."""
    index = {at: new for new, at in enumerate(kept)}
    placed = sorted(found.doubts, key=lambda pair: pair[0])
    return tuple(
        doubt.model_copy(update={"piece": index.get(_piece_of(number, cuts)) if number else None})
        for number, doubt in placed
    )
