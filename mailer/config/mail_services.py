"""[relays.NAME] of mailer.toml: mail services, and what the known ones are known to allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mailer.model.base import Noun
from mailer.model.pace import Limits

Preset = Literal["m365", "workspace", "workspace-relay", "ses", "postfix"]
PRESETS: Mapping[Preset, Mapping[str, object]] = {
    # Exchange Online, SMTP AUTH: 30 messages a minute, 10,000 recipients in 24 hours, 3 connections.
    "m365": {
        "host": "smtp.office365.com",
        "port": 587,
        "security": "starttls",
        "connections": 3,
        "messages_per_connection": 100,
        "per_minute": 30,
        "per_day": 10_000,
        "dkim": False,
    },
    # Google Workspace, smtp.gmail.com: 2,000 messages a user in 24 hours.
    "workspace": {
        "host": "smtp.gmail.com",
        "port": 587,
        "security": "starttls",
        "connections": 2,
        "messages_per_connection": 100,
        "per_day": 2_000,
        "dkim": False,
    },
    # Google Workspace, smtp-relay.gmail.com: 10,000 recipients a user in 24 hours.
    "workspace-relay": {
        "host": "smtp-relay.gmail.com",
        "port": 587,
        "security": "starttls",
        "connections": 5,
        "messages_per_connection": 100,
        "per_day": 10_000,
    },
    # Amazon SES: what a new account may; raise them to what yours is granted.
    "ses": {
        "port": 587,
        "security": "starttls",
        "connections": 5,
        "per_second": 1,
        "per_day": 200,
        "dkim": False,
    },
    # A Postfix of one's own: it queues, and minds the receivers' limits itself.
    "postfix": {"connections": 20},
}
"""What mail services are known to allow, as of November 2026. Keys of [relays.NAME]."""


class OutboxRelay(Noun):
    """The practice tray: a local SMTP server that keeps what it gets. Nothing leaves the machine."""

    kind: Literal["outbox"]
    connections: Annotated[int, Field(ge=1, le=50)] = 4


class OAuth(Noun):
    """Login by XOAUTH2: where tokens come from. Secrets are in environment variables or files."""

    provider: Literal["microsoft", "google"] = "microsoft"
    tenant: str = ""
    """Microsoft: the directory's id or domain."""
    client_id: str
    client_secret_env: str = ""
    client_secret_file: str = ""
    refresh_token_env: str = ""
    """With a refresh token the mailbox's owner has agreed; without one the program logs in as itself
    (client credentials, Microsoft only)."""
    refresh_token_file: str = ""
    token_url: str = ""
    """The provider's own where left out."""
    scope: str = ""
    """The provider's own where left out."""

    @model_validator(mode="after")
    def _complete(self) -> OAuth:
        if self.client_secret_env and self.client_secret_file:
            raise ValueError("give `client_secret_env` or `client_secret_file`, not both")
        if self.refresh_token_env and self.refresh_token_file:
            raise ValueError("give `refresh_token_env` or `refresh_token_file`, not both")
        has_refresh = bool(self.refresh_token_env or self.refresh_token_file)
        if self.provider == "google" and not has_refresh:
            raise ValueError("Google needs `refresh_token_env` or `refresh_token_file`")
        if not has_refresh and not (self.client_secret_env or self.client_secret_file):
            raise ValueError("without a refresh token, `client_secret_env` or `client_secret_file` is needed")
        if self.provider == "microsoft" and not self.tenant and not self.token_url:
            raise ValueError("Microsoft needs `tenant`: the directory's id or domain")
        return self


class SmtpRelay(Noun):
    """A mail service that takes messages over."""

    kind: Literal["smtp"]
    preset: Preset | None = None
    """Gives what is left out here the values that this service is known to want."""
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "plaintext"] = "starttls"
    """plaintext is for loopback only."""
    username: str = ""
    password_env: str = ""
    """Name of the environment variable that holds the password."""
    password_file: str = ""
    """File that holds the password, readable by its owner only."""
    oauth: OAuth | None = None
    """Instead of a password."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    connections: Annotated[int, Field(ge=1, le=50)] = 2
    messages_per_connection: Annotated[int, Field(ge=1)] | None = None
    """After so many a new connection is made; None: as many as the server takes."""
    per_second: Annotated[float, Field(gt=0, le=10_000)] | None = None
    per_minute: Annotated[int, Field(ge=1)] | None = None
    per_hour: Annotated[int, Field(ge=1)] | None = None
    per_day: Annotated[int, Field(ge=1)] | None = None
    """In any 24 hours."""
    domains: dict[str, Limits] = {}
    """Recipient domain → its own limits through this relay; "*" is for each that is not named."""
    dkim: bool = True
    """Whether we sign, where [[dkim]] has a key for the sender's domain; False where the relay does."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 60
    """Seconds to wait for each answer but the last."""
    dot_timeout: Annotated[float, Field(gt=0, le=1200)] = 600
    """Seconds to wait for the answer to a whole message (RFC 5321 4.5.3.2.6)."""
    local_hostname: str = ""

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("preset") in PRESETS:
            return {**PRESETS[data["preset"]], **data}
        return data

    @model_validator(mode="after")
    def _safe(self) -> SmtpRelay:
        if self.security == "plaintext" and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError('security "plaintext" is for loopback only; use "starttls" or "tls"')
        if self.oauth and (self.password_env or self.password_file):
            raise ValueError("log in by `oauth` or by a password, not by both")
        if self.oauth and not self.username:
            raise ValueError("`oauth` needs a `username`: the mailbox to log in to")
        if self.username and not self.oauth and bool(self.password_env) == bool(self.password_file):
            raise ValueError("a username needs either `password_env` or `password_file`, or [oauth]")
        return self

    @property
    def limits(self) -> Limits:
        """How fast it may be used."""
        return Limits(
            per_second=self.per_second,
            per_minute=self.per_minute,
            per_hour=self.per_hour,
            per_day=self.per_day,
        )


RelaySettings = Annotated[OutboxRelay | SmtpRelay, Field(discriminator="kind")]
