"""How a sending goes, in figures that are honest and words that fit a terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from mailer.cli.live import lines_of
from mailer.cli.watching import died_in_words, going_on_in_words
from mailer.flow.pulse import Pulses, left_in_words, limit_in_words, next_tries_at, rates_in_words
from mailer.flow.working import Crew, Glance, only_later
from mailer.ledger import Progress
from mailer.model.dispatch import REAL, Dispatch, State
from mailer.model.issue import Sender
from mailer.model.pace import Brake, Limits, Worker, WorkStatus
from mailer.studio.views_sending import now_of

NOW = datetime(2016, 12, 19, 9, 0, tzinfo=UTC)
DISPATCH = Dispatch(
    id="7f3c",
    realm=REAL,
    occasion="x",
    slug="x",
    digest="d",
    message_class="newsletter",
    relay="office",
    segments=(),
    sender=Sender(name="Office", email="office@example.org"),
    day=date(2016, 12, 19),
    created_at=NOW,
    expires_at=NOW + timedelta(days=3),
)


def glance(
    counts: Mapping[State, int], *said: WorkStatus | None, next_try_at: datetime | None = None
) -> Glance:
    workers = tuple(
        Worker(str(n), 4000 + n, "here", "7f3c", NOW, True, status) for n, status in enumerate(said)
    )
    return Glance(Progress(DISPATCH, counts, sum(counts.values()), next_try_at), workers)


def says(after: float, brake: Brake = Brake.PACE, **more: object) -> WorkStatus:
    return WorkStatus(at=NOW + timedelta(seconds=after), brake=brake, **more)  # type: ignore[arg-type]


def test_the_time_left_is_unknown_until_it_was_measured_and_then_follows_the_rate() -> None:
    pulses = Pulses()
    first = pulses.feel(glance({State.PLANNED: 100}, None), NOW)
    assert first.left is None
    assert left_in_words(first) == "time left unknown"
    later = NOW + timedelta(seconds=5)
    counts = {State.PLANNED: 80, State.ACCEPTED: 15, State.REFUSED: 3, State.DEFERRED: 2}
    pulse = pulses.feel(glance(counts, says(5, measured_rate=4.0, set_rate=5.0)), later)
    assert (pulse.done, pulse.total, pulse.not_taken, pulse.later) == (18, 100, 3, 2)
    assert pulse.left == timedelta(seconds=20)
    assert pulse.limit == "our own pace: 5 a second"


def test_without_a_word_from_a_worker_the_rate_is_measured_from_the_ledger() -> None:
    pulses = Pulses()
    pulses.feel(glance({State.PLANNED: 100}), NOW)
    stale = says(-60, measured_rate=99.0)
    pulse = pulses.feel(glance({State.PLANNED: 80, State.ACCEPTED: 20}, stale), NOW + timedelta(seconds=10))
    assert pulse.rate == 2.0
    assert pulse.limit == ""


def test_two_workers_add_up() -> None:
    said = (says(0, measured_rate=2.0, set_rate=5.0), says(0, measured_rate=2.5, set_rate=5.0))
    pulse = Pulses().feel(glance({State.PLANNED: 9}, *said), NOW)
    assert pulse.rate == 4.5
    assert pulse.set_rate == 5.0


def test_a_quota_makes_it_at_least_so_long_and_a_long_wait_makes_it_unknown() -> None:
    pulses = Pulses(Limits(per_day=60))
    counts = {State.PLANNED: 40, State.ACCEPTED: 40}
    pulses.feel(glance(counts), NOW)
    at = NOW + timedelta(seconds=10)
    pulse = pulses.feel(glance(counts, says(10, measured_rate=4.0)), at)
    assert left_in_words(pulse) == "at least 24 hours left"
    held = says(10, why="60 in 24 hours", until=NOW + timedelta(hours=24), measured_rate=4.0, set_rate=0.0)
    pulse = pulses.feel(glance(counts, held), at)
    assert left_in_words(pulse) == "time left unknown"
    assert pulse.limit == "our own pace: 60 in 24 hours until Tue 20 Dec 09:00 UTC"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (says(0, Brake.LATENCY), "the mail service's answers"),
        (says(0, Brake.DISK), "the disk, where the send record is written"),
        (says(0, Brake.CPU), "this computer's processor"),
        (says(0, set_rate=0.5), "our own pace: 30 a minute"),
        (
            says(0, Brake.REFUSALS, why="421 4.3.2 slow down", until=NOW + timedelta(minutes=5)),
            "the mail service has us wait until 09:05 UTC: 421 4.3.2 slow down",
        ),
        (
            says(0, Brake.RETRIES, until=NOW + timedelta(minutes=5)),
            "nothing is due before the next tries, at 09:05 UTC",
        ),
        (says(0, Brake.NONE), ""),
    ],
)
def test_what_limits_is_said_in_words(status: WorkStatus, words: str) -> None:
    assert limit_in_words(status, NOW) == words


def test_rates_are_said_in_a_unit_that_can_be_read() -> None:
    assert rates_in_words(0.49, 0.5) == "29 of 30 a minute"
    assert rates_in_words(1234.5, None) == "1,234 a second"
    assert rates_in_words(0.005, None) == "18 an hour"
    assert rates_in_words(3.9, 0.0) == "3.9 a second"
    assert rates_in_words(0.0, 5.0) == ""


@pytest.mark.parametrize(
    ("due", "until", "words"),
    [
        (5, None, "2 will be tried again from 09:05 UTC."),
        (5, 60 * 24, "2 will be tried again from Tue 20 Dec 09:00 UTC."),
        (5, 2, "2 will be tried again from 09:05 UTC."),
        (-5, None, "2 will be tried again. The"),
        (-5, 60 * 24, "2 will be tried again from Tue 20 Dec 09:00 UTC."),
        (-5, -1, "2 will be tried again. The"),
    ],
)
def test_the_next_try_is_never_past_nor_before_its_worker_may_send(
    due: float, until: float | None, words: str
) -> None:
    next_try_at = NOW + timedelta(minutes=due)
    said = says(0, until=None if until is None else NOW + timedelta(minutes=until))
    seen = glance({State.ACCEPTED: 5, State.DEFERRED: 2}, said, next_try_at=next_try_at)
    assert words in going_on_in_words(seen, NOW)
    facts = dict(now_of(seen, Pulses().feel(seen, NOW), NOW).facts)
    assert facts.get("Next tries", "again.") in words
    assert "Speed" not in facts, "nothing has been measured"


def test_a_worker_that_is_held_holds_back_no_other() -> None:
    later = says(0, until=NOW + timedelta(hours=9))
    seen = glance({State.DEFERRED: 2}, later, says(0), next_try_at=NOW + timedelta(minutes=5))
    assert next_tries_at(seen, NOW) == NOW + timedelta(minutes=5)


def ended_with(status: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    process.returncode = status
    return process


def test_a_worker_that_could_not_write_why_it_stopped_is_told_from_one_that_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "7f3c.log"
    log.touch()

    def told(*processes: subprocess.Popen[bytes]) -> str:
        error = died_in_words("7f3c", Crew(log, list(processes)), tmp_path)
        assert "mailer resume 7f3c" in error.hint
        return error.message

    failed, killed = ended_with(1), ended_with(-9)
    assert told(failed) == "The sending 7f3c has stopped, and could not write why (exit status 1)."
    assert "was stopped from elsewhere" in told(killed)
    assert "was stopped from elsewhere" in told()
    monkeypatch.setattr("mailer.cli.watching.shutil.disk_usage", lambda _: SimpleNamespace(free=4096))
    full = f"the disk is full where the send record is, in {tmp_path}."
    assert told(failed) == f"The sending 7f3c has stopped (exit status 1): {full}"
    assert told() == f"The sending 7f3c has stopped: {full}"
    log.write_text("The mail service has gone.")
    assert told(failed) == "The sending 7f3c has stopped:\nThe mail service has gone."


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_lines_fit_the_terminal_whatever_its_width(width: int) -> None:
    counts = {State.PLANNED: 900_000, State.ACCEPTED: 90_000, State.REFUSED: 9_000, State.DEFERRED: 1_000}
    pulse = Pulses().feel(glance(counts, says(0, set_rate=0.5, measured_rate=0.5)), NOW)
    page = io.StringIO()
    Console(file=page, width=width, force_terminal=False).print(lines_of(pulse))
    lines = page.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    if width >= 80:
        assert "99,000/1,000,000 · 30 of 30 a minute · time left unknown" in lines[0]
        assert "9,000 not taken over · 1,000 to be tried again" in lines[1]


def test_only_a_long_wait_of_living_workers_with_nothing_in_hand_is_left_to_itself() -> None:
    soon, late = NOW + timedelta(seconds=5), NOW + timedelta(minutes=5)
    deferred = {State.ACCEPTED: 5, State.DEFERRED: 2}
    assert only_later(glance(deferred, None, next_try_at=late), NOW)
    assert not only_later(glance(deferred, None, next_try_at=soon), NOW)
    assert not only_later(glance(deferred, next_try_at=late), NOW), "nobody would see to it"
    assert not only_later(glance({**deferred, State.HANDED: 1}, None, next_try_at=late), NOW)
    assert not only_later(glance({**deferred, State.PLANNED: 1}, None, next_try_at=late), NOW)
    waiting = {State.ACCEPTED: 5, State.PLANNED: 2}
    assert only_later(glance(waiting, says(0, until=late)), NOW)
    assert not only_later(glance(waiting, says(0, until=late), says(0)), NOW), "one of them goes on"
