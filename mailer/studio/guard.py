"""Who may talk to the studio: only a browser on this machine that was given the token.

Every request is looked at, the WebSocket handshake too: which machine it means (Host), which page sent it
(Origin), and whether it carries the token. Against other pages in the same browser and DNS rebinding.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PAGE_MARK = "x-nicegui-content"
SCRIPT = re.compile(rb"<script(?=[\s>])")

REFUSED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not let in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;
padding:0 1.5rem}h1{font-size:1.4rem}code{font-family:ui-monospace,monospace}</style>
<h1>This studio does not know you yet.</h1><p>It opens only from the address that <code>mailer studio</code>
prints in the terminal, the one that ends in <code>?token=…</code>. Open that address once; after that this
browser is remembered until the studio is closed.</p></html>"""


class Keys:
    """The token of one run, and keys for single addresses that a sandboxed frame may fetch without it."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def is_token(self, given: str) -> bool:
        """Whether that is the token, compared in constant time."""
        return hmac.compare_digest(given.encode(), self._token)

    def sign(self, path: str) -> str:
        """`path` with a key that opens it, and nothing else, without the cookie."""
        return f"{quote(path)}?key={self._key(path)}"

    def opens(self, path: str, key: str) -> bool:
        """Whether the key was made for that path."""
        return hmac.compare_digest(key.encode(), self._key(path).encode())

    def _key(self, path: str) -> str:
        return hmac.new(self._token, path.encode("utf-8", "surrogatepass"), sha256).hexdigest()


class Guard:
    """ASGI middleware: 403 for other hosts, other origins and whoever has no token; safe headers for the rest."""

    def __init__(self, app: ASGIApp, *, keys: Keys, port: int, signed: tuple[str, ...] = ()) -> None:
        self.app = app
        self.keys = keys
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"})
        self.cookie = f"saiga_studio_{port}"
        self.signed = signed
        """Beginnings of the paths that a signed address may open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, redirect it, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (answer := self._answer(scope, headers)) is not None:
            await _refuse(answer, scope, receive, send)
            return
        if scope["type"] == "http":
            send = _Sealed(send, headers.get("host", "")).send
        await self.app(scope, receive, send)

    def _answer(self, scope: Scope, headers: Headers) -> Response | None:
        if headers.get("host", "").lower() not in self.hosts:
            return _forbidden("This studio answers only on this machine.")
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        path: str = scope["path"]
        origins = {origin.lower() for origin in headers.getlist("origin")}
        # A sandboxed frame is nobody's origin: its browser says "null" when it fetches a picture.
        if self._is_signed(scope, query) and origins <= {"null"}:
            return None
        if any(origin.removeprefix("http://") not in self.hosts for origin in origins):
            return _forbidden("Another page may not use this studio.")
        if scope["type"] == "http" and (given := [value for name, value in query if name == "token"]):
            return self._enter(path, given[0], query)
        if any(self.keys.is_token(value) for value in _cookies(headers, self.cookie)):
            return None
        return _forbidden(REFUSED)

    def _is_signed(self, scope: Scope, query: Iterable[tuple[str, str]]) -> bool:
        """Whether the address carries the key that was made for exactly this path."""
        path: str = scope["path"]
        if scope["type"] != "http" or scope["method"] != "GET" or not path.startswith(self.signed):
            return False
        return any(name == "key" and self.keys.opens(path, value) for name, value in query)

    def _enter(self, path: str, given: str, query: Iterable[tuple[str, str]]) -> Response:
        if not self.keys.is_token(given):
            return _forbidden(REFUSED)
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        clean = "/" + path.lstrip("/\\")
        answer = RedirectResponse(clean + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(self.cookie, given, httponly=True, samesite="strict", path="/")
        answer.headers.update(HEADERS | {"Cache-Control": "no-store"})
        return answer


class _Sealed:
    """Adds the headers to an answer; pages get a policy in which only their own scripts run."""

    def __init__(self, send: Send, host: str) -> None:
        self._send = send
        self._host = host
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if PAGE_MARK in headers:
                self._start = message
                return
            headers.setdefault("Content-Security-Policy", "default-src 'self'; frame-ancestors 'self'")
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        # What people wrote stands in the page escaped, so each literal script tag is the page's own.
        nonce = secrets.token_urlsafe(16)
        body = SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', self._body)
        headers = MutableHeaders(scope=start)
        headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = page_policy(nonce, self._host)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def page_policy(nonce: str, host: str) -> str:
    """The policy of the studio's own pages: nothing from elsewhere, no inline script without the nonce.

    NiceGUI turns event handlers from text into functions, and sets styles inline: hence the two `unsafe`.
    """
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; font-src 'self'; connect-src 'self' ws://{host}; frame-src 'self'; "
        "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        # Closed before it was accepted: the server answers the handshake with 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, send)


def _forbidden(words: str) -> Response:
    page = (
        words if words.startswith("<!doctype") else f"<!doctype html><title>Not let in</title><p>{words}</p>"
    )
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(page, status_code=403, headers=HEADERS | policy | {"Cache-Control": "no-store"})


def _cookies(headers: Headers, name: str) -> list[str]:
    found = []
    for line in headers.getlist("cookie"):
        try:
            jar = SimpleCookie(line)
        except CookieError:
            continue
        if name in jar:
            found.append(jar[name].value)
    return found
