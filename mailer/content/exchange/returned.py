"""What a file that came back says, whatever its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mailer.content.exchange.pieces import Mark
from mailer.model.base import Language
from mailer.model.finding import Severity

Form = Literal["docx", "xliff"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about a row that a person must know of; a stop keeps the row's words out."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One piece as it came back."""

    key: str
    """As it stands in the file; it may have been changed there."""
    source: str
    words: str
    mark: Mark | None
    place: str
    """Where it stands in the file, in words: `row 12`."""
    troubles: tuple[Trouble, ...] = ()
    is_confirmed: bool = False
    """Whether the form says that the translator has looked at it, also where nothing changed."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A whole file: which issue it is of, in which language, and its rows in the file's order."""

    form: Form
    issue: str
    language: Language
    rows: tuple[Row, ...] = field(repr=False)
