"""A token endpoint on this machine that answers as it is told."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

SPARE = b'{"access_token": "spare"}'


@dataclass
class TokenPeer:
    """What it is to say, and what it was asked."""

    answers: deque[tuple[int, bytes]] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    drips: float = 0.0
    """Answer with one octet in so many seconds, and never come to an end."""
    drips_at: str = "body"
    """Or "head"."""
    good_once: str = ""
    """The one refresh token that is good; it is exchanged for another each time."""
    port: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def end(self) -> None:
        """Drip no more."""
        self.is_over.set()

    def exchange(self, refresh_token: str) -> tuple[int, bytes]:
        """As a provider does whose refresh tokens are good once."""
        if refresh_token != self.good_once:
            return 400, b'{"error": "invalid_grant"}'
        number = int(refresh_token.rpartition("-")[2]) + 1
        self.good_once = f"refresh-{number}"
        answer = {"access_token": f"access-{number}", "expires_in": 3600, "refresh_token": self.good_once}
        return 200, json.dumps(answer).encode()

    def gives(self, *answers: dict[str, object], status: int = 200) -> None:
        self.answers.extend((status, json.dumps(answer).encode()) for answer in answers)


@contextlib.contextmanager
def token_endpoint() -> Iterator[TokenPeer]:
    peer = TokenPeer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.asked.append(dict(parse_qsl(body.decode())))
            time.sleep(peer.delay)
            if peer.drips:
                self.drip()
                return
            if peer.good_once:
                status, content = peer.exchange(peer.asked[-1]["refresh_token"])
            else:
                status, content = peer.answers.popleft() if peer.answers else (200, SPARE)
            self.send_response(status)
            for name, value in peer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def drip(self) -> None:
            self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: " + b"1\r\n\r\n" * (peer.drips_at == "body"))
            with contextlib.suppress(OSError):
                while not peer.is_over.wait(peer.drips):
                    self.wfile.write(b" ")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.port = server.server_port
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.end()
        server.shutdown()
        server.server_close()
        thread.join()
