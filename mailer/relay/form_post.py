"""A form posted over HTTP, with one time limit for the whole answer: a plain timeout begins anew with each octet."""

from __future__ import annotations

import io
import socket
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Final, cast
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from mailer.relay.place import is_loopback

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ANSWER_LIMIT: Final = 65_536


def post_form(url: str, body: bytes, within: float) -> tuple[int, bytes]:
    """Status and content of the answer, cut at ANSWER_LIMIT; status 0 and the reason where there was none.

    No redirect is followed. Connecting, the handshake and the answer may each take `within` seconds.
    """
    handlers = [_Http(), _Https(), _AsItIs(), *([ProxyHandler({})] if _is_here(url) else [])]
    request = Request(url, data=body, headers={"Accept": "application/json"})  # noqa: S310
    try:
        with build_opener(*handlers).open(request, timeout=within) as answer:
            return int(answer.status), bytes(answer.read(ANSWER_LIMIT))
    except URLError as error:
        return 0, str(error.reason).encode(errors="replace")
    except (OSError, HTTPException, ValueError) as error:
        return 0, (str(error) or type(error).__name__).encode(errors="replace")


def _is_here(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


class _Until(io.RawIOBase):
    """What comes in on a link until its timeout, counted once from the beginning, is over."""

    def __init__(self, raw: io.RawIOBase, link: socket.socket) -> None:
        self._raw, self._link = raw, link
        within = link.gettimeout()
        self._ends_at = None if within is None else time.monotonic() + within

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if self._ends_at is not None:
            left = self._ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._link.settimeout(left)
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_Until(self.fp.detach(), sock))


class _Link(HTTPConnection):
    response_class = _Answer


class _SecureLink(HTTPSConnection):
    response_class = _Answer


class _Http(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Link, req)


class _Https(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_SecureLink, req)


class _AsItIs(HTTPErrorProcessor):
    """Every status is an answer."""

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:  # noqa: ARG002
        return response

    https_response = http_response
