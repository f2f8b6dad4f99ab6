"""The SMTP relay against servers that fail at every step: nothing is doubled, nothing claimed that is not known."""

from __future__ import annotations

import asyncio

import pytest
from relay_peers import CONTENT, DROP, STALL, a_message, rogue, tape, until

from mailer.model.message import Phase, RelayTrouble, Verdict
from mailer.relay import SmtpRelay

ACCEPTED, DEFERRED, REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
UNKNOWN, RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
NONE, RECONNECT, SLOW_DOWN, QUOTA, STOP = RelayTrouble

STAGES = {"MAIL": Phase.MAIL, "RCPT": Phase.RCPT, "DATA": Phase.DATA, "DOT": Phase.DOT}
GARBAGE = [
    "raw:hello\r\n",
    "raw:25\r\n",
    "raw:250-a\r\n550 b\r\n",
    "raw:\r\n",
    "raw:999 x\r\n",
    "raw:2500 x\r\n",
    "raw:" + "250-x\r\n" * 9000,
]


async def send_one(before_dot, **orders):
    """Send one message to a server with these orders, then another on the same connection."""
    async with rogue() as peer:
        for stage, order in orders.items():
            peer.order(stage, order)
        # After a refused DATA this server still waits for a body, and does not hear the next command.
        patience = 0.4 if STALL in orders.values() or "DATA" in orders else 10
        connection = await peer.relay(timeout=patience, dot_timeout=patience).connect()
        outcome = await connection.send(a_message(), before_dot)
        is_usable = connection.is_usable
        again = await connection.send(a_message(), before_dot)
        await connection.close()
    return peer, outcome, is_usable, again


@pytest.mark.parametrize("order", [DROP, STALL, *GARBAGE])
@pytest.mark.parametrize("stage", STAGES)
async def test_no_usable_answer_is_unknown_after_the_dot_and_released_before_it(before_dot, stage, order):
    peer, outcome, is_usable, again = await send_one(before_dot, **{stage: order})
    phase = STAGES[stage]
    assert (outcome.phase, outcome.verdict) == (phase, UNKNOWN if phase is Phase.DOT else RELEASED)
    assert outcome.relay is RECONNECT
    assert outcome.detail
    assert not is_usable
    assert (again.verdict, again.relay) == (RELEASED, RECONNECT)
    # The server took it exactly where we say that we do not know.
    assert len(peer.held) == before_dot.count == (phase is Phase.DOT)


@pytest.mark.parametrize("code", ["421 4.3.0 closing", "421-4.3.0 closing\r\n421 4.3.0 for today"])
@pytest.mark.parametrize("stage", STAGES)
async def test_421_ends_the_connection_and_never_costs_the_reader_a_try(before_dot, stage, code):
    _, outcome, is_usable, _ = await send_one(before_dot, **{stage: code})
    phase = STAGES[stage]
    assert (outcome.phase, outcome.verdict) == (phase, DEFERRED if phase is Phase.DOT else RELEASED)
    assert outcome.relay is SLOW_DOWN
    assert outcome.reply is not None
    assert outcome.reply.code == 421
    assert not is_usable


@pytest.mark.parametrize(
    ("stage", "answer", "verdict", "relay"),
    [
        ("MAIL", "450 4.7.1 not now", RELEASED, SLOW_DOWN),
        ("MAIL", "550 5.7.1 not you", RELEASED, STOP),
        ("RCPT", "450 4.2.0 greylisted", DEFERRED, NONE),
        ("RCPT", "550-5.1.1 no such\r\n550 5.1.1 user", REFUSED, NONE),
        ("RCPT", "252 5.1.1 odd yes", ACCEPTED, NONE),
        ("DATA", "451 4.3.0 disk", DEFERRED, NONE),
        ("DATA", "554 5.7.1 no", REFUSED, NONE),
        ("DOT", "451 4.7.1 later", DEFERRED, NONE),
        ("DOT", "454 Throttling failure: Maximum sending rate exceeded.", DEFERRED, SLOW_DOWN),
        ("DOT", "550 5.7.26 DMARC", REFUSED, NONE),
        ("DOT", "251 forwarded", ACCEPTED, NONE),
    ],
)
async def test_after_a_refusal_the_connection_is_reset_and_goes_on(before_dot, stage, answer, verdict, relay):
    peer, outcome, is_usable, again = await send_one(before_dot, **{stage: answer})
    assert (outcome.verdict, outcome.relay) == (verdict, relay)
    assert is_usable
    if stage == "DATA":
        # This server has sent a refusal and still waits for a body: only a new connection helps. Others read RSET.
        return
    assert again.verdict is ACCEPTED
    assert ("RSET" in peer.commands) == (verdict is not ACCEPTED)
    assert peer.connections == 1


async def test_a_server_that_says_go_on_twice_is_not_believed(before_dot):
    _, outcome, is_usable, _ = await send_one(before_dot, RCPT="354 go on")
    assert (outcome.verdict, outcome.relay) == (RELEASED, RECONNECT)
    assert not is_usable


async def test_a_yes_to_data_without_354_gets_no_body(before_dot):
    peer, outcome, is_usable, _ = await send_one(before_dot, DATA="250 fine")
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.DATA, RELEASED, RECONNECT)
    assert peer.held == []
    assert not is_usable


async def test_a_server_that_knows_no_reset_gets_a_new_connection_instead(before_dot):
    _, _, _, again = await send_one(before_dot, RCPT="550 5.1.1 no such user", RSET="502 5.5.1 what?")
    assert (again.verdict, again.relay) == (RELEASED, RECONNECT)


