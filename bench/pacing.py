"""Whether what mailer.toml allows is kept to: three programs at once through one mail service."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import told
from bench.made_sending import MadeSending, made_sending
from bench.peers import distant_sink

RATE, QUOTA, PROGRAMS = 100, 600, 3
FIRST = 3.0
"""Seconds that the programs may take to find each other, before it is measured."""
WITHIN = 60.0


def measure(folder: Path, seconds: float) -> Iterator[tuple[str, str, str]]:
    """Rows for the table."""
    readers = int(RATE * (seconds + FIRST + 5))
    made = made_sending(folder / "office", readers // PROGRAMS + readers // 10)
    folder.mkdir(parents=True, exist_ok=True)
    with distant_sink(0.0) as port:
        yield _pace(made, port, seconds)
        yield _quota(made, port)


def _start(made: MadeSending, ids: list[str]) -> list[subprocess.Popen[bytes]]:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "mailer", "-w", str(made.root), "work"]
    return [subprocess.Popen([*command, dispatch_id], **quiet) for dispatch_id in ids]  # type: ignore[call-overload]


def _end(programs: list[subprocess.Popen[bytes]]) -> None:
    for program in programs:
        program.terminate()
    for program in programs:
        program.wait(timeout=WITHIN)


def _pace(made: MadeSending, port: int, seconds: float) -> tuple[str, str, str]:
    made.use_relay(port, 4, f"per_second = {RATE}\n")
    ids = [made.plan() for _ in range(PROGRAMS)]
    programs = _start(made, ids)
    _wait(lambda: all(made.times(dispatch_id) for dispatch_id in ids))
    begin = time.time() + FIRST
    time.sleep(FIRST + seconds + 1)
    _end(programs)
    count = sum(begin <= at < begin + seconds for at in made.times(*ids))
    measured = count / seconds
    off = abs(measured - RATE) / RATE
    return (
        f"{RATE} a second set, {PROGRAMS} programs, {seconds:.0f} s",
        f"{measured:.2f} a second",
        f"off by {off:.1%}; goal at most 2 %: {told(off <= 0.02)}",
    )


def _quota(made: MadeSending, port: int) -> tuple[str, str, str]:
    # Of any 24 hours: what the rows before sent counts, as it went through the same mail service.
    gone = int(str(made.rows("SELECT count(*) FROM attempts WHERE verdict = 'accepted'")[0][0]))
    made.use_relay(port, 4, f"per_day = {gone + QUOTA}\n")
    ids = [made.plan() for _ in range(PROGRAMS)]
    programs = _start(made, ids)
    _wait(lambda: _taken(made, ids) >= QUOTA)
    time.sleep(2)
    _end(programs)
    taken = _taken(made, ids)
    return (
        f"{QUOTA} left of a day's quota, {PROGRAMS} programs with {sum(sum(made.counts(i).values()) for i in ids):,}",
        f"{taken} sent",
        f"goal exactly {QUOTA}: {told(taken == QUOTA)}",
    )


def _taken(made: MadeSending, ids: list[str]) -> int:
    return sum(made.counts(dispatch_id).get("accepted", 0) for dispatch_id in ids)


def _wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN
    while not ready() and time.monotonic() < until:
        time.sleep(0.2)
