"""In which encoding a text is, as far as its bytes say so."""

from __future__ import annotations

import re

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
"""Byte order marks, each with Python's name of the encoding."""


def looks_cyrillic(content: bytes) -> bool:
    """Whether bytes beyond ASCII come in runs, as in Cyrillic words, and not among Latin letters, as accents do."""
    sample = content[:2_000_000]
    cyrillic = sum(len(run) for run in re.findall(rb"[\xc0-\xff\xa8\xb8]{2,}", sample))
    western = 2 * len(re.findall(rb"(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[A-Za-z])", sample))
    return cyrillic > western


def wide(content: bytes) -> str:
    """`utf-16-le` or `utf-16-be` for such text without a mark; "" for any other."""
    sample = content[:100_000]
    if not sample.count(0):
        return ""
    # Commas, blanks and ends of lines have a zero byte beside them: the second in little-endian text.
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if max(first, second) * 20 < len(sample) or min(first, second) * 10 > max(first, second):
        return ""
    return "utf-16-le" if second > first else "utf-16-be"
