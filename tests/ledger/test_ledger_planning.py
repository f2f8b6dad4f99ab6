"""Opening a dispatch: who is written down, who is left out, and what every try will carry."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_cases import (
    ACCEPTED,
    GREYLISTED,
    NO_ANSWER,
    NO_SUCH_USER,
    START,
    Clock,
    SqliteLedgers,
    a_dispatch,
    a_plan,
    a_reader,
)

from mailer.errors import LedgerError
from mailer.ledger import Ledger
from mailer.model.dispatch import REAL, DispatchState, Plan, State


def states(ledger: Ledger, dispatch_id: str = "d1") -> dict[str, str]:
    return {row.address.partition("@")[0]: str(row.state) for row in ledger.deliveries(dispatch_id)}


def test_a_plan_is_read_back_as_it_was_written(ledger: Ledger) -> None:
    plan = a_plan()
    opened = ledger.open_dispatch(plan)
    assert (opened.dispatch, opened.planned, opened.already) == (plan.dispatch, 3, ())
    assert ledger.find_dispatch("d1") == plan.dispatch
    rows = list(ledger.deliveries("d1"))
    assert [(row.address, row.name, row.language, row.variant, row.country) for row in rows] == [
        (one.address, one.name, one.language, one.variant, one.country) for one in plan
    ]
    assert {row.state for row in rows} == {State.PLANNED}
    with ledger.hold() as holder:
        assert ledger.claim("d1", 1, holder)[0].slots == {"salutation": "Dear Anna,"}


def test_sending_for_real_twice_mails_nobody_twice(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    again = ledger.open_dispatch(a_plan(["anna", "bakyt", "chen", "dina"], "d2"))
    assert again.planned == 1
    assert again.already == ("anna@example.org", "bakyt@example.org", "chen@example.org")
    assert states(ledger, "d2") == {"dina": "planned"}
    assert ledger.holds(REAL, "2016-12-cami") == 4


def test_another_occasion_is_another_matter(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    assert ledger.open_dispatch(a_plan(dispatch_id="d2", occasion="2017-03-cami")).planned == 3


def test_every_rehearsal_mails_everybody_and_uses_up_nothing(ledger: Ledger) -> None:
    for name in ("r1", "r2"):
        assert ledger.open_dispatch(a_plan(dispatch_id=name, rehearsal=True)).planned == 3
    assert ledger.holds(REAL, "2016-12-cami") == 0
    assert ledger.open_dispatch(a_plan()).planned == 3


def test_one_address_written_two_ways_is_one_reader(ledger: Ledger) -> None:
    twice = replace(a_reader("anna"), address=" anna@EXAMPLE.org")
    opened = ledger.open_dispatch(Plan(a_dispatch(), (a_reader("anna"), twice)))
    assert (opened.planned, opened.already) == (1, ("anna@example.org",))
    assert ledger.claimed_addresses(REAL, "2016-12-cami", ["anna@Example.ORG"]) == {"anna@example.org"}


def test_a_capital_letter_makes_no_second_reader(ledger: Ledger) -> None:
    other = replace(a_reader("anna"), address="Anna@example.org")
    assert ledger.open_dispatch(Plan(a_dispatch(), (a_reader("anna"), other))).planned == 1


def test_a_plan_with_nobody_new_is_finished_at_once(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    opened = ledger.open_dispatch(a_plan(dispatch_id="d2"))
    assert (opened.planned, opened.dispatch.state) == (0, DispatchState.FINISHED)
    assert ledger.report("d2").is_finished


def test_the_same_dispatch_cannot_be_opened_twice(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    with pytest.raises(LedgerError, match=r"d1 was opened before\. Go on with `mailer resume d1`"):
        ledger.open_dispatch(a_plan(["dina"]))
    assert states(ledger) == {"anna": "planned", "bakyt": "planned", "chen": "planned"}


def test_a_plan_that_breaks_off_leaves_nothing(ledger: Ledger) -> None:
    broken = replace(a_reader("bakyt"), slots={"salutation": object()})  # type: ignore[dict-item]
    with pytest.raises(Exception, match="JSON"):
        ledger.open_dispatch(Plan(a_dispatch(), (a_reader("anna"), broken)))
    assert ledger.dispatches() == []
    assert ledger.holds(REAL, "2016-12-cami") == 0


@pytest.mark.parametrize("end", ["cancelled", "expired", "skipped"])
def test_who_certainly_got_nothing_is_in_the_next_plan(ledger: Ledger, clock: Clock, end: str) -> None:
    ledger.open_dispatch(a_plan())
    with ledger.hold() as holder:
        anna, bakyt, _ = ledger.claim("d1", 3, holder)
        ledger.hand(anna)
        ledger.settle(anna, ACCEPTED)
        ledger.settle(bakyt, NO_SUCH_USER)
    if end == "cancelled":
        ledger.cancel("d1", "A wrong date in the lead.")
    elif end == "expired":
        clock.forward(hours=80)
        ledger.expire("d1")
    else:
        ledger.skip_waiting("d1", ["chen@example.org"], "The report has come in.")
    assert states(ledger) == {"anna": "accepted", "bakyt": "refused", "chen": end}
    corrected = ledger.open_dispatch(a_plan(dispatch_id="d2"))
    assert corrected.already == ("anna@example.org", "bakyt@example.org")
    assert states(ledger, "d2") == {"chen": "planned"}


def test_who_was_ever_in_doubt_is_in_no_other_plan(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna"]))
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        ledger.hand(anna)
        ledger.settle(anna, NO_ANSWER)
    ledger.resolve("d1", "anna@example.org", accepted=False, by="D. Officer")
    ledger.cancel("d1", "A wrong date in the lead.")
    assert states(ledger) == {"anna": "cancelled"}
    assert ledger.open_dispatch(a_plan(["anna"], "d2")).already == ("anna@example.org",)


def test_the_message_id_is_the_same_for_an_address_and_an_occasion(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"]))
    ledger.cancel("d1", "A wrong date.")
    ledger.open_dispatch(a_plan(["anna"], "d2"))
    ledger.open_dispatch(a_plan(["anna"], "d3", occasion="2017-03-cami"))
    ledger.open_dispatch(a_plan(["anna"], "r1", rehearsal=True))
    ledger.open_dispatch(a_plan(["anna"], "r2", rehearsal=True))
    ids = {name: next(iter(ledger.deliveries(name))).message_id for name in ("d1", "d2", "d3", "r1", "r2")}
    assert ids["d1"] == ids["d2"]
    assert len(set(ids.values())) == 4
    assert all(re.fullmatch(r"<[0-9a-f]{32}@example\.org>", one) for one in ids.values())
    anna, bakyt = ledger.deliveries("d1")
    assert anna.message_id != bakyt.message_id


def test_two_ledgers_share_no_id_no_secret_and_no_message_id(ledgers: SqliteLedgers, clock: Clock) -> None:
    with ledgers.open(clock, "one.db") as one, ledgers.open(clock, "two.db") as two:
        assert one.id != two.id
        assert one.secret("links") != two.secret("links")
        one.open_dispatch(a_plan())
        two.open_dispatch(a_plan())
        assert next(iter(one.deliveries("d1"))).message_id != next(iter(two.deliveries("d1"))).message_id


def test_a_ledger_does_not_know_the_dispatches_of_another(ledgers: SqliteLedgers, clock: Clock) -> None:
    with ledgers.open(clock, "one.db") as one, ledgers.open(clock, "two.db") as two:
        one.open_dispatch(a_plan())
        assert one.knows("d1")
        assert not two.knows("d1")
        assert not one.knows("d")


def test_a_sender_with_letters_beyond_ascii_still_gets_an_ascii_message_id(ledger: Ledger) -> None:
    dispatch = a_dispatch()
    sender = dispatch.sender.model_copy(update={"email": "cami@пример.example.org"})
    ledger.open_dispatch(Plan(replace(dispatch, sender=sender), (a_reader("anna"),)))
    assert next(iter(ledger.deliveries("d1"))).message_id.endswith("@xn--e1afmkfd.example.org>")


def test_a_secret_stays_the_same_and_is_one_per_purpose(
    ledgers: SqliteLedgers, clock: Clock, tmp_path: Path
) -> None:
    with ledgers.open(clock) as ledger:
        first = ledger.secret("links")
        assert len(first) == 32
        assert ledger.secret("return-path") != first
    with ledgers.open(clock) as ledger:
        assert ledger.secret("links") == first


def test_the_date_is_fixed_at_the_first_claim(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna"]))
    clock.forward(minutes=3)
    with ledger.hold() as holder:
        (first,) = ledger.claim("d1", 1, holder)
        ledger.settle(first, GREYLISTED, clock.now)
        clock.forward(hours=1)
        (second,) = ledger.claim("d1", 1, holder)
    assert (first.dated_at - START).seconds == 180
    assert (second.dated_at, second.message_id) == (first.dated_at, first.message_id)
    assert (first.attempts, second.attempts) == (0, 1)
