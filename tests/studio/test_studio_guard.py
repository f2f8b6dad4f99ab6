"""Nobody but a browser on this machine that was given the token gets anything from the studio."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import sys
from urllib.parse import quote

import pytest
from studio_server import PROGRAM, SLUG, RunningStudio

from mailer.errors import PortInUseError
from mailer.studio.guard import Keys
from mailer.studio.server import listen_on

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def handshake(studio: RunningStudio, **headers: str) -> int:
    """Status of a WebSocket handshake at NiceGUI's address."""
    sent = {
        "Host": f"127.0.0.1:{studio.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    } | headers
    lines = ["GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    with socket.create_connection(("127.0.0.1", studio.port), timeout=30) as link:
        link.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(link.recv(4096).split()[1])


PATHS = (
    "/",
    f"/issues/{SLUG}",
    "/tray",
    "/sendings",
    "/groups",
    f"/mail/{SLUG}/en-000000",
    "/tray-raw/20200101T000000-tracked",
    "/tray-html/20200101T000000-tracked",
    "/studio-static/studio.js",
    "/_nicegui_ws/socket.io/?EIO=4&transport=polling",
    "/nothing-here",
)


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_given(studio: RunningStudio, path: str) -> None:
    status, _, body = studio.get(path)
    assert status == 403
    assert b"mailer studio" in body


@pytest.mark.parametrize("path", PATHS)
def test_another_host_name_is_refused_even_with_the_token(studio: RunningStudio, path: str) -> None:
    assert studio.enter(path, Host="evil.test")[0] == 403
    assert studio.enter(path, Host=f"evil.test:{studio.port}")[0] == 403
    assert studio.enter(path, Host=f"127.0.0.1.evil.test:{studio.port}")[0] == 403
    assert studio.enter(path, Host="127.0.0.1:1")[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_another_origin_is_refused_even_with_the_token(studio: RunningStudio, origin: str) -> None:
    assert studio.enter("/", Origin=origin)[0] == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_the_names_of_this_machine_are_known(studio: RunningStudio, name: str) -> None:
    host = f"{name}:{studio.port}"
    assert studio.enter("/groups", Host=host, Origin=f"http://{host}")[0] == 200


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_page_can_use(studio: RunningStudio) -> None:
    status, headers, _ = studio.get(f"/tray?sending=abc&token={studio.token}")
    assert status == 303
    assert headers["location"] == "/tray?sending=abc"
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert studio.token not in headers["location"]


@pytest.mark.parametrize("token", ["", "x", "Ä", "%00", "..."])
def test_a_wrong_token_opens_nothing(studio: RunningStudio, token: str) -> None:
    status, headers, _ = studio.get(f"/?token={quote(token)}")
    assert status == 403
    assert "set-cookie" not in headers
    assert studio.get("/", Cookie=f"saiga_studio_{studio.port}={quote(token)}")[0] == 403


def test_a_token_in_the_address_never_redirects_to_another_host(studio: RunningStudio) -> None:
    for path in ("//evil.test/", "/%5Cevil.test/", "///evil.test"):
        status, headers, _ = studio.get(f"{path}?token={studio.token}")
        assert status == 303
        assert headers["location"].startswith("/")
        assert not headers["location"].startswith(("//", "/\\"))


def test_the_websocket_handshake_is_guarded_too(studio: RunningStudio) -> None:
    own = f"http://127.0.0.1:{studio.port}"
    assert handshake(studio, Cookie=studio.cookie, Origin=own) == 101
    assert handshake(studio, Cookie=studio.cookie, Origin="http://evil.test") == 403
    assert handshake(studio, Cookie=studio.cookie, Origin="null") == 403
    assert handshake(studio, Cookie=studio.cookie, Host="evil.test") == 403
    assert handshake(studio, Origin=own) == 403
    assert handshake(studio, Cookie=f"saiga_studio_{studio.port}=wrong", Origin=own) == 403


def test_pages_run_only_their_own_scripts(studio: RunningStudio) -> None:
    _, headers, body = studio.enter("/groups")
    policy = headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert len(nonce) > 20
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-inline" not in scripts
    assert body.count(b"<script") == body.count(f'<script nonce="{nonce}"'.encode())
    assert studio.enter("/groups")[1]["content-security-policy"] != policy
    for word in ("http:", "https:", "*"):
        assert word not in policy.replace(f"ws://127.0.0.1:{studio.port}", "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_mail_html_is_shut_in(studio: RunningStudio) -> None:
    status, headers, body = studio.enter("/tray-html/20200101T000000-tracked")
    assert status == 200
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'")
    assert policy.endswith("; sandbox")
    assert b'<base target="_blank">' in body
    without = studio.enter("/tray-html/20200101T000000-tracked?images=0")
    assert "img-src 'none'" in without[1]["content-security-policy"]
    assert b"tracker.example.org" not in without[2]


def test_pictures_open_with_their_own_key_and_no_other(studio: RunningStudio) -> None:
    version = next(iter(versions(studio)))
    _, _, html = studio.enter(f"/mail/{SLUG}/{version}?to=everyone")
    begin = html.index(b"/picture/")
    address = html[begin : html.index(b'"', begin)].decode()
    status, headers, content = studio.get(address)
    assert (status, headers["content-type"]) == (200, "image/jpeg")
    assert content[:2] == b"\xff\xd8"
    path, key = address.split("?")
    assert studio.get(address, Origin="null")[0] == 200, "browsers say so in a sandboxed frame"
    assert studio.get(address, Origin="http://evil.test")[0] == 403
    assert studio.get(address, Host="evil.test")[0] == 403
    assert studio.get(path)[0] == 403
    assert studio.get(f"{path[:-1]}0?{key}")[0] == 403
    assert studio.get(f"/?{key}")[0] == 403
    assert studio.get(f"/tray?{key}")[0] == 403


def versions(studio: RunningStudio) -> list[str]:
    """Keys of the versions, as the page of the issue names them."""
    _, _, page = studio.enter(f"/issues/{SLUG}")
    return re.findall(r'"data-version":"(en-[0-9a-f]{6})"', page.decode())


@pytest.mark.parametrize(
    "path",
    [
        "/tray-raw/..%2f..%2fmailer",
        "/tray-raw/../../mailer",
        "/tray-html/%2e%2e/x",
        "/tray-file/99/20200101T000000-tracked",
        "/tray-picture/0/20200101T000000-tracked",
        "/studio-static/..%2fguard.py",
        "/studio-static/guard.py",
        "/picture/none",
        "/mail/..%2f..%2fetc/passwd",
        f"/mail/{SLUG}/en-ffffff",
    ],
)
def test_paths_lead_nowhere_else(studio: RunningStudio, path: str) -> None:
    assert studio.enter(path)[0] in (404, 422)


def test_a_port_in_use_is_said_with_the_way_out() -> None:
    taken = listen_on(0)
    port = taken.getsockname()[1]
    try:
        with pytest.raises(PortInUseError, match=rf"{port}.*--port {port + 1}"):
            listen_on(port)
    finally:
        taken.close()
    with pytest.raises(PortInUseError, match="--port 8620"):
        listen_on(70_000)


def test_it_listens_on_loopback_only(studio: RunningStudio) -> None:
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    others = {str(entry[4][0]) for entry in found if not str(entry[4][0]).startswith("127.")}
    for address in others:
        with socket.socket() as link:
            link.settimeout(3)
            assert link.connect_ex((address, studio.port)) != 0
    listening = listen_on(0)
    assert listening.getsockname()[0] == "127.0.0.1"
    listening.close()


def test_a_second_studio_at_the_same_port_ends_with_words(studio: RunningStudio) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(studio.root), str(studio.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"Port {studio.port} is in use" in done.stderr


def test_keys_open_one_path_each() -> None:
    keys = Keys("token")
    path, _, key = keys.sign("/picture/a b").partition("?key=")
    assert path == "/picture/a%20b"
    assert keys.opens("/picture/a b", key)
    assert not keys.opens("/picture/a", key)
    assert not Keys("other").opens("/picture/a b", key)
    assert not keys.opens("/picture/a b", "é")
