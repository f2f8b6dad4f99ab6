"""What `mailer new --from` shows: what stays, what goes and why, and what needs a look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

from mailer.cli.output import cell, console, show_findings

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.following_items import Fate


def follow(workspace: Workspace, slug: str, from_slug: str, day: date | None, *, dry_run: bool) -> None:
    """Make the next issue from an old one and show what became of it; `dry_run` writes nothing."""
    from mailer.flow.following import plan_next, write_next

    plan = plan_next(workspace, slug, from_slug, day)
    if not dry_run:
        folder = write_next(workspace, plan)
        console.print(cell(f"Made {workspace.shown(folder)} from {plan.from_slug}, for {plan.day}"))
    _show("Stays", plan.stays)
    _show("Left behind", plan.goes)
    show_findings(plan.findings, "To look at")
    if dry_run:
        console.print("Nothing was written.")
        return
    console.print(cell(f"Look at it: mailer studio, or mailer check {plan.slug}"))


def _show(heading: str, listed: Iterable[Fate]) -> None:
    listed = tuple(listed)
    console.print(Text.assemble((heading, "bold"), f"  {len(listed)}"))
    for fate in listed:
        console.print(cell(f"  {fate.item}: {fate.reason}"))
