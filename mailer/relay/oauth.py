"""Access tokens for XOAUTH2 (RFC 6749): fetched when a connection is made, kept until shortly before they expire."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

from mailer.errors import RelayError
from mailer.relay.aside import aside
from mailer.relay.place import is_loopback

EARLY: Final = 60.0
"""Seconds before its end after which a token is not used any more."""
LIFETIME: Final = 3600.0
"""Of a token whose answer does not say it (RFC 6749 5.1)."""
LONGEST: Final = 86_400.0
"""Of any token, whatever its answer says."""
PATIENCE: Final = 30.0
"""Seconds until an answer that is not whole counts for none."""
GRACE: Final = 1.0
"""Seconds that a stop waits for an answer: a refresh token that is good once only may be in it."""

MICROSOFT_APP: Final = "https://outlook.office365.com/.default"
MICROSOFT_PERSON: Final = "https://outlook.office.com/SMTP.Send offline_access"
GOOGLE_URL: Final = "https://oauth2.googleapis.com/token"

SPENT: Final = "invalid_grant"
AGAIN = "Log in again as the mailbox's owner, and put the new refresh token in the place of the old one."
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    SPENT: ("the permission was withdrawn or has expired", AGAIN),
    "invalid_client": (
        "the client id is not known, or the client secret is wrong or has expired",
        "Make a new secret where the app is registered, and put it in the place of the old one.",
    ),
    "unauthorized_client": (
        "the app may not log in this way",
        "Check `client_id` and `tenant`, and that an administrator has agreed to the app's permission to send.",
    ),
    "invalid_scope": (
        "the app has no such permission",
        "Leave `scope` out, or write what the provider asks for.",
    ),
    "interaction_required": ("the provider wants the mailbox's owner to log in in person", AGAIN),
}
PASSING: Final = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
TOO_MANY = 429
BROKEN = 500


class TokenError(RelayError):
    """No access token could be had. `is_passing`: waiting may help; else a person must look.

    `code` is the provider's own word for it (RFC 6749 5.2), or "".
    """

    def __init__(self, message: str, hint: str, *, is_passing: bool, code: str = "") -> None:
        super().__init__(message, hint)
        self.is_passing = is_passing
        self.code = code


@dataclass(frozen=True, slots=True)
class Token:
    """What to log in with."""

    value: str = field(repr=False)
    is_cached: bool = False
    """Fetched for an earlier connection, so that a refusal may only mean that it was withdrawn."""


class RefreshStore(Protocol):
    """Where a refresh token is kept. Other programs may exchange it too, and some are good once only."""

    def alone(self, within: float) -> AbstractContextManager[object]:
        """Nobody else exchanges it meanwhile. Raises TimeoutError where others do for so many seconds."""

    def changed(self) -> str:
        """What somebody has put there since we last looked; "" where nobody has."""

    def keep(self, refresh_token: str) -> None:
        """Put this one there."""


def microsoft_url(tenant: str) -> str:
    """Where the directory gives out tokens (v2.0 endpoint)."""
    return f"https://login.microsoftonline.com/{quote(tenant, safe='')}/oauth2/v2.0/token"


@dataclass
class TokenSource:
    """Where a mail service's access tokens come from; one for all its connections.

    With a refresh token it asks in its owner's name, without one in the app's own (client credentials). Raises
    RelayError for a `token_url` that would carry secrets in the clear.
    """

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""
    store: RefreshStore | None = field(default=None, repr=False)
    """Where the refresh token came from, and where the one goes that is given in exchange (RFC 6749 6)."""
    _value: str = field(default="", init=False, repr=False)
    _ends_at: float = field(default=0.0, init=False, repr=False)
    _fetching: Future[str | TokenError] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what would send secrets in the clear."""
        place = urlsplit(self.token_url)
        is_safe = place.scheme == "https" or (place.scheme == "http" and is_loopback(place.hostname or ""))
        if not is_safe or not place.hostname:
            raise RelayError(
                f"Tokens cannot be fetched from {self.token_url}: the secret would go unencrypted.",
                "`token_url` must begin with https://",
            )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be blotted out of every text."""
        return tuple(secret for secret in (self._value, self.refresh_token, self.client_secret) if secret)

    async def token(self, refused: str = "") -> Token:
        """A token that is good for a minute at least, and is not the `refused` one. Raises TokenError."""
        if self._value and self._value != refused and time.monotonic() < self._ends_at:
            return Token(self._value, is_cached=True)
        if self._fetching is None or self._fetching.done():
            self._value = ""
            self._fetching = aside(self._fetch)
        found = await self._fetched(self._fetching)
        if isinstance(found, TokenError):
            raise found
        return Token(found)

    async def _fetched(self, fetching: Future[str | TokenError]) -> str | TokenError:
        """What comes of it, or has not come in time; it goes on and keeps what it gets, though nobody waits."""
        result = asyncio.wrap_future(fetching)
        try:
            await asyncio.wait({result}, timeout=PATIENCE)
        except asyncio.CancelledError:
            if self.refresh_token:
                await asyncio.wait({result}, timeout=GRACE)
            raise
        else:
            if result.done():
                return result.result()
        finally:
            result.cancel()
        return self._failed(
            f"does not answer within {PATIENCE:g} seconds", "Try again later.", is_passing=True
        )

    def _fetch(self) -> str | TokenError:
        """A new access token. In a thread of its own, and with a refresh token that nobody else exchanges."""
        try:
            with self.store.alone(PATIENCE) if self.store else nullcontext():
                return self._exchange()
        except TokenError as error:
            return error
        except TimeoutError:
            return self._failed("is being asked by another program", "Try again later.", is_passing=True)

    def _exchange(self) -> str:
        self._catch_up()
        asked_at = time.monotonic()
        try:
            answer = self._ask()
        except TokenError as error:
            # Somebody may have exchanged it without our lock, or a person have put a new one there.
            if error.code != SPENT or not self._catch_up():
                raise
            answer = self._ask()
        return self._take(answer, asked_at)

    def _catch_up(self) -> bool:
        """Take the refresh token that somebody has kept since we last looked; whether there is one."""
        changed = self.store.changed() if self.store else ""
        self.refresh_token = changed or self.refresh_token
        return bool(changed)

    def _ask(self) -> Mapping[str, object]:
        # Heavy, and not needed where a password is used.
        from mailer.relay.form_post import post_form

        fields = {"client_id": self.client_id, "grant_type": "client_credentials"}
        if self.refresh_token:
            fields |= {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        if self.client_secret:
            fields["client_secret"] = self.client_secret
        if self.scope:
            fields["scope"] = self.scope
        return self._read(*post_form(self.token_url, urlencode(fields).encode(), PATIENCE))

    def _read(self, status: int, raw: bytes) -> Mapping[str, object]:
        """The answer as an object; TokenError where it is a refusal, or none at all."""
        if status == 0:
            raise self._failed(
                f"cannot be reached: {self._shown(raw.decode())}", "Check the network.", is_passing=True
            )
        if status >= BROKEN or status == TOO_MANY:
            raise self._failed(f"is in trouble (HTTP {status})", "Try again later.", is_passing=True)
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self._failed(
                f"does not answer in JSON (HTTP {status})", "Check `token_url`.", is_passing=False
            )
        error = answer.get("error")
        if error or not _is_token(answer.get("access_token")):
            raise self._refused(error if isinstance(error, str) else "no access_token in the answer", answer)
        return answer

    def _take(self, answer: Mapping[str, object], asked_at: float) -> str:
        value, renewed = str(answer["access_token"]), answer.get("refresh_token")
        self._ends_at = asked_at + _lifetime(answer.get("expires_in")) - EARLY
        self._value = value
        if self.refresh_token and _is_token(renewed) and renewed != self.refresh_token:
            self.refresh_token = str(renewed)
            if self.store is not None:
                self.store.keep(self.refresh_token)
        return value

    def _refused(self, error: str, answer: Mapping[str, object]) -> TokenError:
        words, hint = REFUSALS.get(error, (f"it says {self._shown(error)}", "Check [relays.NAME.oauth]."))
        told = answer.get("error_description")
        said = self._shown(told.partition("\n")[0]) if isinstance(told, str) else ""
        what = f"gives no token: {words}" + (f" ({said})" if said else "")
        return self._failed(what, hint, is_passing=error in PASSING, code=error)

    def _failed(self, what: str, hint: str, *, is_passing: bool, code: str = "") -> TokenError:
        host = urlsplit(self.token_url).hostname
        return TokenError(f"The login service {host} {what}.", hint, is_passing=is_passing, code=code)

    def _shown(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return "".join(sign if sign.isprintable() else " " for sign in text)[:200].strip().rstrip(".")


def _is_token(value: object) -> bool:
    """Whether it is one as RFC 6749 writes them (appendix A.12): printable ASCII."""
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()


def _lifetime(said: object) -> float:
    """Seconds, from an answer's `expires_in`."""
    try:
        return min(float(said), LONGEST) if isinstance(said, (int, float, str)) else LIFETIME
    except (ValueError, OverflowError):
        return LIFETIME
