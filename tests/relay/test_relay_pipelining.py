"""Commands in groups: one round trip a message, and the same certainty about what became of each."""

from __future__ import annotations

import asyncio

import pytest
from grouping_peer import CUT, STALL, Book, booking
from hypothesis import given, settings
from hypothesis import strategies as st
from relay_peers import a_message, smtp_sink

from mailer.errors import LostClaimError
from mailer.model.message import Message, Outcome, Phase, RelayTrouble, Verdict
from mailer.relay import ConnectFailure, SmtpRelay

ACCEPTED, DEFERRED, REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
UNKNOWN, RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
NONE, RECONNECT, SLOW_DOWN, QUOTA, STOP = RelayTrouble


def relay_to(book: Book, **more: object) -> SmtpRelay:
    return SmtpRelay("127.0.0.1", book.port, "plaintext", **({"timeout": 5, "dot_timeout": 5} | more))


def readers(count: int) -> list[Message]:
    return [a_message(recipient=f"reader{number}@example.com") for number in range(count)]


async def nothing() -> None:
    """A commit that is there at once."""


async def send_all(
    relay: SmtpRelay, messages: list[Message], most_links: int = 30
) -> tuple[dict[str, list[Outcome]], dict[str, int]]:
    """Send them in order as a worker does, each again where it was released; also how often each was committed."""
    outcomes: dict[str, list[Outcome]] = {message.envelope.recipient: [] for message in messages}
    commits = dict.fromkeys(outcomes, 0)
    queue = list(messages)
    connection = None
    while queue and most_links:
        if connection is None or not connection.is_usable:
            most_links -= 1
            try:
                connection = await relay.connect()
            except ConnectFailure:
                continue
        message = queue[0]
        to = message.envelope.recipient

        async def before_dot(to: str = to) -> None:
            commits[to] += 1

        outcome = await connection.send(message, before_dot, lambda: queue[1] if len(queue) > 1 else None)
        outcomes[to].append(outcome)
        again = outcome.verdict is RELEASED or (outcome.verdict is DEFERRED and outcome.relay is not NONE)
        if not again or len(outcomes[to]) > 3:
            queue.pop(0)
        elif connection.is_usable:
            # It is to be tried again later, so that what went ahead is not the next one here.
            await connection.close()
    if connection is not None:
        await connection.close()
    return outcomes, commits


async def test_the_dot_and_the_next_envelope_are_one_write():
    async with booking() as book:
        outcomes, _ = await send_all(relay_to(book), readers(3))
    assert [one.verdict for each in outcomes.values() for one in each] == [ACCEPTED] * 3
    assert book.taken == list(outcomes)
    together = b".\r\nMAIL FROM:<bounces@cami.example.org>\r\nRCPT TO:<reader1@example.com>\r\nDATA\r\n"
    assert together in b"".join(book.chunks)
    assert any(chunk.endswith(together) for chunk in book.chunks)
    assert book.commands[1:4] == [
        "MAIL FROM:<bounces@cami.example.org>",
        "RCPT TO:<reader0@example.com>",
        "DATA",
    ]
    assert book.links == 1
    assert book.commands[-1] == "QUIT"


async def test_without_the_announcement_each_command_waits_for_its_answer():
    async with booking(Book(pipelines=False)) as book:
        await send_all(relay_to(book), readers(2))
    assert book.taken == ["reader0@example.com", "reader1@example.com"]
    assert all(
        chunk.count(b"\r\n") == 1 for chunk in book.chunks if chunk.startswith((b"MAIL", b"RCPT", b"DATA"))
    )


async def test_the_following_message_is_asked_for_after_the_commit_and_not_before():
    order: list[str] = []
    first, second = readers(2)

    async def before_dot() -> None:
        order.append("commit")
        await asyncio.sleep(0)
        order.append("committed")

    def following() -> Message | None:
        order.append("asked")
        return second

    async with booking() as book:
        connection = await relay_to(book).connect()
        assert (await connection.send(first, before_dot, following)).verdict is ACCEPTED
        assert order == ["commit", "committed", "asked"]
        assert connection.is_usable
        assert (await connection.send(second, nothing)).verdict is ACCEPTED
        await connection.close()
    assert book.taken == ["reader0@example.com", "reader1@example.com"]


