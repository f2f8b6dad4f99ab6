"""What limits a sending, from where its lanes wait."""

from __future__ import annotations

import pytest

from mailer.dispatch.gauge import SPAN, Gauge
from mailer.model.pace import Brake


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.worked = 5.0

    def gauge(self) -> Gauge:
        return Gauge(lambda: self.now, lambda: self.worked)


def test_the_wait_that_took_most_of_the_lanes_time_is_what_limits() -> None:
    clock = Clock()
    gauge = clock.gauge()
    gauge.enter("a", Brake.LATENCY)
    gauge.enter("b", Brake.PACE)
    clock.now += 1
    gauge.enter("a", Brake.PACE)
    clock.now += 2
    gauge.tick()
    assert gauge.brake is Brake.PACE


def test_only_the_last_seconds_count() -> None:
    clock = Clock()
    gauge = clock.gauge()
    gauge.enter("a", Brake.PACE)
    for _ in range(30):
        clock.now += 1
        gauge.tick()
    gauge.enter("a", Brake.DISK)
    for _ in range(round(SPAN)):
        clock.now += 1
        gauge.tick()
    assert gauge.brake is Brake.DISK


@pytest.mark.parametrize(
    ("brake", "shown"),
    [(Brake.LATENCY, Brake.CPU), (Brake.DISK, Brake.CPU), (Brake.PACE, Brake.PACE)],
)
def test_a_processor_that_is_hardly_ever_idle_is_what_limits_unless_we_wait_on_purpose(
    brake: Brake, shown: Brake
) -> None:
    clock = Clock()
    gauge = clock.gauge()
    gauge.enter("a", brake)
    clock.now += 2
    clock.worked += 1.9
    gauge.tick()
    assert gauge.brake is shown


def test_the_rate_is_what_was_settled_in_the_last_seconds() -> None:
    clock = Clock()
    gauge = clock.gauge()
    for _ in range(40):
        gauge.done += 7
        clock.now += 1
        gauge.tick()
    assert gauge.rate == pytest.approx(7, rel=0.15)
    for _ in range(40):
        clock.now += 1
        gauge.tick()
    assert gauge.rate == 0


def test_nothing_measured_says_nothing() -> None:
    assert Clock().gauge().brake is Brake.NONE


def test_a_lane_that_has_ended_counts_no_longer() -> None:
    clock = Clock()
    gauge = clock.gauge()
    gauge.enter("a", Brake.REFUSALS)
    gauge.leave("a")
    gauge.enter("b", Brake.LATENCY)
    clock.now += 3
    gauge.tick()
    assert gauge.brake is Brake.LATENCY
