"""A connection says what the server told of itself, for whoever examines it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from relay_peers import PASSWORD, rogue

from mailer.flow.doctor_links import fetch_status
from mailer.relay import ConnectFailure


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


@pytest.mark.parametrize("size", ["9" * 21, "9" * 400, "9" * 5_000, "-1", "1e6", "٣٣", "33 44", ""])
async def test_a_size_that_no_message_can_have_is_none_announced(size: str) -> None:
    async with rogue() as peer:
        peer.order("EHLO", f"raw:250 SIZE {size.encode().decode('latin-1')}\r\n")
        connection = await peer.relay().connect()
        assert (connection.service.size_limit, connection.service.announces_size) == (0, True)
        await connection.close()


async def test_the_largest_size_there_can_be_is_a_limit() -> None:
    async with rogue() as peer:
        peer.order("EHLO", f"raw:250 SIZE {'9' * 20}\r\n")
        connection = await peer.relay().connect()
        assert connection.service.size_limit == 10**20 - 1
        await connection.close()


EVIL = "250-X\x1b[2J\x1b]0;P\x07 a\r\n250-\xe2\x80\xaeEVIL\r\n250-\x00\xff\xfe\r\n250-" + "L" * 8_000 + "\r\n"


async def test_only_names_that_extensions_can_have_are_told() -> None:
    async with rogue() as peer:
        peer.order("EHLO", f"raw:{EVIL}250-8BITMIME\r\n250 X-OWN1\r\n")
        connection = await peer.relay().connect()
        assert set(connection.service.extensions) == {"size", "8bitmime", "auth", "x-own1"}
        await connection.close()


async def test_only_names_that_ways_to_log_in_can_have_are_told() -> None:
    async with rogue(auth_exclude_mechanism=["LOGIN", "PLAIN", "CRAM-MD5", "XOAUTH2"]) as peer:
        peer.order(
            "EHLO", "raw:250-AUTH GSSAPI X\x1b[2J \xff\xfe SCRAM-SHA-1 " + "L" * 8_000 + "\r\n250 HELP\r\n"
        )
        with pytest.raises(ConnectFailure, match=r"\(it offers GSSAPI, SCRAM-SHA-1\)"):
            await peer.relay(username="office", password=PASSWORD).connect()


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
