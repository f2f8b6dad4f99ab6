"""The application: global options, the groups of commands, and how errors are shown."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from mailer import __version__
from mailer.config import Workspace, open_workspace
from mailer.errors import MailerError, UsageError

app = typer.Typer(
    name="mailer",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compose, prove, approve and send institutional newsletters.\n\n"
    "Start with [bold]mailer demo[/bold], or make your own workspace with [bold]mailer init DIR[/bold].",
)


@dataclass
class Session:
    """What the global options said."""

    start: Path
    trace: bool = False


def workspace_of(context: typer.Context) -> Workspace:
    """The workspace that the command is about."""
    session: Session = context.find_root().obj
    return open_workspace(session.start)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mailer {__version__}")
        raise typer.Exit


@app.callback()
def _global(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", envvar="MAILER_WORKSPACE", help="Folder of the workspace.")
    ] = Path(),
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop."),
    ] = False,
) -> None:
    context.obj = Session(start=workspace)


def run(arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. Mistakes of a person never show a traceback."""
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
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EPERM):
            raise
        _say(f"{error.filename or 'The disk'}: {error.strerror}.")
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
    from mailer.cli.output import show_error

    show_error(error, usage=isinstance(error, UsageError))


def _say(text: str) -> None:
    from mailer.cli.output import errors

    errors.print(text)
