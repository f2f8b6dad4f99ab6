"""What `mailer check --fix` shows and asks before it writes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from mailer.cli.output import cell, console
from mailer.errors import ProblemsError

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.mending import Mending


def mend_issue(workspace: Workspace, slug: str, *, yes: bool) -> None:
    """Show what can be mended as a diff, ask, and write it. Without a terminal to ask at, only `yes` writes."""
    from mailer.flow.mending import plan_mending, write_mending

    try:
        mending = plan_mending(workspace, slug)
    except ProblemsError:
        console.print(cell(f"{slug}: nothing is mended before its files can be used"))
        return
    _show(mending, slug)
    if not mending.files:
        return
    if not yes:
        if not sys.stdin.isatty():
            console.print(cell("Nothing was written: there is no terminal to ask at. Add --yes to write it."))
            return
        if not typer.confirm("Write this?", default=False, err=True):
            console.print(cell("Nothing was written."))
            return
    write_mending(workspace, mending)
    for file in mending.files:
        console.print(cell(f"mended {file.shown}"))


def _show(mending: Mending, slug: str) -> None:
    from mailer.check.fixes import FIXES

    for file in mending.files:
        for line in file.diff:
            console.print(Text(visible(line), style_of(line)), soft_wrap=True)
    for fix in FIXES:
        if count := mending.rules.get(fix.rule, 0):
            texts = "1 text" if count == 1 else f"{count} texts"
            console.print(Text.assemble((fix.rule, "bold"), f" {fix.does}, in {texts}"))
    if mending.stamps:
        console.print(cell(f"Notes of what is translated that stay true: {mending.stamps}"))
    for name, number, rules in mending.by_hand:
        place = f"{name}:{number}" if number else name
        console.print(cell(f"By hand, for it is not certain where it stands: {place} ({rules})"))
    if not mending.files:
        console.print(cell(f"{slug}: nothing to mend that is certain"))


def style_of(line: str) -> str:
    """The colour of a line of a diff."""
    return {"-": "red", "+": "green", "@": "cyan"}.get(line[:1], "")


def visible(line: str) -> str:
    """A line of the diff with what nobody sees made visible: hidden hyphens, and blanks at its end."""
    is_word = line[:1] in "-+" and line[:3] not in ("---", "+++")
    shown = "".join(sign if sign.isprintable() or sign == "\t" else f"<{ord(sign):04X}>" for sign in line)
    end = len(shown.rstrip(" \t"))
    return shown[:end] + "·" * (len(shown) - end) if is_word and end > 1 else shown
