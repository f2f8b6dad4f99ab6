"""The page that was written last for an issue: of which proof it is, and the files that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.flow.proof_page import FOLDER, PAGE

_SAYS = re.compile(rb'<meta name="proof" content="([0-9a-f]{64}) ([0-9T:+.-]{19,40})">')
_HEAD = 4096
"""Bytes in which the page says of which proof it is, before any word that people wrote."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page on disk."""

    digest: str
    made_at: datetime


def kept_page(build: Path, slug: str) -> KeptPage | None:
    """The page of an issue; None where there is none, or none that says of which proof it is."""
    index = page_file(build, slug, PAGE)
    if index is None:
        return None
    try:
        with index.open("rb") as file:
            found = _SAYS.search(file.read(_HEAD))
        return KeptPage(found[1].decode(), datetime.fromisoformat(found[2].decode())) if found else None
    except (OSError, ValueError):
        return None


def page_file(build: Path, slug: str, name: str) -> Path | None:
    """A file of that page by its path from the page; None for anything else, and for links that lead away."""
    if "\0" in name or "\\" in name:
        return None
    try:
        folder = build.resolve() / slug / FOLDER
        wanted = folder / name
        # What the path turns out to be must be what it says: no dots, no links on the way.
        is_inside = folder in (wanted.parent, wanted.parent.parent)
        is_itself = ".." not in wanted.parts and wanted.resolve() == wanted
        return wanted if is_inside and is_itself and wanted.is_file() else None
    except OSError:
        return None
