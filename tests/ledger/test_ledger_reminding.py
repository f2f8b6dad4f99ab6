"""What the ledger knows of reminders: who had which, what they answered, whom mail reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from ledger_cases import ACCEPTED, NO_ANSWER, NO_SUCH_USER, Clock, a_dispatch, a_plan, a_reader

from mailer.errors import LedgerError
from mailer.ledger import EventKind, Ledger
from mailer.ledger.answering import MOST_ANSWERS
from mailer.ledger.reaching import is_no_such_reader
from mailer.model.deadline import occasion_of
from mailer.model.dispatch import REAL, Answer, Plan, PlannedDelivery, State
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.reminder import History
from mailer.model.suppression import Because

DUE, LATER = date(2017, 4, 24), date(2017, 5, 8)
ANNA, BAKYT, CHEN = (f"{name}@example.org" for name in ("anna", "bakyt", "chen"))


def occasion(who: str, step: str = "-90d", due: date = DUE) -> str:
    return occasion_of("report", due, step, who)


def reminder(name: str, *occasions: str, code: str = "") -> PlannedDelivery:
    return replace(a_reader(name), occasions=occasions, code=code)


def send(ledger: Ledger, dispatch_id: str, *rows: PlannedDelivery, **outcomes: Outcome) -> None:
    """Plan them and deliver all; each ends as its name says, or accepted."""
    ledger.open_dispatch(Plan(a_dispatch(dispatch_id, occasion=f"report/{dispatch_id}"), rows))
    with ledger.hold() as holder:
        for claimed in ledger.claim(dispatch_id, 99, holder):
            outcome = outcomes.get(claimed.address.partition("@")[0], ACCEPTED)
            if outcome.phase is Phase.DOT:
                ledger.hand(claimed)
            ledger.settle(claimed, outcome)


def test_a_deadline_that_nobody_was_reminded_of_has_no_history(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(occasion="report/again"))
    assert ledger.reminders(REAL, "report") == History()
    assert ledger.first_message_ids(REAL, "report") == {}
    assert ledger.reminded(REAL, "report") == ledger.acknowledgements(deadline_id="report") == ()


def test_history_tells_who_has_which_reminder_and_of_which_date_they_heard(ledger: Ledger) -> None:
    send(
        ledger,
        "d1",
        reminder("anna", occasion("KZ"), occasion("UZ")),
        reminder("bakyt", occasion("TJ")),
        reminder("chen", occasion("MN")),
        bakyt=NO_ANSWER,
        chen=NO_SUCH_USER,
    )
    other = Plan(a_dispatch("d2"), (reminder("anna", occasion("KZ", "-30d", LATER), occasion("KZ", "-30d")),))
    ledger.open_dispatch(other)
    ledger.open_dispatch(Plan(a_dispatch("d3"), (reminder("anna", "reports/2017-04-24/-90d/KZ"),)))
    known = ledger.reminders(REAL, "report")
    assert known.sent == {
        (occasion("KZ"), ANNA),
        (occasion("UZ"), ANNA),
        (occasion("TJ"), BAKYT),
        (occasion("MN"), CHEN),
        (occasion("KZ", "-30d", LATER), ANNA),
        (occasion("KZ", "-30d"), ANNA),
    }
    assert known.heard == {(ANNA, "KZ"): DUE, (ANNA, "UZ"): DUE, (BAKYT, "TJ"): DUE}
    assert (known.lapsed, known.not_me, dict(known.unreachable)) == (frozenset(), frozenset(), {})
    states = {(one.occasion, one.address): one.state for one in ledger.reminded(REAL, "report")}
    assert states[occasion("TJ"), BAKYT] is State.UNKNOWN
    assert states[occasion("KZ", "-30d"), ANNA] is State.PLANNED


def test_who_was_skipped_has_no_reminder(ledger: Ledger) -> None:
    ledger.open_dispatch(Plan(a_dispatch(), (reminder("anna", occasion("KZ")),)))
    ledger.skip_waiting("d1", [ANNA], "It has come in.")
    assert ledger.reminders(REAL, "report") == History()


def test_a_step_lapses_once_and_in_its_own_realm(ledger: Ledger) -> None:
    assert ledger.lapse(REAL, occasion("KZ"), "The machine was off.")
    assert not ledger.lapse(REAL, occasion("KZ"), "Again.")
    assert ledger.lapse("rehearsal/r1", occasion("UZ"), "The machine was off.")
    assert ledger.reminders(REAL, "report").lapsed == {occasion("KZ")}
    ledger.forget_rehearsals()
    assert ledger.reminders("rehearsal/r1", "report").lapsed == frozenset()
    assert ledger.reminders(REAL, "report").lapsed == {occasion("KZ")}


def test_later_steps_find_the_first_message_of_the_same_due_date(ledger: Ledger) -> None:
    send(
        ledger, "d1", reminder("anna", occasion("KZ")), reminder("bakyt", occasion("TJ")), bakyt=NO_SUCH_USER
    )
    send(ledger, "d2", reminder("anna", occasion("KZ", "-30d")), reminder("bakyt", occasion("TJ", "-30d")))
    send(ledger, "d3", reminder("anna", occasion("KZ", "-90d", LATER)))
    ids = {one.dispatch_id + one.address[0]: one.message_id for one in ledger.reminded(REAL, "report")}
    assert ledger.first_message_ids(REAL, "report") == {
        (ANNA, DUE): ids["d1a"],
        (BAKYT, DUE): ids["d2b"],
        (ANNA, LATER): ids["d3a"],
    }


def test_an_answer_is_recorded_once_however_its_code_is_typed(ledger: Ledger, clock: Clock) -> None:
    send(ledger, "d1", reminder("anna", occasion("KZ"), occasion("UZ"), code="K7QF-3M2X"))
    first = ledger.acknowledge(" k7qf 3m2x ", Answer.LATER, "by 5 May", "D. Officer")
    assert (first.address, first.answer, first.words, first.by) == (
        ANNA,
        Answer.LATER,
        "by 5 May",
        "D. Officer",
    )
    clock.forward(hours=1)
    for code, words in (("K7QF-3M2X", "by 5 May"), ("K7QF‑3M2X", ""), ("k7qf3m2x", " by  5 May ")):
        assert ledger.acknowledge(code, Answer.LATER, words) == first
    changed = ledger.acknowledge("K7QF3M2X", Answer.LATER, "by 9 May", "the reader")
    done = ledger.acknowledge("K7QF3M2X", Answer.HANDED_IN)
    back = ledger.acknowledge("K7QF3M2X", Answer.LATER, "by 5 May")
    assert ledger.acknowledgements() == (first, changed, done, back)
    assert ledger.acknowledgements(deadline_id="report") == ledger.acknowledgements(dispatch_id="d1")
    assert ledger.acknowledgements(deadline_id="repor") == ledger.acknowledgements(dispatch_id="d2") == ()
    found = ledger.delivery_by_code("k7QF-3m2x")
    assert found is not None
    assert (found.address, found.code) == (ANNA, "K7QF3M2X")
    noted = [event for event in ledger.events(address=ANNA) if event.kind is EventKind.ACKNOWLEDGED]
    assert [event.answer for event in noted] == ["later", "later", "handed-in", "later"]


def test_a_message_takes_so_many_answers_and_the_last_of_them_stands(ledger: Ledger) -> None:
    send(
        ledger,
        "d1",
        reminder("anna", occasion("KZ"), code="A1"),
        reminder("bakyt", occasion("TJ"), code="B1"),
    )
    for number in range(MOST_ANSWERS):
        ledger.acknowledge("a1", Answer.LATER, f"by {number + 1} May")
    before = ledger.acknowledgements()
    assert len(before) == MOST_ANSWERS
    with pytest.raises(LedgerError, match=r'answered 20 times already: nothing was added.*"later", stands'):
        ledger.acknowledge("a1", Answer.NOT_ME)
    assert ledger.acknowledge("a1", Answer.LATER) == before[-1], "what stands may be said again"
    assert ledger.acknowledgements() == before
    assert ledger.acknowledge("b1", Answer.SEEN).answer is Answer.SEEN, "another message has its own"


def test_who_holds_the_office_no_longer_is_told_by_the_latest_answer(ledger: Ledger) -> None:
    send(
        ledger,
        "d1",
        reminder("anna", occasion("KZ"), code="A1"),
        reminder("bakyt", occasion("TJ"), code="B1"),
    )
    ledger.acknowledge("a1", Answer.NOT_ME, "Write to C.")
    ledger.acknowledge("b1", Answer.NOT_ME)
    ledger.acknowledge("b1", Answer.SEEN)
    assert ledger.reminders(REAL, "report").not_me == {ANNA}


@pytest.mark.parametrize("code", ["", "  ", "-", "ZZZZ", "%", "a\x00b"])
def test_a_code_that_nobody_has_is_refused_in_words(ledger: Ledger, code: str) -> None:
    send(ledger, "d1", reminder("anna", occasion("KZ"), code="A1"), reminder("bakyt", occasion("TJ")))
    assert ledger.delivery_by_code(code) is None
    with pytest.raises(LedgerError, match=r"No message was sent with the code .*Look at the code"):
        ledger.acknowledge(code, Answer.SEEN)


def test_a_message_that_has_not_gone_cannot_be_answered(ledger: Ledger) -> None:
    ledger.open_dispatch(Plan(a_dispatch(), (reminder("anna", occasion("KZ"), code="A1"),)))
    with pytest.raises(LedgerError, match="A1 is still waiting to go: nobody can have answered it"):
        ledger.acknowledge("A1", Answer.SEEN)
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        with pytest.raises(LedgerError, match="is being sent right now"):
            ledger.acknowledge("A1", Answer.SEEN)
        ledger.hand(anna)
        assert ledger.acknowledge("A1", Answer.SEEN).address == ANNA, (
            "the answer may be faster than the relay's"
        )
        ledger.settle(anna, NO_ANSWER)
    ledger.resolve("d1", ANNA, accepted=False, by="D. Officer")
    assert ledger.acknowledge("A1", Answer.HANDED_IN).answer is Answer.HANDED_IN, "it may have come through"


def test_a_message_planned_anew_is_answered_where_it_went(ledger: Ledger) -> None:
    ledger.open_dispatch(Plan(a_dispatch(), (reminder("anna", occasion("KZ"), code="A1"),)))
    ledger.cancel("d1", "A wrong date.")
    send(ledger, "d2", reminder("anna", occasion("KZ"), code="A1"))
    ledger.open_dispatch(
        Plan(a_dispatch("r1", rehearsal=True), (reminder("anna", occasion("KZ"), code="A1"),))
    )
    assert ledger.acknowledge("a1", Answer.SEEN).dispatch_id == "d2"


def test_a_code_that_two_readers_have_is_not_guessed(ledger: Ledger) -> None:
    send(
        ledger,
        "d1",
        reminder("anna", occasion("KZ"), code="A1"),
        reminder("bakyt", occasion("TJ"), code="A1"),
    )
    with pytest.raises(LedgerError, match="was given to more than one reader"):
        ledger.acknowledge("a1", Answer.SEEN)


def test_an_issue_was_received_where_it_or_a_repeat_was_taken_over(ledger: Ledger) -> None:
    deliver(ledger, a_plan(["anna", "bakyt"]), lambda who: ACCEPTED if who == ANNA else NO_ANSWER)
    deliver(ledger, a_plan(["chen"], "d2", occasion="2016-12-cami/erratum"), lambda _: ACCEPTED)
    deliver(ledger, a_plan(["dina"], "d3", occasion="2016-12-cami-2"), lambda _: ACCEPTED)
    deliver(ledger, a_plan(["dina"], "r1", rehearsal=True), lambda _: ACCEPTED)
    send(ledger, "d4", reminder("dina", occasion("KZ")))
    assert ledger.received("2016-12-cami") == {ANNA, CHEN}
    assert ledger.received("report") == frozenset()


def deliver(ledger: Ledger, plan: Plan, outcome: Callable[[str], Outcome]) -> None:
    ledger.open_dispatch(plan)
    with ledger.hold() as holder:
        for claimed in ledger.claim(plan.dispatch.id, 99, holder):
            end = outcome(claimed.address)
            if end.phase is Phase.DOT:
                ledger.hand(claimed)
            ledger.settle(claimed, end)


def test_bounced_is_who_is_listed_or_was_refused_as_unknown_and_not_taken_since(
    ledger: Ledger, clock: Clock
) -> None:
    ledger.suppress("eva@example.org", Because.BOUNCED)
    ledger.suppress("fay@example.org", Because.UNSUBSCRIBED)
    full = Outcome(Verdict.REFUSED, Phase.RCPT, Reply(552, "mailbox full", "5.2.2"))
    ends = {ANNA: NO_SUCH_USER, BAKYT: NO_SUCH_USER, CHEN: full}
    deliver(ledger, a_plan(["anna", "bakyt", "chen", "dina"]), lambda who: ends.get(who, ACCEPTED))
    deliver(ledger, a_plan(["dina"], "r1", rehearsal=True), lambda _: NO_SUCH_USER)
    assert ledger.bounced() == {"eva@example.org", ANNA, BAKYT}
    clock.forward(days=30)
    deliver(ledger, a_plan(["anna", "bakyt"], "d2", occasion="next", at=clock.now), lambda who: ACCEPTED)
    assert ledger.bounced() == {"eva@example.org"}
    clock.forward(days=30)
    deliver(ledger, a_plan(["anna"], "d3", occasion="third", at=clock.now), lambda who: NO_SUCH_USER)
    assert ledger.bounced() == {"eva@example.org", ANNA}


@pytest.mark.parametrize(
    ("reply", "gone"),
    [
        (Reply(550, "whatever", "5.1.1"), True),
        (Reply(556, "null MX", "5.1.10"), True),
        (Reply(550, "mailbox disabled", "5.2.1"), False),
        (Reply(550, "user unknown, as spam", "5.7.1"), False),
        (Reply(550, "No such user here"), True),
        (Reply(550, "<anna@example.org>: Recipient address rejected: User unknown in virtual table"), True),
        (Reply(550, "The email account that you tried to reach does not exist"), True),
        (Reply(550, "message looks like spam"), False),
        (Reply(554, "no such user"), False),
        (Reply(553, "sorry, no mailbox here by that name"), True),
        (Reply(550, "mailbox unavailable"), False),
    ],
)
def test_what_a_refusal_says_of_the_address(reply: Reply, gone: bool) -> None:
    assert is_no_such_reader(reply) is gone
