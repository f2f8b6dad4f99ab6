"""Relays by the name that mailer.toml gives them."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from mailer.config import OutboxRelay, RelaySettings, Workspace
from mailer.config import SmtpRelay as SmtpSettings
from mailer.errors import MailerError, UsageError, nearest
from mailer.relay import OutboxServer, Relay, SmtpRelay, outbox_relay
from mailer.source import MAX_BYTES, read_bytes

PRACTICE = "outbox"
"""The practice tray that every workspace has."""


def relay_settings(workspace: Workspace, name: str) -> RelaySettings:
    """What mailer.toml says of that relay; UsageError with the nearest name where it says nothing."""
    settings = workspace.config.relays.get(name)
    if settings is None:
        raise UsageError(
            f'There is no relay "{name}" in mailer.toml.', nearest(name, workspace.config.relays)
        )
    return settings


def is_practice(workspace: Workspace, name: str) -> bool:
    """Whether the relay is the practice tray, so that a sending through it is a rehearsal."""
    return isinstance(relay_settings(workspace, name), OutboxRelay)


@asynccontextmanager
async def open_relay(workspace: Workspace, name: str, dispatch_id: str) -> AsyncIterator[Relay]:
    """The relay, ready to connect; the practice tray's server runs as long as the block does."""
    settings = relay_settings(workspace, name)
    if isinstance(settings, OutboxRelay):
        async with OutboxServer(workspace.outbox, group=dispatch_id) as server:
            yield outbox_relay(server, connections=settings.connections)
        return
    yield SmtpRelay(
        name=name,
        host=settings.host,
        port=settings.port,
        security=settings.security,
        username=settings.username,
        password=_password(settings, workspace.root),
        timeout=settings.timeout,
        dot_timeout=settings.dot_timeout,
        local_hostname=settings.local_hostname,
        ca_file=str(workspace.root / settings.ca_file) if settings.ca_file else "",
        connections=settings.connections,
    )


def _password(settings: SmtpSettings, root: Path) -> str:
    if not settings.username:
        return ""
    if settings.password_env:
        password = os.environ.get(settings.password_env, "")
        if not password:
            raise MailerError(
                f"The environment variable {settings.password_env} is empty.",
                "Put the mail service's password there.",
            )
        return password
    path = root / settings.password_file
    try:
        mode = path.stat().st_mode
        password = read_bytes(path, settings.password_file, MAX_BYTES).decode("utf-8").strip()
    except OSError as error:
        raise MailerError(f"{settings.password_file} cannot be read: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MailerError(
            f"{settings.password_file} can be read by others.", f"Run `chmod 600 {settings.password_file}`."
        )
    return password
