"""Conditional comments: what Outlook's Word engine reads in them, and whether they are whole.

Microsoft's form is `<!--[if mso]>…<![endif]-->`, read by Word only, and `<!--[if !mso]><!-->…<!--<![endif]-->`,
left out by Word only. Every other program takes both for plain comments.
"""

from __future__ import annotations

import re
from functools import lru_cache

VERSION = 16
"""Of the Word engine in Outlook 2016 and all after it."""

_REVEALED = re.compile(r"<!--\[if ([^\]]{0,200})\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL)
_HIDDEN = re.compile(r"<!--\[if ([^\]]{0,200})\]>(.*?)<!\[endif\]-->", re.DOTALL)
_OPENING = re.compile(r"<!--\[if [^\]]{0,200}\]>(?P<revealed><!-->)?")
_CLOSING = re.compile(r"(?P<revealed><!--)?<!\[endif\]-->")
_MARK = re.compile(r"\[(?:if|endif)\b")
_TERM = re.compile(r"(?P<nots>!*)\s*(?:(?P<order>gte|gt|lte|lt)\s+)?(?P<name>mso|ie|vml)\s*(?P<version>\d+)?")
_ORDERS = {
    "gt": lambda wanted: wanted < VERSION,
    "gte": lambda wanted: wanted <= VERSION,
    "lt": lambda wanted: wanted > VERSION,
    "lte": lambda wanted: wanted >= VERSION,
    "": lambda wanted: wanted == VERSION,
}


def word_view(html: str) -> str:
    """The HTML as Word's engine reads it: its comments opened, what is kept from it gone."""
    shown = _REVEALED.sub(lambda found: found[2] if holds(found[1]) else "", html)
    return _HIDDEN.sub(lambda found: found[2] if holds(found[1]) else "", shown)


@lru_cache(maxsize=256)
def holds(condition: str) -> bool:
    """Whether a condition holds for Outlook on Windows; one that cannot be read counts as holding."""
    plain = condition.lower().replace("(", " ").replace(")", " ")
    return any(all(_term(term) for term in part.split("&")) for part in plain.split("|"))


def _term(term: str) -> bool:
    found = _TERM.fullmatch(term.strip())
    if not found:
        return True
    # Word's engine is not Internet Explorer, but it draws VML.
    truth = found["name"] != "ie"
    if truth and found["version"]:
        truth = _ORDERS[found["order"] or ""](int(found["version"]))
    return truth != bool(len(found["nots"]) % 2)


@lru_cache(maxsize=256)
def unbalanced(html: str) -> str:
    """The first conditional comment that does not close, or closes nothing; "" where all are whole."""
    opened: re.Match[str] | None = None
    for found in _MARK.finditer(html):
        at = found.start()
        if found[0] == "[if":
            if html[at - 4 : at] != "<!--":
                continue
            opening = _OPENING.match(html, at - 4)
            if not opening or opened:
                return f"{_shown(html, at - 4)} inside {opened[0]}" if opened else _shown(html, at - 4)
            opened = opening
            continue
        if html[at - 2 : at] != "<!":
            continue
        begins = at - 6 if html[at - 6 : at - 2] == "<!--" else at - 2
        closing = _CLOSING.match(html, begins)
        if not closing or not opened:
            return f"{_shown(html, begins)} that closes nothing"
        if bool(opened["revealed"]) != bool(closing["revealed"]):
            return f"{closing[0]} after {opened[0]}"
        opened = None
    return f"{opened[0]} that is never closed" if opened else ""


def _shown(html: str, at: int) -> str:
    """The comment's mark, as far as it goes."""
    return re.split(r"(?<=>)|\n", html[at : at + 40], maxsplit=1)[0]
