"""Serving the studio on loopback until it is stopped."""

from __future__ import annotations

import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from mailer.config import open_workspace
from mailer.errors import PortInUseError
from mailer.studio.app import create_studio

DEFAULT_PORT = 8620
HOST = "127.0.0.1"


def run_studio(
    workspace_root: Path,
    port: int = DEFAULT_PORT,
    open_browser: bool = True,
    token: str | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the studio of a workspace until Ctrl-C; says its address, with the token, once it listens.

    Port 0 takes any free one. PortInUseError where another program has the port.
    """
    workspace = open_workspace(workspace_root)
    listening = listen_on(port)
    port = listening.getsockname()[1]
    token = token or secrets.token_urlsafe(24)
    app = create_studio(workspace, token=token, port=port)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=4_000_000,
        timeout_graceful_shutdown=2,
    )
    server = _Announcing(config, lambda: _announce(f"http://{HOST}:{port}/?token={token}", open_browser, say))
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        # uvicorn has shut down in order by now and only passes the signal on.
        pass
    finally:
        listening.close()


def listen_on(port: int) -> socket.socket:
    """A socket on loopback that listens on that port and no other machine can reach."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "is in use by another program" if taken else "cannot be used"
        other = port + 1 if taken else DEFAULT_PORT
        raise PortInUseError(
            f"Port {port} {why}.",
            f"Choose another with `mailer studio --port {other}`, or stop that program.",
        ) from error
    return listening


class _Announcing(uvicorn.Server):
    """A server that says so as soon as it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()


def _announce(address: str, open_browser: bool, say: Callable[[str], None]) -> None:
    say(f"The studio is open at {address}")
    say("It begins no sending, and those under way go on without it. Ctrl-C closes it.")
    if open_browser:
        webbrowser.open(address)
