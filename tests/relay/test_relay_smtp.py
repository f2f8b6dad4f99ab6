"""The SMTP relay against a server that does what it should: content, reuse, order, size."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relay_peers import CONTENT, READER, SENDER, a_message, rogue, smtp_sink, tape, until

from mailer.errors import LostClaimError
from mailer.model.message import Phase, RelayTrouble, Verdict
from mailer.relay import SmtpRelay


async def test_a_message_arrives_byte_for_byte(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(), before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.phase is Phase.DOT
    assert str(outcome.reply) == "250 2.0.0 taken"
    assert peer.held == [CONTENT]
    assert before_dot.count == 1
    assert peer.commands == [
        "EHLO [127.0.0.1]",
        f"MAIL FROM:<{SENDER}> SIZE={len(CONTENT)}",
        f"RCPT TO:<{READER}>",
        "DATA",
        "QUIT",
    ]


async def test_one_connection_carries_many_messages_without_a_reset_between(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        for number in range(20):
            outcome = await connection.send(a_message(recipient=f"reader{number}@example.com"), before_dot)
            assert outcome.verdict is Verdict.ACCEPTED
        await connection.close()
    assert peer.connections == 1
    assert peer.recipients == [f"reader{number}@example.com" for number in range(20)]
    assert "RSET" not in peer.commands


async def test_the_greeting_name_is_the_configured_one(before_dot):
    async with rogue() as peer:
        connection = await peer.relay(local_hostname="mail.cami.example.org").connect()
        await connection.close()
    assert peer.commands[0] == "EHLO mail.cami.example.org"


async def test_a_domain_outside_ascii_goes_out_as_an_a_label(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        await connection.send(a_message(recipient="reader@büro.example.org"), before_dot)
        await connection.close()
    assert peer.recipients == ["reader@xn--bro-hoa.example.org"]


BODIES = st.lists(
    st.binary(max_size=60).map(lambda line: bytes(octet & 0x7F for octet in line).translate(None, b"\0\r\n"))
    | st.sampled_from([b".", b"..", b"", b".a", b"x" * 998, b"." * 998]),
    min_size=1,
    max_size=20,
).map(lambda lines: b"".join(line + b"\r\n" for line in lines))


@given(st.lists(BODIES, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_clean_content_arrives_byte_for_byte_and_once(contents):
    async def send_all() -> list[bytes]:
        async def before_dot() -> None: ...

        async with rogue() as peer:
            connection = await peer.relay().connect()
            for content in contents:
                outcome = await connection.send(a_message(content), before_dot)
                assert outcome.verdict is Verdict.ACCEPTED
            await connection.close()
        return peer.held

    assert asyncio.run(send_all()) == contents


async def test_the_body_is_with_the_server_and_the_dot_is_not_when_before_dot_is_asked():
    async with tape() as machine:
        seen = []

        async def before_dot() -> None:
            await asyncio.sleep(0.05)
            seen.append((bytes(machine.body), machine.taken))

        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext").connect()
        outcome = await connection.send(a_message(), before_dot)
        await connection.close()
    ((body, taken),) = seen
    assert taken == 0
    assert body.endswith(b"\r\nEnd.\r\n")
    assert outcome.verdict is Verdict.ACCEPTED
    assert machine.body == body + b".\r\n"


async def test_a_lost_claim_never_lets_the_dot_out():
    async def before_dot() -> None:
        await asyncio.sleep(0.02)
        raise LostClaimError("taken over by another worker")

    async with tape() as machine:
        connection = await SmtpRelay("127.0.0.1", machine.port, "plaintext").connect()
        with pytest.raises(LostClaimError):
            await connection.send(a_message(), before_dot)
        await asyncio.wait_for(machine.is_closed.wait(), 2)
    assert machine.taken == 0
    assert not machine.body.endswith(b"\r\n.\r\n")
    assert connection.phase is Phase.BODY
    assert not connection.is_usable


async def test_a_claim_lost_over_tls_never_lets_the_dot_out(certificate, server_tls):
    async def before_dot() -> None:
        raise LostClaimError("taken over by another worker")

    async with rogue(server_tls, implicit_tls=True) as peer:
        connection = await peer.relay(security="tls", ca_file=str(certificate)).connect()
        with pytest.raises(LostClaimError):
            await connection.send(a_message(), before_dot)
        await asyncio.sleep(0.05)
    assert peer.held == []


SMUGGLED = b"\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<evil@example.com>\r\nDATA\r\n\r\nevil\r\n.\r\n"


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r", b"\r\n.\r\n", b"\r\n..\r\n"]
)
async def test_a_smuggled_ending_never_makes_a_second_message(before_dot, end):
    content = b"Subject: x\r\n\r\nbody" + end + SMUGGLED
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(content), before_dot)
        again = await connection.send(a_message(), before_dot)
        await connection.close()
    if end in (b"\r\n.\r\n", b"\r\n..\r\n"):
        assert peer.held == [content, CONTENT]
    else:
        assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.STOP)
        assert "CR or LF" in outcome.detail
        assert peer.held == [CONTENT]
    assert again.verdict is Verdict.ACCEPTED
    assert sum(command.startswith("MAIL") for command in peer.commands) == len(peer.held)


@pytest.mark.parametrize(
    "recipient",
    [
        "reader@example.com> SIZE=1",
        "a@example.com\r\nRCPT TO:<b@example.com",
        "a@example.com,b@example.com",
        '"a b"@example.com',
        '"a\r\nDATA\r\n"@example.com',
        "a@example.com\n",
        "a\x00@example.com",
        "",
    ],
)
async def test_a_hostile_recipient_is_refused_and_nothing_is_said_to_the_server(before_dot, recipient):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(recipient=recipient), before_dot)
        assert connection.is_usable
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.NONE)
    assert peer.commands == ["EHLO [127.0.0.1]", "QUIT"]
    assert before_dot.count == 0


async def test_a_reader_who_needs_smtputf8_is_refused_in_clear_words(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(recipient="чтец@example.org"), before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.REFUSED
    assert "SMTPUTF8" in outcome.detail


@pytest.mark.parametrize("content", [CONTENT, "To: чтец@example.org\r\n\r\nbody\r\n".encode()])
async def test_a_reader_who_needs_smtputf8_gets_it_where_the_server_takes_it(before_dot, content):
    async with rogue(enable_SMTPUTF8=True) as peer:
        connection = await peer.relay().connect()
        asked = a_message(content, recipient="чтец@пример.example.org")
        outcome = await connection.send(asked, before_dot)
        plain = await connection.send(a_message(), before_dot)
        await connection.close()
    assert (outcome.verdict, plain.verdict) == (Verdict.ACCEPTED, Verdict.ACCEPTED)
    assert peer.held == [content, CONTENT]
    assert peer.recipients == ["чтец@xn--e1afmkfd.example.org", READER]
    first, second = (command for command in peer.commands if command.startswith("MAIL"))
    eight_bit = "" if content.isascii() else " BODY=8BITMIME"
    assert first == f"MAIL FROM:<{SENDER}> SIZE={len(content)} SMTPUTF8{eight_bit}"
    assert second == f"MAIL FROM:<{SENDER}> SIZE={len(CONTENT)}"


async def test_a_reader_who_needs_smtputf8_is_no_trouble_of_the_relay(before_dot):
    content = "To: чтец@example.org\r\n\r\nbody\r\n".encode()
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(content, recipient="чтец@example.org"), before_dot)
        assert connection.is_usable
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.NONE)
    assert "ask the reader for another one" in outcome.detail
    assert peer.commands == ["EHLO [127.0.0.1]", "QUIT"]


async def test_eight_bit_octets_in_the_body_are_refused_also_with_smtputf8(before_dot):
    content = "To: чтец@example.org\r\n\r\nпривет\r\n".encode()
    async with rogue(enable_SMTPUTF8=True) as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(content, recipient="чтец@example.org"), before_dot)
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.STOP)
    assert peer.commands == ["EHLO [127.0.0.1]", "QUIT"]


async def test_a_bad_envelope_sender_stops_the_relay_and_refuses_nobody(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(sender="Office <office@example.org>"), before_dot)
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.RELEASED, RelayTrouble.STOP)
    assert "envelope sender" in outcome.detail


async def test_a_message_over_the_announced_size_is_not_offered(before_dot):
    async with rogue(data_size_limit=500) as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(b"x: y\r\n" * 100), before_dot)
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.STOP)
    assert "takes 500" in outcome.detail
    assert peer.commands == ["EHLO [127.0.0.1]", "QUIT"]


async def test_no_size_is_claimed_where_none_is_announced(before_dot):
    async with rogue(data_size_limit=None) as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(a_message(), before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.ACCEPTED
    assert peer.commands[1] == f"MAIL FROM:<{SENDER}>"


async def test_a_large_message_arrives_whole_in_the_clear_and_over_tls(before_dot, certificate, server_tls):
    content = b"Subject: large\r\n\r\n" + b"." * 76 + b"\r\n" + b"steppe and mountain \r\n" * 40_000
    async with rogue(server_tls, data_size_limit=2_000_000) as peer:
        for settings_ in ({"security": "plaintext"}, {"security": "starttls", "ca_file": str(certificate)}):
            connection = await peer.relay(timeout=10, dot_timeout=10, **settings_).connect()
            assert (await connection.send(a_message(content), before_dot)).verdict is Verdict.ACCEPTED
            await connection.close()
    assert peer.held == [content, content]


async def test_two_messages_at_once_on_one_connection_are_a_mistake(before_dot):
    async with rogue() as peer:
        peer.order("MAIL", "late 250 ok")
        connection = await peer.relay().connect()
        first = asyncio.create_task(connection.send(a_message(), before_dot))
        await until(lambda: peer.links[0].stage == "MAIL")
        with pytest.raises(RuntimeError, match="one message at a time"):
            await connection.send(a_message(), before_dot)
        assert (await first).verdict is Verdict.ACCEPTED
        await connection.close()


async def test_ten_connections_at_once_deliver_each_message_once(before_dot):
    async with rogue() as peer:
        relay = peer.relay()

        async def send_some(worker: int) -> None:
            connection = await relay.connect()
            for number in range(10):
                message = a_message(recipient=f"reader{worker}-{number}@example.com")
                assert (await connection.send(message, before_dot)).verdict is Verdict.ACCEPTED
            await connection.close()

        await asyncio.gather(*(send_some(worker) for worker in range(10)))
    assert len(peer.recipients) == len(set(peer.recipients)) == 100


async def test_close_is_quick_though_the_server_never_answers_quit(monkeypatch, before_dot):
    monkeypatch.setattr("mailer.relay.connection.QUIT_WITHIN", 0.2)
    async with rogue() as peer:
        peer.order("QUIT", "stall")
        connection = await peer.relay().connect()
        began = time.monotonic()
        await connection.close()
        await connection.close()
    assert time.monotonic() - began < 20
    assert not connection.is_usable


async def test_a_server_that_hangs_up_at_quit_troubles_nobody():
    async with rogue() as peer:
        peer.order("QUIT", "drop")
        connection = await peer.relay().connect()
        await connection.close()
    assert not connection.is_usable


class TestWithPostfixsTestServer:
    """The same, judged by a server that none of us wrote."""

    async def test_every_message_is_taken_once(self, tmp_path, before_dot):
        with smtp_sink(tmp_path) as port:
            connection = await SmtpRelay("127.0.0.1", port, "plaintext").connect()
            for _ in range(5):
                assert (await connection.send(a_message(), before_dot)).verdict is Verdict.ACCEPTED
            await connection.close()
        dumps = list(tmp_path.iterdir())
        assert len(dumps) == 5
        assert all(b".one dot\n..two dots\n.\nEnd.\n" in dump.read_bytes() for dump in dumps)

    @pytest.mark.parametrize(
        ("options", "phase", "verdict", "relay"),
        [
            ("-q MAIL", Phase.MAIL, Verdict.RELEASED, RelayTrouble.RECONNECT),
            ("-q RCPT", Phase.RCPT, Verdict.RELEASED, RelayTrouble.RECONNECT),
            ("-q DATA", Phase.DATA, Verdict.RELEASED, RelayTrouble.RECONNECT),
            ("-q .", Phase.DOT, Verdict.UNKNOWN, RelayTrouble.RECONNECT),
            ("-Q MAIL", Phase.MAIL, Verdict.RELEASED, RelayTrouble.SLOW_DOWN),
            ("-Q .", Phase.DOT, Verdict.DEFERRED, RelayTrouble.SLOW_DOWN),
            ("-r MAIL", Phase.MAIL, Verdict.RELEASED, RelayTrouble.SLOW_DOWN),
            ("-r RCPT", Phase.RCPT, Verdict.DEFERRED, RelayTrouble.NONE),
            ("-r DATA", Phase.DATA, Verdict.DEFERRED, RelayTrouble.NONE),
            ("-r .", Phase.DOT, Verdict.DEFERRED, RelayTrouble.NONE),
            ("-f MAIL", Phase.MAIL, Verdict.RELEASED, RelayTrouble.STOP),
            ("-f RCPT", Phase.RCPT, Verdict.REFUSED, RelayTrouble.STOP),
            ("-f .", Phase.DOT, Verdict.REFUSED, RelayTrouble.STOP),
            ("-W RCPT:3", Phase.RCPT, Verdict.RELEASED, RelayTrouble.RECONNECT),
            ("-W .:3", Phase.DOT, Verdict.UNKNOWN, RelayTrouble.RECONNECT),
        ],
    )
    async def test_trouble_in_each_phase_is_told_apart(  # noqa: PLR0917
        self, tmp_path, before_dot, options, phase, verdict, relay
    ):
        with smtp_sink(tmp_path, *options.split()) as port:
            patience = 0.5 if "-W" in options else 10
            service = SmtpRelay("127.0.0.1", port, "plaintext", timeout=patience, dot_timeout=patience)
            connection = await service.connect()
            outcome = await connection.send(a_message(), before_dot)
            await connection.close()
        assert (outcome.phase, outcome.verdict, outcome.relay) == (phase, verdict, relay)
        assert before_dot.count == (phase is Phase.DOT)

    async def test_a_break_off_in_mid_body_ends_it_before_the_dot(self, tmp_path, before_dot):
        content = b"Subject: large\r\n\r\n" + b"steppe and mountain \r\n" * 400_000
        with smtp_sink(tmp_path, "-A", "0") as port:
            connection = await SmtpRelay("127.0.0.1", port, "plaintext", timeout=5).connect()
            outcome = await connection.send(a_message(content), before_dot)
        # It sends 550 and hangs up with our bytes unread: the reset may overtake the answer.
        assert outcome.phase is Phase.BODY
        if outcome.reply is None:
            assert (outcome.verdict, outcome.relay) == (Verdict.RELEASED, RelayTrouble.RECONNECT)
        else:
            assert (outcome.reply.code, outcome.verdict) == (550, Verdict.REFUSED)
        assert before_dot.count == 0
        assert not connection.is_usable
