"""Access tokens for XOAUTH2 (RFC 6749): fetched when a connection is made, kept until shortly before they expire."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from mailer.errors import RelayError
from mailer.relay.place import is_loopback

EARLY: Final = 60.0
"""Seconds before its end after which a token is not used any more."""
LIFETIME: Final = 3600.0
"""Of a token whose answer does not say it (RFC 6749 5.1)."""
ANSWER_LIMIT: Final = 65_536
PATIENCE: Final = 30.0

MICROSOFT_APP: Final = "https://outlook.office365.com/.default"
MICROSOFT_PERSON: Final = "https://outlook.office.com/SMTP.Send offline_access"
GOOGLE_URL: Final = "https://oauth2.googleapis.com/token"

AGAIN = "Log in again as the mailbox's owner, and put the new refresh token in the place of the old one."
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "invalid_grant": ("the permission was withdrawn or has expired", AGAIN),
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
    """No access token could be had. `is_passing`: waiting may help; else a person must look."""

    def __init__(self, message: str, hint: str, *, is_passing: bool) -> None:
        super().__init__(message, hint)
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True)
class Token:
    """What to log in with."""

    value: str = field(repr=False)
    is_cached: bool = False
    """Fetched for an earlier connection, so that a refusal may only mean that it was withdrawn."""


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
    keep: Callable[[str], None] | None = field(default=None, repr=False)
    """Told when the provider gives a new refresh token in exchange (RFC 6749 6)."""
    _value: str = field(default="", init=False, repr=False)
    _ends_at: float = field(default=0.0, init=False, repr=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

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
        async with self._lock:
            if self._value and self._value != refused and time.monotonic() < self._ends_at:
                return Token(self._value, is_cached=True)
            self._value = ""
            asked_at = time.monotonic()
            status, raw = await asyncio.to_thread(self._post)
            self._take(self._read(status, raw), asked_at)
            return Token(self._value)

    def _post(self) -> tuple[int, bytes]:
        fields = {"client_id": self.client_id, "grant_type": "client_credentials"}
        if self.refresh_token:
            fields |= {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        if self.client_secret:
            fields["client_secret"] = self.client_secret
        if self.scope:
            fields["scope"] = self.scope
        return _post(self.token_url, urlencode(fields).encode())

    def _read(self, status: int, raw: bytes) -> Mapping[str, object]:
        """The answer as an object; TokenError where it is a refusal, or none at all."""
        if status == 0:
            raise self._failed(f"cannot be reached: {raw.decode()}", "Check the network.", is_passing=True)
        if status >= BROKEN or status == TOO_MANY:
            raise self._failed(f"is in trouble (HTTP {status})", "Try again later.", is_passing=True)
        try:
            answer = json.loads(raw)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._failed(
                f"does not answer in JSON (HTTP {status})", "Check `token_url`.", is_passing=False
            )
        error = answer.get("error")
        if error or not isinstance(answer.get("access_token"), str) or not answer["access_token"]:
            raise self._refused(str(error or "no access_token in the answer"), answer)
        return answer

    def _take(self, answer: Mapping[str, object], asked_at: float) -> None:
        seconds = answer.get("expires_in")
        try:
            lifetime = float(seconds) if isinstance(seconds, (int, float, str)) else LIFETIME
        except ValueError:
            lifetime = LIFETIME
        self._value, self._ends_at = str(answer["access_token"]), asked_at + lifetime - EARLY
        renewed = answer.get("refresh_token")
        if self.refresh_token and isinstance(renewed, str) and renewed and renewed != self.refresh_token:
            self.refresh_token = renewed
            if self.keep is not None:
                self.keep(renewed)

    def _refused(self, error: str, answer: Mapping[str, object]) -> TokenError:
        words, hint = REFUSALS.get(error, (f"it says {self._shown(error)}", "Check [relays.NAME.oauth]."))
        said = self._shown(str(answer.get("error_description") or "").partition("\n")[0])
        return self._failed(
            f"gives no token: {words}" + (f" ({said})" if said else ""), hint, is_passing=error in PASSING
        )

    def _failed(self, what: str, hint: str, *, is_passing: bool) -> TokenError:
        host = urlsplit(self.token_url).hostname
        return TokenError(f"The login service {host} {what}.", hint, is_passing=is_passing)

    def _shown(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return "".join(sign if sign.isprintable() else " " for sign in text)[:200].strip().rstrip(".")


def _post(url: str, body: bytes) -> tuple[int, bytes]:
    """Status and content of the answer; status 0 and the reason where there was none. No redirect is followed."""
    # Heavy, and not needed where a password is used.
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    handlers = [ProxyHandler({})] if is_loopback(urlsplit(url).hostname or "") else []
    request = Request(url, data=body, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with build_opener(Stay, *handlers).open(request, timeout=PATIENCE) as answer:
            return int(answer.status), bytes(answer.read(ANSWER_LIMIT))
    except HTTPError as error:
        with error:
            return int(error.code), bytes(error.read(ANSWER_LIMIT))
    except URLError as error:
        return 0, str(error.reason).encode()
    except (OSError, HTTPException) as error:
        return 0, (str(error) or type(error).__name__).encode()
