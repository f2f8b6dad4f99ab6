"""`python -m mailer.cli.docs` prints docs/commands.md: every command and option, as the program has them."""

from __future__ import annotations

import re
from typing import Any

import typer

from mailer.cli.app import app
from mailer.cli.entry import load_commands

HEAD = """\
# Commands

Every command of `mailer`. Made from the program by `python -m mailer.cli.docs > docs/commands.md`; a test keeps this
page current.

Global options come before the command: `--workspace DIR` (or `-w`, or `MAILER_WORKSPACE`) names the workspace, the
folder here or above where left out; `--version` prints the version. Exit codes: 0 done, 1 something to mend, 2 wrong
usage. `SLUG` is an issue's folder name, or its folder. `ID` is a sending's id, or how it starts.
"""


def page() -> str:
    """The whole page, in Markdown."""
    load_commands()
    # The command classes are Typer's own and have no public types.
    root: Any = typer.main.get_command(app)
    context = root.make_context("mailer", [], resilient_parsing=True)
    names = [name for name in root.list_commands(context) if not root.get_command(context, name).hidden]
    return HEAD + "".join(_section(root, name, context, "mailer") for name in names)


def _section(group: Any, name: str, context: Any, path: str) -> str:
    command = group.get_command(context, name)
    inner = command.make_context(name, [], parent=context, resilient_parsing=True)
    full = f"{path} {name}"
    if hasattr(command, "list_commands"):
        # A group that does something by itself has its own section before those of its commands.
        alone = _described(command, full) if command.invoke_without_command else ""
        return alone + "".join(_section(command, sub, inner, full) for sub in command.list_commands(inner))
    return _described(command, full)


def _described(command: Any, full: str) -> str:
    """One command: how it is called, what it does, its options."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([full, *(p.metavar if p.required else f"[{p.metavar}]" for p in arguments)])
    lines = [f"\n## `{usage}`\n", _plain(command.help), ""]
    rows = [(f"`{p.metavar}`", p.help or "") for p in arguments if p.help]
    rows += [(f"`{_names(p)}`", p.help or "") for p in options]
    if rows:
        lines += ["| | |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows), ""]
    return "\n".join(lines)


def _names(option: Any) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    if getattr(option, "is_flag", False):
        return names
    return f"{names} {option.metavar or option.name.strip('_').upper()}"


def _plain(text: str | None) -> str:
    cleaned = re.sub(r"\[/?bold\]", "`", text or "")
    return re.sub(r"[ \t]*\n[ \t]+", "\n", cleaned).strip()


if __name__ == "__main__":
    print(page(), end="")
