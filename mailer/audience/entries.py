"""Entries between semicolons in one cell, with days and a remark in braces: what roles and subscriptions share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
MAX_SLUG = 80
DAYS = r"(?:\s+\[?(?P<start>[^\s.\[\]{}]*)\.\.(?P<end>[^\s.\[\]{}]*)\]?)?"
"""FROM..TO, with or without brackets around them; either day may be left out."""
REMARK = r"(?:\s*\{(?P<remark>[^{}]*)\})?"

_ENTRY = re.compile(r"(?:[^;{]|\{[^}]*\}?)+")


class EntryError(ValueError):
    """A cell that cannot be read, and what to write instead."""


def split_entries(cell: str) -> Iterator[str]:
    """What stands between semicolons, but for empty places; a semicolon in braces divides nothing."""
    return (text for found in _ENTRY.findall(cell) if (text := found.strip()))


def is_slug(text: str) -> bool:
    """Whether it can name something: a-z, digits, single hyphens."""
    return len(text) <= MAX_SLUG and SLUG.fullmatch(text) is not None


def read_days(start: str | None, end: str | None, entry: str) -> tuple[date | None, date | None]:
    """The two days of an entry. EntryError where one is none, or where they are the wrong way round."""
    first, last = read_day(start), read_day(end)
    if first and last and last < first:
        raise EntryError(f'"{entry}" ends ({last}) before it starts ({first})')
    return first, last


def read_day(text: str | None) -> date | None:
    """The day written YYYY-MM-DD; None where nothing is. EntryError where it is no day."""
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError as error:
        raise EntryError(f'"{text}" is not a day in the calendar') from error
    raise EntryError(f'"{text}" is not a day: write YYYY-MM-DD')


def written_days(start: date | None, end: date | None) -> str:
    """` FROM..TO` as `read_days` reads it; "" where there is no day."""
    return f" {start or ''}..{end or ''}" if start or end else ""


def written_remark(text: str) -> str:
    """` {remark}`; "" where there is none."""
    return f" {{{text}}}" if text else ""
