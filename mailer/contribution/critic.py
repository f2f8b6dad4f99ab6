"""What nobody has decided yet, as CriticMarkup in Markdown: put in, taken out, replaced, said about it."""

from __future__ import annotations

import re

IN_OPEN, IN_CLOSE, OUT_OPEN, OUT_CLOSE, COMMENT_OPEN, COMMENT_CLOSE = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5"
"""Signs that stand for the marks while a text is on its way: noncharacters (Unicode 23.7), which no text has."""

_TOLD = {
    IN_OPEN: "{++",
    IN_CLOSE: "++}",
    OUT_OPEN: "{--",
    OUT_CLOSE: "--}",
    COMMENT_OPEN: "{>>",
    COMMENT_CLOSE: "<<}",
}
_WITHIN = f"([^{IN_OPEN}-{COMMENT_CLOSE}]*)"
_REPLACED = re.compile(f"{OUT_OPEN}{_WITHIN}{OUT_CLOSE}{IN_OPEN}{_WITHIN}{IN_CLOSE}")


def told(text: str) -> str:
    """The text with CriticMarkup in the place of the signs; out and in side by side is one replacement."""
    text = _REPLACED.sub(r"{~~\1~>\2~~}", text)
    return re.sub(f"[{IN_OPEN}-{COMMENT_CLOSE}]", lambda sign: _TOLD[sign[0]], text)