async def test_another_message_than_the_one_announced_is_a_mistake_and_changes_nothing():
    first, second, third = readers(3)
    async with booking() as book:
        connection = await relay_to(book).connect()
        await connection.send(first, nothing, lambda: second)
        with pytest.raises(RuntimeError, match="another message"):
            await connection.send(third, nothing)
        assert (await connection.send(second, nothing)).verdict is ACCEPTED
        await connection.close()
    assert book.taken == ["reader0@example.com", "reader1@example.com"]


async def test_what_went_ahead_and_is_not_sent_after_all_is_cut_off_and_not_ended_with_quit():
    first, second = readers(2)
    async with booking() as book:
        connection = await relay_to(book).connect()
        await connection.send(first, nothing, lambda: second)
        await connection.close()
        assert not connection.is_usable
        again = await relay_to(book).connect()
        assert (await again.send(second, nothing)).verdict is ACCEPTED
        await again.close()
    assert book.taken == ["reader0@example.com", "reader1@example.com"]
    assert book.commands.count("QUIT") == 1


@pytest.mark.parametrize("recipient", ["not an address", "чтец@example.org", "a@example.com> SIZE=1"])
async def test_what_cannot_be_sent_at_all_never_goes_ahead(recipient):
    first, third = readers(2)
    bad = a_message(recipient=recipient)
    async with booking() as book:
        connection = await relay_to(book).connect()
        assert (await connection.send(first, nothing, lambda: bad)).verdict is ACCEPTED
        outcome = await connection.send(bad, nothing, lambda: third)
        assert (outcome.verdict, outcome.relay) == (REFUSED, NONE)
        assert (await connection.send(third, nothing)).verdict is ACCEPTED
        await connection.close()
    assert sum(command.startswith("MAIL") for command in book.commands) == 2
    assert book.taken == ["reader0@example.com", "reader1@example.com"]


async def test_a_message_over_the_size_never_goes_ahead():
    first, third = readers(2)
    large = a_message(b"x: y\r\n" * 200)
    async with booking(Book(extensions=("SIZE 500",))) as book:
        connection = await relay_to(book).connect()
        await connection.send(first, nothing, lambda: large)
        outcome = await connection.send(large, nothing)
        assert (outcome.verdict, outcome.relay) == (REFUSED, STOP)
        assert (await connection.send(third, nothing)).verdict is ACCEPTED
        await connection.close()
    assert len(book.taken) == 2


@pytest.mark.parametrize(
    ("script", "phase", "verdict", "relay", "dots"),
    [
        ({"MAIL": {1: "450 4.7.1 not now\r\n"}}, Phase.MAIL, RELEASED, SLOW_DOWN, 0),
        ({"MAIL": {1: "450 not now\r\n"}}, Phase.MAIL, RELEASED, RECONNECT, 0),
        ({"MAIL": {1: "550 5.7.1 not you\r\n"}}, Phase.MAIL, RELEASED, STOP, 0),
        ({"RCPT": {1: "550 5.1.1 nobody\r\n"}}, Phase.RCPT, REFUSED, NONE, 0),
        ({"RCPT": {1: "550 5.1.1 nobody\r\n"}, "DATA": {1: "354 go on\r\n"}}, Phase.RCPT, REFUSED, NONE, 1),
        ({"RCPT": {1: "450 4.2.0 grey\r\n"}, "DATA": {1: "354 go on\r\n"}}, Phase.RCPT, DEFERRED, NONE, 1),
        ({"RCPT": {1: "450-4.2.0 grey\r\n450 4.2.0 list\r\n"}}, Phase.RCPT, DEFERRED, NONE, 0),
        ({"MAIL": {1: "550 5.7.1 no\r\n"}, "DATA": {1: "354 go on\r\n"}}, Phase.MAIL, RELEASED, STOP, 1),
        ({"DATA": {1: "451 4.3.0 disk\r\n"}}, Phase.DATA, DEFERRED, NONE, 0),
        ({"DOT": {1: "550 5.7.26 no\r\n"}}, Phase.DOT, REFUSED, NONE, 0),
        ({"DOT": {1: "451 4.7.1 later\r\n"}}, Phase.DOT, DEFERRED, NONE, 0),
    ],
)
async def test_a_refusal_in_the_middle_costs_its_own_reader_only(script, phase, verdict, relay, dots):
    messages = readers(4)
    async with booking(Book(script)) as book:
        service = relay_to(book)
        connection = await service.connect()
        outcomes = []
        for number, message in enumerate(messages):
            if not connection.is_usable:
                connection = await service.connect()
            later = messages[number + 1] if number < 3 else None
            outcomes.append(await connection.send(message, nothing, lambda later=later: later))
        await connection.close()
    assert [one.verdict for one in outcomes] == [ACCEPTED, verdict, ACCEPTED, ACCEPTED]
    assert (outcomes[1].phase, outcomes[1].relay) == (phase, relay)
    assert book.taken == [f"reader{number}@example.com" for number in (0, 2, 3)]
    assert book.links == (2 if relay is RECONNECT else 1)
    # The dot that takes back a DATA has no message before it.
    assert book.seen.get("DOT", 0) == 3 + dots + (phase is Phase.DOT)


