"""`mailer studio`: the local web app."""

from __future__ import annotations

from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of
from mailer.cli.output import console
from mailer.config import PublicMode
from mailer.errors import MailerError

PORT = 8620


@app.command(rich_help_panel="Write and check")
def studio(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where to listen, on 127.0.0.1 only.")
    ] = PORT,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """See every version as its readers will, the practice tray, and what was sent; in the browser.

    Example: [bold]mailer studio --port 8620[/bold]
    """
    workspace = workspace_of(context)
    from mailer.studio import run_studio

    run_studio(workspace.root, port=port, open_browser=open_)


@app.command(rich_help_panel="Follow up")
def public(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8630,
) -> None:
    """Answer on the web: one-click unsubscribe, web view, hosted pictures. Needs public = "server".

    Put a web server with TLS in front of it, under the address that mailer.toml calls public_url.

    Example: [bold]mailer public --port 8630[/bold]
    """
    workspace = workspace_of(context)
    if workspace.config.public is not PublicMode.SERVER:
        raise MailerError('mailer.toml does not say public = "server".', "Set it, and public_url with it.")
    from mailer.public import run_public

    console.print(f"Answering on http://{host}:{port} for {workspace.config.public_url}")
    run_public(workspace, host, port)
