"""Approvals and what is new in a proof, as commands print them."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import typer
from rich.text import Text

from mailer.cli.output import cell, console, indented
from mailer.config import Workspace
from mailer.flow.approval_mail import ApprovalMail
from mailer.model.proof import Approval, ApprovalKind, Proof
from mailer.proof import Difference, how_given, missing_words, some_text
from mailer.proof.approval import OPTIONS

MOST_VERSIONS = 3
"""Versions that are named; of more it is said how many there are."""
COLOURS = {"-": "red", "+": "green", "@": "dim"}


def show_approvals(workspace: Workspace, made: Proof, approvals: Iterable[Approval]) -> None:
    """Print who has approved it and how, and what is still needed."""
    rules, given = workspace.config.approval_rules, tuple(approvals)
    if given:
        console.print(cell(f"Approved by {', '.join(one.by for one in given)}."))
    for one in given:
        console.print(cell(f"  {one.by}: {how_given(one)}{f': {one.words}' if one.words else ''}"))
    if words := missing_words(made, given, rules):
        if given or "missing" in words:
            console.print(cell(f"It has {words}."))
        approve = f"mailer approve {made.digest[:12]} --by NAME{OPTIONS[rules.kind]}"
        console.print(Text.assemble("To approve: ", (approve, "bold")))
        if rules.kind is ApprovalKind.VERIFIED:
            commit = (
                f"mailer approve {made.digest[:12]} --by NAME --statement | git commit --allow-empty -S -F -"
            )
            console.print(Text.assemble("Or by a signed commit: ", (commit, "bold")))
            console.print(
                Text.assemble("  and then ", (f"{approve.partition(' --signed')[0]} --commit HEAD", "bold"))
            )


def look_at_mail(mail: ApprovalMail, doubts: tuple[str, ...], *, confirmed: bool) -> bool:
    """Print whom a mail is from, its date, how it begins and what speaks against it; ask where something does."""
    console.print(cell(f"From {mail.sender}, {mail.dated:%Y-%m-%d %H:%M %z}:"))
    for line in mail.begins:
        indented(line, 2, "dim")
    for doubt in doubts:
        console.print(cell(doubt), style="yellow")
    if not doubts or confirmed:
        return True
    return sys.stdin.isatty() and typer.confirm("Is it their approval all the same?", default=False, err=True)


def show_difference(found: Difference) -> None:
    """Print what is new since the last approved proof: words as a diff, all else in a line each."""
    when = f"{found.made_at:%Y-%m-%d %H:%M} UTC"
    if found.is_empty:
        console.print(f"Nothing that counts has changed since {found.seal}, of {when}.")
        return
    console.print(f"Changed since [bold]{found.seal}[/bold], which was approved last, of {when}:")
    if found.said:
        console.print(cell(f"  Words: {some_text(found.said)}."))
    for sentence in found.others:
        console.print(cell(f"  {sentence}"))
    for picture in found.pictures:
        console.print(cell(f"  Picture {picture.name}: {picture.how}."))
    for label, versions in (
        ("New version, to be read whole", found.added),
        ("Version no longer there", found.gone),
        ("Other looks, links or pictures", found.looks),
    ):
        if versions:
            console.print(cell(f"  {label}: {_named(versions)}."))
    for change in found.words:
        console.print(cell(f"\n  {change.part.capitalize()}: {_named(change.versions)}"), style="bold")
        for line in change.lines:
            console.print(Text(f"    {line}", style=COLOURS.get(line[:1], "")))


def _named(versions: tuple[str, ...]) -> str:
    if len(versions) > MOST_VERSIONS:
        return f"{versions[0]} and {len(versions) - 1} more"
    return "; ".join(versions)
