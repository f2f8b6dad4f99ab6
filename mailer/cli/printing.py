"""`mailer build --pdf`: the print edition."""

from __future__ import annotations

from pathlib import Path

from mailer.cli.output import cell, console
from mailer.config import Workspace
from mailer.flow.printing import print_issue


def print_edition(workspace: Workspace, slug: str, language: str | None, out: Path | None) -> None:
    """Write the print edition and say where it is."""
    printed = print_issue(workspace, slug, language, out)
    pages = "1 page" if printed.pages == 1 else f"{printed.pages:,} pages"
    where = workspace.shown(printed.path) if printed.path else printed.name
    for words in printed.warnings:
        console.print(cell(words), style="yellow")
    console.print(cell(f"{pages} ({printed.language}), {len(printed.content):,} bytes, in {where}"))
