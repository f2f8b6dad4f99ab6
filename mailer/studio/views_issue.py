"""What the page of one issue shows, worked out in plain functions: versions, findings, size, inbox row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from mailer.errors import Problem
from mailer.flow import Composed
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue
from mailer.model.rendition import Rendition
from mailer.model.slots import fill_slots, split_slots
from mailer.model.translation import Progress
from mailer.source import language_name

SEVERITY_WORDS = {Severity.STOP: "stops", Severity.WARN: "warnings", Severity.NOTE: "notes"}
PHONE_SUBJECT = 40
PHONE_PREHEADER = 84
NEARLY_FULL = 0.85
WHOLE = "The whole issue"
_PREDICATE = re.compile(r"(?:is|are|was|has|had|does|makes|says|names|cannot|could|must|may|holds)\b")
"""How a sentence begins that a file's name is the subject of."""
_WORD = re.compile(r"[^\W\d_]+(?![\w/.:-])")
"""What may be written with a capital: no path and no name of a file."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of an issue: what to call it, how many readers, which key brings it up."""

    key: str
    words: str
    readers: int
    number: int
    """1 for the one with most readers."""
    without: tuple[str, ...] = ()
    """Titles of the items that other readers see and these do not."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is listed."""

    severity: Severity
    message: str
    hint: str
    where: str
    """Item's title, or which part of the issue."""
    place: str
    """File and line."""
    item: str
    words: str
    rule: str
    waived: str = ""
    """Who answers for it and why, where somebody does."""


@dataclass(frozen=True, slots=True)
class TranslationRow:
    """How far one translation is."""

    name: str
    words: str
    """Such as `10 of 20, 1 stale`."""
    share: float
    """0 to 1."""
    is_behind: bool
    """Whether words of it are of an earlier source, or stand in two languages."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of what Gmail shows without clipping is used."""

    bytes: int
    limit: int
    level: str
    """ok, near or over."""

    @property
    def share(self) -> float:
        """0 to 1; 1 where it is over."""
        return min(self.bytes / self.limit, 1.0)

    @property
    def words(self) -> str:
        """Size against the line, in kilobytes of 1,000 bytes."""
        left = self.limit - self.bytes
        if left < 0:
            return f"{kilobytes(self.bytes)}: {kilobytes(-left)} too much, Gmail will clip it"
        return f"{kilobytes(self.bytes)} of {kilobytes(self.limit)} before Gmail clips"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message as lists of messages show it."""

    sender: str
    initial: str
    subject: str
    subject_rest: str
    """What a phone cuts off."""
    preheader: str
    preheader_rest: str
    warning: str = ""


def headline(issue: Issue | None, slug: str) -> str:
    """What an issue is called: its title, where it has one."""
    return issue.title or _number(issue) or slug if issue else slug


def eyebrow(issue: Issue | None) -> str:
    """What stands above the headline: the series, and the number where it is not the headline."""
    if issue is None:
        return "Issue"
    return " · ".join(part for part in (issue.series, _number(issue) if issue.title else "") if part)


def version_rows(composed: Composed) -> tuple[VersionRow, ...]:
    """The versions, those with most readers first."""
    ordered = sorted(composed.renditions, key=lambda r: (-composed.heads[r.variant.key], r.variant.key))
    shown_to_some = {item for r in composed.renditions for item in r.variant.items}
    rows = []
    for number, rendition in enumerate(ordered, start=1):
        variant = rendition.variant
        missing = shown_to_some - set(variant.items)
        without = tuple(item.title or item.id for item in composed.issue.items if item.id in missing)
        words, readers = composed.words[variant.key], composed.heads[variant.key]
        rows.append(VersionRow(variant.key, words, readers, number, without))
    return tuple(rows)


def finding_rows(composed: Composed) -> tuple[tuple[FindingRow, ...], tuple[FindingRow, ...]]:
    """Findings that stand and those that somebody answers for, each worst first."""
    titles = {item.id: item.title or item.id for item in composed.issue.items}
    standing = tuple(finding_row(finding, titles, whole=WHOLE) for finding in composed.standing)
    waived = tuple(
        finding_row(finding, titles, _answer(composed, finding), whole=WHOLE) for finding in composed.waived
    )
    return standing, waived


def problem_rows(problems: Iterable[Problem]) -> tuple[FindingRow, ...]:
    """Problems that keep a file from being used, as findings that stop."""
    return tuple(finding_row(Finding.from_problem(problem), {}) for problem in problems)


def severity_counts(rows: Iterable[FindingRow]) -> dict[Severity, int]:
    """How many of each severity; every severity is there."""
    counts = Counter(row.severity for row in rows)
    return {severity: counts[severity] for severity in Severity}


def translation_rows(listed: Iterable[Progress]) -> tuple[TranslationRow, ...]:
    """The translations of an issue, in the order of their files."""
    return tuple(
        TranslationRow(
            name=language_name(each.language),
            words=each.words,
            share=len(each.translated) / max(len(each.items), 1),
            is_behind=bool(each.stale or each.partial or each.head_is_stale),
        )
        for each in listed
    )


def size_meter(rendition: Rendition, limit: int) -> Meter:
    """How near the html is to the line at which Gmail clips."""
    size = rendition.html_bytes
    level = "over" if size > limit else "near" if size > limit * NEARLY_FULL else "ok"
    return Meter(size, limit, level)


def inbox_row(rendition: Rendition, sender: str, slots: Mapping[str, str] | None = None) -> InboxRow:
    """Sender, subject and preheader, divided at what a phone in upright position shows."""
    subject, preheader = (
        personal(text, rendition, slots or {}) for text in (rendition.subject, rendition.preheader)
    )
    shown, rest = cut(subject, PHONE_SUBJECT)
    line, line_rest = cut(preheader, PHONE_PREHEADER)
    warning = ""
    if not preheader:
        warning = "No preheader: inboxes show the first words of the mail instead."
    elif subject and preheader.casefold().startswith(subject.casefold()):
        warning = "The preheader repeats the subject."
    return InboxRow(sender, (sender.strip() or "?")[0].upper(), shown, rest, line, line_rest, warning)


def personal(text: str, rendition: Rendition, slots: Mapping[str, str]) -> str:
    """Plain text with its personal fields filled: with a reader's, or with what stands there for nobody."""
    return fill_slots(split_slots(text), slots, rendition.defaults, kind="text")


