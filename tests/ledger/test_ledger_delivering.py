"""Claiming, handing over and settling: who may do what, and what is written down."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_cases import (
    ACCEPTED,
    DEFERRED_AT_DOT,
    GREYLISTED,
    LINK_LOST,
    NO_ANSWER,
    NO_SUCH_USER,
    Clock,
    SqliteLedgers,
    a_plan,
)

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger import Ledger
from mailer.model.dispatch import Claimed, State
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.suppression import Because


@pytest.fixture
def anna(ledger: Ledger) -> Claimed:
    """A delivery in hand; its holder lives as long as the test."""
    ledger.open_dispatch(a_plan(["anna"]))
    return ledger.claim("d1", 1, ledger.hold())[0]


def state(ledger: Ledger) -> State:
    return next(iter(ledger.deliveries("d1"))).state


@pytest.mark.parametrize(
    ("outcome", "handed", "end", "tries"),
    [
        (ACCEPTED, True, State.ACCEPTED, 1),
        (DEFERRED_AT_DOT, True, State.DEFERRED, 1),
        (NO_SUCH_USER, True, State.REFUSED, 1),
        (NO_ANSWER, True, State.UNKNOWN, 1),
        (Outcome(Verdict.RELEASED, Phase.DOT, Reply(421, "too busy", "4.3.2")), True, State.DEFERRED, 0),
        (GREYLISTED, False, State.DEFERRED, 1),
        (NO_SUCH_USER, False, State.REFUSED, 1),
        (LINK_LOST, False, State.PLANNED, 0),
    ],
)
def test_every_outcome_leads_where_the_design_says(
    ledger: Ledger, clock: Clock, anna: Claimed, *, outcome: Outcome, handed: bool, end: State, tries: int
) -> None:
    if handed:
        ledger.hand(anna)
    assert ledger.settle(anna, outcome, clock.now + timedelta(minutes=15)) is end
    (row,) = ledger.deliveries("d1")
    assert (row.state, row.attempts, row.reply, row.detail) == (end, tries, outcome.reply, outcome.detail)
    (attempt,) = ledger.attempts(row.id)
    assert (attempt.n, attempt.at, attempt.phase) == (1, clock.now, outcome.phase)
    assert (attempt.verdict, attempt.reply, attempt.detail) == (
        outcome.verdict,
        outcome.reply,
        outcome.detail,
    )


@pytest.mark.parametrize("outcome", [ACCEPTED, NO_ANSWER])
def test_before_the_dot_nothing_can_have_been_taken_over(
    ledger: Ledger, anna: Claimed, outcome: Outcome
) -> None:
    with pytest.raises(LedgerError, match='"claimed" cannot be settled'):
        ledger.settle(anna, outcome)
    assert state(ledger) is State.CLAIMED
    assert ledger.attempts(anna.id) == []


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED, Verdict.RELEASED])
def test_after_the_dot_only_an_answer_says_anything(
    ledger: Ledger, clock: Clock, anna: Claimed, verdict: Verdict
) -> None:
    ledger.hand(anna)
    with pytest.raises(LedgerError, match="it is in doubt"):
        ledger.settle(anna, Outcome(verdict, Phase.DOT, detail="The link was lost."), clock.now)
    assert state(ledger) is State.HANDED


def test_a_deferred_delivery_needs_its_next_try(ledger: Ledger, anna: Claimed) -> None:
    with pytest.raises(LedgerError, match="next try"):
        ledger.settle(anna, GREYLISTED)
    assert state(ledger) is State.CLAIMED


def test_nothing_is_handed_or_settled_twice(ledger: Ledger, anna: Claimed) -> None:
    ledger.hand(anna)
    with pytest.raises(LostClaimError):
        ledger.hand(anna)
    ledger.settle(anna, ACCEPTED)
    for again in (ACCEPTED, NO_ANSWER, NO_SUCH_USER):
        with pytest.raises(LostClaimError, match="no longer held"):
            ledger.settle(anna, again)
    assert len(ledger.attempts(anna.id)) == 1


def test_what_was_given_back_cannot_be_handed_over_under_the_old_token(ledger: Ledger, anna: Claimed) -> None:
    assert ledger.release([anna]) == 1
    (newer,) = ledger.claim("d1", 1, ledger.hold())
    assert newer.id == anna.id
    assert newer.token > anna.token
    for late in (
        lambda: ledger.hand(anna),
        lambda: ledger.settle(anna, LINK_LOST),
        lambda: ledger.skip(anna, "-"),
    ):
        with pytest.raises(LostClaimError):
            late()
    assert ledger.release([anna]) == 0
    ledger.hand(newer)


def test_the_oldest_due_goes_first_and_what_is_not_due_waits(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt", "chen"]))
    holder = ledger.hold()
    anna, bakyt = ledger.claim("d1", 2, holder)
    ledger.settle(anna, GREYLISTED, clock.now + timedelta(minutes=30))
    ledger.settle(bakyt, GREYLISTED, clock.now + timedelta(minutes=15))
    assert [one.name for one in ledger.claim("d1", 9, holder)] == ["Chen"]
    assert ledger.report("d1").next_try_at == clock.now + timedelta(minutes=15)
    clock.forward(minutes=14)
    assert ledger.claim("d1", 9, holder) == []
    clock.forward(minutes=16)
    assert [one.name for one in ledger.claim("d1", 9, holder)] == ["Bakyt", "Anna"]


def test_a_clock_set_back_holds_up_nothing_that_was_never_tried(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan())
    clock.forward(days=-3650)
    assert len(ledger.claim("d1", 9, ledger.hold())) == 3


def test_after_the_clock_was_set_back_a_later_try_waits_as_long_as_it_was_to(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.open_dispatch(a_plan())
    holder = ledger.hold()
    anna, *others = ledger.claim("d1", 9, holder)
    ledger.settle(anna, GREYLISTED, clock.now + timedelta(minutes=30))
    ledger.release(others)
    clock.forward(hours=-5)
    assert len(ledger.claim("d1", 2, holder)) == 2
    assert ledger.report("d1").next_try_at == clock.now + timedelta(minutes=30)
    clock.forward(minutes=30)
    assert [one.name for one in ledger.claim("d1", 9, holder)] == ["Anna"]


def test_a_paused_a_cancelled_and_a_run_out_dispatch_give_nothing_to_claim(
    ledger: Ledger, clock: Clock
) -> None:
    for name in ("d1", "d2", "d3"):
        ledger.open_dispatch(a_plan(dispatch_id=name, occasion=name))
    ledger.pause("d1", "The mail service asks to wait.")
    ledger.cancel("d2", "A wrong date.")
    holder = ledger.hold()
    assert ledger.claim("d1", 9, holder) == []
    assert ledger.claim("d2", 9, holder) == []
    clock.forward(hours=72)
    assert ledger.claim("d3", 9, holder) == []
    with pytest.raises(LedgerError, match='No sending is called "d9"'):
        ledger.claim("d9", 9, holder)


def test_past_the_end_of_its_life_nothing_is_handed_over(ledger: Ledger, clock: Clock, anna: Claimed) -> None:
    clock.forward(hours=72)
    with pytest.raises(LostClaimError):
        ledger.hand(anna)
    assert ledger.release([anna]) == 0, "it was given back"
    assert ledger.expire("d1") == 1


def test_under_a_pause_what_is_in_flight_ends(ledger: Ledger, anna: Claimed) -> None:
    ledger.pause("d1", "The mail service asks to wait.")
    ledger.hand(anna)
    assert ledger.settle(anna, ACCEPTED) is State.ACCEPTED


def test_once_cancelled_nothing_more_is_handed_over(ledger: Ledger, anna: Claimed) -> None:
    ledger.cancel("d1", "A wrong date.")
    assert state(ledger) is State.CLAIMED
    with pytest.raises(LostClaimError):
        ledger.hand(anna)
    assert state(ledger) is State.CANCELLED


def test_cancelled_between_dot_and_answer_the_answer_still_counts(
    ledger: Ledger, clock: Clock, anna: Claimed
) -> None:
    ledger.hand(anna)
    ledger.cancel("d1", "A wrong date.")
    assert state(ledger) is State.HANDED
    assert ledger.settle(anna, DEFERRED_AT_DOT, clock.now) is State.CANCELLED
    assert len(ledger.attempts(anna.id)) == 1


def test_given_back_under_a_cancelled_dispatch_it_is_cancelled(ledger: Ledger, anna: Claimed) -> None:
    ledger.cancel("d1", "A wrong date.")
    assert ledger.release([anna]) == 1
    assert state(ledger) is State.CANCELLED


@pytest.mark.parametrize(
    ("because", "message_class", "goes"),
    [
        (Because.UNSUBSCRIBED, "newsletter", False),
        (Because.UNSUBSCRIBED, "notice", True),
        (Because.BOUNCED, "newsletter", False),
        (Because.BOUNCED, "notice", False),
        (Because.COMPLAINED, "notice", False),
        (Because.MANUAL, "notice", False),
    ],
)
def test_who_is_suppressed_after_planning_is_skipped_at_the_claim(
    ledger: Ledger, because: Because, message_class: str, goes: bool
) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"], message_class=message_class))
    ledger.suppress("anna@EXAMPLE.org", because)
    names = [one.name for one in ledger.claim("d1", 1, ledger.hold())]
    assert names == (["Anna"] if goes else ["Bakyt"])
    anna = next(iter(ledger.deliveries("d1")))
    assert anna.state is (State.CLAIMED if goes else State.SKIPPED)
    assert anna.detail == ("" if goes else f"On the do-not-mail list: {because}.")


def test_a_strange_answer_is_recorded_all_the_same(ledger: Ledger, anna: Claimed) -> None:
    ledger.hand(anna)
    strange = Reply(250, "ok \udcff\x00 " + "x" * 5_000, "2.0.0")
    assert ledger.settle(anna, Outcome(Verdict.ACCEPTED, Phase.DOT, strange)) is State.ACCEPTED
    reply = ledger.attempts(anna.id)[0].reply
    assert reply is not None
    assert reply.text.startswith("ok ?? xxx")
    assert len(reply.text) == 2_000


def test_every_try_is_kept(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna"]))
    holder = ledger.hold()
    for outcome in (GREYLISTED, LINK_LOST, DEFERRED_AT_DOT, ACCEPTED):
        (anna,) = ledger.claim("d1", 1, holder)
        if outcome.phase is Phase.DOT:
            ledger.hand(anna)
        ledger.settle(anna, outcome, clock.now)
    tries = ledger.attempts(anna.id)
    assert [(one.n, one.verdict) for one in tries] == [
        (1, Verdict.DEFERRED),
        (2, Verdict.RELEASED),
        (3, Verdict.DEFERRED),
        (4, Verdict.ACCEPTED),
    ]
    (row,) = ledger.deliveries("d1")
    assert (row.attempts, row.reply) == (3, ACCEPTED.reply)


def test_leaving_gives_back_what_is_held(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan())
    with ledger.hold() as holder:
        handed, _ = ledger.claim("d1", 2, holder)
        ledger.hand(handed)
        lock = holder.lock.path
        assert lock.exists()
    assert not lock.exists()
    assert ledger.report("d1").counts == {State.UNKNOWN: 1, State.PLANNED: 2}
    (attempt,) = ledger.attempts(handed.id)
    assert (attempt.verdict, attempt.detail) == (
        Verdict.UNKNOWN,
        "The sending program ended before the answer came.",
    )
    with pytest.raises(LostClaimError, match="taken for dead"):
        ledger.claim("d1", 1, holder)
    holder.close()


def test_a_holder_whose_lock_file_was_deleted_is_not_robbed_while_its_process_lives(
    ledgers: SqliteLedgers, ledger: Ledger
) -> None:
    ledger.open_dispatch(a_plan())
    holder = ledger.hold()
    ledger.claim("d1", 2, holder)
    holder.lock.path.unlink()
    assert ledger.recover().planned == 0
    holder.close()
    assert ledger.report("d1").counts == {State.PLANNED: 3}


def test_recovering_again_finds_nothing(ledgers: SqliteLedgers, ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    holder = ledger.hold()
    claimed = ledger.claim("d1", 2, holder)
    ledger.hand(claimed[0])
    ledgers.crash(holder)
    found = ledger.recover()
    assert (found.planned, found.unknown) == (1, 1)
    again = ledger.recover()
    assert (again.planned, again.unknown) == (0, 0)
    assert not holder.lock.path.exists()
    with pytest.raises(LostClaimError):
        ledger.settle(claimed[0], ACCEPTED)


@pytest.mark.parametrize("holder_id", ["a" * 32, "../../precious", "{folder}/precious"])
def test_no_row_can_name_a_file_that_recovering_deletes(
    ledger: Ledger, tmp_path: Path, holder_id: str
) -> None:
    precious = tmp_path / "precious.lock"
    precious.write_text("kept", encoding="utf-8")
    with ledger.hold() as holder:
        folder = holder.lock.path.parent
    (folder / f"{'b' * 32}.lock").symlink_to(precious)
    row = (holder_id.replace("{folder}", str(tmp_path)), 1, "elsewhere", str(precious))
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as raw:
        raw.execute("INSERT INTO holders (id, pid, host, lock, started_at) VALUES (?, ?, ?, ?, 0)", row)
    ledger.recover()
    assert not ledger.workers()
    assert precious.read_text(encoding="utf-8") == "kept"


def test_a_stray_lock_file_is_swept_away(ledger: Ledger) -> None:
    with ledger.hold() as holder:
        stray = holder.lock.path.with_name("0123.lock")
        stray.touch()
        ledger.recover()
        assert not stray.exists()
        assert holder.lock.path.exists()
