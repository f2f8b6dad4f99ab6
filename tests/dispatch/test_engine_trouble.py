"""Delivering when something is in the way: the disk, the pace, the mail service's limits, or a person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailer.dispatch import deliver_dispatch
from mailer.errors import LedgerError
from mailer.ledger import Ledger, open_ledger
from mailer.model.dispatch import Claimed, DispatchState, State
from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Reply
from mailer.model.pace import Brake, Limits, Pace, Turn, Turned
from mailer.model.suppression import Because
from mailer.relay import BeforeDot, ConnectFailure, conclude
from mailer.relay.contract import Following
from tests.dispatch.test_delivering import Script, accepted, deliver, opened, states, templates

UNKNOWN_USER = Reply(550, "No such user here", "5.1.1")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger.db") as ready:
        yield ready


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.dispatch.health.RELAY_SECONDS", (0.001, 0.002, 0.003))


class Wide(Script):
    """Several connections at once; each keeps to what `Script` says."""

    connections = 4

    async def connect(self) -> Script:
        self.links += 1
        link = Wide(self.outcome)
        link.taken, link.is_usable, link.shared = self.taken, True, self  # type: ignore[attr-defined]
        return link


def fail(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fails: Any) -> None:
    """Have the ledger say that the disk is full at the turns that `fails` picks."""
    real = ledger.turn

    def turn(dispatch_id: str, holder: Any, wanted: Turn, pace: Pace | None = None) -> Turned:
        if fails(wanted):
            raise LedgerError("The send record cannot grow: the disk is full.", "Make room, then go on.")
        return real(dispatch_id, holder, wanted, pace)

    monkeypatch.setattr(ledger, "turn", turn)


async def test_what_the_mail_service_took_is_recorded_when_the_disk_has_room_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.dispatch.writer.RETRY_SECONDS", (0.01, 0.01, 0.01))
    full = iter([True, True, False])
    dispatch = opened(ledger, 6)
    fail(ledger, monkeypatch, lambda turn: bool(turn.settle) and next(full, False))
    relay = Script(accepted)
    await deliver(ledger, dispatch, relay)
    ended = await deliver(ledger, dispatch, relay)
    assert ended.state is DispatchState.FINISHED
    assert set(states(ledger).values()) == {State.ACCEPTED}
    assert len(relay.taken) == len(set(relay.taken)) == 6


@pytest.mark.parametrize("wait", [False, True])
async def test_a_ledger_that_was_busy_for_a_moment_ends_no_sending(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, wait: bool
) -> None:
    monkeypatch.setattr("mailer.dispatch.writer.RETRY_SECONDS", (0.01, 0.01))
    busy = iter([True])
    dispatch = opened(ledger, 12)
    fail(ledger, monkeypatch, lambda turn: bool(turn.settle) and next(busy, False))
    relay = Script(accepted)
    ended = await asyncio.wait_for(deliver(ledger, dispatch, relay, wait=wait), 20)
    assert ended.state is DispatchState.FINISHED
    assert len(relay.taken) == len(set(relay.taken)) == 12


async def test_a_clock_set_back_right_after_a_claim_stalls_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = timedelta()

    def clock() -> datetime:
        return datetime.now(UTC) + off

    with open_ledger(tmp_path / "set-back.db", clock=clock) as ledger:
        real = ledger.turn

        def turn(dispatch_id: str, holder: Any, wanted: Turn, pace: Pace | None = None) -> Turned:
            nonlocal off
            turned = real(dispatch_id, holder, wanted, pace)
            off = timedelta(hours=-1) if turned.claimed else off
            return turned

        monkeypatch.setattr(ledger, "turn", turn)
        relay, pace = Script(accepted), Pace("script", Limits(per_second=100))
        sending = deliver(ledger, opened(ledger, 30), relay, pace=pace, clock=clock, wait=True)
        ended = await asyncio.wait_for(sending, 20)
    assert ended.state is DispatchState.FINISHED
    assert len(relay.taken) == len(set(relay.taken)) == 30


async def test_without_a_record_no_dot_is_written(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.dispatch.writer.RETRY_SECONDS", (0.01,))
    dispatch = opened(ledger, 5)
    fail(ledger, monkeypatch, lambda turn: bool(turn.hand) or not turn.claim)
    relay = Wide(accepted)
    with pytest.raises(LedgerError, match="disk is full"):
        await deliver(ledger, dispatch, relay)
    assert relay.taken == []
    monkeypatch.undo()
    ended = await deliver(ledger, dispatch, Script(accepted))
    assert ended.state is DispatchState.FINISHED
    assert set(states(ledger).values()) == {State.ACCEPTED}


async def test_too_many_addresses_that_do_not_exist_pause_the_sending(ledger: Ledger) -> None:
    relay = Script(lambda _to, n: conclude(Phase.RCPT, UNKNOWN_USER) if n % 4 == 0 else accepted())
    ended = await deliver(ledger, opened(ledger, 60), relay)
    assert ended.state is DispatchState.PAUSED
    assert "5 of 20 addresses do not exist (25%" in ended.why
    found = list(states(ledger).values())
    assert found.count(State.PLANNED) >= 30, "the rest waits for a person"
    assert ledger.find_dispatch("d1").state is DispatchState.PAUSED


async def test_a_few_addresses_that_do_not_exist_stop_nothing(ledger: Ledger) -> None:
    relay = Script(lambda _to, n: conclude(Phase.RCPT, UNKNOWN_USER) if n == 7 else accepted())
    ended = await deliver(ledger, opened(ledger, 40), relay)
    assert ended.state is DispatchState.FINISHED
    assert list(states(ledger).values()).count(State.REFUSED) == 1


async def test_a_quota_that_is_used_up_waits_and_says_until_when(ledger: Ledger) -> None:
    used_up = Reply(550, "Daily user sending limit exceeded", "5.4.5")
    outcome = conclude(Phase.MAIL, used_up)
    assert outcome.relay is RelayTrouble.QUOTA
    relay = Script(lambda _to, n: outcome if n > 3 else accepted())
    pace = Pace("script")
    ended = await deliver(ledger, opened(ledger, 8), relay, pace=pace)
    assert ended.state is DispatchState.OPEN, "nobody has to do anything"
    assert ended.next_try_at is not None
    waits = ended.next_try_at - datetime.now(UTC)
    assert timedelta(minutes=50) < waits < timedelta(minutes=70)
    assert sorted(states(ledger).values()) == sorted([State.ACCEPTED] * 3 + [State.PLANNED] * 5)
    again = Script(accepted)
    await deliver(ledger, ledger.find_dispatch("d1"), again, pace=pace)
    assert again.taken == [], "another process waits as well"


async def test_no_more_than_the_set_rate_goes_out(ledger: Ledger) -> None:
    pace = Pace("script", Limits(per_second=40))
    began = time.monotonic()
    ended = await deliver(ledger, opened(ledger, 45), Wide(accepted), pace=pace)
    assert ended.state is DispatchState.FINISHED
    assert time.monotonic() - began >= 40 / 40 - 0.15, "45 mails, of which a tenth of a second's go at once"


async def test_a_mail_service_that_is_overloaded_is_used_more_slowly_from_then_on(ledger: Ledger) -> None:
    busy = conclude(Phase.MAIL, Reply(451, "too many messages, slow down", "4.7.0"))
    assert busy.relay is RelayTrouble.SLOW_DOWN
    pace = Pace("script")
    relay = Script(lambda _to, n: busy if n == 3 else accepted())
    task = asyncio.create_task(deliver(ledger, opened(ledger, 300), relay, pace=pace))
    while relay.sent < 3:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    rate, held_by, _ = ledger.pace_now(pace)
    assert rate is not None
    assert "slowed down" in held_by
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_acts_while_the_sending_waits_for_its_pace(ledger: Ledger) -> None:
    pace = Pace("script", Limits(per_minute=1))
    relay = Script(accepted)
    task = asyncio.create_task(deliver(ledger, opened(ledger, 5), relay, pace=pace, wait=True))
    while not relay.taken:
        await asyncio.sleep(0.01)
    ledger.pause("d1", "a wrong date", by="D. Officer")
    ended = await asyncio.wait_for(task, 5)
    assert (ended.state, ended.why) == (DispatchState.PAUSED, "a wrong date")
    assert sorted(states(ledger).values()) == [State.ACCEPTED] + [State.PLANNED] * 4


async def test_a_cancel_acts_while_the_sending_waits_for_the_next_try(ledger: Ledger) -> None:
    later = conclude(Phase.RCPT, Reply(450, "greylisted", "4.7.1"))
    relay = Script(lambda _to, _n: later)
    task = asyncio.create_task(deliver(ledger, opened(ledger, 2), relay, wait=True))
    while list(states(ledger).values()) != [State.DEFERRED] * 2:
        await asyncio.sleep(0.01)
    ledger.cancel("d1", "not needed")
    ended = await asyncio.wait_for(task, 5)
    assert ended.state is DispatchState.CANCELLED
    assert relay.sent == 2


async def test_the_figures_say_what_limits(ledger: Ledger) -> None:
    pace = Pace("script", Limits(per_minute=30))
    relay = Script(accepted)
    task = asyncio.create_task(deliver(ledger, opened(ledger, 5), relay, pace=pace, wait=True))
    while not (seen := [w for w in ledger.workers("d1") if w.status and w.status.brake is Brake.PACE]):
        await asyncio.sleep(0.05)
    assert seen[0].is_alive
    assert seen[0].status is not None
    assert seen[0].status.set_rate == pytest.approx(0.5)
    ledger.cancel("d1", "enough")
    await task


class Pipelined(Script):
    """Asks for what follows, as a connection with PIPELINING does."""

    def __init__(self, drop_after: int = 0) -> None:
        super().__init__(accepted)
        self.drop_after = drop_after
        self.expected: list[str] = []
        self.asked = 0

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        if self.expected and self.links == self.expected_on:
            assert message.envelope.recipient == self.expected.pop(), "the one that was announced comes next"
        await before_dot()
        self.phase = Phase.DOT
        upcoming = following() if following else None
        if upcoming is not None:
            self.asked += 1
            self.expected, self.expected_on = [upcoming.envelope.recipient], self.links
        self.taken.append(message.envelope.recipient)
        self.sent += 1
        await asyncio.sleep(0)
        if self.drop_after and self.sent % self.drop_after == 0:
            self.is_usable = False
        return accepted()


@pytest.mark.parametrize("drop_after", [0, 3])
async def test_what_was_announced_goes_next_on_this_connection_or_on_another(
    ledger: Ledger, drop_after: int
) -> None:
    relay = Pipelined(drop_after)
    ended = await deliver(ledger, opened(ledger, 20), relay)
    assert ended.state is DispatchState.FINISHED
    assert len(relay.taken) == len(set(relay.taken)) == 20
    assert relay.asked >= 15


async def test_a_stop_while_waiting_ends_at_once_and_leaves_the_sending_open(ledger: Ledger) -> None:
    stop = asyncio.Event()
    pace = Pace("script", Limits(per_minute=1))
    relay = Script(accepted)
    task = asyncio.create_task(
        deliver_dispatch(
            opened(ledger, 4),
            ledger=ledger,
            relay=relay,
            templates=templates(),
            stop=stop,
            pace=pace,
            wait=True,
        )
    )
    while not relay.taken:
        await asyncio.sleep(0.01)
    stop.set()
    ended = await asyncio.wait_for(task, 5)
    assert ended.stopped
    assert ended.state is DispatchState.OPEN
    assert State.CLAIMED not in states(ledger).values()


class Dying(Script):
    """A mail service of which all connections die at once, when so many mails have been taken."""

    connections = 5

    def __init__(self, after: int) -> None:
        super().__init__(accepted)
        self.after = after
        self.born = 0

    async def connect(self) -> Script:
        self.links += 1
        return _Mortal(self, self.born)


class _Mortal(Script):
    def __init__(self, service: Dying, born: int) -> None:
        super().__init__(accepted)
        self.service, self.generation, self.is_usable = service, born, True

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        await asyncio.sleep(0.002)
        if self.generation < self.service.born:
            self.is_usable = False
            return conclude(Phase.MAIL, None, "the link was lost")
        await before_dot()
        self.service.taken.append(message.envelope.recipient)
        if len(self.service.taken) == self.service.after:
            self.service.born += 1
        return accepted()


async def test_links_that_are_lost_together_are_one_trouble(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.dispatch.health.RELAY_SECONDS", (3600.0,))
    relay = Dying(after=40)
    ended = await asyncio.wait_for(deliver(ledger, opened(ledger, 80), relay), 30)
    assert ended.state is DispatchState.FINISHED
    assert len(relay.taken) == len(set(relay.taken)) == 80
    assert relay.links == 10


class Narrow(Script):
    """Takes two connections, though we may open six."""

    connections = 6

    def __init__(self) -> None:
        super().__init__(accepted)
        self.open = self.most = 0

    async def connect(self) -> Script:
        self.links += 1
        if self.open == 2:
            raise ConnectFailure(
                "full", "", conclude(Phase.CONNECT, Reply(421, "Too many connections", "4.7.0"))
            )
        self.open += 1
        self.most = max(self.most, self.open)
        return _Held(self)


class _Held(Script):
    def __init__(self, service: Narrow) -> None:
        super().__init__(accepted)
        self.service, self.is_usable = service, True

    async def send(
        self, message: Message, before_dot: BeforeDot, following: Following | None = None
    ) -> Outcome:
        await before_dot()
        self.service.taken.append(message.envelope.recipient)
        await asyncio.sleep(0.001)
        return accepted()

    async def close(self) -> None:
        if self.is_usable:
            self.service.open -= 1
        self.is_usable = False


async def test_a_mail_service_that_takes_fewer_connections_is_used_by_those_that_it_takes(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.dispatch.health.RELAY_SECONDS", (3600.0,))
    relay = Narrow()
    ended = await asyncio.wait_for(deliver(ledger, opened(ledger, 60), relay), 30)
    assert ended.state is DispatchState.FINISHED
    assert len(set(relay.taken)) == 60
    assert relay.most == 2
    assert relay.links <= 10, "it is not asked again and again"


async def test_a_sending_in_which_everything_is_signed_and_nothing_is_left_ends(ledger: Ledger) -> None:
    signed = {key: _Signed(template) for key, template in templates().items()}
    ended = await deliver_dispatch(
        opened(ledger, 3),
        ledger=ledger,
        relay=Script(accepted),
        templates=signed,  # type: ignore[arg-type]
        stop=asyncio.Event(),
    )
    assert ended.state is DispatchState.FINISHED


class _Signed:
    """A template that says it is signed, so that its messages are made in several threads."""

    is_signed = True

    def __init__(self, template: Any) -> None:
        self.message_for = template.message_for


async def test_a_sending_whose_time_runs_out_in_the_middle_ends(ledger: Ledger) -> None:
    class Slow(Script):
        async def send(
            self, message: Message, before_dot: BeforeDot, following: Following | None = None
        ) -> Outcome:
            await asyncio.sleep(0.1)
            return await super().send(message, before_dot, following)

    dispatch = opened(ledger, 30, lifetime=timedelta(seconds=1))
    ended = await asyncio.wait_for(deliver(ledger, dispatch, Slow(accepted), wait=True), 20)
    assert ended.state is DispatchState.FINISHED
    found = set(states(ledger).values())
    assert found == {State.ACCEPTED, State.EXPIRED}


async def test_a_mail_claimed_before_the_relay_went_away_is_asked_about_again(ledger: Ledger) -> None:
    gone = conclude(Phase.MAIL, Reply(421, "4.3.2 shutting down", "4.3.2"))

    def outcome(_to: str, number: int) -> Outcome:
        if number == 2:
            for n in range(1, 8):
                ledger.suppress(f"r{n}@example.org", Because.UNSUBSCRIBED)
        return gone if number == 2 else accepted()

    relay = Script(outcome)
    ended = await deliver(ledger, opened(ledger, 8), relay)
    assert ended.state is DispatchState.FINISHED
    assert relay.taken == ["r0@example.org"], "who unsubscribed while we waited gets nothing"


async def test_a_domain_that_may_have_no_more_for_now_is_waited_for(ledger: Ledger) -> None:
    pace = Pace("script", Limits(), {"*": Limits(per_hour=3)})
    relay = Script(accepted)
    task = asyncio.create_task(deliver(ledger, opened(ledger, 8), relay, pace=pace, wait=True))
    await asyncio.sleep(1.5)
    assert not task.done(), "it waits for the hour to pass"
    assert len(relay.taken) == 3
    ledger.cancel("d1", "enough")
    assert (await asyncio.wait_for(task, 5)).state is DispatchState.CANCELLED


async def test_a_pause_that_is_taken_back_at_once_stops_nothing(ledger: Ledger) -> None:
    class Pausing(Script):
        async def send(
            self, message: Message, before_dot: BeforeDot, following: Following | None = None
        ) -> Outcome:
            if self.sent == 3:
                ledger.pause("d1", "a moment", by="D. Officer")
                await asyncio.sleep(0.8)
                ledger.reopen("d1")
            return await super().send(message, before_dot, following)

    ended = await asyncio.wait_for(deliver(ledger, opened(ledger, 20), Pausing(accepted), wait=True), 20)
    assert ended.state is DispatchState.FINISHED


async def test_a_wait_for_a_quota_outlives_a_later_slow_down(ledger: Ledger) -> None:
    pace = Pace("script", Limits(per_second=100))
    hour = datetime.now(UTC) + timedelta(hours=1)
    ledger.slow_down("script", 5.0, hour)
    ledger.slow_down("script", 2.0)
    held = ledger.pace_now(pace)[2]
    assert held is not None
    assert abs(held - hour) < timedelta(seconds=1)


async def test_a_relay_that_is_busy_at_the_very_first_mail_is_used_at_half_of_what_is_set(
    ledger: Ledger,
) -> None:
    busy = conclude(Phase.RCPT, Reply(450, "too many connections", "4.7.0"))
    pace = Pace("script", Limits(per_second=100))
    relay = Script(lambda _to, n: busy if n == 1 else accepted())
    await deliver(ledger, opened(ledger, 3), relay, pace=pace)
    assert ledger.pace_now(pace)[0] == pytest.approx(50, rel=0.2)


async def test_addresses_that_do_not_exist_are_counted_through_all_rounds(ledger: Ledger) -> None:
    relay = Script(lambda _to, _n: conclude(Phase.RCPT, UNKNOWN_USER))
    dispatch = opened(ledger, 60)
    stop = asyncio.Event()

    def settled(_state: State) -> None:
        if relay.sent % 7 == 0:
            # A pause in between makes a new round.
            ledger.pause("d1", "a moment")
            ledger.reopen("d1")

    ended = await asyncio.wait_for(deliver(ledger, dispatch, relay, stop, progress=settled, wait=True), 30)
    assert ended.state is DispatchState.PAUSED
    assert "addresses do not exist" in ended.why


async def test_a_mistake_in_the_question_about_the_next_mail_puts_none_in_doubt(ledger: Ledger) -> None:
    def mistaken(row: Claimed) -> str:
        if row.email.startswith("r9@"):
            raise KeyError("no such column")
        return ""

    relay = Pipelined()
    with pytest.raises(KeyError):
        await deliver(ledger, opened(ledger, 12), relay, still_true=mistaken)
    assert len(relay.taken) == 9
    assert set(states(ledger).values()) == {State.ACCEPTED, State.PLANNED}
