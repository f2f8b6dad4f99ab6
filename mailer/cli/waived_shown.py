"""What of a proof somebody answered for, as the report of its sending has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mailer.cli.output import console, finding_json, hanging
from mailer.model.finding import Finding, Waiver


def show_waived(waived: Sequence[tuple[Finding, Waiver]]) -> None:
    """Two lines a waived finding: what it is, then who answers for it, and why. Nothing where there is none."""
    if not waived:
        return
    console.print()
    console.print("[bold]Found before it went, and answered for[/bold]")
    for finding, waiver in waived:
        hanging("  ", what_is_waived(finding), 0)
        hanging("    ", said_of(waiver), 0, "dim")


def waived_json(waived: Sequence[tuple[Finding, Waiver]]) -> list[dict[str, Any]]:
    """The findings with the keys that programs may rely on, each with who answers for it and why."""
    return [
        finding_json(finding) | {"by": waiver.by, "because": waiver.because} for finding, waiver in waived
    ]


def what_is_waived(finding: Finding) -> str:
    """The rule, how bad it is, where, and the words: on one line."""
    where = " · ".join(part for part in (finding.item, finding.field) if part)
    plain = " ".join((finding.words or "").split())
    words = f', "{plain}"' if plain else ""
    return f"{finding.rule} ({finding.severity}){f' at {where}' if where else ''}{words}"


def said_of(waiver: Waiver) -> str:
    """Who answers for it, and why."""
    return f"by {waiver.by}: {' '.join(waiver.because.split())}"
