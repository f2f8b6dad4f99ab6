"""Forgetting a person: nothing names them any more, and all that was promised about them still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from ledger_cases import ACCEPTED, NO_ANSWER, Clock, SqliteLedgers, a_dispatch, a_plan, a_reader

from mailer.errors import LedgerError
from mailer.ledger import EventKind, Forgotten, Ledger
from mailer.model.deadline import occasion_of
from mailer.model.dispatch import REAL, Answer, Heading, Mailbox, Plan, PlannedDelivery, State
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.suppression import Because

ANNA, BAKYT = "anna@example.org", "bakyt@example.org"
DUE = date(2017, 4, 24)


def occasion(who: str, step: str = "-90d") -> str:
    return occasion_of("report", DUE, step, who)


def planned(name: str, *occasions: str, **more: object) -> PlannedDelivery:
    return replace(a_reader(name), occasions=occasions, **more)  # type: ignore[arg-type]


def send(ledger: Ledger, plan: Plan, *, refused: Iterable[str] = (), text: str = "") -> None:
    ledger.open_dispatch(plan)
    with ledger.hold() as holder:
        for claimed in ledger.claim(plan.dispatch.id, 99, holder):
            if claimed.address in refused:
                reply = Reply(550, text or f"<{claimed.address}>: user unknown", "5.1.1")
                ledger.settle(claimed, Outcome(Verdict.REFUSED, Phase.RCPT, reply))
            else:
                ledger.hand(claimed)
                ledger.settle(claimed, ACCEPTED)


def content(path: Path) -> bytes:
    """All that lies on the disk of the ledger."""
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*") if one.is_file())


def test_nothing_on_the_disk_names_them_any_more(ledger: Ledger) -> None:
    person = replace(
        a_reader("anna"),
        email="Anna@Example.org",
        name="Anna Aidarova",
        slots={"name": "Anna Aidarova", "salutation": "Dear Ms Aidarova,"},
        occasions=(occasion(ANNA),),
        heading=Heading(cc=(Mailbox("Anna Aidarova", ANNA),)),
        code="A1",
    )
    colleague = planned(
        "bakyt",
        occasion(ANNA),
        heading=Heading(
            (Mailbox("Bakyt", BAKYT),), (Mailbox("Anna Aidarova", "ANNA@example.org"),), ("<1@x>",)
        ),
        slots={"salutation": "Dear Bakyt,", "addressee": "as alternate of Anna Aidarova"},
    )
    send(ledger, Plan(a_dispatch(), (person, colleague)))
    send(ledger, a_plan(["anna", "chen"], "d2", occasion="2017"), refused=[ANNA], text=f"<{ANNA}>: unknown")
    ledger.acknowledge("A1", Answer.NOT_ME, "I am at anna.aidarova@example.com now", ANNA)
    ledger.lapse(REAL, occasion(ANNA, "-30d"), f"{ANNA} was away.")
    ledger.suppress(ANNA, Because.MANUAL, "Ms Aidarova rang", "D. Officer")
    ledger.pause("d2", f"Look at {ANNA} first")
    forgotten = ledger.forget(" ANNA@example.org", "D. Officer", f"{ANNA} asked for it")
    kept = content(ledger.path).lower()
    for one in (b"anna", b"aidarova"):
        assert one not in kept
    assert (forgotten.deliveries, forgotten.skipped) == (2, 0)
    assert forgotten.known_as.startswith("forgotten:")
    (first, second), (again, _) = ledger.deliveries("d1"), ledger.deliveries("d2")
    assert (first.address, first.email, first.name) == (forgotten.known_as, forgotten.known_as, "")
    assert again.address == first.address, "the same person by the same hash"
    assert str(again.reply) == f"550 5.1.1 <{forgotten.known_as}>: unknown"
    assert second.heading == Heading((Mailbox("Bakyt", BAKYT),), (), ("<1@x>",))
    assert second.address == BAKYT


def test_the_figures_and_the_record_still_stand(ledger: Ledger) -> None:
    send(
        ledger,
        Plan(a_dispatch(), (planned("anna", occasion("KZ"), code="A1"), planned("bakyt", occasion("KZ")))),
    )
    given = ledger.acknowledge("A1", Answer.HANDED_IN, "yesterday", "the reader")
    before = ledger.report("d1")
    known = ledger.forget(ANNA).known_as
    after = ledger.report("d1")
    assert (after.counts, after.by_country) == (before.counts, before.by_country)
    assert ledger.acknowledgements() == (replace(given, address=known, words=""),)
    assert ledger.reminders(REAL, "report").sent == {(occasion("KZ"), known), (occasion("KZ"), BAKYT)}
    assert ledger.reminders(REAL, "report", [ANNA]).sent == {(occasion("KZ"), ANNA), (occasion("KZ"), BAKYT)}
    assert ledger.acknowledge("a1", Answer.HANDED_IN).address == known
    assert [one.kind for one in ledger.events(address=ANNA)] == [
        EventKind.ACKNOWLEDGED,
        EventKind.FORGOTTEN,
    ]


def test_who_comes_back_does_not_get_what_they_had(ledger: Ledger) -> None:
    send(ledger, a_plan(["anna", "bakyt"]))
    mine = planned("anna", occasion(ANNA), occasion("KZ"))
    send(ledger, Plan(a_dispatch("d2"), (mine, planned("bakyt", occasion(ANNA)))))
    ledger.forget(ANNA)
    assert ledger.claimed_addresses(REAL, "2016-12-cami", [ANNA, "chen@example.org"]) == {ANNA}
    again = ledger.open_dispatch(a_plan(["anna", "bakyt", "chen"], "d3"))
    assert (again.planned, again.already) == (1, (ANNA, BAKYT))
    rows = (
        mine,
        planned("anna", occasion("UZ")),
        planned("bakyt", occasion(ANNA)),
        planned("chen", occasion(ANNA)),
    )
    later = ledger.open_dispatch(Plan(a_dispatch("d4"), rows))
    assert later.already == (ANNA, BAKYT), "also what was owed by the person, and told to somebody else"
    assert [(one.address[:4], one.occasions) for one in ledger.deliveries("d4")] == [
        ("anna", (occasion("UZ"),)),
        ("chen", (occasion(ANNA),)),
    ]
    assert ledger.received("2016-12-cami", [ANNA]) == {ANNA, BAKYT}
    assert ANNA not in ledger.received("2016-12-cami")


def test_who_asked_for_peace_keeps_it(ledger: Ledger) -> None:
    ledger.suppress(ANNA, Because.UNSUBSCRIBED, "one click")
    ledger.suppress(BAKYT, Because.BOUNCED)
    known = ledger.forget(ANNA).known_as
    ledger.forget(BAKYT)
    assert known in {entry.address for entry in ledger.suppressions()}
    found = ledger.suppressed([" Anna@example.org", BAKYT, "chen@example.org"], "newsletter")
    assert {who: entry.because for who, entry in found.items()} == {
        ANNA: Because.UNSUBSCRIBED,
        BAKYT: Because.BOUNCED,
    }
    assert found[ANNA].address == ANNA
    assert list(ledger.suppressed([ANNA, BAKYT], "notice")) == [BAKYT]
    assert ledger.bounced([BAKYT]) == {BAKYT}
    ledger.open_dispatch(a_plan(["anna", "chen"]))
    with ledger.hold() as holder:
        assert [one.address for one in ledger.claim("d1", 9, holder)] == ["chen@example.org"]
    assert next(iter(ledger.deliveries("d1"))).state is State.SKIPPED
    assert ledger.suppress(ANNA, Because.UNSUBSCRIBED).note == ""
    assert len(ledger.suppressions()) == 2, "the first entry stays"
    assert ledger.unsuppress(ANNA) == 1
    assert ledger.suppressed([ANNA], "newsletter") == {}


def test_what_waits_for_them_does_not_go(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna", "bakyt"]))
    forgotten = ledger.forget(ANNA)
    assert (forgotten.deliveries, forgotten.skipped) == (1, 1)
    assert [(one.name, one.state) for one in ledger.deliveries("d1")] == [
        ("", State.SKIPPED),
        ("Bakyt", State.PLANNED),
    ]
    assert ledger.claimed_addresses(REAL, "2016-12-cami", [ANNA]) == frozenset(), "they certainly got nothing"


@pytest.mark.parametrize("handed", [False, True])
def test_nobody_is_forgotten_while_a_mail_to_them_is_on_its_way(ledger: Ledger, handed: bool) -> None:
    ledger.open_dispatch(a_plan(["anna"]))
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        if handed:
            ledger.hand(anna)
        with pytest.raises(LedgerError, match=r"A mail to anna@example\.org is being sent right now"):
            ledger.forget(ANNA)
        assert next(iter(ledger.deliveries("d1"))).address == ANNA


def test_a_mail_in_doubt_can_be_settled_but_goes_nowhere_again(ledger: Ledger) -> None:
    ledger.open_dispatch(a_plan(["anna"]))
    with ledger.hold() as holder:
        (anna,) = ledger.claim("d1", 1, holder)
        ledger.hand(anna)
        ledger.settle(anna, NO_ANSWER)
    ledger.forget(ANNA)
    with pytest.raises(LedgerError, match="was erased from the send record, so their mail cannot go again"):
        ledger.resolve("d1", ANNA, accepted=False, by="D. Officer")
    assert ledger.resolve("d1", ANNA, accepted=True, by="D. Officer") is State.ACCEPTED


def test_other_people_are_left_as_they_are(ledger: Ledger) -> None:
    joanna = replace(a_reader("joanna"), name="Anna Aidarova", slots={"name": "Anna Aidarova"})
    more = replace(a_reader("anna"), address=f"{ANNA}.kz", email=f"{ANNA}.kz")
    send(
        ledger,
        Plan(a_dispatch(), (joanna, more, a_reader("anna"))),
        refused=[f"jo{ANNA}", f"{ANNA}.kz", ANNA],
    )
    ledger.forget(ANNA)
    rows = list(ledger.deliveries("d1"))
    assert [one.address for one in rows][:2] == [f"jo{ANNA}", f"{ANNA}.kz"]
    assert [str(one.reply) for one in rows][:2] == [
        f"550 5.1.1 <jo{ANNA}>: user unknown",
        f"550 5.1.1 <{ANNA}.kz>: user unknown",
    ]
    assert rows[0].name == "Anna Aidarova"


def test_who_is_not_known_leaves_no_trace(ledger: Ledger) -> None:
    send(ledger, a_plan(["bakyt"]))
    assert ledger.forget("nobody@example.org") == ledger.forget("") == ledger.forget("%") == Forgotten("")
    assert ledger.forget("example.org") == Forgotten("")
    assert ledger.events() == []


def test_who_was_forgotten_is_known_though_the_record_had_nothing_of_them(ledger: Ledger) -> None:
    assert ledger.forgotten([ANNA]) == {}
    forgotten = ledger.forget("Anna@Example.org", "D. Officer", f"{ANNA} asked", on_file=True)
    assert (forgotten.known_as[:10], forgotten.deliveries) == ("forgotten:", 0)
    assert b"anna" not in content(ledger.path).lower()
    (event,) = ledger.events(address=ANNA)
    assert ledger.forgotten(["ANNA@example.org", BAKYT]) == {"ANNA@example.org": event.at}
    assert ledger.forget("", on_file=True) == Forgotten("")


def test_forgetting_twice_and_after_coming_back(ledger: Ledger) -> None:
    send(ledger, a_plan(["anna"]))
    ledger.suppress(ANNA, Because.MANUAL)
    known = ledger.forget(ANNA).known_as
    assert ledger.forget(ANNA) == Forgotten("")
    send(ledger, a_plan(["anna"], "d2", occasion="2017", message_class="newsletter"))
    ledger.suppress(ANNA, Because.COMPLAINED)
    again = ledger.forget(ANNA)
    assert again.known_as == known
    assert {(one.address, one.because) for one in ledger.suppressions()} == {
        (known, Because.MANUAL),
        (known, Because.COMPLAINED),
    }


def test_the_hash_is_the_ledgers_own(ledgers: SqliteLedgers, clock: Clock) -> None:
    found = set()
    for name in ("one.db", "two.db"):
        with ledgers.open(clock, name) as ledger:
            send(ledger, a_plan(["anna"]))
            found.add(ledger.forget(ANNA).known_as)
    assert len(found) == 2


def test_letters_beyond_ascii_are_forgotten_too(ledger: Ledger) -> None:
    address = "äsel@пример.example.org"
    person = replace(a_reader("anna"), address=address, email="Äsel@Пример.example.org", name="Äsel")
    other = planned(
        "bakyt", occasion(address), heading=Heading(cc=(Mailbox("Äsel", "Äsel@пример.example.org"),))
    )
    send(
        ledger,
        Plan(a_dispatch(), (person, other)),
        refused=[address],
        text="<Äsel@Пример.example.org> unknown",
    )
    ledger.forget(address)
    kept = content(ledger.path).decode("utf-8", "replace")
    for one in ("äsel", "Äsel", "пример", "\\u00e4sel", "\\u00c4sel", "\\u043f\\u0440"):
        assert one not in kept
