"""The other ends, and the yardstick: Postfix's smtp-sink and smtp-source, a distant server; what programs cost."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SINK, SOURCE = Path("/usr/sbin/smtp-sink"), Path("/usr/sbin/smtp-source")
ROOT = Path(__file__).resolve().parent.parent
BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program and its children took."""

    seconds: float
    cpu: float
    """User and system."""
    megabytes: float
    """The most that one of them held."""


def run(command: Sequence[str], cwd: Path | None = None) -> Cost:
    """Run it to its end. RuntimeError with its words where it fails."""
    with tempfile.TemporaryFile("w+") as words:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        if process.returncode:
            words.seek(0)
            raise RuntimeError(f"{command[:6]} ended with {process.returncode}:\n{words.read()[-2000:]}")
    per_megabyte = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte)


def is_there() -> bool:
    """Whether the yardstick is installed."""
    return SINK.exists() and SOURCE.exists()


@contextlib.contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's own sink; gives its port."""
    port = _free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [str(SINK), *user, "-c", f"127.0.0.1:{port}", str(BACKLOG)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_listens(port)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def distant_sink(lag: float) -> Iterator[int]:
    """A server of which each answer is `lag` seconds late on its way; gives its port."""
    command = [sys.executable, "-m", "bench.distant", str(lag)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def smtp_source(port: int, mails: int, size: int, connections: int) -> Cost:
    """Postfix's own load generator: so many mails of that size over so many connections."""
    sizes = ["-s", str(connections), "-m", str(mails), "-l", str(size)]
    return run([str(SOURCE), *sizes, "-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_listens(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("smtp-sink does not listen")
