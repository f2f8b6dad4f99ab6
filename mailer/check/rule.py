"""A rule: one thing that is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

STOP, WARN, NOTE = (Severity.STOP,), (Severity.WARN,), (Severity.NOTE,)
OWN = "the newsletter of December 2016"
"""A mistake that was there, and went out."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for. `check` yields findings under this id only."""

    id: str
    title: str
    severities: tuple[Severity, ...]
    """Worst first."""
    source: str
    """What the rule rests on."""
    check: Callable[[CheckedIssue], Iterator[Finding]]
    reads_words: bool = False
    """Whether it reads what people wrote, and so has to read every translation too."""
    is_strict: bool = False
    """Whether it belongs to the profile `strict` only: it is right less often than people want to be asked."""
    can_be_waived: bool = True
    """Whether somebody may answer for what it finds: not for a mail that is broken."""
