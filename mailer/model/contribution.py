"""What somebody sent in for an issue, read but not yet placed: pieces, photos, what was mended and what is unsure."""

from __future__ import annotations

from pydantic import Field

from mailer.model.base import Noun
from mailer.model.finding import Severity


class Photo(Noun):
    """A picture that came with a piece, as its file was."""

    name: str
    """File name as it came, without folders."""
    content: bytes = Field(repr=False)
    alt: str = ""
    caption: str = ""
    credit: str = ""
    rights: str = ""


class Piece(Noun):
    """What may become one item: a heading with all that stands below it."""

    title: str
    """"" for what stands before the first heading."""
    body: str
    """Markdown. What nobody has decided stands in CriticMarkup: {++put in++}, {--taken out--}, {~~old~>new~~},
    {>>Name: comment<<}."""
    level: int = 1
    photos: tuple[Photo, ...] = ()
    place: str = ""
    """Where it begins in its file, in words: "paragraph 12", "line 40"."""


class Mend(Noun):
    """Something that was put right without asking, to be shown as a diff."""

    piece: int
    """Index in `pieces`."""
    before: str
    after: str
    because: str
    """Such as "broken ligature", "double space", "soft hyphen"."""


class Doubt(Noun):
    """Something that a person has to decide or look at; a finding once the piece has its place."""

    rule: str
    """Such as import.change, import.comment, import.footnote."""
    severity: Severity
    piece: int | None = None
    """Index in `pieces`; None where it is about the whole file."""
    place: str = ""
    """Where in the file, in words."""
    words: str = ""
    """Its very words: "26 → 24 April"."""
    message: str
    hint: str = ""


class Contribution(Noun):
    """One file that somebody sent."""

    file: str
    """Its name, without folders."""
    pieces: tuple[Piece, ...]
    mends: tuple[Mend, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    sender: str = ""
    """Of a mail: the name of who sent it; never an address."""
