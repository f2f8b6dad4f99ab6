"""Sendings that are killed, cut off, frozen and starved: nobody lost, nobody twice, and every doubt listed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.storm.storm_disk import small_disk
from tests.storm.storm_troubles import run_freeze, run_full_disk, run_lock, run_sink_kills
from tests.storm.storms import run_kills, storm_in

SEED = random.SystemRandom().randrange(1 << 32)
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="finds its processes in /proc"
)


def test_a_sending_killed_three_times_loses_nobody_and_writes_to_nobody_twice(tmp_path: Path) -> None:
    with storm_in(tmp_path, 250, seed=SEED) as storm:
        run_kills(storm, 3)
        verdict = storm.verdict()
    assert storm.kills == 3
    assert verdict.holds, (SEED, verdict.faults)
    assert verdict.accepted + verdict.unknown + verdict.refused == 250


@pytest.mark.slow
def test_a_mail_service_that_dies_in_mid_sending_leaves_doubts_and_no_losses(tmp_path: Path) -> None:
    with storm_in(tmp_path, 250, seed=SEED) as storm:
        run_sink_kills(storm, 2)
        verdict = storm.verdict()
    assert verdict.holds, (SEED, verdict.faults)


@pytest.mark.slow
def test_a_worker_frozen_past_all_patience_sends_nothing_that_another_has_sent(tmp_path: Path) -> None:
    with storm_in(tmp_path, 1500, seed=SEED, delay=0.02, workers=2) as storm:
        run_freeze(storm, 2, seconds=5)
        assert storm.kills == 2, "there should have been two workers"
        verdict = storm.verdict()
    assert verdict.holds, (SEED, verdict.faults)


@pytest.mark.slow
def test_a_full_disk_stops_the_sending_and_not_the_truth(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with storm_in(tmp_path, 1500, seed=SEED, delay=0.01, place=disk.folder) as storm:
            run_full_disk(storm, disk, 2, seconds=3)
            verdict = storm.verdict()
        assert verdict.holds, (SEED, verdict.faults)


@pytest.mark.slow
def test_a_send_record_that_is_locked_for_a_while_is_waited_for(tmp_path: Path) -> None:
    with storm_in(tmp_path, 1500, seed=SEED, delay=0.01) as storm:
        run_lock(storm, 2, seconds=3)
        verdict = storm.verdict()
    assert verdict.holds, (SEED, verdict.faults)
