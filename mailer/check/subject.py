"""What rules see of an issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812

from mailer.check.reading import Place
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from mailer.model.rendition import Rendition

Locate = Callable[[str | None, str | None], tuple[str, int | None]]
"""(item id, field path) → file and line of that field, or of the nearest thing around it."""


@dataclass(frozen=True, slots=True)
class CheckedIssue:
    """An issue with everything that is known about it before it is sent."""

    issue: Issue
    locate: Locate
    day: Date
    """The day that the issue is checked for."""
    renditions: tuple[Rendition, ...] = ()
    slot_gaps: Mapping[str, int] = field(default_factory=dict)
    """Slot name → how many readers have no value for it."""
    readers: int = 0
    known_segments: frozenset[str] = frozenset()
    clip_bytes: int = 102_000
    public: bool = False
    """Whether a web address of ours answers: one-click unsubscribe, web view."""
    is_real: bool = False
    """Whether it is checked for sending in earnest."""

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        hint: str = "",
        *,
        at: Place,
        words: str | None = None,
    ) -> Finding:
        """A finding at that place, with its file and line."""
        file, line = self.locate(at.item, at.field)
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            hint=hint,
            item=at.item,
            field=at.field,
            file=file,
            line=None if line is None else line + at.below,
            words=words,
        )
