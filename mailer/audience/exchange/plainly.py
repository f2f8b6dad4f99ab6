"""Words as they are compared, whoever typed them; and what cannot be understood."""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = re.compile(r"^(?:the|le|la|les|l'|l’|el|los|las|die|der|das)\s+|^l['’]")


class UnclearError(ValueError):
    """A cell that can mean nothing, or more than one thing; says so, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def plain(text: str) -> str:
    """A name as it is compared: no case, accents, article, or marks."""
    words = _ARTICLES.sub("", " ".join(text.casefold().split()))
    words = re.sub(r"\(\s*(?:the|le|la|les|l['’]|el|los|las)\s*\)", " ", words).replace("&", " and ")
    signs = unicodedata.normalize("NFKD", words)
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in signs if not unicodedata.combining(sign)).split()
    )
