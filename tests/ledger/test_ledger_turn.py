"""A worker's turn: all of it in one transaction, in order, and nothing at all where it fails."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_cases import (
    ACCEPTED,
    GREYLISTED,
    NO_SUCH_USER,
    START,
    Clock,
    SqliteLedgers,
    a_dispatch,
    a_plan,
    a_reader,
)
from sqlalchemy import event

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger import Holder, Ledger, open_ledger
from mailer.ledger.claiming import LINE
from mailer.ledger.outlook import WAITS
from mailer.ledger.reading import is_live, some_deliveries
from mailer.model.dispatch import Claimed, DispatchState, Plan, State
from mailer.model.message import Outcome, Phase, Verdict
from mailer.model.pace import Brake, Settling, Turn, WorkStatus
from mailer.model.suppression import Because

NAMES = [f"reader{n:02}" for n in range(12)]


@pytest.fixture
def holder(ledger: Ledger) -> Holder:
    ledger.open_dispatch(a_plan(NAMES))
    return ledger.hold("d1")


def claimed(ledger: Ledger, holder: Holder, n: int) -> list[Claimed]:
    return list(ledger.turn("d1", holder, Turn(claim=n)).claimed)


def states(ledger: Ledger) -> dict[str, str]:
    return {row.name: str(row.state) for row in ledger.deliveries("d1")}


def test_a_group_of_everything_goes_in_one_turn(ledger: Ledger, clock: Clock, holder: Holder) -> None:
    rows = claimed(ledger, holder, 6)
    ledger.turn("d1", holder, Turn(hand=tuple(rows[:2])))
    due = clock.now + timedelta(minutes=5)
    turned = ledger.turn(
        "d1",
        holder,
        Turn(
            settle=(
                Settling(rows[0], ACCEPTED),
                Settling(rows[1], NO_SUCH_USER),
                Settling(rows[2], GREYLISTED, due),
            ),
            skip=((rows[3], "The report has come in."),),
            release=(rows[4],),
            hand=(rows[5],),
            claim=2,
        ),
    )
    assert turned.settled == {
        rows[0].id: State.ACCEPTED,
        rows[1].id: State.REFUSED,
        rows[2].id: State.DEFERRED,
    }
    assert turned.handed == {rows[5].id}
    assert [one.name for one in turned.claimed] == ["Reader04", "Reader06"], "given back first, claimed then"
    assert (turned.state, turned.held_by) == (DispatchState.OPEN, "")
    assert list(states(ledger).values())[:8] == [
        "accepted",
        "refused",
        "deferred",
        "skipped",
        "claimed",
        "handed",
        "claimed",
        "planned",
    ]
    assert [ledger.attempts(row.id)[0].verdict for row in rows[:3]] == ["accepted", "refused", "deferred"]
    progress, report = ledger.progress("d1"), ledger.report("d1")
    assert (progress.counts, progress.total) == (report.counts, 12)
    assert progress.next_try_at == due == report.next_try_at


def test_what_others_took_is_missing_and_the_rest_goes_on(ledger: Ledger, holder: Holder) -> None:
    mine, lost, other = claimed(ledger, holder, 3)
    ledger.release([lost])
    ledger.turn("d1", holder, Turn(hand=(mine,)))
    turned = ledger.turn(
        "d1",
        holder,
        Turn(settle=(Settling(mine, ACCEPTED), Settling(lost, GREYLISTED, START)), hand=(lost, other)),
    )
    assert turned.settled == {mine.id: State.ACCEPTED}
    assert turned.handed == {other.id}
    assert ledger.attempts(lost.id) == []


def test_an_outcome_that_cannot_be_undoes_the_whole_turn(ledger: Ledger, holder: Holder) -> None:
    handed, other = claimed(ledger, holder, 2)
    ledger.turn("d1", holder, Turn(hand=(handed,)))
    before = states(ledger)
    wrong = Turn(settle=(Settling(handed, ACCEPTED), Settling(other, ACCEPTED)), claim=3)
    with pytest.raises(LedgerError, match='"claimed" cannot be settled as "accepted"'):
        ledger.turn("d1", holder, wrong)
    assert states(ledger) == before
    assert ledger.attempts(handed.id) == []
    ledger.turn("d1", holder, replace(wrong, settle=wrong.settle[:1]))
    assert ledger.attempts(handed.id)[0].reply == ACCEPTED.reply


def test_the_same_outcome_told_twice_is_one_try(ledger: Ledger, holder: Holder) -> None:
    (one,) = claimed(ledger, holder, 1)
    ledger.turn("d1", holder, Turn(settle=(Settling(one, GREYLISTED, START), Settling(one, NO_SUCH_USER))))
    assert len(ledger.attempts(one.id)) == 1
    assert states(ledger)["Reader00"] == "deferred"


def test_another_sendings_delivery_is_refused(ledger: Ledger, holder: Holder) -> None:
    ledger.open_dispatch(a_plan(["zoe"], "d2", occasion="other"))
    (zoe,) = ledger.claim("d2", 1, holder)
    with pytest.raises(LedgerError, match="is not one of the sending d1"):
        ledger.turn("d1", holder, Turn(hand=(zoe,)))
    with pytest.raises(LedgerError, match='No sending is called "d9"'):
        ledger.turn("d9", holder, Turn(claim=1))


def test_paused_what_is_claimed_may_go_and_cancelled_nothing_does(ledger: Ledger, holder: Holder) -> None:
    one, two, three = claimed(ledger, holder, 3)
    ledger.pause("d1", "lunch")
    turned = ledger.turn("d1", holder, Turn(hand=(one,), claim=5))
    assert (turned.handed, turned.claimed, turned.state, turned.why) == (
        {one.id},
        (),
        DispatchState.PAUSED,
        "lunch",
    )
    ledger.cancel("d1", "A wrong date.")
    turned = ledger.turn("d1", holder, Turn(settle=(Settling(one, ACCEPTED),), release=(two,), hand=(three,)))
    assert (turned.settled, turned.handed, turned.state) == (
        {one.id: State.ACCEPTED},
        frozenset(),
        DispatchState.CANCELLED,
    )
    assert set(states(ledger).values()) == {"accepted", "cancelled"}


def test_the_last_turn_says_that_it_is_finished(ledger: Ledger, holder: Holder) -> None:
    rows = tuple(claimed(ledger, holder, 12))
    ledger.turn("d1", holder, Turn(hand=rows))
    turned = ledger.turn("d1", holder, Turn(settle=tuple(Settling(row, ACCEPTED) for row in rows), claim=5))
    assert (turned.state, turned.next_at, turned.claimed) == (DispatchState.FINISHED, None, ())
    assert ledger.progress("d1").counts == {State.ACCEPTED: 12}


def test_when_there_is_more_to_claim(ledger: Ledger, clock: Clock, holder: Holder) -> None:
    rows = claimed(ledger, holder, 12)
    due = clock.now + timedelta(minutes=5)
    turned = ledger.turn("d1", holder, Turn(settle=(Settling(rows[0], GREYLISTED, due),), claim=1))
    assert (turned.next_at, turned.claimed) == (due, ())
    clock.forward(minutes=6)
    assert [one.name for one in claimed(ledger, holder, 1)] == ["Reader00"]


def test_a_turn_of_who_was_taken_for_dead_does_nothing(
    ledgers: SqliteLedgers, ledger: Ledger, holder: Holder
) -> None:
    (one,) = claimed(ledger, holder, 1)
    ledgers.crash(holder)
    ledger.recover()
    with pytest.raises(LostClaimError, match="taken for dead"):
        ledger.turn("d1", holder, Turn(hand=(one,), claim=1))
    assert ledger.turn("d1", holder, Turn(hand=(one,))).handed == frozenset()


def test_who_is_suppressed_by_now_is_skipped_on_the_way(ledger: Ledger, holder: Holder) -> None:
    ledger.suppress("reader00@example.org", Because.MANUAL)
    ledger.suppress("reader01@example.org", Because.BOUNCED)
    assert [one.name for one in claimed(ledger, holder, 1)] == ["Reader02"]
    assert list(states(ledger).values())[:3] == ["skipped", "skipped", "claimed"]


# Schedules


def scheduled(ledger: Ledger, **moments: object) -> Holder:
    dispatch = replace(a_dispatch(), **moments)
    ledger.open_dispatch(Plan(dispatch, tuple(a_reader(name) for name in NAMES)))
    assert ledger.find_dispatch("d1") == dispatch
    return ledger.hold("d1")


def test_nothing_is_claimed_before_it_begins(ledger: Ledger, clock: Clock) -> None:
    begin = START + timedelta(hours=2)
    holder = scheduled(ledger, not_before=begin)
    turned = ledger.turn("d1", holder, Turn(claim=5))
    assert (turned.claimed, turned.next_at) == ((), begin)
    assert ledger.claim("d1", 5, holder) == []
    clock.forward(hours=2)
    assert len(claimed(ledger, holder, 5)) == 5


def test_one_that_did_not_begin_in_time_asks_first(ledger: Ledger, clock: Clock) -> None:
    holder = scheduled(ledger, not_before=START, begin_by=START + timedelta(hours=1))
    clock.forward(hours=1, minutes=1)
    turned = ledger.turn("d1", holder, Turn(claim=5))
    assert (turned.claimed, turned.state) == ((), DispatchState.PAUSED)
    assert turned.why == "it was to begin by 2026-11-23 10:00 UTC"
    assert ledger.events("d1")[0].why == turned.why
    assert ledger.reopen("d1", "D. Officer").begin_by is None
    assert len(claimed(ledger, holder, 5)) == 5


def test_one_that_has_begun_may_take_its_time(ledger: Ledger, clock: Clock) -> None:
    holder = scheduled(ledger, begin_by=START + timedelta(hours=1))
    ledger.release(claimed(ledger, holder, 1))
    clock.forward(hours=5)
    assert ledger.lapse_schedule("d1").state is DispatchState.OPEN
    assert len(claimed(ledger, holder, 5)) == 5


def test_a_schedule_lapses_without_a_worker_too(ledger: Ledger, clock: Clock) -> None:
    scheduled(ledger, begin_by=START + timedelta(hours=1))
    assert ledger.lapse_schedule("d1").state is DispatchState.OPEN
    clock.forward(hours=2)
    assert ledger.lapse_schedule("d1").state is DispatchState.PAUSED


# Who is sending


def test_who_sends_is_known_with_what_they_say(ledgers: SqliteLedgers, ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(NAMES))
    with ledger.hold():
        assert ledger.workers() == []
    holder = ledger.hold("d1")
    (worker,) = ledger.workers("d1")
    assert (worker.id, worker.dispatch_id, worker.is_alive, worker.status) == (holder.id, "d1", True, None)
    status = WorkStatus(
        clock.now, Brake.PACE, "10,000 in 24 hours", clock.now + timedelta(hours=2), 3, 12.5, None, 7
    )
    ledger.note_status(holder, status)
    assert ledger.workers()[0].status == status
    assert ledger.workers("d2") == []
    ledgers.crash(holder)
    assert not ledger.workers("d1")[0].is_alive
    ledger.recover()
    assert ledger.workers() == []


# Trouble with the disk


def test_a_full_disk_undoes_the_turn_and_later_it_works(tmp_path: Path, clock: Clock) -> None:
    with open_ledger(tmp_path / "ledger.db", clock=clock) as ledger:
        ledger.open_dispatch(a_plan([f"reader{n:03}" for n in range(300)]))
        holder = ledger.hold("d1")
        rows = tuple(claimed(ledger, holder, 200))
        ledger.turn("d1", holder, Turn(hand=rows))
        before = ledger.progress("d1").counts
        text = replace(ACCEPTED, reply=replace(ACCEPTED.reply, text="queued " * 200))  # type: ignore[type-var]
        turn = Turn(settle=tuple(Settling(row, text) for row in rows))
        disk = ledger._store._hot_connection()
        pages = disk.execute("PRAGMA page_count").fetchone()[0]
        disk.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LedgerError, match="cannot grow: the disk is full"):
            ledger.turn("d1", holder, turn)
        assert ledger.progress("d1").counts == before
        assert ledger.attempts(rows[0].id) == []
        disk.execute("PRAGMA max_page_count = 1000000")
        assert len(ledger.turn("d1", holder, turn).settled) == 200
        assert ledger.progress("d1").counts == {State.ACCEPTED: 200, State.PLANNED: 100}


def test_a_ledger_that_another_keeps_locked_undoes_the_turn(tmp_path: Path, clock: Clock) -> None:
    with open_ledger(tmp_path / "ledger.db", clock=clock, patience=0.1) as ledger:
        ledger.open_dispatch(a_plan(NAMES))
        holder = ledger.hold("d1")
        (one,) = claimed(ledger, holder, 1)
        other = sqlite3.connect(ledger.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="is busy: another program"):
            ledger.turn("d1", holder, Turn(hand=(one,)))
        other.execute("ROLLBACK")
        other.close()
        assert states(ledger)["Reader00"] == "claimed"
        assert ledger.turn("d1", holder, Turn(hand=(one,))).handed == {one.id}


# What a turn reads


def plan_of(ledger: Ledger, sql: str) -> str:
    with ledger._store.read() as connection:
        names = {"dispatch": "d1", "at": 0, "limit": 1, "reasons": "[]"}
        rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", names).fetchall()
    return "\n".join(row[3] for row in rows)


def test_a_claim_reads_only_what_is_due(ledger: Ledger) -> None:
    line = plan_of(ledger, LINE)
    assert line.count("USING INDEX deliveries_due (dispatch_id=? AND state=? AND due_at<?)") == 2
    waits = plan_of(ledger, WAITS)
    assert waits.count("deliveries_due (dispatch_id=? AND state=?") == 2
    assert "deliveries_held (holder_id=?)" in waits
    assert "SCAN d" not in line + waits


def test_standing_and_doubts_are_read_from_small_indexes(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(NAMES))
    asked: list[tuple[str, object]] = []
    event.listen(
        ledger._store.engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3]))
    )
    with ledger._store.read() as connection:
        is_live(connection, "d1")
        list(some_deliveries(connection, "d1", [State.UNKNOWN]))
    ledger._totals["d1"] = 12
    ledger.progress("d1")
    with ledger._store.read() as connection:
        cursor = connection.connection.cursor()
        steps = [
            step[3]
            for sql, values in asked
            if "deliveries" in sql
            for step in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        ]
    assert len(asked) >= 6
    reads = [step for step in steps if step.startswith(("SEARCH deliveries", "SCAN deliveries"))]
    assert len(reads) >= 6
    assert all(re.search("deliveries_(due|held|otherwise)", step) for step in reads), reads


def test_a_note_about_an_address_is_kept(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(NAMES))
    ledger.note("Anna@example.org", "telephoned, found in spam", "D. Officer")
    (noted,) = ledger.events(address="anna@example.org")
    assert (noted.kind, noted.why, noted.by) == ("noted", "telephoned, found in spam", "D. Officer")
    with pytest.raises(LedgerError, match='"d9"'):
        ledger.remark("d9", "", noted.kind, "-")


def test_an_outcome_without_a_reply_is_in_doubt(ledger: Ledger, holder: Holder) -> None:
    (one,) = claimed(ledger, holder, 1)
    ledger.turn("d1", holder, Turn(hand=(one,)))
    silent = Outcome(Verdict.ACCEPTED, Phase.DOT)
    with pytest.raises(LedgerError, match="it is in doubt"):
        ledger.turn("d1", holder, Turn(settle=(Settling(one, silent),)))
