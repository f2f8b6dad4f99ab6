"""The storm of kills: sendings killed with -9 in all their phases, and gone on with until they are finished."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.storm.storm_office import CONNECTIONS, StormOffice
from tests.storm.storm_sink import Sink
from tests.storm.storm_verdict import Verdict, judge

ROUNDS = 60
"""So often a sending is gone on with at the most, when nothing is killed any more."""
WITHIN = 300.0
"""Seconds that one command may take."""
HALF, QUARTER = 0.5, 0.25
PATIENCE = 20.0
"""Seconds without a movement after which a sending is stopped and gone on with."""
START_UP = 2.5
"""Seconds from starting a command to its first mails, about."""


@dataclass
class Storm:
    """One trial: an office, a sink, chance, and what was done to them."""

    office: StormOffice
    sink: Sink
    chance: random.Random
    say: Callable[[str], None] = lambda _words: None
    kills: int = 0
    stalls: int = 0
    """How often a sending stood still for long and was stopped and gone on with."""
    killed_at: Counter[str] = field(default_factory=Counter)
    """What the send record showed in hand after each kill."""

    def kill(self) -> None:
        """SIGKILL to every process of the sending."""
        self.office.kill_all()
        self.kills += 1
        states: Counter[str] = Counter()
        for dispatch_id in self.office.dispatches():
            states.update(self.office.states(dispatch_id))
        waiting = states["planned"] + states["deferred"]
        phase = (
            "before anything was planned" if not states
            else "with mails at the dot" if states["handed"]
            else "with mails in hand" if states["claimed"]
            else "with nothing in hand" if waiting
            else "at the end"
        )  # fmt: skip
        self.killed_at[phase] += 1

    def finish(self, dispatch_id: str) -> None:
        """Go on with it until every reader is at an end, the times of the next tries being brought forward."""
        for _ in range(ROUNDS):
            states = self.office.states(dispatch_id)
            if not any(states.get(state) for state in ("planned", "claimed", "handed", "deferred")):
                return
            self.office.bring_forward(dispatch_id)
            self.wait(self.office.resume(dispatch_id))
        raise AssertionError(f"{dispatch_id} does not finish: {self.office.states(dispatch_id)}")

    def wait(self, command: subprocess.Popen[str]) -> str:
        """Wait for a command, then end the workers that stay for later tries, in good order; what it printed.

        Where nothing moves for long, they are asked to stop, as by Ctrl-C: the sending is gone on with later.
        """
        self._until_ended_or_still(command)
        end = time.monotonic() + WITHIN
        while left := self.office.processes():
            assert time.monotonic() < end, f"{len(left)} programs do not end"
            self.office.signal(signal.SIGTERM, left)
            time.sleep(0.2)
        printed, _ = command.communicate(timeout=WITHIN)
        self.say(f"  {command.args[5]} ended with {command.returncode}")  # type: ignore[index]
        return printed

    def _until_ended_or_still(self, command: subprocess.Popen[str]) -> None:
        seen: object = None
        moved_at = time.monotonic()
        while command.poll() is None:
            now = (self.sink.size, *(self.office.states(each) for each in self.office.dispatches()))
            if now != seen:
                seen, moved_at = now, time.monotonic()
            if time.monotonic() > moved_at + PATIENCE:
                self.stalls += 1
                return
            time.sleep(0.1)

    def verdict(self) -> Verdict:
        """Judge it."""
        return judge(self.office, self.sink, CONNECTIONS * self.kills)


def run_kills(storm: Storm, kills: int, a_sending: int = 25) -> None:
    """Dispatches to the same readers, each killed so often, at moments that cover all its phases."""
    number = 0
    while storm.kills < kills:
        number += 1
        _one_killed(storm, f"storm-{number}" if number > 1 else "", min(a_sending, kills - storm.kills))


def _one_killed(storm: Storm, repeat: str, kills: int) -> None:
    before = set(storm.office.dispatches())
    moments = [_moment(storm.chance, index, kills) for index in range(kills)]
    dispatch_id = ""
    for moment in moments:
        started = storm.sink.size
        command = storm.office.resume(dispatch_id) if dispatch_id else storm.office.send(repeat)
        moment(storm, command, started)
        storm.kill()
        command.communicate()
        dispatch_id = next(iter(set(storm.office.dispatches()) - before), "")
        if dispatch_id:
            storm.office.bring_forward(dispatch_id)
        storm.say(
            f"  kill {storm.kills}: {storm.office.states(dispatch_id) if dispatch_id else 'not planned yet'}"
        )
    if not dispatch_id:
        storm.wait(storm.office.send(repeat))
        dispatch_id = next(iter(set(storm.office.dispatches()) - before))
    storm.finish(dispatch_id)


Moment = Callable[[Storm, "subprocess.Popen[str]", int], None]


def _moment(chance: random.Random, index: int, kills: int) -> Moment:
    """When to kill: while planning first, then mostly in mid-sending, at last near the end."""
    if index == 0:
        return _while_planning if chance.random() < HALF else _after(chance.uniform(0.2, START_UP))
    if index == kills - 1:
        return _near_the_end(chance.randint(0, 40), chance.uniform(0, 0.3))
    if chance.random() < QUARTER:
        return _after(chance.uniform(0, START_UP + 1))
    return _when_taken(chance.randint(1, 150), chance.uniform(0, 0.02))


def _after(seconds: float) -> Moment:
    def wait(_storm: Storm, command: subprocess.Popen[str], _started: int) -> None:
        sleep(seconds, command)

    return wait


def _while_planning(storm: Storm, command: subprocess.Popen[str], _started: int) -> None:
    """As soon as the plan's transaction has begun to write."""
    log = storm.office.record.with_name(storm.office.record.name + "-wal")

    def size() -> int:
        return log.stat().st_size if log.exists() else 0

    before = size()
    until(lambda: size() > before + 300_000, command)


