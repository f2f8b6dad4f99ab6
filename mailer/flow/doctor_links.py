"""What has to be reached: the mail service, and our own web address. Nothing is sent."""

from __future__ import annotations

import asyncio
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

from mailer.config import Config, PublicMode, Workspace
from mailer.errors import MailerError
from mailer.flow.doctor_words import Examined, bad, good, unknown
from mailer.flow.ready import KNOCK, place_of
from mailer.flow.relays import is_practice, open_relay
from mailer.model.message import RelayTrouble
from mailer.relay import ConnectFailure, Relay, SmtpConnection

Connect = Callable[[Workspace, str, str], AbstractAsyncContextManager[Relay]]
Fetch = Callable[[str], int]
"""Address → status of the answer. Raises OSError or HTTPException where there is none."""

OLD = ("TLSv1", "TLSv1.1", "SSLv3")
ENDING = timedelta(days=14)
SERVER_TROUBLE = 500


async def mail_service(workspace: Workspace, name: str, connect: Connect = open_relay) -> list[Examined]:
    """Connect, encrypt, log in, and say what the mail service told of itself."""
    if is_practice(workspace, name):
        return [good("relay", "The practice tray needs no connection.")]
    where = f"{name} ({place_of(workspace, name)})"
    try:
        async with connect(workspace, name, "") as relay, asyncio.timeout(KNOCK):
            connection = await relay.connect()
            try:
                return _described(where, connection) if isinstance(connection, SmtpConnection) else []
            finally:
                with suppress(TimeoutError):
                    await connection.close()
    except ConnectFailure as failure:
        is_passing = failure.outcome.reply is not None and failure.outcome.relay is not RelayTrouble.STOP
        return [(unknown if is_passing else bad)("relay", failure.message, failure.hint)]
    except TimeoutError:
        words = f"The mail service {where} did not answer within {KNOCK:g} seconds."
        return [bad("relay", words, "Check host, port and security in mailer.toml, and the network.")]
    except MailerError as error:
        return [bad("relay", error.message, error.hint)]


def _described(where: str, connection: SmtpConnection) -> list[Examined]:
    service, encryption = connection.service, connection.encryption
    limit = (
        f"up to {service.size_limit / 1e6:,.1f} MB a mail"
        if service.size_limit
        else "no limit of size announced"
    )
    found = [good("relay", f"The mail service {where} takes us in; {limit}.")]
    if encryption is None:
        found.append(good("tls", "The connection is on this machine, and not encrypted."))
    elif encryption.version in OLD:
        words = f"The mail service {where} encrypts by {encryption.version}, which is broken."
        found.append(bad("tls", words, "Ask who runs it for TLS 1.2 or later (RFC 8996)."))
    else:
        found.append(_certificate(encryption.version, encryption.valid_until))
    lacking = [
        name for name in ("pipelining", "8bitmime", "enhancedstatuscodes") if name not in service.extensions
    ]
    offered = ", ".join(name.upper() for name in service.extensions) or "none"
    slower = " Without PIPELINING sending is slower." if "pipelining" in lacking else ""
    found.append(good("extensions", f"Extensions: {offered}.{slower}"))
    return found


def _certificate(version: str, until: datetime | None) -> Examined:
    ends = f", certificate good until {until:%d %B %Y}" if until else ""
    if until and until - datetime.now(UTC) < ENDING:
        words = f"Encrypted by {version}{ends}: that is soon."
        return bad("tls", words, "Ask who runs the mail service to renew it.")
    return good("tls", f"Encrypted by {version}{ends}.")


def web_address(config: Config, fetch: Fetch) -> Examined:
    """Whether `public_url` answers, with a certificate that can be trusted."""
    url = config.public_url
    if config.public is PublicMode.NONE:
        return good("web", "Nothing answers on the web (`public = none`): readers unsubscribe by mail.")
    try:
        status = fetch(url)
    except (OSError, HTTPException, ValueError) as error:
        cause = getattr(error, "reason", error)
        if isinstance(cause, ssl.SSLError):
            why = getattr(cause, "verify_message", "") or str(cause)
            return bad(
                "web", f"{url} cannot be trusted: {why}.", "Renew its certificate, or mend `public_url`."
            )
        words = f"{url} does not answer: {getattr(cause, 'strerror', None) or cause}."
        return bad("web", words, "Check `public_url`, the network, and that `mailer public` runs there.")
    if status >= SERVER_TROUBLE:
        return bad("web", f"{url} answers {status}.", "See what the web server says of it in its log.")
    return good("web", f"{url} answers, and its certificate is good.")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that leads elsewhere is an answer."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Go nowhere."""


def fetch_status(url: str, trust: ssl.SSLContext | None = None) -> int:
    """The status with which an https address answers."""
    if not url.startswith("https://"):
        raise ValueError("it does not begin with https://")
    context = trust or ssl.create_default_context()
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())
    try:
        with opener.open(url, timeout=KNOCK) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