async def test_a_closing_at_reset_ends_the_connection_before_the_next_message(before_dot):
    async with rogue() as peer:
        peer.order("RCPT", "550 5.1.1 no such user")
        peer.order("RSET", "421 4.3.2 closing")
        connection = await peer.relay().connect()
        await connection.send(a_message(), before_dot)
        outcome = await connection.send(a_message(), before_dot)
        assert not connection.is_usable
    assert (outcome.verdict, outcome.relay) == (RELEASED, SLOW_DOWN)
    assert peer.held == []


@pytest.mark.parametrize("stage", STAGES)
async def test_a_cancelled_send_cuts_the_link_and_says_how_far_it_was(before_dot, stage):
    async with rogue() as peer:
        peer.order(stage, "late 250 ok")
        connection = await peer.relay().connect()
        task = asyncio.create_task(connection.send(a_message(), before_dot))
        await until(lambda: peer.links[0].stage == stage and not peer.orders[stage])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.phase is STAGES[stage]
        assert not connection.is_usable
        # The answer comes in after this; it must not become that of the next message.
        await asyncio.sleep(0.3)
        later = await connection.send(a_message(), before_dot)
        assert (later.verdict, later.relay) == (RELEASED, RECONNECT)
        await connection.close()
    assert len(peer.held) == (stage == "DOT")


async def test_a_time_limit_around_send_cuts_the_link_too(before_dot):
    async with rogue() as peer:
        peer.order("DOT", STALL)
        connection = await peer.relay(dot_timeout=30).connect()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await connection.send(a_message(), before_dot)
        assert connection.phase is Phase.DOT
        assert not connection.is_usable


async def test_a_cancel_while_before_dot_commits_leaves_the_dot_unwritten():
    async with tape() as machine:
        started = asyncio.Event()

        async def before_dot() -> None:
            started.set()
            await asyncio.sleep(30)

        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext").connect()
        task = asyncio.create_task(connection.send(a_message(), before_dot))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(machine.is_closed.wait(), 2)
    assert connection.phase is Phase.BODY
    assert machine.taken == 0


async def test_a_link_lost_while_before_dot_commits_is_deferred_because_no_dot_was_written():
    async with rogue() as peer:

        async def before_dot() -> None:
            peer.cut()
            await asyncio.sleep(0.05)

        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(), before_dot)
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.BODY, DEFERRED, RECONNECT)
    assert peer.held == []


@pytest.mark.parametrize(
    ("answer", "verdict", "relay"),
    [
        (b"550 5.7.1 enough\r\n", REFUSED, NONE),
        (b"421 4.3.2 closing\r\n", DEFERRED, SLOW_DOWN),
        (b"250 ok\r\n", UNKNOWN, RECONNECT),
        (b"nonsense\r\n", DEFERRED, RECONNECT),
    ],
)
async def test_an_answer_before_the_dot_is_never_taken_for_that_of_the_dot(answer, verdict, relay):
    async with tape() as machine:

        async def before_dot() -> None:
            machine.writer.write(answer)
            await asyncio.sleep(0.05)

        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext").connect()
        outcome = await connection.send(a_message(), before_dot)
        await asyncio.wait_for(machine.is_closed.wait(), 2)
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.BODY, verdict, relay)
    assert machine.taken == 0
    assert not connection.is_usable


async def test_a_refusal_in_mid_body_is_read_before_the_dot(before_dot):
    content = b"Subject: large\r\n\r\n" + b"steppe and mountain \r\n" * 400_000
    async with tape() as machine:
        machine.reads_body, machine.interrupts = False, b"550 5.7.1 enough\r\n"
        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext", timeout=5).connect()
        outcome = await connection.send(a_message(content), before_dot)
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.BODY, REFUSED, NONE)
    assert before_dot.count == 0
    assert not connection.is_usable


async def test_a_server_that_stops_reading_in_mid_body_is_given_up(before_dot):
    content = b"Subject: large\r\n\r\n" + b"steppe and mountain \r\n" * 400_000
    async with tape() as machine:
        machine.reads_body = False
        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext", timeout=0.3).connect()
        outcome = await connection.send(a_message(content), before_dot)
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.BODY, RELEASED, RECONNECT)
    assert before_dot.count == 0


async def test_words_out_of_turn_between_messages_make_the_connection_unusable(before_dot):
    async with rogue() as peer:
        peer.order("DOT", "250 ok\r\n250 and one more")
        connection = await peer.relay().connect()
        first = await connection.send(a_message(), before_dot)
        await until(lambda: not connection.is_usable)
        second = await connection.send(a_message(), before_dot)
    assert first.verdict is ACCEPTED
    assert (second.verdict, second.relay) == (RELEASED, RECONNECT)
    assert peer.held == [CONTENT]


async def test_an_idle_connection_that_the_server_closes_costs_nothing(before_dot):
    async with rogue(timeout=0.5) as peer:
        connection = await peer.relay().connect()
        await until(lambda: not connection.is_usable)
        outcome = await connection.send(a_message(), before_dot)
    assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.MAIL, RELEASED, RECONNECT)


async def test_an_answer_in_pieces_and_without_words_is_read(before_dot):
    async with rogue() as peer:
        peer.order("MAIL", "raw:250-slow\n250-er\r\n250\r\n")
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(), before_dot)
        await connection.close()
    assert outcome.verdict is ACCEPTED