async def test_the_answer_to_the_dot_that_takes_data_back_is_no_outcome():
    for answer in ("250 2.0.0 empty but fine\r\n", "554 no valid recipients\r\n", "421 closing\r\n", CUT):
        script = {"RCPT": {0: "550 5.1.1 nobody\r\n"}, "DATA": {0: "354 go on\r\n"}, "DOT": {0: answer}}
        async with booking(Book(script)) as book:
            outcomes, commits = await send_all(relay_to(book), readers(2))
        assert [one.verdict for one in outcomes["reader0@example.com"]] == [REFUSED], answer
        assert [one.verdict for one in outcomes["reader1@example.com"]] == [ACCEPTED], answer
        assert commits == {"reader0@example.com": 0, "reader1@example.com": 1}
        assert book.taken == ["reader1@example.com"]


async def test_a_reader_who_was_taken_after_a_refused_sender_gets_no_empty_mail():
    script = {"MAIL": {0: "451 4.0.0 hm\r\n"}, "RCPT": {0: "250 ok\r\n"}, "DATA": {0: "354 go on\r\n"}}
    async with booking(Book(script)) as book:
        connection = await relay_to(book).connect()
        outcome = await connection.send(readers(1)[0], nothing)
        assert not connection.is_usable
        await asyncio.sleep(0.05)
    assert outcome.verdict is RELEASED
    assert book.taken == []


@pytest.mark.parametrize(
    ("answer", "verdict", "relay"),
    [
        ("421 4.3.2 closing\r\n|cut", DEFERRED, SLOW_DOWN),
        ("421 4.3.2 closing\r\n", DEFERRED, SLOW_DOWN),
        (CUT, UNKNOWN, RECONNECT),
        ("hello\r\n", UNKNOWN, RECONNECT),
        ("354 go on\r\n", UNKNOWN, RECONNECT),
        ("250 ok\r\n|cut", ACCEPTED, NONE),
    ],
)
async def test_after_a_break_at_the_dot_the_envelope_ahead_counts_for_nothing(answer, verdict, relay):
    first, second = readers(2)
    async with booking(Book({"DOT": {0: answer}})) as book:
        connection = await relay_to(book).connect()
        outcome = await connection.send(first, nothing, lambda: second)
        assert (outcome.phase, outcome.verdict, outcome.relay) == (Phase.DOT, verdict, relay)
        await asyncio.sleep(0.05)
        assert not connection.is_usable
        lost = await connection.send(second, nothing)
        assert (lost.verdict, lost.relay) == (RELEASED, RECONNECT)
        again = await relay_to(book).connect()
        assert (await again.send(second, nothing)).verdict is ACCEPTED
        await again.close()
    assert book.taken.count("reader1@example.com") == 1


