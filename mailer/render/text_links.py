"""Where the addresses of the text part stand: behind their words, or numbered in a list at the end."""

from __future__ import annotations

import re

from mailer.render.measure import wrap


class TextLinks:
    """The addresses of one text, in the order in which they come."""

    def __init__(self, *, numbered: bool = False) -> None:
        self.numbered = numbered
        self.urls: list[str] = []

    def linked(self, words: str, url: str) -> str:
        """`words <address>` or `words [3]`; the address alone where the words say the same.

        Angle brackets tell a mail program where an address ends (RFC 3986 appendix C). Mail addresses and
        telephone numbers are short and stay with their words.
        """
        if words in (url, re.sub(r"^(https?://|mailto:|tel:)", "", url).rstrip("/"), url.rstrip("/")):
            return words if re.match(r"https?://", words) or "@" in words else url
        shown = re.sub(r"^mailto:(?=[^?]+$)", "", url)
        if not words or not shown:
            return words or shown
        if not self.numbered or not re.match(r"https?://", shown, re.IGNORECASE):
            return f"{words} <{shown}>"
        if shown not in self.urls:
            self.urls.append(shown)
        return f"{words} [{self.urls.index(shown) + 1}]"

    def listing(self) -> list[str]:
        """`[1] address` and so on; nothing where all stand behind their words."""
        return [
            line for number, url in enumerate(self.urls, start=1) for line in wrap(url, f"[{number}] ", "")
        ]
