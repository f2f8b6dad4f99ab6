"""From phase and reply to outcome: the table of the delivery anchors, and what must hold for every input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.dispatch import TRANSITIONS, State
from mailer.model.message import Outcome, Phase, RelayTrouble, Reply, Verdict
from mailer.relay import Silence, conclude, is_policy, parse_reply

CONNECT, LOGIN, MAIL, RCPT, DATA, BODY, DOT = Phase
ACCEPTED, DEFERRED, REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
UNKNOWN, RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
NONE, RECONNECT, SLOW_DOWN, STOP = RelayTrouble

STATE_OF = {
    ACCEPTED: State.ACCEPTED,
    DEFERRED: State.DEFERRED,
    REFUSED: State.REFUSED,
    UNKNOWN: State.UNKNOWN,
    RELEASED: State.PLANNED,
}

ANSWERS = [
    # Taken over, whatever the last digits.
    (DOT, 250, "2.0.0 Ok: queued as 4B1C", ACCEPTED, NONE),
    (DOT, 251, "will forward", ACCEPTED, NONE),
    (DOT, 299, "", ACCEPTED, NONE),
    # Login and everything that says so later.
    (LOGIN, 535, "5.7.8 Authentication credentials invalid", RELEASED, STOP),
    (LOGIN, 534, "5.7.9 Application-specific password required", RELEASED, STOP),
    (LOGIN, 530, "5.7.0 Must issue STARTTLS first", RELEASED, STOP),
    (LOGIN, 504, "Unrecognized authentication type", RELEASED, STOP),
    (LOGIN, 454, "4.7.0 Too many login attempts", RELEASED, SLOW_DOWN),
    (LOGIN, 334, "go on", RELEASED, SLOW_DOWN),
    (MAIL, 530, "5.7.57 Client not authenticated to send mail", RELEASED, STOP),
    (RCPT, 530, "5.7.1 Authentication required", RELEASED, STOP),
    (DOT, 530, "5.7.57 Client not authenticated to send mail", DEFERRED, STOP),
    # The greeting.
    (CONNECT, 421, "4.3.2 Service not available", RELEASED, SLOW_DOWN),
    (CONNECT, 450, "come back", RELEASED, SLOW_DOWN),
    (CONNECT, 554, "no SMTP service here", RELEASED, STOP),
    # 421 anywhere.
    (MAIL, 421, "4.4.2 idle too long", RELEASED, RECONNECT),
    (MAIL, 421, "Error: timeout exceeded", RELEASED, RECONNECT),
    (RCPT, 421, "4.7.0 Trop de connexions", RELEASED, SLOW_DOWN),
    (DATA, 421, "4.3.0 closing", RELEASED, SLOW_DOWN),
    (BODY, 421, "4.3.0 closing", RELEASED, SLOW_DOWN),
    (DOT, 421, "4.3.0 closing", DEFERRED, SLOW_DOWN),
    # Rate, quota, capacity, in the words of those who say so.
    (DATA, 432, "4.3.2 Concurrent connections limit exceeded", RELEASED, SLOW_DOWN),
    (DOT, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", DEFERRED, SLOW_DOWN),
    (DOT, 554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", DEFERRED, SLOW_DOWN),
    (RCPT, 450, "4.3.2 try later", RELEASED, SLOW_DOWN),
    (RCPT, 451, "4.3.2 try later", RELEASED, SLOW_DOWN),
    (RCPT, 452, "4.3.1 Insufficient system storage", RELEASED, SLOW_DOWN),
    (DOT, 454, "Throttling failure: Maximum sending rate exceeded.", DEFERRED, SLOW_DOWN),
    (DOT, 454, "Throttling failure: Daily message quota exceeded.", DEFERRED, SLOW_DOWN),
    (RCPT, 550, "5.4.5 Daily user sending limit exceeded", RELEASED, SLOW_DOWN),
    (DOT, 550, "5.7.1 Daily SMTP relay limit exceeded for customer", DEFERRED, SLOW_DOWN),
    (RCPT, 450, "4.2.1 Peak SMTP relay limit exceeded", RELEASED, SLOW_DOWN),
    (RCPT, 452, "4.5.3 Too many recipients", RELEASED, SLOW_DOWN),
    (MAIL, 452, "too many messages on this connection", RELEASED, RECONNECT),
    # MAIL is about us.
    (MAIL, 451, "4.1.8 Domain of sender does not resolve", RELEASED, SLOW_DOWN),
    (MAIL, 550, "5.7.1 Sender rejected", RELEASED, STOP),
    (MAIL, 501, "5.1.7 Bad sender address syntax", RELEASED, STOP),
    (MAIL, 552, "5.3.4 Message size exceeds fixed limit", REFUSED, STOP),
    (MAIL, 552, "Message size exceeds fixed limit", REFUSED, STOP),
    (RCPT, 553, "5.1.8 <x@example.org>: Sender address rejected: Domain not found", RELEASED, STOP),
    (RCPT, 450, "4.1.8 <x@example.org>: Sender address rejected: Domain not found", RELEASED, SLOW_DOWN),
    # The reader, for now.
    (RCPT, 450, "4.2.0 Greylisted", DEFERRED, NONE),
    (RCPT, 451, "4.7.1 Greylisting in action, please come back later", DEFERRED, NONE),
    (RCPT, 450, "4.1.1 user unknown for now", DEFERRED, NONE),
    (RCPT, 452, "4.2.2 Mailbox full, too many messages in it", DEFERRED, NONE),
    (RCPT, 452, "4.2.2 The recipient is over quota", DEFERRED, NONE),
    (RCPT, 450, "4.2.1 The user is receiving mail at a rate that prevents delivery", DEFERRED, NONE),
    (DATA, 451, "4.3.0 queue file write error", DEFERRED, NONE),
    (DOT, 451, "4.3.0 queue file write error", DEFERRED, NONE),
    (DOT, 400, "", DEFERRED, NONE),
    # The reader, for good.
    (RCPT, 550, "5.1.1 User unknown", REFUSED, NONE),
    (RCPT, 550, "5.1.10 Recipient not found", REFUSED, NONE),
    (RCPT, 501, "5.1.3 Bad recipient address syntax", REFUSED, NONE),
    (RCPT, 552, "5.2.2 Mailbox full", REFUSED, NONE),
    (DOT, 552, "5.2.2 Mailbox full, too many messages", REFUSED, NONE),
    (RCPT, 552, "Requested mail action aborted: storage", REFUSED, NONE),
    (RCPT, 550, "5.2.1 Account disabled", REFUSED, NONE),
    (RCPT, 550, "5.7.1 Relaying denied", REFUSED, NONE),
    (DOT, 550, "5.7.26 Unauthenticated email", REFUSED, NONE),
    (DATA, 554, "no valid recipients", REFUSED, NONE),
    (BODY, 550, "enough", REFUSED, NONE),
    (RCPT, 599, "", REFUSED, NONE),
    # Our own mistakes.
    (DOT, 552, "5.3.4 Message too big", REFUSED, STOP),
    (DOT, 552, "Error: Too large", REFUSED, STOP),
    (RCPT, 555, "RCPT TO parameters not recognized", REFUSED, STOP),
    (RCPT, 501, "Syntax error", REFUSED, STOP),
    (DATA, 503, "bad sequence", REFUSED, STOP),
    # Answers that do not belong.
    (DATA, 250, "ok", RELEASED, RECONNECT),
    (MAIL, 354, "go on", RELEASED, RECONNECT),
    (BODY, 250, "ok", RELEASED, RECONNECT),
    (DOT, 354, "go on", UNKNOWN, RECONNECT),
    (DOT, -1, "malformed", UNKNOWN, RECONNECT),
    (DOT, 999, "", UNKNOWN, RECONNECT),
    (RCPT, -1, "malformed", RELEASED, RECONNECT),
]


@pytest.mark.parametrize(("phase", "code", "text", "verdict", "relay"), ANSWERS)
def test_an_answer_means_what_the_table_says(phase, code, text, verdict, relay):
    outcome = conclude(phase, parse_reply(code, text))
    assert (outcome.verdict, outcome.relay) == (verdict, relay)
    assert outcome.phase is phase
    assert outcome.reply is not None
    assert outcome.reply.code == code


@pytest.mark.parametrize(
    ("phase", "verdict", "relay"),
    [
        (CONNECT, RELEASED, SLOW_DOWN),
        (LOGIN, RELEASED, SLOW_DOWN),
        (MAIL, RELEASED, RECONNECT),
        (RCPT, RELEASED, RECONNECT),
        (DATA, RELEASED, RECONNECT),
        (BODY, RELEASED, RECONNECT),
        (DOT, UNKNOWN, RECONNECT),
    ],
)
def test_no_answer_is_unknown_after_the_dot_and_released_before_it(phase, verdict, relay):
    outcome = conclude(phase, None)
    assert (outcome.verdict, outcome.relay) == (verdict, relay)
    assert outcome.detail


def test_a_link_lost_after_the_commit_and_before_the_dot_is_deferred_and_not_counted():
    outcome = conclude(BODY, None, handed=True)
    assert (outcome.verdict, outcome.relay) == (DEFERRED, RECONNECT)


def test_a_yes_after_the_commit_and_before_the_dot_is_in_doubt():
    assert conclude(BODY, Reply(250), handed=True).verdict is UNKNOWN


def test_an_untrusted_server_stops_and_an_unsendable_message_is_refused():
    untrusted = conclude(CONNECT, None, "no TLS", silence=Silence.UNSAFE)
    assert (untrusted.verdict, untrusted.relay) == (RELEASED, STOP)
    ours = conclude(MAIL, None, "bare LF", silence=Silence.OURS)
    assert (ours.verdict, ours.relay) == (REFUSED, STOP)
    reader = conclude(RCPT, None, "SMTPUTF8", silence=Silence.READER)
    assert (reader.verdict, reader.relay) == (REFUSED, NONE)


WORDS = st.sampled_from(
    [
        "",
        "rate",
        "quota",
        "too many",
        "throttled",
        "mailbox full",
        "this session",
        "spam",
        "timeout",
        "5.7.1",
        "submission quota",
    ]
)
REPLIES = st.one_of(
    st.none(),
    st.builds(
        lambda code, middle, last, words: Reply(
            code, words, f"{code // 100}.{middle}.{last}" if middle >= 0 else ""
        ),
        st.integers(-1, 700),
        st.integers(-1, 7),
        st.integers(0, 40),
        st.one_of(WORDS, st.text(max_size=30)),
    ),
)


def is_legal(outcome: Outcome, state: State) -> bool:
    return STATE_OF[outcome.verdict] in TRANSITIONS[state]


@given(st.sampled_from(Phase), REPLIES, st.booleans(), st.sampled_from(Silence))
def test_every_phase_and_answer_gives_a_step_the_ledger_allows(phase, reply, handed, silence):
    outcome = conclude(phase, reply, silence=silence, handed=handed)
    after_commit = handed or phase is DOT
    assert is_legal(outcome, State.HANDED if after_commit else State.CLAIMED)
    if outcome.verdict is ACCEPTED:
        assert phase is DOT
        assert reply is not None
        assert 200 <= reply.code < 300
    if outcome.verdict is UNKNOWN:
        assert after_commit


@pytest.mark.parametrize("phase", Phase)
def test_every_code_is_decided_by_its_first_digit_at_least(phase):
    for code in range(200, 600):
        verdict = conclude(phase, Reply(code)).verdict
        if phase is DOT:
            assert verdict is not RELEASED, code
            assert (verdict is ACCEPTED) == (code < 300), code
        else:
            assert verdict not in (ACCEPTED, UNKNOWN), code
        if verdict is REFUSED:
            assert code >= 500
        if verdict is DEFERRED and phase is not DOT:
            assert 400 <= code < 500


@given(REPLIES)
def test_the_relay_is_never_let_off_when_the_reader_is_released(reply):
    for phase in Phase:
        outcome = conclude(phase, reply)
        if outcome.verdict is RELEASED:
            assert outcome.relay is not NONE


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (550, "5.7.26 DMARC", True),
        (550, "5.7.515 Access denied", True),
        (554, "5.7.1 Relay access denied", True),
        (554, "Message rejected as spam", True),
        (550, "rejected by policy", True),
        (421, "4.7.27 SPF did not pass", True),
        (550, "5.1.1 User unknown", False),
        (550, "User unknown", False),
        (535, "5.7.8 wrong password", False),
        (550, "5.7.1 Daily SMTP relay limit exceeded", False),
        (450, "4.7.1 Greylisted", False),
        (250, "2.0.0 ok", False),
    ],
)
def test_a_policy_refusal_is_told_from_others(code, text, expected):
    assert is_policy(parse_reply(code, text)) is expected


def test_no_reply_is_no_policy_refusal():
    assert not is_policy(None)


@pytest.mark.parametrize(
    ("code", "text", "enhanced", "words"),
    [
        (250, "2.1.5 Ok", "2.1.5", "Ok"),
        (250, "2.1.5", "2.1.5", ""),
        (250, "Ok 2.1.5", "", "Ok 2.1.5"),
        (550, "5.7.515\tdenied", "5.7.515", "denied"),
        (550, "5.1.1 No such\n5.1.1 user here", "5.1.1", "No such user here"),
        (250, "5.1.1 wrong class", "", "5.1.1 wrong class"),
        (550, "5.1.1.2 not a code", "", "5.1.1.2 not a code"),
        (550, "\x1b[31mred\x07", "", "?[31mred?"),
        (421, "", "", ""),
    ],
)
def test_a_reply_is_split_into_code_and_words(code, text, enhanced, words):
    assert parse_reply(code, text) == Reply(code, words, enhanced)


@given(st.integers(-1, 700), st.text())
def test_any_text_makes_a_short_printable_reply(code, text):
    reply = parse_reply(code, text)
    assert reply.text.isprintable()
    assert len(reply.text) <= 1000
