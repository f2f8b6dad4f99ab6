"""Sites on this machine that stand for the public web: names resolve to public addresses, and connections to those
end at a server here. Nothing leaves the machine, and the guard has no exception for it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from mailer.web import Web

PUBLIC = "93.184.216.34"
ELSEWHERE = "151.101.1.69"

Reply = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """One question as the site got it."""

    method: str
    path: str
    headers: dict[str, str]
    began: float

    @property
    def url(self) -> str:
        return self.headers["host"] + self.path


@dataclass
class Sites:
    """The little web: pages by host and path, what was asked, and where connections went."""

    pages: dict[str, str | Reply] = field(default_factory=dict)
    """`host/path` → a status line with headers, or what answers."""
    names: dict[str, list[tuple[str, ...] | OSError]] = field(default_factory=dict)
    """Name → what the resolver answers, one question after another; the last for good."""
    asked: list[Asked] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    """Addresses at which nothing listens."""
    port: int = 0
    tls_port: int = 0
    trust: ssl.SSLContext | None = None
    at_once: int = 0
    most_at_once: int = 0

    def web(self, *, seconds: float = 2.0, pause: float = 0.0) -> Web:
        return Web(self.resolve, lambda: _ToHere(self), seconds=seconds, pause=pause)

    async def resolve(self, name: str, port: int) -> tuple[str, ...]:
        answers = self.names.get(name, [(PUBLIC,)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = lines[0].split(" ")
            headers = {
                k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:] if line)
            }
            asked = Asked(method, path, headers, asyncio.get_running_loop().time())
            self.asked.append(asked)
            page = self.pages.get(asked.url, self.pages.get("*", "404 Not Found"))
            if isinstance(page, str):
                status, _, more = page.partition("\n")
                end = "".join(f"{line}\r\n" for line in more.split("\n") if line)
                writer.write(f"HTTP/1.1 {status}\r\n{end}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
            else:
                await page(asked, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


class _ToHere(httpx.AsyncBaseTransport):
    """Takes every connection to the server on this machine, and notes where it was meant to go."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=sites.trust or True, trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        tls = request.url.scheme == "https"
        address = request.url.host
        self._sites.connected.append((address, request.url.port or (443 if tls else 80)))
        if address in self._sites.refusing:
            raise httpx.ConnectError("refused")
        request.url = request.url.copy_with(
            host="127.0.0.1", port=self._sites.tls_port if tls else self._sites.port
        )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def some_sites(
    pages: Mapping[str, str | Reply],
    identity: ssl.SSLContext | None = None,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[Sites]:
    sites = Sites(dict(pages), trust=trust)
    servers = [await asyncio.start_server(sites.serve, "127.0.0.1", 0, limit=1 << 20)]
    sites.port = servers[0].sockets[0].getsockname()[1]
    if identity:
        servers.append(await asyncio.start_server(sites.serve, "127.0.0.1", 0, ssl=identity))
        sites.tls_port = servers[1].sockets[0].getsockname()[1]
    try:
        yield sites
    finally:
        for server in servers:
            server.close()
