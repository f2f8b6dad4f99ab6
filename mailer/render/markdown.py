"""Authors' Markdown: personal fields become tokens, then clean html or a token stream for the text part."""

from __future__ import annotations

import re
import secrets
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from mailer.model.rendition import TEXT_SLOTS, slot_base, text_slot
from mailer.model.slots import FIELD

UNFIT = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls but tab and line end, lone surrogates, non-characters."""
WORD_JOINER = "\u2060"
"""Takes no room, and parts nothing for the eye."""
_SECRET = f"F{secrets.token_hex(8)}"
_LIKE_TOKEN = re.compile(r"(%%slot(?=:)|https://slot(?=\.invalid/))")
_MARK = re.compile(f"{_SECRET}([a-z0-9_]+)Z")
TOP_LEVEL = 3
"""Headings in a body begin here: h1 is the issue, h2 the items."""
LOWEST_LEVEL = 6

TAGS = {"p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "hr", "code", "pre"}
TAGS |= {"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
MAX_NESTING = 120
"""markdown-it drops what lies deeper, silently; this is deeper than MJML is allowed to be, which is said."""
SCHEMES = {"http", "https", "mailto", "tel"}


def open_fields(text: str, defaults: MutableMapping[str, str]) -> str:
    """Mark the personal fields; the first default given for a name is kept. `close_fields` makes them tokens.

    Names that we do not know stay as they are written, for the checks to find.
    """

    def mark(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if slot_base(name) not in TEXT_SLOTS:
            return match[0]
        if default and default.strip():
            defaults.setdefault(name, default.strip())
        return f"{_SECRET}{name}Z"

    return FIELD.sub(mark, clean(text))


def close_fields(text: str) -> str:
    """Tokens in the place of the marks. What an author wrote like a token is parted by a word joiner.

    Whatever Markdown makes of a text (`%%slot\\:role%%`, `%%sl**ot:role%%`), nobody can write a mark: it holds
    a word that is drawn by lot when the program starts.
    """
    parted = _LIKE_TOKEN.sub(rf"\1{WORD_JOINER}", text)
    return _MARK.sub(lambda match: text_slot(match[1]), parted)


def clean(text: str) -> str:
    """The text without signs that html cannot hold: controls, lone surrogates, non-characters."""
    if text.isascii() and text.isprintable():
        return text
    return UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))


def one_line(text: str) -> str:
    """The text on one line, as titles and alternative texts are. No-break spaces stay."""
    return close_fields(re.sub("[ \t\n\u2028\u2029]+", " ", clean(text)).strip(" "))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options: dict[str, Any] = {
        "html": False,
        "maxNesting": MAX_NESTING,
        "xhtmlOut": True,
        "linkify": False,
        "typographer": False,
    }
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).disable(["image"])


def markdown_tokens(text: str) -> list[Token]:
    """The token stream of a body: headings set below the items', links only to what a mail may carry."""
    tokens = _parser().parse(text)
    _lower_headings(tokens)
    for token in tokens:
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
        elif token.type == "td_open":
            token.attrs = {}
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs = {"href": _href(str(child.attrGet("href") or ""))}
    return tokens


@lru_cache(maxsize=1024)
def markdown_html(text: str) -> Markup:
    """A body as clean, well-formed html."""
    parser = _parser()
    html = parser.renderer.render(markdown_tokens(text), parser.options, {})
    safe = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, url_relative="deny", link_rel=None
    )
    return Markup(close_fields(_void_elements(safe).strip()))  # noqa: S704 - nh3 has just cleaned it


def _void_elements(html: str) -> str:
    """nh3 writes `<br>`; MJML must have `<br />`."""
    return re.sub(r"<(br|hr)>", r"<\1 />", html)


def _href(url: str) -> str:
    """A field cannot stand inside an address: there it is shown as it was written, for the checks to find."""
    return _MARK.sub(r"%7B%7B\1%7D%7D", url)


def _lower_headings(tokens: list[Token]) -> None:
    """Renumber headings so that the first is h3 and none skips a level."""
    above: list[int] = []
    tag = ""
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            tag = f"h{min(TOP_LEVEL + len(above) - 1, LOWEST_LEVEL)}"
        if token.type in ("heading_open", "heading_close"):
            token.tag = tag
