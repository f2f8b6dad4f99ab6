"""Checks: `check_issue()` returns every finding about an issue and its renditions, worst first.

No check changes anything, opens a file or uses the network, and none fails on any issue.
Every rule is a row of `RULES`: a stable id, how bad it is, what it rests on, and one function.
"""

from __future__ import annotations

from mailer.check.facts import AudienceFacts, MessageFacts, RelayFacts
from mailer.check.rule import Rule
from mailer.check.subject import CheckedIssue
from mailer.check.table import RULES
from mailer.check.unchecked import Unchecked, not_checked
from mailer.model.finding import Finding, worst_first

__all__ = [
    "RULES",
    "AudienceFacts",
    "CheckedIssue",
    "MessageFacts",
    "RelayFacts",
    "Rule",
    "Unchecked",
    "check_issue",
    "not_checked",
]


def check_issue(checked: CheckedIssue, *, strict: bool = False) -> list[Finding]:
    """Every finding of every rule of the profile, worst first, then in the order of the file.

    Rules that read words read those of translations too. What they find there in the same words as in the
    source is told once, of the source.
    """
    rules = [rule for rule in RULES if strict or not rule.is_strict]
    findings = [finding for rule in rules for finding in rule.check(checked)]
    told = {_without_place(finding) for finding in findings}
    for language, translation in checked.translations.items():
        local = checked.local[language]
        findings += [
            finding
            for rule in rules
            if rule.reads_words
            for finding in rule.check(local)
            if finding.item in translation.items
            or (finding.item is None and finding.field in translation.head)
            if _without_place(finding) not in told
        ]
    return worst_first(findings)


def _without_place(finding: Finding) -> Finding:
    return finding.model_copy(update={"file": None, "line": None})