async def test_answers_left_by_a_lost_link_never_count_for_another_message():
    first, second, third = readers(3)
    async with booking(Book({"RCPT": {1: "550 5.1.1 nobody\r\n|cut"}})) as book:
        connection = await relay_to(book).connect()
        await connection.send(first, nothing, lambda: second)
        await asyncio.sleep(0.05)
        outcome = await connection.send(third, nothing)
    assert (outcome.verdict, outcome.relay) == (RELEASED, RECONNECT)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("extra", ["250 2.0.0 once more\r\n", "550 5.1.1 and no\r\n", "354 go on\r\n"])
async def test_one_answer_too_many_never_becomes_that_of_another_message(stage, extra):
    usual = {"MAIL": "250 a\r\n", "RCPT": "250 b\r\n", "DATA": "354 c\r\n", "DOT": "250 d\r\n"}
    async with booking(Book({stage: {1: usual[stage] + extra}})) as book:
        outcomes, _ = await send_all(relay_to(book), readers(4))
    accepted = {to for to, each in outcomes.items() for one in each if one.verdict is ACCEPTED}
    unknown = {to for to, each in outcomes.items() for one in each if one.verdict is UNKNOWN}
    assert accepted <= set(book.taken)
    assert set(book.taken) <= accepted | unknown
    assert len(book.taken) == len(set(book.taken))


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_server_that_mixes_up_groups_is_spoken_to_one_by_one_from_then_on(stage):
    async with booking(Book({stage: {0: "503 5.5.1 bad sequence\r\n"}})) as book:
        service = relay_to(book)
        outcomes, _ = await send_all(service, readers(3))
    assert [one.verdict for one in outcomes["reader0@example.com"]] == [RELEASED, ACCEPTED]
    assert book.taken == list(outcomes)
    assert not any(chunk.startswith(b".\r\nMAIL") for chunk in book.chunks)


@pytest.mark.parametrize("split", [1, 2, 7])
async def test_answers_in_pieces_are_put_together(split):
    script = {"RCPT": {1: "550-5.1.1 no\r\n550 5.1.1 body\r\n"}, "MAIL": {2: "250-a\r\n250-b\r\n250 c\r\n"}}
    async with booking(Book(script, split=split)) as book:
        outcomes, _ = await send_all(relay_to(book), readers(4))
    assert [each[-1].verdict for each in outcomes.values()] == [ACCEPTED, REFUSED, ACCEPTED, ACCEPTED]
    assert str(outcomes["reader1@example.com"][0].reply) == "550 5.1.1 no body"


async def test_a_lost_claim_writes_neither_the_dot_nor_the_next_envelope():
    first, second = readers(2)
    asked = []

    async def before_dot() -> None:
        raise LostClaimError("taken over by another worker")

    async with booking() as book:
        connection = await relay_to(book).connect()
        with pytest.raises(LostClaimError):
            await connection.send(first, before_dot, lambda: asked.append(1) or second)
        assert connection.phase is Phase.BODY
        assert not connection.is_usable
        await asyncio.sleep(0.05)
    assert (asked, book.taken) == ([], [])


async def test_where_the_next_message_cannot_be_found_the_dot_is_not_written():
    def following() -> Message | None:
        raise LookupError("the send record is gone")

    async with booking() as book:
        connection = await relay_to(book).connect()
        with pytest.raises(LookupError):
            await connection.send(readers(1)[0], nothing, following)
        assert connection.phase is Phase.BODY
        assert not connection.is_usable
        await asyncio.sleep(0.05)
    assert book.taken == []


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_cancel_with_an_envelope_ahead_cuts_the_link_and_says_how_far_it_was(stage):
    first, second = readers(2)
    async with booking(Book({stage: {1: STALL}})) as book:
        connection = await relay_to(book).connect()
        await connection.send(first, nothing, lambda: second)
        task = asyncio.create_task(connection.send(second, nothing))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.phase is Phase[stage]
        assert not connection.is_usable
    assert book.taken == [f"reader{number}@example.com" for number in range(1 + (stage == "DOT"))]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_an_answer_that_does_not_come_in_time_is_given_up(stage):
    first, second = readers(2)
    async with booking(Book({stage: {1: STALL}})) as book:
        connection = await relay_to(book, timeout=0.3, dot_timeout=0.3).connect()
        await connection.send(first, nothing, lambda: second)
        outcome = await connection.send(second, nothing)
        assert (outcome.phase, outcome.verdict) == (Phase[stage], UNKNOWN if stage == "DOT" else RELEASED)
        assert outcome.relay is RECONNECT
        assert "nothing within 0.3 seconds" in outcome.detail
        assert not connection.is_usable


