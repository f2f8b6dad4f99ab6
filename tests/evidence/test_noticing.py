"""What never changes of a finished sending, whatever people decide of its doubts afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.evidence.making import head_to_note, noted_head
from mailer.evidence.record import LASTING
from mailer.evidence.rows import Around, lasting_cells, rows_of
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch
from mailer.model.message import Outcome, Phase
from tests.ledger.ledger_cases import (
    ACCEPTED,
    GREYLISTED,
    NO_ANSWER,
    NO_SUCH_USER,
    Clock,
    SqliteLedgers,
    a_plan,
)

PEOPLE = ("anna", "bakyt", "chen", "dana")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with SqliteLedgers(tmp_path).open(clock) as opened:
        yield opened


def deliver(ledger: Ledger, clock: Clock, outcomes: dict[str, Outcome]) -> None:
    """Try everybody who is due; who is not named is accepted."""
    with ledger.hold() as holder:
        for claimed in ledger.claim("d1", 100, holder):
            outcome = outcomes.get(claimed.name.lower(), ACCEPTED)
            clock.forward(seconds=1)
            if outcome.phase is Phase.DOT:
                ledger.hand(claimed)
            ledger.settle(claimed, outcome, clock() if outcome is GREYLISTED else None)
    ledger.finish_if_done("d1")


def sent(ledger: Ledger, clock: Clock) -> Dispatch:
    dispatch = ledger.open_dispatch(a_plan(PEOPLE)).dispatch
    deliver(ledger, clock, {"bakyt": NO_SUCH_USER, "chen": NO_ANSWER, "dana": NO_ANSWER})
    clock.forward(days=1)
    return dispatch


def head(ledger: Ledger, dispatch: Dispatch) -> str:
    found = noted_head(dispatch, ledger.notices(dispatch.id))
    assert head_to_note(dispatch, ledger.stood(dispatch.id)) == found, "the quick way finds the same"
    return found


def told(ledger: Ledger, dispatch: Dispatch, person: str) -> tuple[str, str, str]:
    rows = rows_of([(dispatch, ledger.notices(dispatch.id))], Around())
    (row,) = (row for row in rows if row.person == person)
    return row.became, row.answer, row.later


def settled(ledger: Ledger, clock: Clock) -> None:
    ledger.resolve("d1", "chen@example.org", accepted=True, by="Ann")


def sent_again(ledger: Ledger, clock: Clock) -> None:
    ledger.resolve("d1", "chen@example.org", accepted=False, by="Ann")
    clock.forward(minutes=5)
    deliver(ledger, clock, {})


def sent_again_in_vain(ledger: Ledger, clock: Clock) -> None:
    ledger.resolve("d1", "chen@example.org", accepted=False, by="Ann")
    deliver(ledger, clock, {"chen": GREYLISTED})
    clock.forward(hours=1)
    deliver(ledger, clock, {"chen": NO_ANSWER})
    ledger.resolve("d1", "chen@example.org", accepted=False, by="Ann")
    deliver(ledger, clock, {"chen": NO_SUCH_USER})


def forgotten(ledger: Ledger, clock: Clock) -> None:
    for name in PEOPLE:
        ledger.forget(f"{name}@example.org", by="Ann", why="asked to")


@pytest.mark.parametrize("later", [settled, sent_again, sent_again_in_vain, forgotten])
def test_what_was_noted_stays_true_whatever_comes_after(
    ledger: Ledger, clock: Clock, later: Callable[[Ledger, Clock], None]
) -> None:
    dispatch = sent(ledger, clock)
    noted = head(ledger, dispatch)
    later(ledger, clock)
    assert head(ledger, dispatch) == noted


def test_a_doubt_that_was_decided_before_the_sending_ended_counts_as_decided(
    ledger: Ledger, clock: Clock
) -> None:
    dispatch = ledger.open_dispatch(a_plan(PEOPLE)).dispatch
    deliver(ledger, clock, {"anna": GREYLISTED, "chen": NO_ANSWER, "dana": NO_ANSWER})
    ledger.resolve("d1", "chen@example.org", accepted=True, by="Ann")
    ledger.resolve("d1", "dana@example.org", accepted=False, by="Ann")
    deliver(ledger, clock, {"dana": NO_ANSWER})
    noted = head(ledger, dispatch)
    assert told(ledger, dispatch, "Chen") == (
        "taken over by outbox, as a person found",
        "Settled by Ann.",
        "",
    )
    assert told(ledger, dispatch, "Dana")[0] == "in doubt"
    ledger.resolve("d1", "dana@example.org", accepted=False, by="Ann")
    deliver(ledger, clock, {})
    assert head(ledger, dispatch) == noted
    assert told(ledger, dispatch, "Dana")[0] == "in doubt"


def test_the_row_tells_the_doubt_and_what_became_of_it(ledger: Ledger, clock: Clock) -> None:
    dispatch = sent(ledger, clock)
    assert told(ledger, dispatch, "Anna") == ("taken over by outbox", "250 2.0.0 queued as 4711", "")
    assert told(ledger, dispatch, "Bakyt") == ("refused", "550 5.1.1 no such user", "")
    doubt = ("in doubt", "No answer came after the message.")
    assert told(ledger, dispatch, "Chen") == (*doubt, "")
    settled(ledger, clock)
    assert told(ledger, dispatch, "Chen") == (*doubt, "2026-11-24 09:00:04 found by Ann to be taken over")
    ledger.resolve("d1", "dana@example.org", accepted=False, by="Ben")
    deliver(ledger, clock, {})
    became, answer, later = told(ledger, dispatch, "Dana")
    assert (became, answer) == doubt
    assert later == (
        "2026-11-24 09:00:04 sent again by Ben; "
        "2026-11-24 09:00:05 taken over by outbox: 250 2.0.0 queued as 4711"
    )


def test_who_was_left_out_or_given_up_has_the_reason_as_the_answer(ledger: Ledger, clock: Clock) -> None:
    dispatch = ledger.open_dispatch(a_plan(PEOPLE)).dispatch
    ledger.skip_waiting("d1", ["anna@example.org"], "It has come in.")
    deliver(ledger, clock, {"bakyt": GREYLISTED})
    clock.forward(days=4)
    ledger.expire("d1")
    ledger.finish_if_done("d1")
    assert told(ledger, dispatch, "Anna")[:2] == ("left out", "It has come in.")
    assert told(ledger, dispatch, "Bakyt")[:2] == (
        "given up",
        "Its time had run out. Last answer: 450 4.7.1 try again later",
    )


def test_what_is_noted_is_what_the_rows_say(ledger: Ledger, clock: Clock) -> None:
    dispatch = sent(ledger, clock)
    rows = rows_of([(dispatch, ledger.notices("d1"))], Around())
    noted = [lasting_cells(notice, dispatch) for notice in ledger.notices("d1")]
    assert sorted(row.lasting for row in rows) == sorted(noted)
    assert all(len(cells) == len(LASTING) for cells in noted)


def test_every_page_of_a_large_sending_is_read(ledger: Ledger, clock: Clock) -> None:
    dispatch = ledger.open_dispatch(a_plan([f"p{n:04}" for n in range(1_100)])).dispatch
    rows = rows_of([(dispatch, ledger.notices("d1"))], Around())
    assert [row.number for row in rows] == [str(n) for n in range(1, 1_101)]
    assert len({row.message_id for row in rows}) == 1_100
