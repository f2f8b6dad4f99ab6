"""Authors' words made safe as Markdown: nothing in them becomes a mark, a link, a personal field or CriticMarkup."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from mailer.model.slots import FIELD

UNFIT = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]"
)
"""What no text can hold; our own signs of changes are among them, so that nobody else's text has any."""

_MARKS = re.compile(
    r"[\\`*\[\]<{]"
    r"|_(?![^\W_])|(?<![^\W_])_"
    r"|~(?=[~>])|(?<=~)[~>]|^[~>}]|~$"
    r"|&(?=[#\w]+;)"
    r"|(?<=[-+<>~=\u202a-\u202e\u2066-\u2069])[>}]"
    r"|!$"
)
_LINE_START = re.compile(
    r"^(?P<before>[ \t]*)(?P<mark>#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=+:|~]{2,}|=+\s*$|:?-+:?\s*\|)"
)
_NUMBERED = re.compile(r"^([ \t]*\d{1,9})([.)])(?=\s|$)")
_EVERY = re.compile(r"[!-/:-@\[-`{-~]")
_WORD_JOINER = "\u2060"
_TURNS = "[\u202a-\u202e\u2066-\u2069]"
_IN_MARK = re.compile(
    rf"(?<=\{{)(?={_TURNS}*(?:\+{_TURNS}*\+|-{_TURNS}*-|~{_TURNS}*~|>{_TURNS}*>|={_TURNS}*=))"
    rf"|^(?={_TURNS}*\}})|(?<=[-+~<=]|{_TURNS})(?=\}})|(?<=~|{_TURNS})(?=>)"
)
"""Where CriticMarkup would begin or end, also once signs that turn the direction of writing have been taken out."""
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SCHEMES = ("http", "https", "mailto", "tel")
_IN_ADDRESS = re.compile(r"[\s\\<>{}|\"^`()\[\]]")


def escaped(words: str) -> str:
    """Words of a sentence as Markdown that shows them. What counts only where a line begins: `escaped_start`."""
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", words)


def escaped_wholly(words: str) -> str:
    """The same with a backslash before every sign that could ever mean something."""
    return _EVERY.sub(lambda mark: f"\\{mark[0]}", words)


def escaped_start(line: str) -> str:
    """A line that begins no list, heading, quotation, rule or table, whatever its words begin with."""
    line = _NUMBERED.sub(r"\1\\\2", line, count=1)
    return _LINE_START.sub(lambda found: f"{found['before']}\\{found['mark']}", line, count=1)


def plain(words: str) -> str:
    """Words for a title, a caption or an alternative text, which are no Markdown: on one line, and no field or
    CriticMarkup in them by accident (a word joiner parts the braces: it takes no room)."""
    line = re.sub(r"[ \t\r\n]+", " ", UNFIT.sub("", words)).strip(" ")
    line = _IN_MARK.sub(_WORD_JOINER, line)
    return FIELD.sub(lambda field: field[0].replace("{{", f"{{{_WORD_JOINER}{{", 1), line)


def address(href: str) -> str:
    """A link's address as Markdown takes it; "" where a mail may not carry it (`javascript:`, `file:`, relative)."""
    href = re.sub(r"[\x00-\x1f\x7f]+", "", href).strip()
    found = _SCHEME.match(href)
    if not found or found[1].lower() not in SCHEMES:
        return ""
    scheme, rest = found[1].lower(), href[found.end() :]
    if scheme in ("mailto", "tel"):
        head, sign, query = rest.partition("?")
        rest = re.sub(r"(\s|%20)+", "", head) + sign + query
    elif not re.match(r"//[^/?#\s]", rest):
        return ""
    if not rest or "\ufdd0" <= max(rest) <= "\ufdef":
        return ""
    rest = _IN_ADDRESS.sub(lambda sign: quote(sign[0], safe=""), rest.strip())
    return f"{scheme}:{re.sub(r'&(?=[#a-zA-Z0-9]+;)', '%26', rest)}"


def same_address(words: str, href: str) -> bool:
    """Whether a link's words are nothing but its address."""
    bare = words.strip()
    return href in (bare, f"mailto:{bare}") or unquote(href) == bare
