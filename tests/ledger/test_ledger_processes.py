"""Real processes: killed in every state, stopped, and two at a time. The clock is the real one here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledger_cases import a_plan

from mailer.errors import LedgerError
from mailer.ledger import Ledger, Recovered, open_ledger
from mailer.model.dispatch import DispatchState, State

CHILD = Path(__file__).with_name("ledger_child.py")
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class Child:
    """A sending program of its own."""

    def __init__(self, ledger: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), str(ledger), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )

    def hears(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def start(path: Path) -> Iterator[object]:
    children: list[Child] = []

    def start_child(*arguments: str) -> Child:
        children.append(Child(path, *arguments))
        return children[-1]

    yield start_child
    for child in children:
        child.kill()


def states(path: Path) -> list[State]:
    with open_ledger(path) as ledger:
        return [row.state for row in ledger.deliveries("d1")]


def planned_now(ledger: Ledger, count: int) -> None:
    ledger.open_dispatch(a_plan([f"reader{n:03}" for n in range(count)], at=datetime.now(UTC)))


@pytest.mark.parametrize(
    ("stage", "before", "after", "found"),
    [
        ("claimed", ["claimed", "claimed", "planned"], ["planned", "planned", "planned"], Recovered(2, 0)),
        ("handed", ["handed", "claimed", "planned"], ["unknown", "planned", "planned"], Recovered(1, 1)),
        ("settled", ["accepted", "claimed", "planned"], ["accepted", "planned", "planned"], Recovered(1, 0)),
    ],
)
def test_killed_in_any_state_another_process_takes_over(
    path: Path, start, *, stage: str, before: list[str], after: list[str], found: Recovered
) -> None:
    with open_ledger(path) as ledger:
        ledger.open_dispatch(a_plan(at=datetime.now(UTC)))
    dying = start(stage)
    assert dying.hears() == stage
    dying.kill()
    assert states(path) == before, "what was done is on the disk, and nothing else"
    with open_ledger(path) as ledger:
        assert ledger.recover() == found
    assert states(path) == after
    assert list(path.with_name("ledger.db.holders").iterdir()) == []


def test_killed_after_planning_the_whole_plan_is_there(path: Path, start) -> None:
    planning = start("planned")
    assert planning.hears() == "planned"
    planning.kill()
    assert states(path) == ["planned"] * 3


def test_a_stopped_process_is_slow_but_not_dead(path: Path, start) -> None:
    with open_ledger(path) as ledger:
        planned_now(ledger, 1)
        slow = start("ask")
        assert slow.hears() == "claimed"
        slow.process.send_signal(signal.SIGSTOP)
        found = ledger.recover()
        assert (found.planned, found.unknown) == (0, 0)
        with ledger.hold() as holder:
            assert ledger.claim("d1", 9, holder) == []
        slow.process.send_signal(signal.SIGCONT)
        slow.tell()
        assert slow.hears() == "accepted"
        assert ledger.report("d1").dispatch.state is DispatchState.FINISHED


def test_two_processes_never_share_a_delivery(path: Path, tmp_path: Path, start) -> None:
    with open_ledger(path) as ledger:
        planned_now(ledger, 200)
    relay = tmp_path / "relay"
    both = [start("deliver", str(relay), "0.005") for _ in range(2)]
    assert [child.hears() for child in both] == ["recovered 0 0"] * 2
    for child in both:
        child.tell()
    for child in both:
        child.process.communicate(timeout=30)
    lines = [line.split() for line in relay.read_text().splitlines()]
    assert len({message_id for message_id, _, _ in lines}) == len(lines) == 200
    assert len({pid for _, _, pid in lines}) == 2, "both had their share"
    assert set(states(path)) == {State.ACCEPTED}


def test_killed_again_and_again_nothing_is_lost_and_nothing_goes_twice(
    path: Path, tmp_path: Path, start
) -> None:
    readers, kills = 40, 4
    with open_ledger(path) as ledger:
        planned_now(ledger, readers)
    relay = tmp_path / "relay"
    relay.touch()
    for kill in range(kills):
        child = start("deliver", str(relay), "0.03")
        assert child.hears().startswith("recovered")
        child.tell()
        for _ in range(2 + kill % 3):
            child.hears()
        # Odd kills come wherever the child then is, even ones while it waits for the relay's answer.
        if kill % 2 == 0:
            wait_for_more(relay)
        child.kill()
    start("deliver", str(relay), "0").process.communicate(timeout=30)
    taken = Counter(line.split()[1] for line in relay.read_text().splitlines())
    with open_ledger(path) as ledger:
        report = ledger.report("d1")
        accepted = {row.address for row in ledger.deliveries("d1", [State.ACCEPTED])}
        doubts = {row.address for row in report.doubts}
    assert report.dispatch.state is DispatchState.FINISHED
    assert max(taken.values()) == 1, "nobody gets it twice"
    assert accepted | doubts == {f"reader{n:03}@example.org" for n in range(readers)}, "nobody is lost"
    assert accepted <= taken.keys() <= accepted | doubts
    assert 1 <= len(doubts) <= kills, "at most one a connection a crash"


def test_by_turns_two_processes_never_share_a_delivery(path: Path, tmp_path: Path, start) -> None:
    with open_ledger(path) as ledger:
        planned_now(ledger, 300)
    relay = tmp_path / "relay"
    both = [start("turns", str(relay), "0", "0") for _ in range(2)]
    for child in both:
        child.hears()
    for child in both:
        child.tell()
    for child in both:
        child.process.communicate(timeout=60)
    lines = [line.split() for line in relay.read_text().splitlines()]
    assert len({line[0] for line in lines}) == len(lines) == 300
    assert set(states(path)) == {State.ACCEPTED}


def test_by_turns_killed_again_and_again_nothing_is_lost_and_nothing_goes_twice(
    path: Path, tmp_path: Path, start
) -> None:
    readers, kills = 300, 4
    with open_ledger(path) as ledger:
        planned_now(ledger, readers)
    relay = tmp_path / "relay"
    relay.touch()
    for _ in range(kills):
        child = start("turns", str(relay), "0", "0")
        child.hears()
        child.tell()
        wait_for_more(relay)
        child.kill()
    last = start("turns", str(relay), "0", "0")
    last.hears()
    last.tell()
    last.process.communicate(timeout=60)
    taken = Counter(line.split()[1] for line in relay.read_text().splitlines())
    with open_ledger(path) as ledger:
        progress = ledger.progress("d1")
        doubts = {row.address for row in ledger.deliveries("d1", [State.UNKNOWN])}
    assert progress.dispatch.state is DispatchState.FINISHED
    assert max(taken.values()) == 1, "nobody gets it twice"
    assert progress.counts[State.ACCEPTED] + len(doubts) == readers, "nobody is lost"
    assert len(doubts) <= 5 * kills, "at most what was handed over and not answered"


@pytest.mark.slow
def test_three_processes_keep_to_one_rate(path: Path, tmp_path: Path, start) -> None:
    rate, seconds = 100, 30
    with open_ledger(path) as ledger:
        planned_now(ledger, rate * (seconds + 10))
    relay = tmp_path / "relay"
    children = [start("turns", str(relay), str(rate), str(seconds + 4)) for _ in range(3)]
    for child in children:
        child.hears()
    for child in children:
        child.tell()
    for child in children:
        child.process.communicate(timeout=90)
    went = sorted(float(line.split()[3]) for line in relay.read_text().splitlines())
    begin = went[0] + 2
    measured = sum(begin <= at < begin + seconds for at in went) / seconds
    assert rate * 0.98 <= measured <= rate * 1.02
    assert len({line.split()[2] for line in relay.read_text().splitlines()}) == 3


def test_two_programs_send_at_most(path: Path, start) -> None:
    with open_ledger(path) as ledger:
        planned_now(ledger, 3)
        both = [start("sit") for _ in range(2)]
        for child in both:
            assert child.hears() == "sending"
        pids = sorted(child.process.pid for child in both)
        with pytest.raises(LedgerError, match=f"2 programs are .* already: .*{pids[0]}"):
            ledger.hold("d1")
        ledger.hold().close()
        assert sorted((one.pid, one.is_alive) for one in ledger.workers()) == [(pid, True) for pid in pids]
        both[0].kill()
        with ledger.hold("d1"):
            assert sorted(one.is_alive for one in ledger.workers()) == [False, True, True]


def wait_for_more(relay: Path) -> None:
    size = relay.stat().st_size
    until = time.monotonic() + 10
    while relay.stat().st_size == size and time.monotonic() < until:
        time.sleep(0.001)
