"""Running one command: every command registered, every mistake of a person said in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.models import TyperInfo

from mailer.cli.app import app
from mailer.cli.output import errors, show_error
from mailer.errors import MailerError, UsageError

VERSION = "--version"
MODULES: Mapping[str, tuple[str, ...]] = {
    "building": ("build",),
    "checking": ("check",),
    "waiving": ("waive",),
    "compat": ("compat",),
    "proving": ("proof",),
    "approving": ("approve",),
    "sending": ("send",),
    "doctor": ("doctor",),
    "working": ("work",),
    "demo": ("demo",),
    "dispatches": ("dispatches", "pause", "cancel", "settle"),
    "resuming": ("resume",),
    "correcting": ("correct",),
    "report": ("report",),
    "reminding": ("remind",),
    "acknowledging": ("acknowledge", "silent"),
    "evidence": ("evidence", "verify"),
    "person": ("person",),
    "audience": ("audience",),
    "people": ("suppress", "unsuppress", "suppressions"),
    "backup": ("backup", "restore"),
    "starting": ("init", "new", "schema"),
    "importing": ("import",),
    "studio": ("studio", "public"),
    "versions": ("versions",),
    "translating": ("translate",),
    "translation_exchange": ("translate",),
    "contacts": ("contacts",),
    "contacts_exchange": ("contacts",),
    "deadlines": ("deadlines",),
    "deadlines_calendar": ("deadlines",),
    "ladder_proving": ("deadlines",),
    "dkim": ("dkim",),
    "ledger": ("ledger",),
    "outbox": ("outbox",),
}
"""Module of this package → the commands it registers, or the groups that it adds to. In the order of the help, which
has groups last."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. Mistakes of a person never show a traceback."""
    if any(not argument.isprintable() for argument in arguments):
        _say("An argument has a sign in it that cannot be printed.")
        return 2
    name = _command_in(arguments)
    command = _tree_with(name)
    try:
        command.main(args=list(arguments), prog_name="mailer")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except MailerError as error:
        _show(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (`mailer check | head`): silence, as other tools do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # A full disk does not say which file it was.
        place = error.filename or f"mailer {name}".rstrip()
        _say(f"{place}: {error.strerror or error}.")
        return 1
    return 0


@cache
def _tree_with(name: str) -> Any:
    """The command tree with at least the command of that name. Kept: whoever runs many in one process pays once."""
    load_commands(name)
    return typer.main.get_command(app)


def load_commands(only: str = "") -> None:
    """Register every command, in the order of the help; or what one of them needs, which is quicker."""
    if only != VERSION:
        for module, names in MODULES.items():
            if only in names or not any(only in known for known in MODULES.values()):
                # Importing registers the commands.
                import_module(f"mailer.cli.{module}")
    order = list(MODULES)
    app.registered_commands.sort(key=lambda command: order.index(_module(command.callback)))
    app.registered_groups.sort(key=lambda group: order.index(_module(_first_of(group))))


def _command_in(arguments: Sequence[str]) -> str:
    """The command that is called; "" where there is none, or where the options before it are unusual."""
    rest = list(arguments)
    while rest and rest[0] in ("-w", "--workspace"):
        rest = rest[2:]
    return rest[0] if rest else ""


def _first_of(group: TyperInfo) -> Callable[..., Any] | None:
    return group.typer_instance.registered_commands[0].callback if group.typer_instance else None


def _module(callback: Callable[..., Any] | None) -> str:
    return callback.__module__.rpartition(".")[2] if callback else ""


def _show(error: MailerError) -> None:
    show_error(error, usage=isinstance(error, UsageError))


def _say(text: str) -> None:
    errors.print(text, markup=False)
