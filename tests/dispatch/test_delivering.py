"""Delivering against a relay that does as it is told: what each outcome means for readers and for the dispatch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.dispatch import Ended, deliver_dispatch
from mailer.errors import MailerError
from mailer.ledger import Ledger, open_ledger
from mailer.message import MessageTemplate, compile_message
from mailer.model.dispatch import (
    REAL,
    Claimed,
    Dispatch,
    DispatchState,
    Heading,
    Mailbox,
    Plan,
    PlannedDelivery,
    State,
)
from mailer.model.issue import Sender
from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Reply, Verdict
from mailer.model.rendition import Rendition, Variant
from mailer.relay import BeforeDot, ConnectFailure, conclude
from mailer.relay.contract import Following

SENDER = Sender(name="Office", email="news@example.org")
VARIANT = Variant(language="en", items=("a",))


class Script:
    """A relay and its connection in one: each message ends as `outcome(recipient, number of the message)` says."""

    name = "script"
    connections = 1

    def __init__(
        self, outcome: Callable[[str, int], Outcome], connect: Callable[[int], None] | None = None
    ) -> None:
        self.outcome = outcome
        self.on_connect = connect
        self.taken: list[str] = []
        self.sent = 0
        self.links = 0
        self.is_usable = False
        self.phase = Phase.CONNECT

    async def connect(self) -> Script:
        self.links += 1
        if self.on_connect:
            self.on_connect(self.links)
        self.is_usable = True
        return self

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        self.sent += 1
        outcome = self.outcome(message.envelope.recipient, self.sent)
        self.phase = Phase.BODY
        if outcome.phase in (Phase.BODY, Phase.DOT):
            await before_dot()
            self.phase = outcome.phase
        await asyncio.sleep(0)
        if outcome.verdict is Verdict.ACCEPTED:
            self.taken.append(message.envelope.recipient)
        self.is_usable = outcome.relay is RelayTrouble.NONE
        return outcome

    async def close(self) -> None:
        self.is_usable = False


def accepted(_to: str = "", _number: int = 0) -> Outcome:
    return conclude(Phase.DOT, Reply(250, "OK"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.dispatch.health.RELAY_SECONDS", (0.001, 0.002, 0.003))


def opened(ledger: Ledger, readers: int, lifetime: timedelta = timedelta(hours=1)) -> Dispatch:
    now = datetime.now(UTC)
    dispatch = Dispatch(
        id="d1",
        realm=REAL,
        occasion="one",
        slug="one",
        digest="0" * 64,
        message_class="newsletter",
        relay="script",
        segments=("everyone",),
        sender=SENDER,
        day=date(2016, 12, 19),
        created_at=now,
        expires_at=now + lifetime,
    )
    rows = tuple(
        PlannedDelivery(f"r{n}@example.org", f"r{n}@example.org", "", "en", "KZ", VARIANT.key, {})
        for n in range(readers)
    )
    return ledger.open_dispatch(Plan(dispatch, rows)).dispatch


def templates() -> dict[str, MessageTemplate]:
    rendition = Rendition(variant=VARIANT, subject="S", preheader="", html="<p>h</p>", text="t")
    return {
        VARIANT.key: compile_message(
            rendition,
            sender=SENDER,
            envelope_sender="b@example.org",
            message_class="newsletter",
            list_name="News",
            list_id="news.example.org",
        )
    }


async def deliver(
    ledger: Ledger, dispatch: Dispatch, relay: Script, stop: asyncio.Event | None = None, **more: Any
) -> Ended:
    return await deliver_dispatch(
        dispatch, ledger=ledger, relay=relay, templates=templates(), stop=stop or asyncio.Event(), **more
    )


def states(ledger: Ledger) -> dict[str, State]:
    return {delivery.email.partition("@")[0]: delivery.state for delivery in ledger.deliveries("d1")}


async def test_everybody_is_taken_over_and_the_dispatch_is_finished(ledger: Ledger) -> None:
    relay = Script(accepted)
    ended = await deliver(ledger, opened(ledger, 25), relay)
    assert ended.state is DispatchState.FINISHED
    assert sorted(relay.taken) == sorted(f"r{n}@example.org" for n in range(25))


async def test_an_answer_that_never_came_is_a_doubt_and_the_others_go_on(ledger: Ledger) -> None:
    relay = Script(lambda to, _: conclude(Phase.DOT, None) if to.startswith("r1@") else accepted())
    ended = await deliver(ledger, opened(ledger, 4), relay)
    assert states(ledger) == dict.fromkeys(("r0", "r2", "r3"), State.ACCEPTED) | {"r1": State.UNKNOWN}
    assert ended.state is DispatchState.FINISHED
    again = await deliver(ledger, ledger.find_dispatch("d1"), Script(accepted))
    assert states(ledger)["r1"] is State.UNKNOWN, "a doubt is never tried again by itself"
    assert again.state is DispatchState.FINISHED


async def test_trouble_of_the_relay_at_the_dot_is_no_try_of_the_reader(ledger: Ledger) -> None:
    busy = conclude(Phase.DOT, Reply(421, "too many messages, closing"))
    relay = Script(lambda _to, number: busy if number == 1 else accepted())
    ended = await deliver(ledger, opened(ledger, 3), relay)
    assert ended.state is DispatchState.FINISHED
    assert set(states(ledger).values()) == {State.ACCEPTED}
    assert {delivery.attempts for delivery in ledger.deliveries("d1")} == {1}


async def test_a_link_lost_between_the_record_and_the_dot_is_tried_again_since_no_dot_was_written(
    ledger: Ledger,
) -> None:
    lost = Outcome(Verdict.DEFERRED, Phase.BODY, None, RelayTrouble.RECONNECT, "link lost before the dot")
    relay = Script(lambda _to, number: lost if number == 1 else accepted())
    ended = await deliver(ledger, opened(ledger, 2), relay)
    assert ended.state is DispatchState.FINISHED
    assert set(states(ledger).values()) == {State.ACCEPTED}
    assert len(relay.taken) == 2


async def test_a_relay_that_closes_after_every_message_is_simply_called_again(ledger: Ledger) -> None:
    relay = Script(lambda _to, _n: replace(accepted(), relay=RelayTrouble.RECONNECT))
    ended = await deliver(ledger, opened(ledger, 12), relay)
    assert ended.state is DispatchState.FINISHED
    assert relay.links == 12


async def test_a_run_of_policy_refusals_pauses_before_everybody_is_refused(ledger: Ledger) -> None:
    relay = Script(lambda _to, _n: conclude(Phase.DOT, Reply(550, "message looks like spam", "5.7.1")))
    ended = await deliver(ledger, opened(ledger, 20), relay)
    assert ended.state is DispatchState.PAUSED
    assert "policy" in ended.why
    assert list(states(ledger).values()).count(State.REFUSED) == 3


async def test_a_login_that_fails_stops_at_once_and_touches_no_reader(ledger: Ledger) -> None:
    def refuse(_link: int) -> None:
        raise ConnectFailure("login", "", conclude(Phase.LOGIN, Reply(535, "bad credentials", "5.7.8")))

    relay = Script(accepted, refuse)
    ended = await deliver(ledger, opened(ledger, 3), relay)
    assert ended.state is DispatchState.PAUSED
    assert relay.links == 1
    assert set(states(ledger).values()) == {State.PLANNED}


async def test_a_relay_that_is_away_for_a_moment_is_waited_for(ledger: Ledger) -> None:
    def away(link: int) -> None:
        if link <= 2:
            raise ConnectFailure("away", "", conclude(Phase.CONNECT, None))

    ended = await deliver(ledger, opened(ledger, 3), Script(accepted, away))
    assert ended.state is DispatchState.FINISHED


async def test_a_cancelled_dispatch_hands_nothing_over_any_more(ledger: Ledger) -> None:
    def cancel_after_two(_to: str, number: int) -> Outcome:
        if number == 3:
            ledger.cancel("d1", "wrong date")
        return accepted()

    relay = Script(cancel_after_two)
    ended = await deliver(ledger, opened(ledger, 8), relay)
    assert ended.state is DispatchState.CANCELLED
    assert len(relay.taken) == 2
    assert sorted(states(ledger).values()) == [State.ACCEPTED] * 2 + [State.CANCELLED] * 6


async def test_what_is_not_settled_at_the_end_of_life_expires(ledger: Ledger) -> None:
    later = conclude(Phase.RCPT, Reply(450, "greylisted", "4.2.0"))
    dispatch = opened(ledger, 2, lifetime=timedelta(seconds=0.4))
    ended = await deliver(ledger, dispatch, Script(lambda _to, _n: later))
    assert ended.next_try_at is not None
    await asyncio.sleep(0.5)
    ended = await deliver(ledger, dispatch, Script(accepted))
    assert ended.state is DispatchState.FINISHED
    assert set(states(ledger).values()) == {State.EXPIRED}


async def test_a_reader_whose_name_cannot_be_written_is_refused_alone(ledger: Ledger) -> None:
    dispatch = opened(ledger, 1)
    good = PlannedDelivery("x@example.org", "x@example.org", "Bad\x00Name", "en", "KZ", VARIANT.key, {})
    second = replace(dispatch, id="d2", occasion="two")
    ledger.open_dispatch(Plan(second, (good,)))
    await deliver(ledger, second, Script(accepted))
    (row,) = ledger.deliveries("d2")
    assert row.state is State.REFUSED
    assert "cannot be written" in row.detail


async def test_a_stop_breaks_off_a_stalled_transaction_within_seconds_and_says_what_is_in_doubt(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.dispatch.deliver.GRACE", 0.05)
    stop = asyncio.Event()

    class Stalled(Script):
        async def send(
            self, message: Message, before_dot: BeforeDot, following: Following | None = None
        ) -> Outcome:
            self.phase = Phase.BODY
            await before_dot()
            self.phase = Phase.DOT
            stop.set()
            await asyncio.sleep(60)
            raise AssertionError

    ended = await asyncio.wait_for(deliver(ledger, opened(ledger, 3), Stalled(accepted), stop), 5)
    assert ended.stopped
    assert sorted(states(ledger).values()) == [State.PLANNED, State.PLANNED, State.UNKNOWN]


async def test_what_is_no_longer_true_is_left_out_right_before_it_goes(ledger: Ledger) -> None:
    told: list[State] = []
    relay = Script(accepted)

    def still_true(row: Claimed) -> str:
        # The report comes in while the first mails of the same batch are going out.
        return "The report has come in." if relay.taken and row.email.startswith(("r2@", "r3@")) else ""

    ended = await deliver(ledger, opened(ledger, 5), relay, still_true=still_true, progress=told.append)
    assert ended.state is DispatchState.FINISHED
    assert sorted(relay.taken) == ["r0@example.org", "r1@example.org", "r4@example.org"]
    skipped = [row for row in ledger.deliveries("d1") if row.state is State.SKIPPED]
    assert [(row.email, row.detail) for row in skipped] == [
        ("r2@example.org", "The report has come in."),
        ("r3@example.org", "The report has come in."),
    ]
    assert sorted(told) == sorted([State.ACCEPTED] * 3 + [State.SKIPPED] * 2)
    assert ledger.claimed_addresses(REAL, "one", ["r2@example.org"]) == frozenset()


async def test_where_it_cannot_be_seen_whether_it_is_true_nothing_goes_until_it_can(ledger: Ledger) -> None:
    relay = Script(accepted)

    def unreadable(row: Claimed) -> str:
        if len(relay.taken) == 2:
            raise MailerError("report.submissions.csv:7: there is no country XX.", "Mend the line.")
        return ""

    ended = await deliver(ledger, opened(ledger, 14), relay, still_true=unreadable)
    assert ended.state is DispatchState.PAUSED
    assert "it cannot be seen whether the mails are still needed: report.submissions.csv:7" in ended.why
    assert ended.why.endswith("Mend the line.")
    assert sorted(states(ledger).values()) == [State.ACCEPTED] * 2 + [State.PLANNED] * 12
    ended = await deliver(ledger, ledger.reopen("d1"), relay, still_true=lambda _row: "")
    assert (ended.state, len(relay.taken)) == (DispatchState.FINISHED, 14)


async def test_a_mistake_in_the_question_is_not_hidden_and_gives_everything_back(ledger: Ledger) -> None:
    def mistaken(_row: Claimed) -> str:
        raise ZeroDivisionError

    relay = Script(accepted)
    with pytest.raises(ZeroDivisionError):
        await deliver(ledger, opened(ledger, 3), relay, still_true=mistaken)
    assert relay.taken == []
    assert set(states(ledger).values()) == {State.PLANNED}


async def test_a_mail_cancelled_while_the_question_is_asked_goes_to_nobody(ledger: Ledger) -> None:
    def cancelled(_row: Claimed) -> str:
        if ledger.find_dispatch("d1").state is DispatchState.OPEN:
            ledger.cancel("d1", "wrong date")
        return "It has come in."

    ended = await deliver(ledger, opened(ledger, 3), Script(accepted), still_true=cancelled)
    assert ended.state is DispatchState.CANCELLED
    assert State.ACCEPTED not in states(ledger).values()
    assert all(state.is_terminal for state in states(ledger).values())


async def test_the_heading_that_was_planned_is_what_goes_out(ledger: Ledger) -> None:
    sent: list[bytes] = []

    class Keeping(Script):
        async def send(
            self, message: Message, before_dot: BeforeDot, following: Following | None = None
        ) -> Outcome:
            sent.append(message.content)
            return await super().send(message, before_dot, following)

    dispatch = replace(opened(ledger, 0), id="d2", occasion="two", state=DispatchState.OPEN)
    heading = Heading((Mailbox("K. Holder", "holder@example.org"),), references=("<first@example.org>",))
    row = PlannedDelivery(
        "x@example.org", "x@example.org", "X", "en", "KZ", VARIANT.key, {}, ("a", "b"), heading
    )
    ledger.open_dispatch(Plan(dispatch, (row,)))
    await deliver(ledger, dispatch, Keeping(accepted))
    assert b"\r\nTo: K. Holder <holder@example.org>\r\n" not in sent[0], "a point in a name is quoted"
    assert b'\r\nTo: "K. Holder" <holder@example.org>\r\n' in sent[0]
    assert b"\r\nIn-Reply-To: <first@example.org>\r\n" in sent[0]