def _when_taken(mails: int, more: float) -> Moment:
    def wait(storm: Storm, command: subprocess.Popen[str], started: int) -> None:
        until(lambda: storm.sink.size >= started + mails, command)
        time.sleep(more)

    return wait


def _near_the_end(left: int, more: float) -> Moment:
    def wait(storm: Storm, command: subprocess.Popen[str], _started: int) -> None:
        def is_near() -> bool:
            ids = storm.office.dispatches()
            states = storm.office.states(ids[-1]) if ids else {}
            return bool(states) and states.get("planned", 0) <= left

        until(is_near, command, pause=0.02)
        time.sleep(more)

    return wait


def until(
    ready: Callable[[], bool], command: subprocess.Popen[str], within: float = 60.0, pause: float = 0.002
) -> bool:
    """Wait until it is so, or the command has ended; whether it is so."""
    end = time.monotonic() + within
    while not ready():
        if command.poll() is not None or time.monotonic() > end:
            return ready()
        time.sleep(pause)
    return True


def sleep(seconds: float, command: subprocess.Popen[str]) -> None:
    """Wait so long, or until the command has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and command.poll() is None:
        time.sleep(0.01)


@contextmanager
def storm_in(
    folder: Path,
    readers: int,
    *,
    seed: int,
    delay: float = 0.01,
    mute: float = 0.0,
    workers: int = 1,
    place: Path | None = None,
    say: Callable[[str], None] = lambda _words: None,
) -> Iterator[Storm]:
    """An office with so many readers, in `place` where given, and a running sink; at the end nothing is left."""
    options = ["--delay", str(delay), "--mute", str(mute), "--drop", str(mute), "--seed", str(seed)]
    sink = Sink(folder, *options, "--hang-up-after", "200", "--idle", "3")
    with sink:
        storm = Storm(
            StormOffice(place or folder, readers, sink.port, workers), sink, random.Random(seed), say
        )
        try:
            yield storm
        finally:
            storm.office.signal(signal.SIGCONT)
            storm.office.kill_all()
