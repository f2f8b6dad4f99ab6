"""A Postfix of our own: its own settings, queue and data in a temporary folder, on loopback, with TLS."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

POSTFIX = Path("/usr/sbin/postfix")
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.org
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_client_event_limit_exceptions =
smtp_tls_security_level = none
smtp_dns_support_level = disabled
relayhost = [127.0.0.1]:{sink}
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running instance."""

    folder: Path
    port: int

    @property
    def certificate(self) -> Path:
        """To trust: it is self-signed."""
        return self.folder / "cert.pem"

    def log(self) -> str:
        """What it wrote down."""
        path = self.folder / "mail.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def queued(self) -> int:
        """How many messages it still holds."""
        return sum(
            1
            for name in ("maildrop", "incoming", "active", "deferred", "hold")
            for path in (self.folder / "queue" / name).rglob("*")
            if path.is_file()
        )

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """`postfix -c … COMMAND`."""
        return subprocess.run(
            [str(POSTFIX), "-c", str(self.folder / "config"), command],
            check=False,
            capture_output=True,
            text=True,
        )


@contextlib.contextmanager
def postfix(sink: int, more: str = "") -> Iterator[Postfix]:
    """A Postfix that passes everything on to `sink`; `more` is added to its main.cf. Stopped at the end."""
    if not POSTFIX.exists():
        pytest.fail(f"{POSTFIX} is missing: `make test` installs it (Debian package postfix).")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root only; the build server runs these tests as root.")
    # Not under pytest's folder: Postfix's own user must be able to walk into it.
    folder = Path(tempfile.mkdtemp(prefix="mailer-postfix-"))
    folder.chmod(0o755)
    made = Postfix(folder, _free_port())
    try:
        _write(made, sink, more)
        started = made.run("start")
        assert started.returncode == 0, started.stdout + started.stderr + made.log()
        try:
            _until_it_greets(made)
            yield made
        finally:
            made.run("abort")
            _until_gone(made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(made: Postfix, sink: int, more: str) -> None:
    config = made.folder / "config"
    config.mkdir()
    (made.folder / "data").mkdir()
    shutil.chown(made.folder / "data", "postfix", "postfix")
    (made.folder / "queue").mkdir()
    given = {"folder": made.folder, "port": made.port, "sink": sink}
    (config / "main.cf").write_text(MAIN.format(**given) + more, encoding="utf-8")
    (config / "master.cf").write_text(MASTER.format(**given), encoding="utf-8")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=relay "
        "-addext subjectAltName=IP:127.0.0.1,DNS:localhost"
    )
    files = ["-keyout", f"{made.folder}/key.pem", "-out", f"{made.folder}/cert.pem"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_greets(made: Postfix) -> None:
    for _ in range(300):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", made.port), timeout=10) as link,
        ):
            if link.recv(200).startswith(b"220"):
                return
        time.sleep(0.05)
    pytest.fail(f"Postfix does not greet:\n{made.log()}")


def _until_gone(made: Postfix) -> None:
    """`postfix abort` returns before the last daemon has ended."""
    lock = made.folder / "queue" / "pid" / "master.pid"
    for _ in range(200):
        found = lock.read_text().strip() if lock.exists() else ""
        if not found or not Path(f"/proc/{found}").exists():
            return
        time.sleep(0.05)