def cut(text: str, width: int) -> tuple[str, str]:
    """What fits and what does not, cut before a word where one begins near the edge."""
    if len(text) <= width:
        return text, ""
    at = text.rfind(" ", width - 12, width + 1)
    at = at if at > 0 else width
    return text[:at], text[at:]


def kilobytes(size: int) -> str:
    """Bytes as kilobytes of 1,000 bytes."""
    return f"{size / 1000:.1f} KB"


def _number(issue: Issue) -> str:
    """A bare number says nothing by itself."""
    return f"No. {issue.number}" if issue.number.strip().isdecimal() else issue.number


def finding_row(
    finding: Finding, titles: Mapping[str, str], waived: str = "", *, whole: str = ""
) -> FindingRow:
    """A finding as it is listed; `titles` of items by their id. One that is in no item and no field is headed by
    `whole`, or by the name of its file."""
    place = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""
    item = titles.get(finding.item, finding.item) if finding.item else ""
    file = PurePath(finding.file or "").name
    message = finding.message
    if file and not whole and not item and not finding.field and _PREDICATE.match(message):
        message = f"{file} {message}"
    elif _WORD.match(message):
        message = message[:1].upper() + message[1:]
    return FindingRow(
        severity=finding.severity,
        message=message,
        hint=finding.hint,
        where=" · ".join(filter(None, (item, finding.field))) or whole or file or WHOLE,
        place=place,
        item=finding.item or "",
        words=finding.words or "",
        rule=finding.rule,
        waived=waived,
    )


def _answer(composed: Composed, finding: Finding) -> str:
    waiver = next(w for w in composed.waivers if w.covers(finding))
    return f"{waiver.by}: {waiver.because}"
