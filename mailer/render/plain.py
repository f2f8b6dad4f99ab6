"""Markdown as plain text: wrapped, with links in words, and with every address whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from mailer.render.markdown import markdown_tokens

WIDTH = 72
MAX_OCTETS = 900
"""RFC 5322 2.1.1 allows 998 octets a line; a personal field may still grow."""
ADDRESS = re.compile(r"://|^\(?mailto:|^\(?tel:|\S@\S|%[0-9A-Fa-f]{2}|%%slot:")
JOINERS = "\u200c\u200d\ufe0e\ufe0f"


def wrap(text: str, first: str = "", then: str | None = None, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` signs, broken at spaces. Addresses stay whole; other long words are cut."""
    then = first if then is None else then
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        indent = then if lines else first
        for word in _words(paragraph, width - len(then)):
            if line and len(indent) + len(line) + 1 + len(word) > width:
                lines.append(indent + line)
                line, indent = word, then
            else:
                line = f"{line} {word}" if line else word
        if line:
            lines.append(indent + line)
    return lines


def _words(text: str, width: int) -> Iterator[str]:
    """Words between plain spaces; no-break spaces hold words together."""
    for word in re.split(r"[ \t]+", text):
        if word:
            yield from _cut(
                word, MAX_OCTETS // 4 if ADDRESS.search(word) else width, bool(ADDRESS.search(word))
            )


def _cut(word: str, width: int, is_address: bool) -> Iterator[str]:
    """A word that is too long in pieces, none of them beginning with a combining sign or a joiner."""
    if len(word.encode()) <= MAX_OCTETS and (is_address or len(word) <= width):
        yield word
        return
    begin = 0
    while begin < len(word):
        end = min(begin + width, len(word))
        while begin + 1 < end < len(word) and _holds(word, end):
            end -= 1
        yield word[begin:end]
        begin = end


def _holds(word: str, place: int) -> bool:
    """Whether a cut there would part signs that belong together."""
    after, before = word[place], word[place - 1]
    return (
        bool(unicodedata.combining(after))
        or after in JOINERS
        or before in JOINERS
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def linked(words: str, url: str) -> str:
    """`words (address)`, or the address alone where the words are the address already."""
    if words in (url, re.sub(r"^(https?://|mailto:|tel:)", "", url).rstrip("/"), url.rstrip("/")):
        return words if re.match(r"https?://", words) or "@" in words else url
    shown = re.sub(r"^mailto:(?=[^?]+$)", "", url)
    return f"{words} ({shown})" if words else shown


def body_lines(markdown: str, width: int = WIDTH) -> list[str]:
    """A body as lines of plain text, an empty one between paragraphs."""
    lines = _Walk(markdown_tokens(markdown), width).lines()
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


class _Walk:
    """One pass over a token stream, keeping the marks that open lines inside lists and quotations."""

    def __init__(self, tokens: Sequence[Token], width: int) -> None:
        self.tokens = tokens
        self.width = width
        self.indents: list[str] = []
        self.mark = ""
        self.numbers: list[int | None] = []
        self.tight: list[bool] = []
        self.cells: list[str] = []
        self.row: list[str] | None = None
        self.out: list[str] = []

    def lines(self) -> list[str]:
        """All lines."""
        for token in self.tokens:
            handler = getattr(self, f"on_{token.type}", None)
            if handler is not None:
                handler(token)
        return self.out

    def write(self, text: str) -> None:
        """Wrapped lines under the marks that are open."""
        indent = "".join(self.indents)
        first = indent[: len(indent) - len(self.mark)] + self.mark if self.mark else indent
        self.mark = ""
        self.out += wrap(text, first, indent, max(self.width, len(indent) + 20))

    def gap(self) -> None:
        """One empty line, unless there is one."""
        indent = "".join(self.indents).rstrip()
        if self.out and self.out[-1].strip(" >"):
            self.out.append(indent)

    def on_inline(self, token: Token) -> None:
        text = inline_text(token.children or ())
        if self.row is not None:
            self.row.append(text.replace("\n", " "))
        else:
            self.write(text)

    def on_paragraph_close(self, token: Token) -> None:
        if not token.hidden:
            self.gap()

    on_heading_close = on_paragraph_close

    def on_heading_open(self, _token: Token) -> None:
        self.gap()

    def on_bullet_list_open(self, _token: Token) -> None:
        self.numbers.append(None)

    def on_ordered_list_open(self, token: Token) -> None:
        self.numbers.append(int(token.attrGet("start") or 1))

    def on_bullet_list_close(self, _token: Token) -> None:
        self.numbers.pop()
        if not self.numbers:
            self.gap()

    on_ordered_list_close = on_bullet_list_close

    def on_list_item_open(self, _token: Token) -> None:
        number = self.numbers[-1]
        self.mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.numbers[-1] = number + 1
        self.indents.append(" " * len(self.mark))

    def on_list_item_close(self, _token: Token) -> None:
        self.indents.pop()
        self.mark = ""

    def on_blockquote_open(self, _token: Token) -> None:
        self.indents.append("> ")

    def on_blockquote_close(self, _token: Token) -> None:
        self.indents.pop()
        if self.out and self.out[-1].strip() == ">":
            self.out.pop()
        self.gap()

    def on_hr(self, _token: Token) -> None:
        self.write("* * *")
        self.gap()

    def on_fence(self, token: Token) -> None:
        indent = "".join(self.indents)
        for line in token.content.rstrip("\n").split("\n"):
            self.out += [indent + piece for piece in _cut(line, MAX_OCTETS // 4, True)] or [indent]
        self.gap()

    on_code_block = on_fence

    def on_tr_open(self, _token: Token) -> None:
        self.row = []

    def on_tr_close(self, _token: Token) -> None:
        row, self.row = self.row or [], None
        self.write(" | ".join(row))

    def on_table_close(self, _token: Token) -> None:
        self.gap()


def inline_text(children: Sequence[Token]) -> str:
    """The words of a line of Markdown, its links written out behind their words."""
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            links.append((len(out), str(child.attrGet("href") or "")))
        elif child.type == "link_close":
            begin, url = links.pop()
            words = "".join(out[begin:])
            out[begin:] = [linked(words, url)]
        elif child.type == "softbreak":
            out.append(" ")
        elif child.type == "hardbreak":
            out.append("\n")
        else:
            out.append(child.content)
    return "".join(out)
