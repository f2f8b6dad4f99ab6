"""One message for several things: it goes when it can have all of them, and each of them goes once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_cases import ACCEPTED, Clock, a_dispatch, a_plan, a_reader

from mailer.errors import LedgerError
from mailer.ledger import Ledger
from mailer.model.dispatch import REAL, Heading, Mailbox, Plan, PlannedDelivery, State

KZ = "report/2017-04-24/-90d/KZ"
UZ = "report/2017-04-24/-90d/UZ"
TJ = "report/2017-04-24/-90d/TJ"


def reminder(name: str, *occasions: str, **more: object) -> PlannedDelivery:
    return replace(a_reader(name), occasions=occasions, **more)  # type: ignore[arg-type]


def opened(ledger: Ledger, dispatch_id: str, *rows: PlannedDelivery, **options: object) -> tuple[str, ...]:
    plan = Plan(a_dispatch(dispatch_id, occasion="report/day", **options), rows)  # type: ignore[arg-type]
    return ledger.open_dispatch(plan).already


def rows(ledger: Ledger, dispatch_id: str = "d1") -> dict[str, tuple[str, ...]]:
    return {one.address.partition("@")[0]: one.occasions for one in ledger.deliveries(dispatch_id)}


def held(ledger: Ledger, occasion: str, *names: str) -> bool:
    addresses = {f"{name}@example.org" for name in names}
    return ledger.claimed_addresses(REAL, occasion, addresses) == addresses


def test_one_message_for_two_countries_takes_both(ledger: Ledger) -> None:
    assert opened(ledger, "d1", reminder("anna", KZ, UZ), reminder("bakyt", KZ)) == ()
    assert rows(ledger) == {"anna": (KZ, UZ), "bakyt": (KZ,)}
    assert held(ledger, KZ, "anna", "bakyt")
    assert held(ledger, UZ, "anna")
    assert ledger.holds(REAL, "report/day") == 0, "with occasions of its own it leaves the dispatch's free"


def test_who_had_a_part_of_it_is_left_out_and_what_remains_is_free_for_the_next_plan(ledger: Ledger) -> None:
    opened(ledger, "d1", reminder("anna", KZ))
    assert opened(ledger, "d2", reminder("anna", UZ, KZ, TJ), reminder("bakyt", TJ)) == ("anna@example.org",)
    assert rows(ledger, "d2") == {"bakyt": (TJ,)}
    assert ledger.holds(REAL, UZ) == 0
    assert opened(ledger, "d3", reminder("anna", UZ, TJ)) == ()
    assert held(ledger, TJ, "anna", "bakyt")


def test_the_same_plan_twice_writes_to_nobody_twice(ledger: Ledger) -> None:
    for dispatch_id, already in (("d1", ()), ("d2", ("anna@example.org", "bakyt@example.org"))):
        assert opened(ledger, dispatch_id, reminder("anna", KZ, UZ), reminder("bakyt", TJ)) == already
    assert rows(ledger, "d2") == {}
    assert ledger.report("d2").is_finished


def test_one_plan_may_hold_both_kinds(ledger: Ledger) -> None:
    assert opened(ledger, "d1", a_reader("anna"), reminder("bakyt", KZ), a_reader("chen")) == ()
    assert rows(ledger) == {"anna": (), "bakyt": (KZ,), "chen": ()}
    assert held(ledger, "report/day", "anna", "chen")


def test_a_thousand_reminders_take_two_thousand_occasions(ledger: Ledger) -> None:
    many = [reminder(f"reader{n:04}", KZ, UZ) for n in range(1_100)]
    opened(ledger, "d1", *many[::2])
    assert len(opened(ledger, "d2", *many)) == 550
    assert ledger.holds(REAL, KZ) == ledger.holds(REAL, UZ) == 1_100


@pytest.mark.parametrize("end", ["skipped", "cancelled", "expired"])
def test_what_did_not_go_gives_back_all_that_it_was_for(ledger: Ledger, clock: Clock, end: str) -> None:
    opened(ledger, "d1", reminder("anna", KZ, UZ))
    if end == "skipped":
        ledger.skip_waiting("d1", ["anna@example.org"], "The report has come in.")
    elif end == "cancelled":
        ledger.cancel("d1", "A wrong date.")
    else:
        clock.forward(hours=80)
        ledger.expire("d1")
    assert [one.state for one in ledger.deliveries("d1")] == [State(end)]
    assert ledger.holds(REAL, KZ) == ledger.holds(REAL, UZ) == 0
    assert opened(ledger, "d2", reminder("anna", UZ)) == ()


def test_a_rehearsal_uses_up_none_of_them(ledger: Ledger) -> None:
    for dispatch_id in ("r1", "r2"):
        assert opened(ledger, dispatch_id, reminder("anna", KZ, UZ), rehearsal=True) == ()
    assert opened(ledger, "d1", reminder("anna", KZ)) == ()


def test_the_message_id_is_the_same_for_the_same_things_in_any_order_and_dispatch(ledger: Ledger) -> None:
    opened(ledger, "d1", reminder("anna", KZ, UZ))
    ledger.cancel("d1", "A wrong date.")
    opened(ledger, "d2", reminder("anna", UZ, KZ))
    opened(ledger, "d3", reminder("anna", TJ))
    first, second, third = (next(iter(ledger.deliveries(one))).message_id for one in ("d1", "d2", "d3"))
    assert first == second != third


def test_an_occasion_named_twice_is_one(ledger: Ledger) -> None:
    assert opened(ledger, "d1", reminder("anna", KZ, KZ)) == ()
    assert rows(ledger) == {"anna": (KZ,)}


def test_head_and_code_come_back_as_they_were_planned(ledger: Ledger) -> None:
    heading = Heading(
        to=(Mailbox("Dr Ж. Ким", "kim@example.org"), Mailbox("", "b@example.org")),
        cc=(Mailbox('O"Neil', "oneil@example.org"),),
        references=("<one@example.org>", "<two@example.org>"),
    )
    opened(ledger, "d1", reminder("anna", KZ, UZ, heading=heading, code="k7qf-3m2x"), reminder("bakyt", KZ))
    anna, bakyt = ledger.deliveries("d1")
    assert (anna.occasions, anna.heading, anna.code) == ((KZ, UZ), heading, "K7QF3M2X")
    assert (bakyt.heading, bakyt.code) == (Heading(), "")
    with ledger.hold() as holder:
        claimed, other = ledger.claim("d1", 2, holder)
    assert (claimed.occasions, claimed.heading) == ((KZ, UZ), heading)
    assert other.heading == Heading()


def test_a_failed_plan_leaves_none_of_its_claims(ledger: Ledger) -> None:
    broken = reminder("bakyt", UZ, slots={"salutation": object()})
    with pytest.raises(Exception, match="JSON"):
        opened(ledger, "d1", reminder("anna", KZ), broken)
    assert ledger.holds(REAL, KZ) == 0


def test_an_issue_is_planned_as_ever(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    assert {one.occasions for one in ledger.deliveries("d1")} == {()}
    assert ledger.open_dispatch(a_plan(dispatch_id="d2")).planned == 0


def test_an_ended_reminder_is_never_sent_again_for_any_of_its_things(ledger: Ledger) -> None:
    opened(ledger, "d1", reminder("anna", KZ, UZ))
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        ledger.hand(anna)
        ledger.settle(anna, ACCEPTED)
    for one in (KZ, UZ):
        assert opened(ledger, f"again-{one[-2:]}", reminder("anna", one)) == ("anna@example.org",)
    with pytest.raises(LedgerError, match="any more"):
        ledger.cancel("d1", "Too late.")
