"""Relays by the name that mailer.toml gives them."""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from mailer.config import OutboxRelay, RelaySettings, Workspace
from mailer.config import SmtpRelay as SmtpSettings
from mailer.errors import MailerError, UsageError, nearest
from mailer.ledger.addresses import domain_of, normalised
from mailer.model.pace import Pace
from mailer.relay import (
    GOOGLE_URL,
    MICROSOFT_APP,
    MICROSOFT_PERSON,
    OutboxServer,
    Relay,
    SmtpRelay,
    TokenSource,
    microsoft_url,
    outbox_relay,
)
from mailer.source import MAX_BYTES, read_bytes, write_atomically

log = logging.getLogger(__name__)

TURN = 0.05
"""Seconds between looks whether another program has done with a file."""
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


def pace_of(workspace: Workspace, name: str) -> Pace | None:
    """How fast that relay may be used; None for the practice tray, which nothing limits."""
    settings = relay_settings(workspace, name)
    if isinstance(settings, OutboxRelay):
        return None
    domains = {domain_of(normalised(f"@{domain}")): limits for domain, limits in settings.domains.items()}
    return Pace(name, settings.limits, domains)


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
        tokens=_tokens(settings, workspace.root),
        timeout=settings.timeout,
        dot_timeout=settings.dot_timeout,
        local_hostname=settings.local_hostname,
        ca_file=str(workspace.root / settings.ca_file) if settings.ca_file else "",
        connections=settings.connections,
        messages_per_connection=settings.messages_per_connection,
    )


def _password(settings: SmtpSettings, root: Path) -> str:
    if not settings.username or settings.oauth is not None:
        return ""
    return _secret("mail service's password", settings.password_env, settings.password_file, root)


def _tokens(settings: SmtpSettings, root: Path) -> TokenSource | None:
    """Where access tokens come from; None where the login is by password."""
    oauth = settings.oauth
    if oauth is None:
        return None
    refresh_token = _secret("refresh token", oauth.refresh_token_env, oauth.refresh_token_file, root)
    if oauth.provider == "google":
        url, scope = GOOGLE_URL, ""
    else:
        url, scope = microsoft_url(oauth.tenant), MICROSOFT_PERSON if refresh_token else MICROSOFT_APP
    return TokenSource(
        token_url=oauth.token_url or url,
        client_id=oauth.client_id,
        client_secret=_secret("client secret", oauth.client_secret_env, oauth.client_secret_file, root),
        refresh_token=refresh_token,
        scope=oauth.scope or scope,
        store=_store(oauth.refresh_token_file, refresh_token, root),
    )


def _store(name: str, refresh_token: str, root: Path) -> RefreshFile | None:
    if not name:
        return None
    return RefreshFile(root / name, refresh_token, partial(_secret, "refresh token", "", name, root))


class RefreshFile:
    """A refresh token's file. Every program that logs in with it may exchange it, so it is looked at again."""

    def __init__(self, path: Path, seen: str, read: Callable[[], str]) -> None:
        self._path = path
        self._seen = seen
        """What the file was last known to hold."""
        self._read = read

    @contextmanager
    def alone(self, within: float) -> Iterator[None]:
        """One program at a time. Raises TimeoutError where others hold it for so many seconds."""
        ends_at = time.monotonic() + within
        while (held := self._held()) is None:
            if time.monotonic() > ends_at:
                raise TimeoutError
            time.sleep(TURN)
        with held:
            yield

    def _held(self) -> AbstractContextManager[object] | None:
        """The file, locked; None where another has it, or has just put a new one in its place."""
        try:
            file = self._path.open("rb")
        except OSError:
            return nullcontext()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), self._path.stat()):
                return file
        except BlockingIOError:
            pass
        except OSError:
            # A disk that knows no locks, or the file is gone: then the provider says who was first.
            file.close()
            return nullcontext()
        file.close()
        return None

    def changed(self) -> str:
        """What another put there since we last looked; "" where nobody did, or it cannot be read just now."""
        try:
            there = self._read()
        except MailerError as error:
            log.warning("oauth refresh_token=not-read reason=%s", error.message)
            return ""
        if there == self._seen:
            return ""
        self._seen = there
        return there

    def keep(self, refresh_token: str) -> None:
        """Put the new one in the place of the old; where that fails only this program knows it."""
        try:
            write_atomically(self._path, f"{refresh_token}\n".encode())
        except OSError as error:
            log.warning("oauth refresh_token=not-kept file=%s reason=%s", self._path.name, error.strerror)
        else:
            self._seen = refresh_token


def _secret(what: str, variable: str, name: str, root: Path) -> str:
    """From the environment variable, or the file of that name; "" where neither is named."""
    if variable:
        secret = os.environ.get(variable, "")
        if not secret:
            raise MailerError(f"The environment variable {variable} is empty.", f"Put the {what} there.")
        return secret
    if not name:
        return ""
    path = root / name
    try:
        mode = path.stat().st_mode
        secret = read_bytes(path, name, MAX_BYTES).decode("utf-8").strip()
    except OSError as error:
        raise MailerError(
            f"{name} cannot be read: {error.strerror}.", f"It is to hold the {what}."
        ) from error
    except UnicodeDecodeError as error:
        raise MailerError(f"{name} is not text.", f"It is to hold the {what}, and nothing else.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MailerError(f"{name} can be read by others.", f"Run `chmod 600 {name}`.")
    if not secret:
        raise MailerError(f"{name} is empty.", f"Put the {what} there.")
    return secret
