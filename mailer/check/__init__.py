"""Checks: `check_issue()` returns every finding about an issue and its renditions, worst first.

No check changes anything, opens a file or uses the network, and none fails on any issue.
Every rule is a row of `RULES`: a stable id, how bad it is, what it rests on, and one function.
"""

from __future__ import annotations

from mailer.check.rule import RULES, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, worst_first

__all__ = ["RULES", "CheckedIssue", "Rule", "check_issue"]


def check_issue(checked: CheckedIssue) -> list[Finding]:
    """Every finding of every rule, worst first, then in the order of the file."""
    return worst_first([finding for rule in RULES for finding in rule.check(checked)])
