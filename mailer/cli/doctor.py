"""`mailer doctor`: whether mail that is sent from here would arrive."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from mailer.cli.app import Session, app
from mailer.cli.output import Format, FormatOption, console, hanging, indented, print_json
from mailer.flow.doctor import examine
from mailer.flow.doctor_words import Examined, State

MARKS = {State.GOOD: ("✓", "green"), State.BAD: ("✗", "bold red"), State.UNKNOWN: ("?", "yellow")}


@app.command(rich_help_panel="Prove and send")
def doctor(
    context: typer.Context,
    relay: Annotated[
        str, typer.Option("--relay", metavar="NAME", help="A mail service; that of mailer.toml if left out.")
    ] = "",
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Look at what would keep mail from arriving: mail service, DNS, send record, clock, web address.

    It connects to the mail service and logs in, and asks the DNS; nothing is sent. Exit code 1: something is wrong.

    Example: [bold]mailer doctor --relay office[/bold]
    """
    session: Session = context.find_root().obj
    found = []
    for one in examine(session.start, relay):
        found.append(one)
        if format is Format.TEXT:
            _show(one)
    if format is Format.JSON:
        print_json([{"id": o.id, "state": o.state, "message": o.message, "hint": o.hint} for o in found])
    else:
        console.print(_sum(found))
    if any(one.state is State.BAD for one in found):
        raise typer.Exit(1)


def _show(one: Examined) -> None:
    mark, colour = MARKS[one.state]
    hanging(f"{mark} ", Text(one.message), 0, colour)
    if one.hint:
        indented(f"→ {one.hint}", 2, "dim")


def _sum(found: list[Examined]) -> str:
    wrong = sum(one.state is State.BAD for one in found)
    unseen = sum(one.state is State.UNKNOWN for one in found)
    said = [f"{wrong} to mend"] if wrong else []
    said += [f"{unseen} that could not be looked at"] if unseen else []
    return ", ".join(said) + "." if said else "Nothing to mend."
