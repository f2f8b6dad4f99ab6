"""Running one command: every command registered, every mistake of a person said in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from mailer.cli.app import app
from mailer.cli.output import errors, show_error
from mailer.errors import MailerError, UsageError


def run(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. Mistakes of a person never show a traceback."""
    if any(not argument.isprintable() for argument in arguments):
        _say("An argument has a sign in it that cannot be printed.")
        return 2
    load_commands()
    command = typer.main.get_command(app)
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
        place = f"{error.filename}: " if error.filename else ""
        _say(f"{place}{error.strerror or error}.")
        return 1
    return 0


def load_commands() -> None:
    """Register every command; the order is that of the help."""
    if app.registered_commands:
        return
    from mailer.cli import (  # noqa: F401 - importing registers the commands, in the order of the help
        building,
        checking,
        demo,
        dispatches,
        ledger,
        outbox,
        people,
        proving,
        sending,
        starting,
        studio,
    )


def _show(error: MailerError) -> None:
    show_error(error, usage=isinstance(error, UsageError))


def _say(text: str) -> None:
    errors.print(text, markup=False)
