"""What was wrong in an issue that has gone out, as it is told to those who got it."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from mailer.model.base import Language, Noun, Slug
from mailer.model.body import Body

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RepeatName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


def _said(words: str) -> str:
    if not words.strip():
        raise ValueError("is empty; say it in this language")
    return words.strip()


class ErratumWords(Noun):
    """The box on top, in one language."""

    title: Annotated[str, AfterValidator(_said)]
    """What is right now, in a line: "The workshop is on 6 March, not 6 May". Inboxes show it after the subject."""
    text: Annotated[Body, AfterValidator(_said)]
    """What was wrong, and what to do. Markdown."""
    subject: str = ""
    """The subject; the issue's own where left out. It is marked as a correction in any case."""


class Erratum(Noun):
    """erratum.yaml: what was wrong, and which sendings. `mailer correct` begins it."""

    name: RepeatName = "erratum-1"
    """Nobody gets an erratum of the same name twice; a second one needs another."""
    because: str = ""
    """Why, for the record."""
    date: Date | None = None
    """The day of the correction, for the archive; where left out, the day on which its sending finished."""
    items: tuple[Slug, ...] = ()
    """Which items it is about. Where `archive: no` keeps one of them out of the archive, it is kept out too."""
    archive: bool = True
    """Whether its words stand in the archive on the web, and in print."""
    wrong: tuple[Digest, ...] = ()
    """Digests of the proofs that were wrong: noted by `mailer correct`."""
    right: tuple[Digest, ...] = ()
    """Digests of the proofs that were sent instead: noted by `mailer correct`."""
    words: dict[Language, ErratumWords]
    """By language: the issue's own, and each that it is translated into."""
