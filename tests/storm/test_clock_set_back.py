"""The clock set back an hour in mid-sending: everybody gets it once, and nothing waits for the hour to pass again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.made_sending import made_sending
from mailer.flow.deliver import resume
from mailer.ledger import open_ledger
from mailer.model.dispatch import State
from tests.storm.storm_sink import Sink

READERS = 120
HOUR = timedelta(hours=1)


class SettableClock:
    """The machine's clock, which can be set back."""

    def __init__(self) -> None:
        self.off = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off


@pytest.mark.parametrize("limit", ["", "per_second = 100\n", "per_hour = 100000\nper_day = 100000\n"])
async def test_a_clock_set_back_an_hour_stalls_nothing_and_repeats_nothing(
    tmp_path: Path, limit: str
) -> None:
    made = made_sending(tmp_path / "office", READERS)
    clock = SettableClock()
    with Sink(tmp_path) as sink:
        made.use_relay(sink.port, 3, limit)
        dispatch_id = made.plan()
        total = made.counts(dispatch_id)["planned"]
        settled = 0

        def progress(_state: State) -> None:
            nonlocal settled
            settled += 1
            if settled == total // 3:
                clock.off = -HOUR

        with open_ledger(made.root / ".mailer" / "ledger.db", clock=clock) as ledger:
            dispatch = ledger.find_dispatch(dispatch_id)
            async with asyncio.timeout(60):
                await resume(
                    made.workspace,
                    ledger,
                    dispatch,
                    stop=asyncio.Event(),
                    progress=progress,
                    wait=True,
                    clock=clock,
                )
        assert clock.off == -HOUR
        assert made.counts(dispatch_id) == {"accepted": total}
        assert sink.taken.total() == total
        assert set(sink.taken.values()) == {1}
