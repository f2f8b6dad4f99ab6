"""The application that every command registers with, and its global options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer import __version__

if TYPE_CHECKING:
    from mailer.config import Workspace

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


def workspace_of(context: typer.Context) -> Workspace:
    """The workspace that the command is about."""
    from mailer.config import open_workspace

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
