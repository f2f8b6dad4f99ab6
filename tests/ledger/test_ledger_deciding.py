"""What people decide, what they are told, and what the record says afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledger_cases import ACCEPTED, GREYLISTED, LIFE, NO_ANSWER, NO_SUCH_USER, START, Clock, a_plan

from mailer.errors import LedgerError
from mailer.ledger import EventKind, Ledger
from mailer.model.dispatch import Claimed, DispatchState, State
from mailer.model.suppression import Because


def in_doubt(ledger: Ledger, name: str = "anna") -> Claimed:
    """A dispatch whose only reader is in doubt."""
    ledger.open_dispatch(a_plan([name]))
    with ledger.hold() as holder:
        (claimed,) = ledger.claim("d1", 1, holder)
        ledger.hand(claimed)
        ledger.settle(claimed, NO_ANSWER)
    return claimed


def test_a_doubt_settled_as_accepted_is_accepted(ledger: Ledger) -> None:
    in_doubt(ledger)
    assert ledger.resolve("d1", "anna@EXAMPLE.ORG", accepted=True, by="D. Officer") is State.ACCEPTED
    report = ledger.report("d1")
    assert (report.counts, report.doubts) == ({State.ACCEPTED: 1}, ())
    event = ledger.events("d1")[-1]
    assert (event.kind, event.by, event.address) == (EventKind.SETTLED, "D. Officer", "anna@example.org")


def test_a_doubt_sent_again_is_the_same_message(ledger: Ledger, clock: Clock) -> None:
    first = in_doubt(ledger)
    assert ledger.finish_if_done("d1")
    clock.forward(hours=1)
    assert ledger.resolve("d1", "anna@example.org", accepted=False, by="D. Officer") is State.PLANNED
    assert ledger.find_dispatch("d1").state is DispatchState.OPEN
    with ledger.hold() as holder:
        (again,) = ledger.claim("d1", 1, holder)
        assert (again.id, again.message_id, again.dated_at) == (first.id, first.message_id, first.dated_at)
        assert (again.slots, again.email, again.attempts) == (first.slots, first.email, 1)
        ledger.hand(again)
        ledger.settle(again, ACCEPTED)
    assert ledger.finish_if_done("d1")
    kinds = [event.kind for event in ledger.events("d1")]
    assert kinds == [EventKind.FINISHED, EventKind.RESENT, EventKind.FINISHED]


def test_a_doubt_sent_again_after_the_end_goes_alone(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"]))
    with ledger.hold() as holder:
        anna, bakyt = ledger.claim("d1", 2, holder)
        ledger.hand(anna)
        ledger.settle(anna, NO_ANSWER)
        ledger.settle(bakyt, GREYLISTED, clock.now + timedelta(hours=1))
    clock.forward(hours=100)
    ledger.resolve("d1", "anna@example.org", accepted=False, by="D. Officer")
    assert ledger.report("d1").counts == {State.PLANNED: 1, State.EXPIRED: 1}
    assert ledger.find_dispatch("d1").expires_at == clock.now + timedelta(days=1)
    with ledger.hold() as holder:
        assert [one.address for one in ledger.claim("d1", 9, holder)] == ["anna@example.org"]


def test_only_a_doubt_can_be_decided(ledger: Ledger) -> None:
    in_doubt(ledger)
    ledger.resolve("d1", "anna@example.org", accepted=True, by="D. Officer")
    with pytest.raises(LedgerError, match="not in doubt: it was taken over by the mail service"):
        ledger.resolve("d1", "anna@example.org", accepted=False, by="D. Officer")
    with pytest.raises(LedgerError, match=r"dina@example\.org is not in the sending d1"):
        ledger.resolve("d1", "dina@example.org", accepted=True, by="D. Officer")


def test_a_mistyped_address_is_answered_with_the_nearest_doubt(ledger: Ledger) -> None:
    in_doubt(ledger)
    with pytest.raises(LedgerError, match=r'Did you mean "anna@example\.org"'):
        ledger.resolve("d1", "ana@example.org", accepted=True, by="D. Officer")


def test_a_cancelled_dispatch_sends_no_doubt_again(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"]))
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        ledger.hand(anna)
        ledger.cancel("d1", "A wrong date.")
        ledger.settle(anna, NO_ANSWER)
    with pytest.raises(LedgerError, match="nothing more goes out"):
        ledger.resolve("d1", "anna@example.org", accepted=False, by="D. Officer")
    assert ledger.resolve("d1", "anna@example.org", accepted=True, by="D. Officer") is State.ACCEPTED


def test_pause_reopen_and_cancel_leave_who_and_why(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan())
    paused = ledger.pause("d1", "The login was refused.", by="relay")
    assert (paused.state, paused.why) == (DispatchState.PAUSED, "The login was refused.")
    assert ledger.pause("d1", "Again.").why == "The login was refused."
    reopened = ledger.reopen("d1", by="D. Officer")
    assert (reopened.state, reopened.why) == (DispatchState.OPEN, "")
    assert ledger.reopen("d1").state is DispatchState.OPEN
    cancelled = ledger.cancel("d1", "A wrong date.", by="D. Officer")
    assert (cancelled.state, cancelled.why) == (DispatchState.CANCELLED, "A wrong date.")
    assert ledger.cancel("d1", "Again.").why == "A wrong date."
    assert [(event.kind, event.by, event.why) for event in ledger.events("d1")] == [
        (EventKind.PAUSED, "relay", "The login was refused."),
        (EventKind.REOPENED, "D. Officer", ""),
        (EventKind.CANCELLED, "D. Officer", "A wrong date."),
    ]
    assert {row.detail for row in ledger.deliveries("d1")} == {"The sending was cancelled: A wrong date."}


def test_what_has_ended_can_neither_go_on_nor_be_cancelled(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan([]))
    with pytest.raises(LedgerError, match="d1 is finished; it cannot be cancelled any more"):
        ledger.cancel("d1", "A wrong date.")
    with pytest.raises(LedgerError, match="d1 is finished; it cannot be continued any more"):
        ledger.reopen("d1")
    assert ledger.pause("d1", "The login was refused.").state is DispatchState.FINISHED
    ledger.open_dispatch(a_plan(dispatch_id="d2"))
    ledger.cancel("d2", "A wrong date.")
    with pytest.raises(LedgerError, match="d2 is cancelled; it cannot be continued any more"):
        ledger.reopen("d2")
    assert ledger.pause("d2", "The login was refused.").state is DispatchState.CANCELLED


def test_a_dispatch_is_finished_the_moment_its_last_row_ends(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"]))
    with ledger.hold() as holder:
        anna, bakyt = ledger.claim("d1", 2, holder)
        ledger.settle(anna, NO_SUCH_USER)
        ledger.hand(bakyt)
        assert ledger.find_dispatch("d1").state is DispatchState.OPEN
        assert not ledger.finish_if_done("d1")
        clock.forward(minutes=2)
        ledger.settle(bakyt, NO_ANSWER)
    report = ledger.report("d1")
    assert report.dispatch.state is DispatchState.FINISHED
    assert (report.finished_at, report.is_finished) == (clock.now, True)
    assert ledger.finish_if_done("d1")
    assert ledger.finish_if_done("d1")
    assert [event.kind for event in ledger.events("d1")] == [EventKind.FINISHED]


def test_what_waits_at_the_end_of_life_expires_and_what_is_in_flight_ends(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt", "chen"]))
    holder = ledger.hold()
    anna, bakyt = ledger.claim("d1", 2, holder)
    ledger.settle(bakyt, GREYLISTED, clock.now + timedelta(hours=90))
    ledger.hand(anna)
    clock.now = START + LIFE - timedelta(microseconds=1)
    assert ledger.expire("d1") == 0
    clock.now = START + LIFE
    assert ledger.expire("d1") == 2
    assert ledger.settle(anna, ACCEPTED) is State.ACCEPTED
    assert ledger.report("d1").counts == {State.ACCEPTED: 1, State.EXPIRED: 2}


def test_skipping_takes_what_waits_and_leaves_what_is_in_hand(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt", "chen"]))
    (anna,) = ledger.claim("d1", 1, ledger.hold())
    met = ["anna@example.org", "bakyt@example.org", "nobody@example.org"]
    assert ledger.skip_waiting("d1", met, "The report has come in.") == 1
    ledger.skip(anna, "The report has come in.")
    rows = list(ledger.deliveries("d1", [State.SKIPPED]))
    assert [(row.address, row.detail) for row in rows] == [
        ("anna@example.org", "The report has come in."),
        ("bakyt@example.org", "The report has come in."),
    ]


def test_a_report_sums_over_rows_and_names_doubts_and_refusals(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt", "chen", "dina"]))
    holder = ledger.hold()
    anna, bakyt, chen = ledger.claim("d1", 3, holder)
    ledger.settle(anna, NO_SUCH_USER)
    ledger.hand(bakyt)
    ledger.settle(bakyt, NO_ANSWER)
    ledger.settle(chen, GREYLISTED, clock.now + timedelta(minutes=15))
    report = ledger.report("d1")
    assert report.counts == {State.REFUSED: 1, State.UNKNOWN: 1, State.DEFERRED: 1, State.PLANNED: 1}
    assert (report.total, report.is_finished, report.finished_at) == (4, False, None)
    assert report.by_variant == {"en-1": 2, "ru-1": 2}
    assert report.by_language == {"en": 2, "ru": 2}
    assert report.by_country == {"KZ": 4}
    assert [one.address for one in report.doubts] == ["bakyt@example.org"]
    assert [(one.address, str(one.reply)) for one in report.refused] == [
        ("anna@example.org", "550 5.1.1 no such user")
    ]
    assert report.next_try_at == clock.now + timedelta(minutes=15)


def test_dispatches_come_newest_first_and_rehearsals_can_be_left_out(ledger: Ledger, clock: Clock) -> None:
    ledger.open_dispatch(a_plan(dispatch_id="d1"))
    clock.forward(minutes=1)
    ledger.open_dispatch(a_plan(dispatch_id="r1", rehearsal=True, at=clock.now))
    clock.forward(minutes=1)
    ledger.open_dispatch(a_plan(dispatch_id="d2", occasion="x", at=clock.now))
    assert [one.id for one in ledger.dispatches()] == ["d2", "r1", "d1"]
    assert [one.id for one in ledger.dispatches(include_rehearsals=False)] == ["d2", "d1"]


def test_a_dispatch_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    for name in ("7f3c", "7f3cab", "9a01", "7e%_"):
        ledger.open_dispatch(a_plan(dispatch_id=name, occasion=name))
    assert ledger.find_dispatch("9").id == "9a01"
    assert ledger.find_dispatch("7f3c").id == "7f3c"
    assert ledger.find_dispatch("7e").id == "7e%_"
    with pytest.raises(LedgerError, match='Several sendings begin with "7": 7e%_, 7f3c, 7f3cab'):
        ledger.find_dispatch("7")
    with pytest.raises(LedgerError, match=r'No sending is called "9a02"\. Did you mean "9a01"\?'):
        ledger.find_dispatch("9a02")
    for wild in ("%", "_", ""):
        with pytest.raises(LedgerError, match="No sending is called"):
            ledger.find_dispatch(wild)


def test_an_empty_ledger_says_that_nothing_has_been_sent(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="Nothing has been sent from this ledger yet"):
        ledger.report("d1")


def test_deliveries_come_page_by_page_and_each_once(ledger: Ledger) -> None:
    names = [f"reader{n:04}" for n in range(2_500)]
    ledger.open_dispatch(a_plan(names))
    assert [row.name for row in ledger.deliveries("d1")] == [name.title() for name in names]
    assert list(ledger.deliveries("d1", [])) == []


def test_forgetting_rehearsals_takes_all_they_left_and_nothing_else(ledger: Ledger) -> None:
    for name, rehearsal in (("r1", True), ("r2", True), ("d1", False)):
        ledger.open_dispatch(a_plan(dispatch_id=name, rehearsal=rehearsal))
    with ledger.hold() as holder:
        (gone,) = ledger.claim("r1", 1, holder)
        ledger.settle(gone, NO_SUCH_USER)
        ledger.pause("r1", "A look at it.")
        (busy,) = ledger.claim("r2", 1, holder)
        assert ledger.forget_rehearsals() == 1
        ledger.hand(busy)
        ledger.settle(busy, ACCEPTED)
    assert ledger.attempts(gone.id) == []
    assert ledger.holds("rehearsal/r1", "2016-12-cami") == 0
    assert [event.dispatch_id for event in ledger.events()] == []
    assert ledger.forget_rehearsals() == 1
    assert [one.id for one in ledger.dispatches()] == ["d1"]
    assert ledger.report("d1").total == 3


def test_a_number_that_was_forgotten_is_never_used_again(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(dispatch_id="r1", rehearsal=True))
    last = max(row.id for row in ledger.deliveries("r1"))
    ledger.forget_rehearsals()
    ledger.open_dispatch(a_plan(dispatch_id="r2", rehearsal=True))
    assert min(row.id for row in ledger.deliveries("r2")) > last


def test_a_lighter_reason_never_hides_a_graver_one(ledger: Ledger) -> None:
    ledger.suppress("anna@example.org", Because.BOUNCED, "550 5.1.1")
    ledger.suppress("anna@example.org", Because.UNSUBSCRIBED)
    everybody = ["anna@example.org", "bakyt@example.org"]
    assert ledger.suppressed(everybody, "notice").keys() == {"anna@example.org"}
    assert ledger.suppressed(everybody, "notice")["anna@example.org"].because is Because.BOUNCED


def test_an_unsubscribed_reader_still_gets_official_messages(ledger: Ledger) -> None:
    ledger.suppress("anna@example.org", Because.UNSUBSCRIBED)
    assert ledger.suppressed(["anna@example.org"], "newsletter").keys() == {"anna@example.org"}
    assert ledger.suppressed(["anna@example.org"], "notice") == {}


def test_the_first_entry_on_the_list_stays(ledger: Ledger, clock: Clock) -> None:
    first = ledger.suppress("Anna@EXAMPLE.org", Because.MANUAL, "Asked by telephone.", by="D. Officer")
    clock.forward(days=1)
    assert ledger.suppress("anna@example.org", Because.MANUAL, "Asked again.") == first
    assert ledger.suppressions() == [first]
    assert (first.address, first.note, first.at) == ("anna@example.org", "Asked by telephone.", START)
    assert [event.kind for event in ledger.events(address="Anna@example.org")] == [EventKind.SUPPRESSED]


def test_taking_an_address_off_the_list_leaves_a_trace(ledger: Ledger) -> None:
    ledger.suppress("anna@example.org", Because.MANUAL)
    assert ledger.unsuppress("anna@example.org", by="D. Officer", why="Asked for it in writing.") == 1
    assert ledger.unsuppress("anna@example.org") == 0
    assert ledger.suppressions() == []
    last = ledger.events(address="anna@example.org")[-1]
    assert (last.kind, last.by, last.why) == (
        EventKind.UNSUPPRESSED,
        "D. Officer",
        "Asked for it in writing.",
    )


def test_many_addresses_are_looked_up_at_once(ledger: Ledger) -> None:
    ledger.suppress("reader1999@example.org", Because.MANUAL)
    found = ledger.suppressed((f"reader{n}@example.org" for n in range(3_000)), "notice")
    assert found.keys() == {"reader1999@example.org"}