async def test_a_connection_is_done_after_as_many_messages_as_it_may_carry():
    async with booking() as book:
        outcomes, _ = await send_all(relay_to(book, messages_per_connection=3), readers(7))
    assert all(each[-1].verdict is ACCEPTED for each in outcomes.values())
    assert book.links == 3
    assert book.taken == list(outcomes)
    assert sum(command.startswith("MAIL") for command in book.commands) == 7


async def test_where_connections_are_dropped_without_a_word_the_number_is_learned_and_kept_to():
    async with booking(Book(drop_after=4)) as book:
        service = relay_to(book)
        assert service.learned_messages_per_connection is None
        outcomes, _ = await send_all(service, readers(20))
        assert service.learned_messages_per_connection == 4
    assert all(each[-1].verdict is ACCEPTED for each in outcomes.values())
    assert len(book.taken) == len(set(book.taken)) == 20
    # Twice it was dropped with the next envelope on the way; from then on it hung up first.
    assert sum(command.startswith("MAIL") for command in book.commands) <= 22


async def test_one_drop_alone_teaches_nothing():
    async with booking(Book({"DOT": {2: "250 ok\r\n|cut"}})) as book:
        service = relay_to(book)
        await send_all(service, readers(8))
    assert service.learned_messages_per_connection is None
    assert len(book.taken) == 8


async def test_a_stale_connection_that_says_not_now_costs_nothing_and_a_new_one_does():
    script = {"MAIL": {1: "451 4.0.0 try again\r\n", 2: "451 4.0.0 try again\r\n"}}
    async with booking(Book(script)) as book:
        service = relay_to(book)
        connection = await service.connect()
        first, second = readers(2)
        await connection.send(first, nothing)
        stale = await connection.send(second, nothing)
        assert (stale.verdict, stale.relay) == (RELEASED, RECONNECT)
        fresh = await (await service.connect()).send(second, nothing)
        assert (fresh.verdict, fresh.relay) == (RELEASED, SLOW_DOWN)


STAGES = st.sampled_from(["MAIL", "RCPT", "DATA", "DOT", "RSET"])
ANSWERS = st.sampled_from(
    [
        "250 2.0.0 ok\r\n",
        "354 go on\r\n",
        "450 4.2.0 later\r\n",
        "451 4.7.1 busy\r\n",
        "550 5.1.1 nobody\r\n",
        "503 5.5.1 sequence\r\n",
        "421 4.3.2 closing\r\n|cut",
        "421 closing\r\n",
        "250-one\r\n250 two\r\n",
        "550-5.1.1 one\r\n550 5.1.1 two\r\n",
        "250 a\r\n|cut",
        "550 5.7.1 a\r\n|cut",
        "garbage\r\n",
        "25",
        "25|cut",
        CUT,
    ]
)
SCRIPTS = st.dictionaries(STAGES, st.dictionaries(st.integers(0, 6), ANSWERS, max_size=3), max_size=5)


