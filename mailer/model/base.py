"""The base of every noun that a person writes in a file."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80)]
"""A name made for paths, addresses and keys: lower-case letters, digits, single hyphens."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A BCP 47 language tag, such as `en`, `ru` or `zh-Hant`."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code."""


def primary(tag: str) -> str:
    """The language of a tag, without script and region: `zh` of `zh-Hant`."""
    return tag.split("-", 1)[0].lower()


def within(day: Date, first: Date | None, last: Date | None) -> bool:
    """Whether the day lies between the two, both included; None is open."""
    return (first is None or first <= day) and (last is None or day <= last)


class Noun(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
