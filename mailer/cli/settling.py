"""Deciding mails in doubt: what is known of each is shown before anything is decided."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import typer

from mailer.cli.doubts_shown import show_doubts
from mailer.cli.output import cell, command, console
from mailer.dispatch.account import Doubt, doubt_of
from mailer.dispatch.report import ON_SCREEN
from mailer.errors import UsageError
from mailer.model.dispatch import Dispatch, State

if TYPE_CHECKING:
    from mailer.ledger import Ledger


def require_one_wish(email: str, *, everything: bool, accepted: bool, resend: bool) -> None:
    """UsageError for options that cannot mean anything together."""
    if accepted and resend:
        raise UsageError("Say either --accepted or --resend.")
    if email and everything:
        raise UsageError("--all decides every doubt of the sending.", "Leave the address out, or --all.")
    if (accepted or resend) and not (email or everything):
        raise UsageError("Which one?", "Give the address in doubt, or --all.")


def settle_doubts(
    ledger: Ledger,
    found: Dispatch,
    email: str,
    *,
    server: str,
    accepted: bool,
    resend: bool,
    by: str,
    yes: bool,
) -> None:
    """Show the doubts that are meant, ask where it is more than one, and decide them; with no decision only show.

    LedgerError where the address is not in doubt.
    """
    doubts = [doubt_of(ledger, one) for one in ledger.deliveries(found.id, [State.UNKNOWN])]
    meant = [doubt for doubt in doubts if not email or _is(doubt, email)]
    if not (accepted or resend):
        _show(meant, found, server)
        return
    if email and not meant:
        # Says what became of it, or which address is near.
        ledger.resolve(found.id, email, accepted=accepted, by=by)
    show_doubts(meant, found, server, decide=False)
    if not meant:
        raise UsageError(f"Nothing in {found.id} is in doubt.")
    if not email:
        _ask(len(meant), accepted=accepted, yes=yes)
    for doubt in meant:
        ledger.resolve(found.id, doubt.delivery.email, accepted=accepted, by=by or getpass.getuser())
    ledger.finish_if_done(found.id)
    for doubt in meant if accepted else ():
        console.print(cell(f"{doubt.delivery.email}: {ON_SCREEN[State.ACCEPTED]}."))
    if resend:
        who = meant[0].delivery.email if len(meant) == 1 else f"{len(meant):,} mails"
        verb = "waits" if len(meant) == 1 else "wait"
        console.print(cell(f"{who} {verb} to go again:"))
        command(f"mailer resume {found.id}")


def _show(meant: list[Doubt], found: Dispatch, server: str) -> None:
    if not meant:
        console.print("Nothing in it is in doubt.")
    show_doubts(meant, found, server)


def _is(doubt: Doubt, email: str) -> bool:
    wanted = email.strip().casefold()
    return wanted in (doubt.delivery.email.casefold(), doubt.delivery.address)


def _ask(count: int, *, accepted: bool, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", "Add --yes.")
    what = "were taken over" if accepted else "were not taken over, and go again"
    typer.confirm(f"Decide that all {count:,} {what}?", abort=True, err=True)