@given(
    script=SCRIPTS, pipelines=st.booleans(), split=st.sampled_from([0, 0, 3]), most=st.sampled_from([None, 2])
)
@settings(max_examples=40, deadline=None)
def test_whatever_a_server_says_and_wherever_it_breaks_our_book_agrees_with_its_own(
    script, pipelines, split, most
):
    messages = readers(5)

    async def run() -> tuple[Book, dict[str, list[Outcome]], dict[str, int]]:
        async with booking(Book(script, pipelines=pipelines, split=split)) as book:
            service = relay_to(book, timeout=0.06, dot_timeout=0.06, messages_per_connection=most)
            outcomes, commits = await send_all(service, messages)
            await asyncio.sleep(0.01)
        return book, outcomes, commits

    book, outcomes, commits = asyncio.run(run())
    for to, each in outcomes.items():
        verdicts = [one.verdict for one in each]
        # Taken over means that the server has it, once; and it has nothing that we do not know of.
        assert verdicts.count(ACCEPTED) + verdicts.count(UNKNOWN) <= 1
        if ACCEPTED in verdicts:
            assert book.taken.count(to) == 1
        elif UNKNOWN not in verdicts:
            assert to not in book.taken
        assert book.taken.count(to) <= 1
        assert commits[to] >= (ACCEPTED in verdicts)
        assert verdicts[:-1] == [one for one in verdicts[:-1] if one in (RELEASED, DEFERRED)]
    assert all(content == messages[0].content for content in book.contents_unstuffed())
    # On the wire: MAIL, RCPT and DATA of one message, in this order, and never anything else.
    spoken = [command.split()[0] for command in book.commands]
    assert set(spoken) <= {"EHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"}
    if pipelines:
        for number, word in enumerate(spoken):
            if word == "RCPT":
                assert spoken[number - 1] == "MAIL"


class TestWithPostfixsTestServer:
    """The same, judged by a server that none of us wrote."""

    @pytest.mark.parametrize("options", ["", "-p"])
    async def test_five_hundred_messages_on_four_connections_are_each_taken_once(self, tmp_path, options):
        messages = readers(500)
        waiting = iter(messages)

        async def work(service: SmtpRelay) -> list[Outcome]:
            outcomes = []
            connection = await service.connect()
            mine = next(waiting, None)
            while mine is not None:
                ahead = None

                def following() -> Message | None:
                    nonlocal ahead
                    ahead = next(waiting, None)
                    return ahead

                outcomes.append(await connection.send(mine, nothing, following))
                mine = ahead or next(waiting, None)
            await connection.close()
            return outcomes

        with smtp_sink(tmp_path, *options.split()) as port:
            service = SmtpRelay("127.0.0.1", port, "plaintext")
            found = await asyncio.gather(*(work(service) for _ in range(4)))
        assert [one.verdict for each in found for one in each] == [ACCEPTED] * 500
        kept = [dump.read_bytes() for dump in tmp_path.iterdir()]
        assert sorted(
            line for dump in kept for line in dump.split(b"\n") if line.startswith(b"X-Rcpt-Args")
        ) == sorted(f"X-Rcpt-Args: <{message.envelope.recipient}>".encode() for message in messages)

    @pytest.mark.parametrize("plain", [False, pytest.param(True, marks=pytest.mark.slow)])
    @pytest.mark.parametrize(
        "options",
        [
            "-q MAIL", "-q RCPT", "-q DATA", "-q .", "-Q MAIL", "-Q RCPT", "-Q DATA", "-Q .", "-r MAIL", "-r RCPT",
            "-r DATA", "-r .", "-f MAIL", "-f RCPT", "-f DATA", "-f .", "-W .:2", "-A 0",
            *(pytest.param(f"-W {stage}:2", marks=pytest.mark.slow) for stage in ("MAIL", "RCPT", "DATA")),
        ],
    )  # fmt: skip
    async def test_what_it_kept_is_what_we_call_taken_over_and_in_doubt(self, tmp_path, options, plain):
        messages = [a_message(recipient=f"reader{number}@example.com") for number in range(3)]
        with smtp_sink(tmp_path, *options.split(), *(["-p"] if plain else [])) as port:
            patience = 0.3 if "-W" in options else 5
            service = SmtpRelay("127.0.0.1", port, "plaintext", timeout=patience, dot_timeout=patience)
            outcomes, _ = await send_all(service, messages, most_links=6)
        told = {to: [one.verdict for one in each] for to, each in outcomes.items()}
        dumps = [dump.read_bytes() for dump in tmp_path.iterdir()]
        kept = [to for to in told for dump in dumps if f"X-Rcpt-Args: <{to}>".encode() in dump]
        if options in ("-Q .", "-r .", "-f ."):
            # It writes the body down before it says no to it.
            kept = []
        assert len(kept) == len(set(kept))
        for to, verdicts in told.items():
            assert (ACCEPTED in verdicts) <= (to in kept)
            assert (to in kept) <= (ACCEPTED in verdicts or UNKNOWN in verdicts)
