"""One question to one site: its name is resolved, checked, and connected to at the checked address."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from mailer import __version__
from mailer.model.visit import INSIDE, Found
from mailer.web.addresses import public_only
from mailer.web.resolving import Resolve, resolve

PORTS = {"http": 80, "https": 443}
SECONDS = 12.0
"""The most that one answer may take, from the resolver to the last header."""
MOST_SIGNS = 4_000
"""Of an address that is asked for."""
MOST_ADDRESSES = 3
"""Of a site that are tried, one after another."""

HEADERS = (
    ("User-Agent", f"mailer/{__version__} (checks the links of a newsletter before it is sent)"),
    ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("Accept-Encoding", "identity"),
    ("Connection", "close"),
)


class NoAnswerError(Exception):
    """There is no answer, and what that means: `found` and a reason that ends the sentence "The site …"."""

    def __init__(self, found: Found, reason: str) -> None:
        super().__init__(reason)
        self.found = found
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, and where to go on from there."""

    status: int
    location: str = ""


@dataclass(frozen=True, slots=True)
class Web:
    """How sites are reached: by which resolver, and over which transport."""

    resolve: Resolve
    transport: Callable[[], httpx.AsyncBaseTransport]
    """A new one for each run. It is given addresses, never names: the name stands in `Host` and for TLS."""
    seconds: float = SECONDS
    pause: float = 0.5
    """Seconds between two questions to the same site."""


def public_web() -> Web:
    """The internet, by the machine's own resolver: no proxy, no cookie, no login, nothing from the environment."""
    return Web(resolve, _transport)


def _transport() -> httpx.AsyncBaseTransport:
    trust = httpx.create_ssl_context(trust_env=False)
    trust.load_default_certs()
    # A connection that is kept would be used for another name at the same address, unseen by its certificate.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=trust, trust_env=False, limits=limits, retries=0)


def readable(text: str) -> httpx.URL:
    """An address that may be asked for. NoAnswerError with the reason where it may not."""
    if len(text) > MOST_SIGNS:
        raise NoAnswerError(Found.UNASKED, f"has an address of {len(text):,} signs")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise NoAnswerError(Found.UNASKED, "has an address that cannot be read") from error
    # Never `host`: it decodes names (IDNA 2008) that resolvers know, and some cannot be decoded.
    if url.scheme not in PORTS or not url.raw_host:
        raise NoAnswerError(Found.UNASKED, "is no web site (http or https)")
    if url.userinfo:
        raise NoAnswerError(Found.UNASKED, "has an address with a name or password in it")
    if (url.port or PORTS[url.scheme]) not in PORTS.values():
        raise NoAnswerError(Found.UNASKED, f"listens at port {url.port}; only 80 and 443 are asked")
    return url


async def ask(web: Web, transport: httpx.AsyncBaseTransport, method: str, url: httpx.URL) -> Answer:
    """The status that a site answers with; the body is not read. NoAnswerError where there is none."""
    try:
        async with asyncio.timeout(web.seconds):
            return await _ask_any(web, transport, method, url)
    except (TimeoutError, httpx.TimeoutException) as error:
        raise NoAnswerError(Found.UNREACHED, f"did not answer within {web.seconds:g} seconds") from error
    except httpx.ConnectError as error:
        raise _unreached(error) from error
    except httpx.HTTPError as error:
        raise NoAnswerError(Found.TROUBLE, "answers, but not as a web site does") from error
    except OSError as error:
        raise _unresolved(error) from error


async def _ask_any(web: Web, transport: httpx.AsyncBaseTransport, method: str, url: httpx.URL) -> Answer:
    port = url.port or PORTS[url.scheme]
    addresses, wrong = public_only(await web.resolve(name_of(url), port))
    if wrong:
        raise NoAnswerError(Found.TROUBLE, f"leads to {wrong}, {INSIDE}")
    if not addresses:
        raise NoAnswerError(Found.UNREACHED, "is not known under that name")
    tried = addresses[:MOST_ADDRESSES]
    for address in tried[:-1]:
        try:
            return await _ask_at(address, transport, method, url, web.seconds / len(tried))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _ask_at(tried[-1], transport, method, url, web.seconds)


async def _ask_at(
    address: str, transport: httpx.AsyncBaseTransport, method: str, url: httpx.URL, connect: float
) -> Answer:
    request = httpx.Request(
        method,
        url.copy_with(host=address, fragment=None),
        headers=[("Host", url.netloc.decode("ascii")), *HEADERS],
        extensions={
            "timeout": {"connect": connect, "read": None, "write": None, "pool": None},
            "sni_hostname": name_of(url),
        },
    )
    response = await transport.handle_async_request(request)
    try:
        return Answer(response.status_code, response.headers.get("Location", "").strip())
    finally:
        await response.aclose()


def name_of(url: httpx.URL) -> str:
    """The site's name in ASCII (RFC 5891), as resolvers and certificates have it."""
    return url.raw_host.decode("ascii").strip("[]").rstrip(".")


def _unreached(error: Exception) -> NoAnswerError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause.verify_message or "")
        if isinstance(cause, ssl.SSLError):
            return NoAnswerError(Found.TROUBLE, "offers no encryption that browsers of today use")
        cause = cause.__cause__ or cause.__context__
    return NoAnswerError(Found.UNREACHED, "takes no connection")


def _untrusted(why: str) -> NoAnswerError:
    if "expired" in why:
        return NoAnswerError(Found.TROUBLE, "has a certificate that has expired; browsers warn of it")
    if "match" in why:
        return NoAnswerError(Found.TROUBLE, "has a certificate for another name; browsers warn of it")
    if "self" in why and "signed" in why:
        return NoAnswerError(Found.TROUBLE, "has a certificate that nobody vouches for; browsers warn of it")
    # Browsers fetch a certificate that is missing in between, and show the page.
    return NoAnswerError(Found.UNCLEAR, f"has a certificate that could not be followed up ({why})")


def _unresolved(error: OSError) -> NoAnswerError:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return NoAnswerError(Found.UNREACHED, "could not be looked up: no name server answered")
    return NoAnswerError(Found.UNREACHED, "is not known under that name")
