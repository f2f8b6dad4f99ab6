"""Why mails were not taken over, as people read it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from mailer.cli.output import console, hanging, indented
from mailer.dispatch.account import Because
from mailer.model.dispatch import State

MOST_NAMED = 3
TITLES = {
    State.REFUSED: "Refused",
    State.EXPIRED: "Given up",
    State.DEFERRED: "Will be tried again",
    State.SKIPPED: "Left out on the way",
}


def show_because(because: Iterable[Because], dispatch_id: str, everything: bool) -> None:
    """Print each reason with how many, what to do, some addresses and the answer as it came."""
    state = None
    for one in because:
        if one.state is not state:
            state = one.state
            console.print(Text(f"\n{TITLES[one.state]}", "bold"))
        _show_reason(one, dispatch_id, everything)


def _show_reason(one: Because, dispatch_id: str, everything: bool) -> None:
    hanging(f"{one.count:>7,}  ", one.reason.words, 0, "bold")
    if one.reason.todo:
        hanging("→ ", one.reason.todo, 9)
    named = one.named if everything else one.named[:MOST_NAMED]
    answers = {answer for _, answer in one.named}
    if len(answers) == 1 and len(named) > 1:
        indented(", ".join(email for email, _ in named), 9, "dim")
        indented(named[0][1], 9, "dim")
    else:
        for email, answer in named:
            hanging("", f"{email}  {answer}", 9, "dim", more=2)
    if one.count > len(named):
        console.print(
            f"         … and {one.count - len(named):,} more: [bold]mailer report {dispatch_id} --all[/bold]"
        )
