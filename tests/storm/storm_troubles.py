"""The other storms: the mail service killed, a worker frozen, the disk full, the send record locked."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing

from tests.storm.storm_disk import Disk
from tests.storm.storms import Storm, sleep, until


def run_sink_kills(storm: Storm, kills: int) -> None:
    """The mail service dies in mid-sending and comes back on the same port."""
    command = storm.office.send()
    dispatch_id = ""
    for _ in range(kills):
        more = storm.chance.randint(5, 100)
        until(lambda wanted=storm.sink.size + more: storm.sink.size >= wanted, command)  # type: ignore[misc]
        time.sleep(storm.chance.uniform(0, 0.02))
        storm.sink.kill()
        storm.kills += 1
        sleep(storm.chance.uniform(0, 0.5), command)
        storm.sink.start()
        if command.poll() is not None:
            storm.wait(command)
            dispatch_id = storm.office.dispatches()[-1]
            command = storm.office.resume(dispatch_id)
    storm.wait(command)
    storm.finish(storm.office.dispatches()[-1])


def run_freeze(storm: Storm, times: int, seconds: float) -> None:
    """One of two workers is frozen in mid-sending while the other goes on, and thawed later; again and again."""
    first = storm.office.send()
    until(lambda: bool(storm.office.dispatches()), first)
    dispatch_id = storm.office.dispatches()[-1]
    second = storm.office.resume(dispatch_id)
    for _ in range(times):
        if not until(lambda: len(storm.office.workers()) > 1, first, within=20):
            break
        size = storm.sink.size
        until(lambda size=size: storm.sink.size >= size + 20, first)  # type: ignore[misc]
        workers = storm.office.workers()
        if not workers:
            break
        frozen = storm.chance.choice(workers)
        storm.office.signal(signal.SIGSTOP, [frozen])
        storm.kills += 1
        storm.killed_at["one of two workers frozen"] += 1
        time.sleep(seconds)
        storm.office.signal(signal.SIGCONT, [frozen])
    for command in (first, second):
        storm.wait(command)
    storm.finish(dispatch_id)


def run_lock(storm: Storm, times: int, seconds: float) -> None:
    """Another program holds the send record's lock for a while, in the midst of commits."""
    command = storm.office.send()
    until(lambda: storm.sink.size > 0, command)
    for _ in range(times):
        size = storm.sink.size
        until(lambda size=size: storm.sink.size >= size + 20, command)  # type: ignore[misc]
        with closing(sqlite3.connect(storm.office.record, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        storm.kills += 1
        storm.killed_at["send record locked"] += 1
    storm.wait(command)
    storm.finish(storm.office.dispatches()[-1])


def run_full_disk(storm: Storm, disk: Disk, times: int, seconds: float) -> None:
    """The disk with the send record is full for a while: nothing can be committed."""
    command = storm.office.send()
    until(lambda: storm.sink.size > 0, command)
    for _ in range(times):
        size = storm.sink.size
        until(lambda size=size: storm.sink.size >= size + 20, command)  # type: ignore[misc]
        disk.fill(storm.office.workers())
        _until_still(storm, command)
        time.sleep(seconds)
        disk.free(storm.office.workers())
        storm.kills += 1
        storm.killed_at[f"disk full ({disk.how})"] += 1
        if command.poll() is not None:
            storm.wait(command)
            command = storm.office.resume(storm.office.dispatches()[-1])
    storm.wait(command)
    storm.finish(storm.office.dispatches()[-1])


def _until_still(storm: Storm, command: subprocess.Popen[str]) -> None:
    """Wait until no more mails come to the sink."""
    size = -1
    while storm.sink.size != size and command.poll() is None:
        size = storm.sink.size
        time.sleep(0.3)
