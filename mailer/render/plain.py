"""Markdown as plain text: wrapped, with links in words, and with every address whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markdown_it.token import Token

from mailer.render.markdown import close_fields, markdown_tokens
from mailer.render.measure import MAX_OCTETS, WIDTH, columns, wrap
from mailer.render.text_links import TextLinks


def body_lines(markdown: str, width: int = WIDTH, links: TextLinks | None = None) -> list[str]:
    """A body as lines of plain text, an empty one between paragraphs."""
    if links is not None and links.numbered:
        return _lines(markdown, width, links)
    return list(_inline_lines(markdown, width))


@lru_cache(maxsize=1024)
def _inline_lines(markdown: str, width: int) -> tuple[str, ...]:
    return tuple(_lines(markdown, width, TextLinks()))


def _lines(markdown: str, width: int, links: TextLinks) -> list[str]:
    lines = _Walk(markdown_tokens(markdown), width, links).lines()
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


class _Walk:
    """One pass over a token stream, keeping the marks that open lines inside lists and quotations."""

    def __init__(self, tokens: Sequence[Token], width: int, links: TextLinks) -> None:
        self.tokens = tokens
        self.width = width
        self.links = links
        self.indents: list[str] = []
        self.mark = ""
        self.numbers: list[int | None] = []
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
        self.out += wrap(text, first, indent, max(self.width, columns(indent) + 20))

    def gap(self) -> None:
        """One empty line, unless there is one."""
        indent = "".join(self.indents).rstrip()
        if self.out and self.out[-1].strip(" >"):
            self.out.append(indent)

    def on_inline(self, token: Token) -> None:
        text = close_fields(inline_text(token.children or (), self.links))
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
        for line in close_fields(token.content.rstrip("\n")).split("\n"):
            self.out += _uncut(indent, line)
        self.gap()

    on_code_block = on_fence

    def on_tr_open(self, _token: Token) -> None:
        self.row = []

    def on_tr_close(self, _token: Token) -> None:
        row, self.row = self.row or [], None
        self.write(" | ".join(row))

    def on_table_close(self, _token: Token) -> None:
        self.gap()


def _uncut(indent: str, line: str) -> list[str]:
    """A line of code as it is, in several only where it is longer than a line may be."""
    size = (MAX_OCTETS - len(indent)) // (1 if line.isascii() else 4)
    return [indent + line[begin : begin + size] for begin in range(0, max(len(line), 1), size)]


def inline_text(children: Sequence[Token], links: TextLinks) -> str:
    """The words of a line of Markdown, its links written out behind their words."""
    out: list[str] = []
    opened: list[tuple[int, str]] = []
    for child in children:
        if child.type == "link_open":
            opened.append((len(out), str(child.attrGet("href") or "")))
        elif child.type == "link_close":
            begin, url = opened.pop()
            words = "".join(out[begin:])
            out[begin:] = [links.linked(words, url)]
        elif child.type == "softbreak":
            out.append(" ")
        elif child.type == "hardbreak":
            out.append("\n")
        else:
            out.append(child.content)
    return "".join(out)
