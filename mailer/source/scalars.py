"""What a plain YAML word means, by the core schema of YAML 1.2 (10.3.2), and days as dates.

`NO`, `yes`, `on` and `12:30` stay text, `012` is twelve, and a day that no calendar has stays text.
"""

from __future__ import annotations

import math
import re
from datetime import date

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL = re.compile(r"0o[0-7]{1,18}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_WORDS = {"": None, "~": None} | {
    form: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for form in (word, word.capitalize(), word.upper())
}

Scalar = str | int | float | bool | date | None


def plain_value(text: str) -> Scalar:
    """The value of an unquoted word; the word itself where it is nothing else."""
    if text in _WORDS:
        return _WORDS[text]
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    return _number_or_day(text)


def _number_or_day(text: str) -> Scalar:
    if _INT.fullmatch(text):
        return int(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text[2:], 16)
    if len(text) <= 64 and _FLOAT.fullmatch(text):  # noqa: PLR2004
        number = float(text)
        return number if math.isfinite(number) else text
    return text
