"""What must be right before a sending is written down: the person who asked for it is still there to mend it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from mailer.config import Workspace
from mailer.errors import RelayError
from mailer.flow.relays import is_practice, open_relay, relay_settings
from mailer.model.message import RelayTrouble
from mailer.relay import ConnectFailure

KNOCK = 20.0
"""Seconds that a mail service may take to greet us, encrypt and let us in."""


async def require_relay(workspace: Workspace, name: str) -> None:
    """Connect to the mail service and log in, as the workers will; nothing is sent.

    RelayError where it cannot be reached, cannot be trusted, or will not have us; MailerError where its password or
    key cannot be read. One that is only busy is left to the workers, who can wait.
    """
    if is_practice(workspace, name):
        return
    async with open_relay(workspace, name, "") as relay:
        try:
            async with asyncio.timeout(KNOCK):
                connection = await relay.connect()
        except ConnectFailure as failure:
            if failure.outcome.reply is None or failure.outcome.relay is RelayTrouble.STOP:
                raise RelayError(f"Nothing was sent. {failure.message}", failure.hint) from failure
            return
        except TimeoutError as error:
            raise RelayError(
                f"Nothing was sent. The mail service {name} did not answer within {KNOCK:g} seconds.",
                "Check host, port and security in mailer.toml, and the network.",
            ) from error
        with suppress(TimeoutError):
            async with asyncio.timeout(KNOCK):
                await connection.close()


def place_of(workspace: Workspace, name: str) -> str:
    """Where mails go through that relay, for people: `smtp.example.org:587`, or the practice tray."""
    settings = relay_settings(workspace, name)
    return "practice tray – not sent" if settings.kind == "outbox" else f"{settings.host}:{settings.port}"
