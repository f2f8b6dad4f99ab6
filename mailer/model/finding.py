"""A finding: what a check noticed, where, and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from mailer.model.base import Noun

HEAD = "the head"
"""What a waiver calls the issue's head; no item can have such an id."""

if TYPE_CHECKING:
    from mailer.errors import Problem


class Severity(StrEnum):
    """How bad a finding is; `stop` keeps an issue from being sent."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Finding(Noun):
    """What a rule noticed. `file`, `line`, `item`, `field` and `words` say where."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    item: str | None = None
    field: str | None = None
    """Path of the field within the item, or within the issue where there is no item."""
    file: str | None = None
    line: int | None = None
    words: str | None = None
    """The very words that are meant, as they stand."""

    @property
    def within(self) -> str | None:
        """The item's id, or `the head` for a field of the issue itself; None for the whole issue."""
        return HEAD if self.item is None and self.field is not None else self.item

    @classmethod
    def from_problem(cls, problem: Problem) -> Finding:
        """The same trouble as a finding that stops the issue."""
        return cls(
            rule=problem.rule,
            severity=Severity.STOP,
            message=problem.message,
            hint=problem.hint,
            item=problem.item or None,
            field=problem.below or None,
            file=problem.file or None,
            line=problem.line,
        )


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Sort by severity, then place; a stable order for people and for tests."""
    return sorted(findings, key=lambda f: (f.severity.rank, f.file or "", f.line or 0, f.rule))


def counts_of(findings: Iterable[Finding]) -> str:
    """Such as `2 stops, 1 warning`; "" where there is none."""
    counts = Counter(finding.severity for finding in findings)
    words = {Severity.STOP: "stop", Severity.WARN: "warning", Severity.NOTE: "note"}
    return ", ".join(
        f"{counts[severity]} {word}{'s' if counts[severity] != 1 else ''}"
        for severity, word in words.items()
        if counts[severity]
    )


class Waiver(Noun):
    """A finding that somebody answers for: that rule, that place, those words only, and nothing worse."""

    rule: str
    severity: Severity = Severity.WARN
    """The worst that it covers; a stop only where it says so."""
    item: str | None = None
    """The item's id, or `the head`; left out for what is found of the whole issue, and only for that."""
    field: str | None = None
    """Path of the field, as the finding has it; left out where the finding has none."""
    words: str | None = None
    """The very words, as the finding has them; left out where the finding has none."""
    by: str
    because: str

    def covers(self, finding: Finding) -> bool:
        """Whether this waiver is about that finding."""
        return (
            self.rule == finding.rule
            and self.severity.rank <= finding.severity.rank
            and (self.item, self.field, self.words) == (finding.within, finding.field, finding.words)
        )


def standing(findings: Iterable[Finding], waivers: Collection[Waiver]) -> tuple[Finding, ...]:
    """The findings that no waiver covers, in their order."""
    return tuple(f for f in findings if not any(w.covers(f) for w in waivers))
