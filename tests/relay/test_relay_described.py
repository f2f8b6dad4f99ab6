"""A connection says what the server told of itself, for whoever examines it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from relay_peers import PASSWORD, rogue

from mailer.flow.doctor_links import fetch_status


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_encryption_size_and_extensions_are_told(certificate, server_tls, security) -> None:
    async with rogue(server_tls, implicit_tls=security == "tls") as peer:
        relay = peer.relay(security=security, ca_file=str(certificate), username="office", password=PASSWORD)
        connection = await relay.connect()
        assert connection.encryption.version in ("TLSv1.2", "TLSv1.3")
        assert connection.encryption.valid_until > datetime.now(UTC)
        assert connection.service.size_limit == 1_000_000
        assert {"size", "8bitmime"} <= set(connection.service.extensions)
        await connection.close()
        assert peer.held == []


async def test_without_encryption_there_is_nothing_to_tell_of_it() -> None:
    async with rogue() as peer:
        connection = await peer.relay().connect()
        assert connection.encryption is None
        await connection.close()


class Elsewhere(BaseHTTPRequestHandler):
    """Leads to another address, which must not be followed."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", "https://elsewhere.invalid/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def test_an_https_address_answers_and_its_certificate_counts(
    certificate, server_tls, monkeypatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    server.socket = server_tls.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}/"
    serving = asyncio.get_running_loop().run_in_executor(None, server.serve_forever, 0.02)
    try:
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert await asyncio.to_thread(fetch_status, url, trusting) == 302
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            await asyncio.to_thread(fetch_status, url)
    finally:
        server.shutdown()
        await serving
        server.server_close()
    with pytest.raises(ValueError, match="https"):
        fetch_status("http://127.0.0.1/")
