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


@dataclass
class TokenPeer:
    """What it is to say, and what it was asked."""

    answers: deque[tuple[int, bytes]] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

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
            status, content = peer.answers.popleft() if peer.answers else (200, b'{"access_token": "spare"}')
            self.send_response(status)
            for name, value in peer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.port = server.server_port
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
