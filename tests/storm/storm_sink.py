"""The sink as a process of its own: started, killed, started again on the same port; and what it wrote down."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

PROGRAM = Path(__file__).with_name("sink.py")


class Sink:
    """The independent mail service, with its own record of what it took."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.file = folder / "taken.txt"
        self.options = options
        self.port = 0
        self.kills = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Listen; at the second start on the same port as before."""
        command = [sys.executable, str(PROGRAM), str(self.file), "--port", str(self.port), *self.options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """End it without warning."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def lines(self) -> list[str]:
        """What it wrote down."""
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []

    @property
    def size(self) -> int:
        """How many lines there are."""
        return self.file.read_bytes().count(b"\n") if self.file.exists() else 0

    @property
    def taken(self) -> Counter[str]:
        """Message-ID → how often it was taken."""
        return Counter(line.split()[1] for line in self.lines() if line.startswith("took "))

    @property
    def mute_dots(self) -> int:
        """Links it cut at the dot instead of answering: each leaves one mail in doubt."""
        return self.lines().count("mute-dot")

    def wait_for(self, lines: int, within: float = 60.0) -> bool:
        """Wait until it has written so many lines; False where it has not by then."""
        until = time.monotonic() + within
        while self.size < lines:
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
        return True
