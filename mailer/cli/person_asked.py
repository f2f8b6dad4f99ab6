"""What is done for somebody who says that they got nothing: a note, an answer, or the same issue once more."""

from __future__ import annotations

import asyncio
import getpass
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from mailer.cli.output import cell, console
from mailer.errors import LedgerError, UsageError

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.person import History
    from mailer.ledger import Ledger
    from mailer.model.dispatch import Plan


@dataclass(frozen=True, slots=True)
class Wish:
    """How the same issue is to go once more."""

    of: str
    to: str
    because: str
    by: str
    yes: bool


def take_note(ledger: Ledger, found: History, words: str, by: str) -> None:
    """Write the words down for the one address that is meant. UsageError where several could be."""
    from mailer.flow.person import one_address

    told = " ".join(words.split())
    if not told:
        raise UsageError("The note is empty.", 'Write what was said: --note "telephoned, found in spam".')
    address = one_address(found)
    ledger.note(address, told, by or getpass.getuser())
    console.print(cell(f"Noted for {address}. `mailer person {address}` shows it."))


def print_answer(workspace: Workspace, ledger: Ledger, found: History, of: str) -> None:
    """Print the answer alone, so that it can be pasted or piped."""
    from mailer.flow.enquiry import answer_to
    from mailer.flow.person import mail_of, one_address

    address = one_address(found)
    typer.echo(answer_to(workspace, ledger, found, mail_of(found, of), address))


def send_again(workspace: Workspace, ledger: Ledger, found: History, wish: Wish, *, quiet: bool) -> None:
    """Show the plan, ask, note why, and send."""
    from mailer.cli.plan_shown import show_plan
    from mailer.cli.watching import see_through
    from mailer.flow.again import plan_again
    from mailer.flow.as_shown import require_as_shown, require_settings_as_shown
    from mailer.flow.person import mail_of, one_address
    from mailer.flow.ready import require_relay
    from mailer.flow.working import start_workers

    one_address(found)
    mail = mail_of(found, wish.of)
    plan, proof = plan_again(workspace, ledger, found, mail, wish.to)
    one, name = plan.deliveries[0], plan.dispatch.occasion.rpartition("/")[2]
    if not quiet:
        show_plan(workspace, ledger, plan, proof)
        console.print(cell(f"to {one.name} <{one.email}>, once more, as {name}".replace("to  <", "to <")))
    asked = _ask(plan, yes=wish.yes)
    asyncio.run(require_relay(workspace, plan.dispatch.relay))
    if asked:
        require_settings_as_shown(workspace)
        shown = plan
        plan, _ = plan_again(workspace, ledger, found, mail, wish.to)
        _require_first(plan.dispatch.occasion == shown.dispatch.occasion)
        require_as_shown([shown], [plan])
    opened = ledger.open_dispatch(plan)
    _require_first(opened.planned)
    words = (
        f"{plan.dispatch.slug} sent again as {name} to {one.email}, because {' '.join(wish.because.split())}"
    )
    for address in dict.fromkeys((one.address, mail.address if mail else one.address)):
        ledger.note(address, words, wish.by or getpass.getuser())
    crew = start_workers(workspace, opened.dispatch.id)
    see_through(workspace, ledger, opened.dispatch.id, crew, wait=False, quiet=quiet)


def _require_first(we_are: object) -> None:
    """LedgerError where somebody else was."""
    if not we_are:
        raise LedgerError(
            "Nothing was sent: somebody else has just sent it to them again.", "See `mailer dispatches`."
        )


def _ask(plan: Plan, *, yes: bool) -> bool:
    """Whether somebody was asked, and said yes; False where nobody was to be asked."""
    if yes:
        return False
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask at.", "Add --yes.")
    one = plan.deliveries[0]
    return typer.confirm(
        f"Send it once more, for real, to {escape(one.name)} <{one.email}>?", abort=True, err=True
    )
