"""Which waivers hold, which are void and why, and which are not needed any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mailer.check import RULES, Rule
from mailer.check.followed import FOLLOWED
from mailer.content import IssueFile
from mailer.content.records import WAIVERS_FILE
from mailer.errors import nearest
from mailer.model.finding import HEAD, Finding, Severity, Waiver
from mailer.model.same_person import has_unseen, is_among, name_key, why_no_name

BY_AUDIENCE = ("audience.", "slot.")
"""What such rules find is so for some groups and not for others: no waiver of theirs is unused for good."""
MOST_SHOWN = 60
KNOWN = {rule.id: rule for rule in RULES}
OF_LINKS = tuple(told[0] for told in FOLLOWED)
"""Found only where links are followed: without that, nothing is known of what their waivers cover."""

_CALLED = {Severity.STOP: "stop", Severity.WARN: "warning", Severity.NOTE: "note"}

Placed = tuple[Waiver, int | None]
"""A waiver and the line on which it begins."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """An issue as it was checked, for its waivers to be held against."""

    findings: Sequence[Finding]
    strict: bool
    """Whether every rule was asked."""
    whole: bool
    """Whether it was checked for everybody, on its own day."""


def weigh_waivers(
    read: Iterable[Placed], weighed: Weighed | None, file: IssueFile
) -> tuple[tuple[Waiver, ...], list[Finding]]:
    """The waivers that hold, and a finding for each that cannot, or that covers nothing.

    `weighed`: None where nothing was checked; then nothing is said of what they cover.
    """
    holding: list[Placed] = []
    told: list[Finding] = []
    for placed in read:
        why, hint = why_void(placed[0], file.issue.authors)
        if why:
            told.append(_finding(placed, file, Severity.WARN, why, hint))
        else:
            holding.append(placed)
    waivers = tuple(waiver for waiver, _ in holding)
    if weighed is not None:
        told += _idle(holding, waivers, weighed, file)
    return waivers, told


def no_such_rule(name: str) -> tuple[str, str]:
    """What to say where no rule has that name, and which may be meant; "" and "" where one has it."""
    if name in KNOWN or name in OF_LINKS:
        return "", ""
    return f'There is no rule "{name}" to waive.', nearest(name, (*KNOWN, *OF_LINKS))


def why_void(waiver: Waiver, authors: Collection[str]) -> tuple[str, str]:
    """Why a waiver cannot hold, whatever the issue says, and what to do; "" and "" where it can."""
    why, hint = no_such_rule(waiver.rule)
    if why:
        return why, hint
    rule = KNOWN.get(waiver.rule)
    if rule is not None and not rule.can_be_waived:
        return (
            f"What {waiver.rule} finds cannot be waived: readers would get a broken mail.",
            "Mend it; `mailer check` says how.",
        )
    if is_among(waiver.by, authors):
        return (
            f"{waiver.by} wrote this issue and cannot waive {waiver.rule}.",
            "Somebody else has to answer for it.",
        )
    for said, what in ((waiver.by, "name"), (waiver.because, "reason")):
        if has_unseen(said):
            return f"The {what} in a waiver of {waiver.rule} has a sign that cannot be seen.", "Type it anew."
        if not name_key(said):
            return f"A waiver of {waiver.rule} has no {what}.", "Say who answers for it, and why."
    if why := why_no_name(waiver.by):
        return f"The name in a waiver of {waiver.rule} {why}.", "Type it anew, on one keyboard."
    return "", ""


def _idle(
    placed: Iterable[Placed], waivers: tuple[Waiver, ...], weighed: Weighed, file: IssueFile
) -> Iterator[Finding]:
    """Those that cover nothing: void where the words have changed, else not needed any more."""
    left = [finding for finding in weighed.findings if not any(one.covers(finding) for one in waivers)]
    for one in placed:
        waiver = one[0]
        if waiver.rule in OF_LINKS or any(waiver.covers(finding) for finding in weighed.findings):
            continue
        # Of the head, one version's words, or one group's, are no newer form of another's.
        by_head = waiver.item in (None, HEAD) and waiver.rule.startswith(BY_AUDIENCE)
        near = [f for f in left if f.rule == waiver.rule and waiver.item in (None, f.within)]
        if near and not by_head:
            now = max(near, key=lambda found: _likeness(waiver, found))
            message = f"The waiver of {waiver.rule} by {waiver.by} is void: {_changed(waiver, now)}."
            hint = "Take it out. Whoever answers for it as it is now says so with `mailer waive`."
            yield _finding(one, file, Severity.WARN, message, hint)
        elif not near and _was_asked(KNOWN[waiver.rule], weighed):
            message = f"{waiver.rule} finds nothing any more that the waiver by {waiver.by} would cover."
            hint = "Take it out, so that it covers nothing that is written later."
            yield _finding(one, file, Severity.NOTE, message, hint)


def _was_asked(rule: Rule, weighed: Weighed) -> bool:
    """Whether the rule would have found it here, if it were still there to find."""
    asked = weighed.strict or not rule.is_strict
    return asked and weighed.whole and not rule.id.startswith(BY_AUDIENCE)


def _likeness(waiver: Waiver, found: Finding) -> float:
    was, now = ((words or "")[:MOST_SHOWN] for words in (waiver.words, found.words))
    return (waiver.field == found.field) + SequenceMatcher(None, was, now).ratio()


def _changed(waiver: Waiver, found: Finding) -> str:
    parts = []
    was, now = _place(waiver.item, waiver.field), _place(found.within, found.field)
    if was != now:
        parts.append(f"it was given for {was}, and the finding is about {now}")
    if waiver.words != found.words:
        parts.append(f"it was given for {_quoted(waiver.words)}, and now it is {_quoted(found.words)}")
    if waiver.severity.rank > found.severity.rank:
        parts.append(
            f"it was given for a {_CALLED[waiver.severity]}, and now it is a {_CALLED[found.severity]}"
        )
    return "; ".join(parts)


def _place(item: str | None, field: str | None) -> str:
    return " · ".join(part for part in (item, field) if part) or "the whole issue"


def _quoted(words: str | None) -> str:
    if words is None:
        return "no words in particular"
    shown = " ".join(words.split())
    return f'"{shown[:MOST_SHOWN]}{"…" if len(shown) > MOST_SHOWN else ""}"'


def _finding(placed: Placed, file: IssueFile, severity: Severity, message: str, hint: str) -> Finding:
    waiver, line = placed
    return Finding(
        rule="waiver.void" if severity is Severity.WARN else "waiver.unused",
        severity=severity,
        message=message,
        hint=hint,
        item=waiver.item if waiver.item in {item.id for item in file.issue.items} else None,
        file=f"{file.document.file.rpartition('/')[0]}/{WAIVERS_FILE}",
        line=line,
        words=waiver.rule,
    )
