"""Domains: which of them belong together, as far as their names tell."""

from __future__ import annotations

SECOND_LEVEL = frozenset("ac co com edu gob gouv gov go gv int mil ne net nic or org".split())
"""Labels under which two-letter countries register names: example.org.uk."""
COUNTRY_CODE = 2


def organizational(domain: str) -> str:
    """The domain that an organization has registered: example.org of news.example.org, as far as the name tells.

    DMARC asks the DNS for it (RFC 9989 section 4.10); this is what it finds nearly always.
    """
    labels = domain.lower().rstrip(".").split(".")
    is_deep = len(labels) > COUNTRY_CODE and len(labels[-1]) == COUNTRY_CODE and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3:] if is_deep else labels[-2:])


def is_aligned(one: str, other: str) -> bool:
    """Whether both belong to the same organization: relaxed alignment (RFC 9989 section 4.4)."""
    return organizational(one) == organizational(other)
