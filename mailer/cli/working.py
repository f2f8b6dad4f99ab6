"""`mailer work`: what `send` and `resume` start in a session of its own. People never call it."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from mailer.cli.app import app, workspace_of


@app.command(hidden=True)
def work(
    context: typer.Context,
    dispatch_id: Annotated[str, typer.Argument(metavar="ID", help="The sending's id.")],
) -> None:
    """Send what is left of a sending, until every mail has had its last answer."""
    # Whoever closes their terminal does not mean the sending.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    from mailer.cli.stopping import run_until_stopped
    from mailer.flow.worker import work as work_at
    from mailer.ledger import open_ledger

    workspace = workspace_of(context)
    with open_ledger(workspace.ledger_path, create=False) as ledger:
        run_until_stopped(lambda stop, _: work_at(workspace, ledger, dispatch_id, stop=stop))
