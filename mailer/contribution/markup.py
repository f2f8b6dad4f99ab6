"""Html of word processors and mail programs as Markdown that an item's body may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree, html

from mailer.contribution.critic import COMMENT_CLOSE, COMMENT_OPEN, IN_CLOSE, IN_OPEN, OUT_CLOSE, OUT_OPEN
from mailer.contribution.escaping import UNFIT, address
from mailer.contribution.inline import BREAK, Change, Segment, inline_markdown
from mailer.errors import MailerError

Markdown = str
MAX_DEPTH = 150
"""Elements in each other. Of what lies deeper only the words are taken."""
_UNSEEN = set("script style head title".split())
"""What nobody ever sees."""
_SKIPPED = set("template noscript svg math object iframe select textarea".split())
"""What a mail has no place for; their words are told."""
MOST_PLACES = 20_000
"""Columns times rows of a table: no item can hold one that has more."""
_BLOCKS = set(
    "p div section article main header footer aside address figure figcaption center dl dt dd".split()
)
_BLOCKS |= set("form fieldset details summary body html blockquote pre ul ol li table hr nav".split())
_BLOCKS |= set("h1 h2 h3 h4 h5 h6 thead tbody tfoot tr td th caption".split())
_FORMS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "s": "strike"}
_FORMS |= {"strike": "strike", "del": "strike"}
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_TOGGLES: dict[str, Change] = {
    IN_OPEN: "in",
    OUT_OPEN: "out",
    COMMENT_OPEN: "comment",
    IN_CLOSE: "",
    OUT_CLOSE: "",
    COMMENT_CLOSE: "",
}
_SIGN = re.compile(f"([{IN_OPEN}-{COMMENT_CLOSE}])")

Image = Callable[[str, str], str]
Dropped = Callable[[str, str], None]
Hidden = Callable[[str], None]


def markdown_of(
    source: str,
    image: Image | None = None,
    *,
    dropped: Dropped | None = None,
    hidden: Hidden | None = None,
    exact: bool = False,
) -> Markdown:
    """The Markdown of a piece of html. The author's words never become a mark, a link or a personal field in it.

    Headings, paragraphs, lists, tables, quotations, bold, italics, links and line breaks stay; all else loses its
    form and keeps its words, but scripts and what is hidden. Raised and lowered figures become their own signs (m²).
    `image(src, alt)` is called for each picture, in order, and gives the words that stand in its place, "" for none.
    `dropped(href, words)` is told each link that a mail may not carry: its words stay. `hidden(words)` is told the
    words that were left out: what is hidden, and what stands in fields of forms, drawings, formulas and the like.
    MailerError where elements lie in each other more than 2,000 deep, and where a table has more than 20,000 places.
    `exact` keeps runs of blanks as they are and takes the signs of `critic` in the text for undecided changes.
    """
    words = source if exact else UNFIT.sub("", source)
    if not words.strip():
        return ""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(f"<body>{words}".encode("utf-8", "ignore"), parser=parser)
    except etree.ParserError:
        return ""
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise MailerError(
            "The html is nested too deep to be read.", "Copy its words into a new document or mail."
        )
    writer = _Writer(image or _no_words, dropped or _nobody, hidden or _nobody, exact)
    return "\n\n".join(writer.blocks(root, Segment(""), 0))


def _no_words(_src: str, _alt: str) -> str:
    return ""


def _nobody(*_said: str) -> None:
    pass


@dataclass
class _Flow:
    """Blocks that are done, and the paragraph that is being gathered."""

    blocks: list[str] = field(default_factory=list)
    open: list[Segment] = field(default_factory=list)
    last_list: str = ""

    def close(self) -> None:
        """End the paragraph. Two line breaks in a row part two paragraphs, as mails are written."""
        part: list[Segment] = []
        was_break = False
        for segment in self.open:
            is_break = segment.words == BREAK
            if is_break and was_break:
                self._add(part)
                part = []
            part.append(segment)
            if segment.words.strip(" "):
                was_break = is_break
        self._add(part)
        self.open = []

    def _add(self, segments: list[Segment]) -> None:
        if text := inline_markdown(segments):
            self.put(text)

    def put(self, block: str, kind: str = "") -> None:
        self.blocks.append(block)
        self.last_list = kind


class _Writer:
    """Walks through elements and writes their blocks."""

    def __init__(self, image: Image, dropped: Dropped, hidden: Hidden, exact: bool) -> None:
        self.image, self.dropped, self.hidden, self.exact = image, dropped, hidden, exact
        self.change: Change = ""
        self.number = 0

    def blocks(self, element: Any, form: Segment, depth: int) -> list[str]:
        """The Markdown of each block within an element."""
        flow = _Flow()
        self._walk(element, form, flow, depth)
        flow.close()
        return flow.blocks

    def _walk(self, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._words("".join(element.itertext()), form, flow)
            return
        self._words(element.text, form, flow)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, form, flow, depth + 1)
            self._words(child.tail, form, flow)

    def _element(self, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        tag = element.tag.lower()
        if tag in _UNSEEN:
            return
        if tag in _SKIPPED or element.get("hidden") is not None or _HIDDEN.search(element.get("style") or ""):
            self.hidden(_words_in(element))
            return
        if tag in _BLOCKS:
            flow.close()
            write = self._within if isinstance(flow, _CellFlow) else self._block
            write(tag, element, form, flow, depth)
            flow.close()
        elif tag == "br":
            flow.open.append(replace(form, words=BREAK))
        elif tag == "img":
            said = self.image(element.get("src") or "", element.get("alt") or "")
            self._words(said, form, flow)
        elif tag in ("sup", "sub"):
            self._raised(tag, element, form, flow, depth)
        elif tag == "a":
            self._link(element, form, flow, depth)
        else:
            name = _FORMS.get(tag)
            form = replace(
                form,
                strong=form.strong or name == "strong",
                em=form.em or name == "em",
                strike=form.strike or name == "strike",
            )
            self._walk(element, form, flow, depth)

    def _link(self, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        href = (element.get("href") or "").strip()
        to = address(href)
        if href and not to and not href.startswith("#"):
            self.dropped(href, " ".join("".join(element.itertext()).split()))
        self._walk(element, replace(form, href=to) if to else form, flow, depth)

    def _raised(self, tag: str, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        words = "".join(element.itertext())
        signs = words.translate(_RAISED if tag == "sup" else _LOWERED)
        if words.strip() and not any(old == new for old, new in zip(words, signs, strict=True)):
            self._words(signs, form, flow)
        else:
            self._walk(element, form, flow, depth)

    def _words(self, words: str | None, form: Segment, flow: _Flow) -> None:
        if not words:
            return
        words = re.sub(r"[\r\n\t]" if self.exact else r"[ \t\r\n\f]+", " ", words)
        for part in _SIGN.split(words):
            if self.exact and part in _TOGGLES:
                self.change = _TOGGLES[part]
                self.number += bool(self.change)
                continue
            part = UNFIT.sub("", part)  # noqa: PLW2901
            glued = not self.exact and (not flow.open or flow.open[-1].words.endswith((" ", BREAK)))
            part = part.lstrip(" ") if glued else part  # noqa: PLW2901
            if part:
                number = self.number if self.change else 0
                flow.open.append(replace(form, words=part, change=self.change, number=number))

    def _within(self, _tag: str, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        self._walk(element, form, flow, depth)

    def _block(self, tag: str, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        if tag[0] == "h" and tag[1:].isdigit():
            gathered = _Flow()
            self._walk(element, form, gathered, depth)
            words = inline_markdown([*gathered.open], cell=True)
            flow.blocks += gathered.blocks
            if words:
                flow.put(f"{'#' * int(tag[1:])} {_closed(words)}")
        elif tag == "hr":
            flow.put("***")
        elif tag in ("ul", "ol"):
            self._list(tag, element, form, flow, depth)
        elif tag == "blockquote":
            if inner := self.blocks(element, form, depth):
                flow.put("\n".join(f"> {line}".rstrip() for line in "\n\n".join(inner).split("\n")), "quote")
        elif tag == "pre":
            for number, line in enumerate("".join(element.itertext()).splitlines()):
                flow.open += [replace(form, words=BREAK)] if number else []
                self._words(line, form, flow)
        elif tag == "table":
            self._table(element, form, flow, depth)
        else:
            self._walk(element, form, flow, depth)

    def _list(self, tag: str, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        items: list[list[str]] = []
        for child in element:
            if not isinstance(child.tag, str):
                continue
            inside = _Flow()
            self._element(child, form, inside, depth + 1)
            inside.close()
            if not inside.blocks:
                continue
            if child.tag.lower() == "li" or not items:
                items.append(inside.blocks)
            else:
                items[-1] += inside.blocks
        if not items:
            return
        # Two lists in a row would become one; another sign keeps them apart.
        other = flow.last_list == tag
        start = element.get("start") or "1"
        number = int(start) if tag == "ol" and start.isdecimal() and len(start) < 9 else 1  # noqa: PLR2004
        lines = []
        for at, blocks in enumerate(items):
            sign = (f"{number + at}{')' if other else '.'}" if tag == "ol" else "*" if other else "-") + " "
            loose = any(not _is_list(block) for block in blocks[1:])
            body = ("\n\n" if loose else "\n").join(blocks).split("\n")
            lines.append(
                "\n".join([sign + body[0], *(" " * len(sign) + line if line else "" for line in body[1:])])
            )
        flow.put("\n".join(lines), "" if other else tag)

    def _table(self, element: Any, form: Segment, flow: _Flow, depth: int) -> None:
        rows = list(_rows(element))
        if _is_layout(element, rows):
            for row in rows:
                for cell in row:
                    self._walk(cell, form, flow, depth + 1)
                    flow.close()
            return
        for caption in element.iterchildren("caption"):
            self._walk(caption, form, flow, depth + 1)
            flow.close()
        lines = [[self._cell(cell, form, depth + 1) for cell in row] for row in _spread(rows)]
        if not any(any(line) for line in lines):
            return
        wide = max(len(line) for line in lines)
        drawn = [f"| {' | '.join(line + [''] * (wide - len(line)))} |" for line in lines]
        flow.put("\n".join([drawn[0], f"|{' --- |' * wide}", *drawn[1:]]))

    def _cell(self, cell: Any, form: Segment, depth: int) -> str:
        if cell is None:
            return ""
        flow = _CellFlow()
        self._walk(cell, form, flow, depth)
        return inline_markdown(flow.open, cell=True)


class _CellFlow(_Flow):
    """A cell is one paragraph: its blocks are parted by blanks, and what they are is lost."""

    def close(self) -> None:
        if self.open and not self.open[-1].words.endswith((" ", BREAK)):
            self.open.append(Segment(" "))


def _words_in(element: Any) -> str:
    """Its words on one line, without what nobody ever sees."""
    parts: list[str] = []
    for each in element.iter():
        parts.append("" if each.tag in _UNSEEN else each.text or "")
        parts.append("" if each is element else each.tail or "")
    return " ".join(UNFIT.sub("", " ".join(parts)).split())


def _is_list(block: str) -> bool:
    return bool(re.match(r"(?:[-*]|\d+[.)]) ", block))


def _closed(words: str) -> str:
    """A heading whose last signs would be taken for its end (CommonMark 4.2)."""
    return re.sub(r"(^|\s)(#+)$", r"\1\\\2", words)


def _rows(table: Any) -> Iterator[list[Any]]:
    for child in table:
        if child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif child.tag == "tr":
            yield [cell for cell in child if cell.tag in ("td", "th")]


def _spread(rows: list[list[Any]]) -> Iterator[list[Any]]:
    """Rows with an empty place wherever a merged cell reaches. MailerError where there are too many places."""
    # No cell is wider than a row has cells: "colspan=100" is written for "all of it".
    widest = max(map(len, rows), default=0)
    below: list[int] = []
    for at, row in enumerate(rows):
        line: list[Any] = []
        _leave_out_taken(line, below)
        for cell in row:
            wide, high = min(_span(cell, "colspan"), widest), min(_span(cell, "rowspan"), len(rows) - at)
            begin = len(line)
            line += [cell, *[None] * (wide - 1)]
            below += [0] * (len(line) - len(below))
            below[begin : len(line)] = [high] * wide
            _leave_out_taken(line, below)
            if len(below) * len(rows) > MOST_PLACES:
                message = f"A table has more than {MOST_PLACES:,} places (columns times rows)."
                raise MailerError(message, "Divide it, or put it where readers can get it, and link to it.")
        below = [max(rest - 1, 0) for rest in below]
        yield line


def _leave_out_taken(line: list[Any], below: list[int]) -> None:
    """An empty place for each column into which a cell of a row above reaches."""
    while len(line) < len(below) and below[len(line)]:
        line.append(None)


def _span(cell: Any, name: str) -> int:
    given = cell.get(name) or "1"
    return min(max(int(given), 1), 100) if given.isdecimal() and len(given) < 5 else 1  # noqa: PLR2004


def _is_layout(table: Any, rows: list[list[Any]]) -> bool:
    """Whether a table is there for the looks, as in mails: it holds other tables, or has one column."""
    return (
        table.get("role") in ("presentation", "none")
        or all(len(row) <= 1 for row in rows)
        or next(table.iterdescendants("table"), None) is not None
    )
