"""Where a proof's page lies, and what became of a proof that was mailed to reviewers."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from mailer.cli.output import cell, console, table
from mailer.config import Workspace
from mailer.flow.proof_mail import Mailed
from mailer.flow.proof_page import ProofPage


def show_page(workspace: Workspace, page: ProofPage) -> None:
    """Say where the page is, and why it has no screenshots where it has none."""
    console.print(cell(f"To look at, or to pass round as a folder: {workspace.shown(page.index)}"))
    if page.note:
        console.print(cell(page.note))


def show_mailed(mailed: Sequence[Mailed], *, practice: bool) -> None:
    """One row an address and version: taken over, or what stood in the way."""
    if not mailed:
        return
    where = "into the practice tray – not sent; see `mailer outbox list`" if practice else "to reviewers"
    console.print(cell(f"Proof by mail, {where}; not in the send record:"))
    listing = table("!outcome", "reviewer", "version")
    for one in mailed:
        listing.add_row(cell(one.words), cell(one.address), cell(one.version))
    console.print(listing)
    for why in dict.fromkeys(f"{one.address}: {one.why}" for one in mailed if one.why):
        console.print(cell(why))


def mailed_json(mailed: Sequence[Mailed]) -> list[dict[str, str]]:
    """The same as data."""
    return [
        {"address": one.address, "version": one.version, "outcome": one.verdict.value, "why": one.why}
        for one in mailed
    ]


def require_taken(mailed: Sequence[Mailed]) -> None:
    """Exit code 1 where a reviewer's mail was not taken over."""
    if not all(one.is_taken for one in mailed):
        raise typer.Exit(1)
