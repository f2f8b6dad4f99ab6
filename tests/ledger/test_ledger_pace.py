"""Rates and quotas inside the claim: never exceeded, shared by all programs, and no clock stalls them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_cases import ACCEPTED, LINK_LOST, Clock, SqliteLedgers, a_dispatch, a_plan, a_reader

from mailer.ledger import Holder, Ledger
from mailer.model.dispatch import Claimed, Plan, State
from mailer.model.pace import Limits, Pace, Settling, Turn, Turned

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def pace(domains: dict[str, Limits] | None = None, **limits: float) -> Pace:
    return Pace("outbox", Limits.model_validate(limits), domains or {})


def readers(ledger: Ledger, count: int, *, at: Clock, **domains: int) -> Holder:
    """A plan of so many readers, those at slow domains first."""
    addresses = [f"reader{n}@{name}.example" for name, many in domains.items() for n in range(many)]
    addresses += [f"reader{n}@example.org" for n in range(count)]
    dispatch = replace(a_dispatch(at=at()), expires_at=at() + timedelta(days=30))
    plan = (replace(a_reader("anna"), address=one, email=one) for one in addresses)
    ledger.open_dispatch(Plan(dispatch, plan))  # type: ignore[arg-type]
    return ledger.hold("d1")


def work(ledger: Ledger, holder: Holder, by: Pace, n: int = 50) -> tuple[Turned, list[Claimed]]:
    """Claim, hand over and settle what the pace allows now."""
    turned = ledger.turn("d1", holder, Turn(claim=n), by)
    ledger.turn("d1", holder, Turn(hand=turned.claimed), by)
    ledger.turn("d1", holder, Turn(settle=tuple(Settling(one, ACCEPTED) for one in turned.claimed)), by)
    return turned, list(turned.claimed)


def run(ledger: Ledger, holders: Sequence[Holder], by: Pace, clock: Clock, seconds: float) -> list[datetime]:
    """Go on for so long, a look at the clock every 50 ms and whenever there may be more; when each was let go."""
    went: list[datetime] = []
    end = clock.now + timedelta(seconds=seconds)
    while clock.now < end:
        for holder in holders:
            went += [one.go_at or clock.now for one in work(ledger, holder, by)[1]]
        clock.forward(milliseconds=50)
    return [at for at in went if at < end]


# Rates


def test_a_rate_is_kept_to_over_seconds(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 500, at=clock)
    went = run(ledger, [holder], pace(per_second=60), clock, 3)
    assert 59 * 3 <= len(went) <= 61 * 3 + 6
    assert went == sorted(went)
    gaps = [(b - a).total_seconds() for a, b in pairwise(went)]
    assert max(gaps) < 0.018, "evenly spaced"


def test_two_programs_share_a_rate_exactly(ledgers: SqliteLedgers, clock: Clock) -> None:
    with ExitStack() as stack:
        ones = [stack.enter_context(ledgers.open(clock)) for _ in range(2)]
        first = readers(ones[0], 800, at=clock)
        holders = [first, ones[1].hold()]
        went = run(ones[0], holders, pace(per_second=100), clock, 3)
    assert 98 * 3 <= len(went) <= 102 * 3 + 10


def test_a_slow_rate_says_when_the_next_may_go(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 9, at=clock)
    by = pace(per_minute=30)
    turned, gone = work(ledger, holder, by)
    assert len(gone) == 1
    assert turned.held_by == "30 a minute"
    assert turned.next_at == turned.held_until == clock.now + timedelta(seconds=1.5)
    clock.forward(seconds=1.4)
    assert work(ledger, holder, by)[1] == []
    clock.forward(seconds=0.1)
    (one,) = work(ledger, holder, by)[1]
    assert one.go_at == clock.now + timedelta(seconds=0.5)


def test_what_went_by_unused_is_not_made_up_for(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 500, at=clock)
    by = pace(per_second=100)
    work(ledger, holder, by, 1)
    clock.forward(minutes=10)
    _, gone = work(ledger, holder, by, 500)
    at_once = [one for one in gone if one.go_at == clock.now]
    assert len(at_once) <= 10
    assert len(gone) <= 10 + 51


def test_an_hour_back_stalls_no_rate_and_doubles_none(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 900, at=clock)
    by = pace(per_second=50)
    before = run(ledger, [holder], by, clock, 2)
    clock.forward(hours=-1)
    after = run(ledger, [holder], by, clock, 2)
    assert len(before) == pytest.approx(100, abs=6)
    assert 70 <= len(after) <= 106, "half a second's slots at the most are lost"


def test_slowed_down_it_recovers_by_doubling(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 900, at=clock)
    by = pace(per_second=20)
    ledger.slow_down("outbox", 3.5)
    assert ledger.pace_now(by) == (3.5, "slowed down to 3.5 a second", None)
    turned, gone = work(ledger, holder, by)
    assert (len(gone), turned.held_by) == (2, "slowed down to 3.5 a second")
    clock.forward(seconds=61)
    assert ledger.pace_now(by)[0] == 7.0
    clock.forward(seconds=60)
    assert ledger.pace_now(by)[0] == 14.0
    clock.forward(seconds=60)
    assert ledger.pace_now(by) == (20.0, "", None)
    assert ledger.pace_now(pace()) == (28.0, "slowed down to 28 a second", None)
    clock.forward(hours=1)
    assert ledger.pace_now(pace()) == (None, "", None)


def test_told_to_wait_nothing_goes_before(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 9, at=clock)
    until = clock.now + timedelta(minutes=5)
    ledger.slow_down("outbox", 1.0, until)
    turned, gone = work(ledger, holder, pace())
    assert (gone, turned.next_at, turned.held_by) == ([], until, "the mail service asked to wait")
    assert ledger.pace_now(pace()) == (0.0, "the mail service asked to wait", until)
    clock.forward(hours=-1)
    work(ledger, holder, pace())
    clock.forward(seconds=2)
    assert len(work(ledger, holder, pace())[1]) == 1, "an hour back it does not wait for an hour"


def test_a_rate_goes_on_where_it_was_when_the_ledger_is_opened_again(
    ledgers: SqliteLedgers, clock: Clock
) -> None:
    by = pace(per_minute=6, per_hour=4)
    with ledgers.open(clock) as ledger, readers(ledger, 9, at=clock) as holder:
        assert len(work(ledger, holder, by)[1]) == 1
    clock.forward(seconds=3)
    with ledgers.open(clock) as ledger, ledger.hold("d1") as holder:
        assert work(ledger, holder, by)[1] == []
        clock.forward(seconds=7)
        assert len(work(ledger, holder, by)[1]) == 1


# Quotas


def test_a_quota_is_used_up_and_says_until_when(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 30, at=clock)
    by = pace(per_day=10, per_hour=8)
    turned, gone = work(ledger, holder, by)
    assert (len(gone), turned.held_by) == (8, "8 in 60 minutes")
    assert turned.held_until == clock.now + timedelta(seconds=1), "what is in hand may come back"
    turned, gone = work(ledger, holder, by)
    assert turned.held_until == clock.now + timedelta(minutes=61)
    clock.forward(minutes=61)
    assert len(work(ledger, holder, by)[1]) == 2
    turned, gone = work(ledger, holder, by)
    assert (len(gone), turned.held_by) == (0, "10 in 24 hours")
    assert turned.next_at == clock.now - timedelta(minutes=61) + timedelta(hours=24, minutes=1)
    assert ledger.pace_now(by) == (0.0, "10 in 24 hours", turned.next_at)
    clock.now = turned.next_at
    assert len(work(ledger, holder, by)[1]) == 8


def test_what_has_gone_in_a_day_can_be_read_by_the_minute(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 30, at=clock)
    assert ledger.gone_through("outbox") == []
    first = clock.now
    work(ledger, holder, pace(), 5)
    clock.forward(hours=6)
    work(ledger, holder, pace(), 3)
    assert ledger.gone_through("outbox") == [(first, 5), (clock.now, 3)]
    assert ledger.gone_through("other") == []
    clock.forward(hours=18, minutes=1)
    assert ledger.gone_through("outbox") == [(first + timedelta(hours=6), 3)]


def test_what_is_claimed_counts_before_it_goes(ledger: Ledger, clock: Clock) -> None:
    first = readers(ledger, 30, at=clock)
    by = pace(per_day=10)
    held = ledger.turn("d1", first, Turn(claim=7), by).claimed
    second = ledger.hold()
    assert len(ledger.turn("d1", second, Turn(claim=30), by).claimed) == 3
    ledger.turn("d1", first, Turn(release=held[:2]), by)
    assert len(ledger.turn("d1", second, Turn(claim=30), by).claimed) == 2
    clock.forward(days=3)
    assert len(ledger.turn("d1", second, Turn(claim=30), by).claimed) == 0, "it may still go"


def test_sendings_through_one_relay_share_its_quota(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 10, at=clock)
    ledger.open_dispatch(a_plan(["anna", "bakyt"], "d2", occasion="other"))
    by = pace(per_day=11)
    assert len(work(ledger, holder, by)[1]) == 10
    assert len(ledger.turn("d2", holder, Turn(claim=9), by).claimed) == 1


def test_a_clock_that_was_a_year_ahead_does_not_hold_a_quota_for_a_year(ledger: Ledger, clock: Clock) -> None:
    clock.forward(days=365)
    holder = readers(ledger, 30, at=clock)
    by = pace(per_day=10)
    assert len(work(ledger, holder, by)[1]) == 10
    clock.forward(days=-365)
    assert work(ledger, holder, by)[1] == []
    clock.forward(hours=24, minutes=2)
    assert len(work(ledger, holder, by)[1]) == 10


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 20, 59, 61, 600, 3_599, 3_600, 7_000, 40_000, 86_399]),
            st.integers(1, 9),
            st.booleans(),
        ),
        min_size=3,
        max_size=14,
    )
)
def test_no_window_ever_holds_more_than_its_quota(steps: list[tuple[int, int, bool]]) -> None:
    clock, went = Clock(), []
    with tempfile.TemporaryDirectory() as folder, SqliteLedgers(Path(folder)).open(clock) as ledger:
        holder = readers(ledger, 150, at=clock)
        by = pace(per_day=9, per_hour=4, domains={"example.org": Limits(per_hour=3)})
        kept: list[Claimed] = []
        for seconds, n, keep in steps:
            clock.forward(seconds=seconds)
            kept += ledger.turn("d1", holder, Turn(claim=n), by).claimed
            if keep:
                continue
            handed = ledger.turn("d1", holder, Turn(hand=tuple(kept)), by).handed
            went += [clock.now] * len(handed)
            ledger.turn("d1", holder, Turn(settle=tuple(Settling(one, ACCEPTED) for one in kept)), by)
            kept = []
    for end in went:
        assert sum(end - DAY < at <= end for at in went) <= 9
        assert sum(end - HOUR < at <= end for at in went) <= 3


# Recipient domains


def test_a_slow_domain_holds_up_nobody_else(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 100, at=clock, slow=3_000)
    by = pace(domains={"slow.example": Limits(per_minute=20)})
    gone: list[Claimed] = []
    for _ in range(20):
        turned, some = work(ledger, holder, by)
        gone += some
        clock.forward(milliseconds=50)
    quick = [one for one in gone if one.address.endswith("@example.org")]
    assert (len(quick), len(gone)) == (100, 101)
    assert (turned.held_by, turned.claimed) == ("slow.example: 20 a minute", ())
    assert turned.next_at is not None
    assert turned.next_at <= clock.now + timedelta(seconds=3)
    slow = [one for _ in range(60) for one in _later(ledger, holder, by, clock, 1)]
    assert len(slow) == pytest.approx(20, abs=1), "and at its own pace it goes"
    assert sum(ledger.progress("d1").counts.values()) == 3_100


def _later(ledger: Ledger, holder: Holder, by: Pace, clock: Clock, seconds: float) -> list[Claimed]:
    clock.forward(seconds=seconds)
    return work(ledger, holder, by)[1]


def test_what_was_put_off_is_looked_at_about_once(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 10, at=clock, slow=1_000)
    by = pace(domains={"slow.example": Limits(per_minute=60)})
    work(ledger, holder, by)
    due = [row.due_at for row in ledger.deliveries("d1", [State.PLANNED])]
    assert len(set(due)) == len(due) == 999, "one after the other, a second apart"


def test_an_hour_back_what_was_put_off_goes_all_the_same(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 10, at=clock, slow=200)
    by = pace(domains={"slow.example": Limits(per_minute=60)})
    for _ in range(5):
        _later(ledger, holder, by, clock, 1)
    clock.forward(hours=-1)
    gone = [one for _ in range(30) for one in _later(ledger, holder, by, clock, 1)]
    assert len(gone) == pytest.approx(30, abs=2)


def test_with_other_limits_what_was_put_off_is_looked_at_anew(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 0, at=clock, slow=50)
    work(ledger, holder, pace(domains={"slow.example": Limits(per_minute=1)}))
    assert len(work(ledger, holder, pace())[1]) == 49


def test_a_domain_has_so_many_in_hand_at_most(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 3, at=clock, slow=30)
    by = pace(domains={"slow.example": Limits(connections=2)})
    turned = ledger.turn("d1", holder, Turn(claim=20), by)
    assert [one.address.partition("@")[2] for one in turned.claimed] == ["slow.example"] * 2 + [
        "example.org"
    ] * 3
    again = ledger.turn("d1", holder, Turn(claim=20), by)
    assert (again.claimed, again.held_by) == ((), "slow.example: 2 connections")
    ledger.turn("d1", holder, Turn(settle=(Settling(turned.claimed[0], LINK_LOST),)), by)
    clock.forward(seconds=1)
    assert len(ledger.turn("d1", holder, Turn(claim=20), by).claimed) == 1


def test_every_other_domain_has_the_limits_of_the_star(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 5, at=clock, slow=5, free=5)
    by = pace(domains={"*": Limits(per_hour=2), "free.example": Limits(per_hour=1_000)})
    gone = [one.address.partition("@")[2] for one in work(ledger, holder, by)[1]]
    assert sorted(gone) == ["example.org"] * 2 + ["free.example"] * 5 + ["slow.example"] * 2


def test_where_nothing_is_limited_nothing_is_kept(ledger: Ledger, clock: Clock) -> None:
    holder = readers(ledger, 5, at=clock)
    turned, gone = work(ledger, holder, pace())
    assert (len(gone), turned.held_by, gone[0].go_at) == (5, "", None)
    assert ledger.pace_now(pace()) == (None, "", None)
