"""Mails in doubt: all that is known to look each up by, and how to decide it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from mailer.cli.output import command, console, indented
from mailer.cli.timeline_shown import stamp
from mailer.dispatch.account import Doubt
from mailer.model.dispatch import Dispatch

MOST = 20


def show_doubts(doubts: Sequence[Doubt], dispatch: Dispatch, server: str, *, decide: bool = True) -> None:
    """Print each doubt with what it can be found by; with `decide`, the commands that settle it."""
    if not doubts:
        return
    console.print(
        Text.assemble(
            ("\nIn doubt:", "bold"), (" the link broke when the mail service may have had it", "dim")
        )
    )
    for doubt in doubts[:MOST]:
        show_doubt(doubt, server)
    if len(doubts) > MOST:
        console.print(f"  … and {len(doubts) - MOST:,} more: [bold]mailer report {dispatch.id} --rows[/bold]")
    if decide:
        email = doubts[0].delivery.email if len(doubts) == 1 else "EMAIL"
        console.print("  Look for the Message-ID in the mail service's log or Sent Items, then")
        for option, means in (
            ("--accepted", "where it is there:"),
            ("--resend", "where it is not; the same message goes again:"),
        ):
            console.print(f"  {means}")
            command(f"mailer settle {dispatch.id} {email} {option}", 4)


def show_doubt(doubt: Doubt, server: str) -> None:
    """Print one doubt: whom to, when, through what server, under which Message-ID."""
    tried, mail = doubt.tried, doubt.delivery
    console.print(Text(f"  {mail.email}"))
    what = tried.detail if tried and tried.detail else mail.detail
    told = f"{stamp(doubt.at)}, {f'to {server}' if server else 'server not known'}"
    if tried is not None:
        told += f", try {tried.n}"
    indented(f"{told}: {what}".removesuffix(": "), 4, "dim")
    indented(f"Message-ID {mail.message_id}", 4, "dim")
