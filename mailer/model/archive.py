"""The archive on the web, as its own list archive.json has it: what stands in it, and which files are its own."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from typing import Annotated, Literal

from pydantic import StringConstraints

from mailer.model.base import Language, Noun, Slug

ArchivePath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][\w-]*(\.[\w-]+)*(/[A-Za-z0-9][\w-]*(\.[\w-]+)*)*$")
]
"""A path below the archive's folder: no part begins with a point, so none leads out of it."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ArchivedPage(Noun):
    """An issue in one language, as index and feed name it; personal fields say what they say for everybody."""

    title: str
    series: str
    number: str = ""
    summary: str = ""
    correction: str = ""
    """What was put right, in a line: "Correction: The workshop is on 6 March, not 6 May"."""


class ArchivedIssue(Noun):
    """An issue in the archive."""

    id: Slug
    """Names its folder there, for ever."""
    slug: Slug
    """Its folder among the issues when it was built."""
    day: Date
    corrected: Date | None = None
    """The day of its last correction."""
    template: Slug
    theme: Slug | None = None
    language: Language
    """That it was written in."""
    pages: dict[Language, ArchivedPage]
    files: dict[ArchivePath, Sha256]
    """Its pages, texts, calendar files and pictures."""

    @property
    def updated(self) -> Date:
        """The day on which it last changed for readers."""
        return self.corrected or self.day

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages of its pages, its own first."""
        return tuple(sorted(self.pages, key=lambda tag: (tag != self.language, tag)))


class Archive(Noun):
    """archive.json. Whatever is not named in it was put there by somebody else, and is left alone."""

    format: Literal[1] = 1
    issues: tuple[ArchivedIssue, ...] = ()
    """Newest first."""
    files: dict[ArchivePath, Sha256] = {}
    """Every file that was written, but for this one."""
    under_way: dict[ArchivePath, Sha256] = {}
    """What was to become of them while they were written: after a building that was cut off, each is as here or as
    there."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that an issue is in."""
        return tuple(sorted({tag for issue in self.issues for tag in issue.pages}))
