"""What an import would put into an issue, and what it has put there."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Literal

from mailer.model.contribution import Contribution
from mailer.model.finding import Finding

Wanted = Literal["alt", "credit", "rights"]
PhotoPlace = tuple[int, int, int]
"""A photo among those that came: numbers of its contribution, its piece and its own, each counted from 0."""


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """A piece as an item, or a further photo of it as one of its own."""

    id: str
    kind: str
    title: str
    becomes: Literal["added", "replaced"]
    file: str
    """The name of the file it came in."""
    place: str
    """Where in it, in words."""
    photos: int


@dataclass(frozen=True, slots=True)
class PlacedPhoto:
    """A photo that can be sent, as its file came."""

    item: str
    src: str
    """Path inside the issue's folder."""
    at: PhotoPlace
    content: bytes
    is_there: bool
    """Whether the folder has a file of the same bytes already."""
    width: int
    """Pixels in the mail."""
    height: int
    mail_bytes: int
    missing: tuple[Wanted, ...]
    """What nobody has said of it."""
    credit_told: str = ""
    """Whom its file names as its maker; only a suggestion."""
    rights_told: str = ""


@dataclass(frozen=True, slots=True)
class MendedWords:
    """Something that was put right without asking."""

    item: str
    before: str
    after: str
    because: str


@dataclass(frozen=True, slots=True)
class SettledWords:
    """A change that `--decide` settled."""

    item: str
    words: str
    """Such as "26 → 24"."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All that an import would do. Nothing is written yet."""

    slug: str
    folder: Path
    shown: str
    """issue.yaml as people know it."""
    is_new: bool
    decide: str
    before: bytes
    """issue.yaml as it was read; b"" for a new issue."""
    after: bytes
    contributions: tuple[Contribution, ...]
    items: tuple[PlacedItem, ...]
    """Every item that is written, in the issue's order within each file."""
    photos: tuple[PlacedPhoto, ...]
    mends: tuple[MendedWords, ...]
    settled: tuple[SettledWords, ...]
    findings: tuple[Finding, ...]
    """Worst first."""

    @property
    def diff(self) -> tuple[str, ...]:
        """The lines of issue.yaml that change, with those around them."""
        old, new = (each.decode("utf-8-sig").splitlines() for each in (self.before, self.after))
        return tuple(unified_diff(old, new, self.shown, f"{self.shown} (imported)", lineterm="", n=1))

    @property
    def replaces(self) -> bool:
        """Whether words that stand in the issue would go."""
        return any(item.becomes == "replaced" for item in self.items)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written."""

    slug: str
    issue: Path
    items: tuple[PlacedItem, ...]
    photos: tuple[Path, ...]
    """New files; those that were there already are not among them."""
