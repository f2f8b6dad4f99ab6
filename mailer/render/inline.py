"""From mjml-python's html to what is sent: mended, styles inlined, and proved unharmed."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

from mailer.errors import RenderError
from mailer.model.rendition import SLOT_TOKEN
from mailer.render.blocks import COMMENT, CONTAINERS, MARK, Block, Page, closing, cut_page, head_of
from mailer.render.memory import Memory
from mailer.render.safety import refuse_dangers

RIGHT_TO_LEFT = re.compile(r"<html\b[^>]*\bdir=\"rtl\"")
"""Of such a page, Outlook's tables have to say so one by one: in them it does not go by what is around."""
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
IMPORTANT = re.compile(r"!\s*important")
OPENING = re.compile(
    r"<!--.*?-->|<(?:(?P<style>style)|(?P<table>table)(?![^>]*role=))\b(?P<attributes>[^>]*)>"
    r"(?=(?(style)(?P<css>.*?)</style>|(?P<rows>.*?)</table>))",
    re.DOTALL,
)
INLINED = "/* inline */"
"""The style block that begins with this is copied onto the elements; all others stay where they are."""
COPIED = re.compile(rf"<style\b[^>]*>\s*{re.escape(INLINED)}.*?</style>\s*", re.DOTALL)
"""That block has done its work then, and would only take up room: mail programs clip what is long."""
TAG = re.compile(r"""<!--.*?-->|<style\b.*?</style>|<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
HIDDEN = re.compile("[\u00a0\u200c\u200d\u00ad\u200e\u200f]")
"""Signs that nobody sees in a source or a diff: no-break space, joiners, soft hyphen, direction marks."""
BESIDE = re.compile(
    r"(?P<one>[\w-]*)(?:[.#:\[][^\s,+~>]*)?\s*[+~](?!=)\s*(?P<other>[\w-]*)"
    r"|(?P<only>[\w-]*)(?:[.#\[][^\s,+~>:]*)?:(?:first|last|nth|only)-"
)
"""Selectors that ask what stands beside an element."""
MOST_SHEETS = 32


def finish_html(html: str, hosted: str = "") -> str:
    """Mend what mjml-python leaves open, inline the styles, and check that nothing was lost on the way.

    Blocks of a page that were finished before are remembered: versions share most of theirs, and an edit costs
    the block it is in. `hosted` is the address under which the letter's own pictures are, if not in the message.
    MarkupError where the page has what no letter may have; RenderError where a comment for Outlook, an
    `!important` or a personal field did not survive.
    """
    mended = mend(html)
    sheet = _sheet(head_of(mended))
    page = cut_page(mended, _kept_together(sheet))
    if page is None:
        return finish_whole(mended, hosted)
    try:
        return _joined(page, _Around(sheet, hosted))
    except _MovedError:
        return finish_whole(mended, hosted)


def finish_whole(mended: str, hosted: str = "") -> str:
    """A mended page finished in one piece: what its blocks must add up to, sign by sign."""
    finished = TAG.sub(_hide_angles, inline_styles(mended))
    finished = HIDDEN.sub(_visible, finished)
    refuse_dangers(finished, hosted)
    _prove(mended, finished)
    return COPIED.sub("", finished)


class _MovedError(Exception):
    """The parser has moved something over the edge of a block."""


class _Around(NamedTuple):
    """What a block comes out by, besides itself."""

    sheet: str
    hosted: str


_frames: Memory[tuple[str, str], list[str]] = Memory(64)
_blocks: Memory[tuple[_Around, Block], str] = Memory(2048)


def _joined(page: Page, by: _Around) -> str:
    frame = _frames.recall((page.frame, by.hosted))
    if frame is None:
        frame = finish_whole(page.frame, by.hosted).split(MARK)
        _frames.keep((page.frame, by.hosted), frame)
    blocks = _finished(page.blocks, by)
    if len(frame) != len(blocks) + 1:
        raise _MovedError
    return "".join(part for pair in zip(frame, [*blocks, ""], strict=True) for part in pair)


def _finished(blocks: Sequence[Block], by: _Around) -> list[str]:
    """Each block as it comes out of premailer; those that are new go through it together."""
    finished = {block: _blocks.recall((by, block)) for block in blocks}
    new: dict[tuple[str, ...], list[Block]] = {}
    for block, known in finished.items():
        if known is None:
            new.setdefault(block.around, []).append(block)
    for around, alike in new.items():
        for block, made in zip(alike, _made(by, around, alike), strict=True):
            finished[block] = made
            _blocks.keep((by, block), made)
    return [finished[block] or "" for block in blocks]


def _made(by: _Around, around: tuple[str, ...], blocks: Sequence[Block]) -> list[str]:
    """Blocks that stand within the same elements, as they come out of a page that holds nothing else."""
    html, *inner = around
    inside = MARK.join(["", *(block.html for block in blocks), ""])
    page = f"<!DOCTYPE html>{html}<head>{by.sheet}</head>{''.join(inner)}{inside}{closing(around)}"
    before, *made, after = finish_whole(page, by.hosted).split(MARK)
    bare = "<!DOCTYPE html>" in before and before.endswith(">") and after.startswith("</")
    if len(made) != len(blocks) or not bare or after.strip() != closing(around):
        raise _MovedError
    return made


@lru_cache(maxsize=MOST_SHEETS)
def _kept_together(sheet: str) -> frozenset[str]:
    """Elements of the layout of which a selector asks what stands beside them: that must be there to see."""
    selectors = re.sub(r"/\*.*?\*/|<[^>]*>|\{[^}]*\}", " , ", sheet, flags=re.DOTALL)
    asked: set[str] = set()
    for match in BESIDE.finditer(selectors):
        names = {name for name in match.group("one", "other", "only") if name is not None}
        if names <= {"", *CONTAINERS}:
            asked |= names
    return frozenset(CONTAINERS if "" in asked else asked)


def _sheet(head: str) -> str:
    """The style blocks that are copied onto elements."""
    styles = STYLE.finditer(COMMENT.sub("", head))
    return "".join(style[0] for style in styles if style[1].strip().startswith(INLINED))


def mend(html: str) -> str:
    """Doctype in capitals (premailer drops the other), roles of layout tables, which styles to inline."""
    html = re.sub(r"^\s*<!doctype html>", "<!DOCTYPE html>", html, count=1, flags=re.IGNORECASE)
    if RIGHT_TO_LEFT.search(html):
        html = COMMENT.sub(lambda comment: comment[0].replace("<table ", '<table dir="rtl" '), html)
    return OPENING.sub(_mended_tag, html)


def _mended_tag(match: re.Match[str]) -> str:
    """Comments for Outlook stay; a table with heads is data and keeps its meaning, every other is layout."""
    tag, attributes = match[0], match["attributes"]
    if match["style"]:
        return (
            tag
            if match["css"].strip().startswith(INLINED)
            else f'<style{attributes} data-premailer="ignore">'
        )
    if match["table"] and "<th" not in match["rows"]:
        return f'<table role="presentation"{attributes}>'
    return tag


def inline_styles(html: str) -> str:
    """Copy the styles onto the elements with premailer, offline, with the settings that spare the rest."""
    premailer = _premailer()(
        html,
        method="html",
        keep_style_tags=True,
        strip_important=False,
        remove_classes=False,
        exclude_pseudoclasses=True,
        disable_validation=True,
        allow_network=False,
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
    )
    return str(premailer.transform(pretty_print=False, encoding="utf-8"))


@lru_cache(maxsize=1)
def _premailer() -> Any:
    """Premailer, with a memory for the rules of a style sheet: it would write each of them anew for every page."""
    # Sheets, selectors and declarations share 128 places otherwise; only the environment can say more.
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")
    from premailer import Premailer

    remembered: dict[tuple[str, int], tuple[list[Any], list[Any]]] = {}
    lock = Lock()

    class RememberingPremailer(Premailer):  # type: ignore[misc]
        def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
            with lock:
                key = (css_body, ruleset_index)
                if key not in remembered:
                    if len(remembered) >= MOST_SHEETS:
                        remembered.clear()
                    remembered[key] = super()._parse_style_rules(css_body, ruleset_index)
                return remembered[key]

    return RememberingPremailer


def _visible(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _hide_angles(match: re.Match[str]) -> str:
    """lxml writes `<` plainly in attributes; a client that looks for comments there would be misled."""
    tag = match[0]
    if tag.startswith(("<!--", "<style")) or ("<" not in tag[1:] and ">" not in tag[:-1]):
        return tag
    return f"<{tag[1:-1].replace('<', '&lt;').replace('>', '&gt;')}>"


def _prove(before: str, after: str) -> None:
    troubles = []
    if not after.startswith("<!DOCTYPE html>"):
        troubles.append("the doctype is lost")
    if COMMENT.findall(before) != COMMENT.findall(after):
        troubles.append("comments for Outlook have changed")
    if _importants(before) != _importants(after):
        troubles.append("an !important in a style block is lost")
    if Counter(SLOT_TOKEN.findall(before)) != Counter(SLOT_TOKEN.findall(after)):
        troubles.append("a personal field is lost")
    if r"\u{" in before and r"\u{" in re.sub(r">[^<]*<", "><", before):  # an author's own is a reference here
        troubles.append("an attribute has a broken escape")
    if troubles:
        raise RenderError(
            f"Inlining the styles did harm: {'; '.join(troubles)}.",
            "Look at the template's layout and styles; nothing was written.",
        )


def _importants(html: str) -> list[int]:
    return [len(IMPORTANT.findall(style)) for style in STYLE.findall(COMMENT.sub("", html))]
