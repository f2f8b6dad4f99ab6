"""Punctuation that languages set in their own way."""

from __future__ import annotations

from mailer.model.base import Language, primary

COMMAS = dict.fromkeys("ar ckb fa ps sd ug ur".split(), "، ") | {"zh": "，", "ja": "、"}
COLONS = {"fr": "\u00a0: ", "zh": "：", "ja": "："}
"""Of other languages `, ` and `: `."""


def comma(language: Language) -> str:
    """A comma with its space: `، ` in Arabic."""
    return COMMAS.get(primary(language), ", ")


def colon(language: Language) -> str:
    """A colon with its spaces: French sets a no-break one before it."""
    return COLONS.get(primary(language), ": ")


def labelled(label: str, words: str, language: Language) -> str:
    """`Phone: +49 228 1`, with the language's colon."""
    return f"{label}{colon(language)}{words}"
