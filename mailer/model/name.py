"""Names of people and bodies, as they want to be written."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from mailer.model.base import Noun

Spelling = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
"""A name as it stands in a sentence."""


class KnownName(Noun):
    """A person's or body's name: how it is right, and how it is known to go wrong."""

    name: Spelling
    """As it is to be written where nothing speaks against it."""
    also: tuple[Spelling, ...] = ()
    """Other spellings that are right: in other languages and scripts, short forms, former names."""
    wrong: tuple[Spelling, ...] = ()
    """Spellings that have been seen, and are not right."""
    sources: tuple[str, ...] = ()
    """Keys of the register's sources that say so."""
    note: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """Every spelling that may stand."""
        return (self.name, *self.also)
