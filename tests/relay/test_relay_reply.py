"""From phase and reply to outcome: the table of the delivery anchors, and what must hold for every input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.dispatch import TRANSITIONS, State
from mailer.model.message import Outcome, Phase, RelayTrouble, Reply, Verdict
from mailer.relay import Silence, conclude, is_hard_bounce, is_policy, parse_reply

CONNECT, LOGIN, MAIL, RCPT, DATA, BODY, DOT = Phase
ACCEPTED, DEFERRED, REFUSED = Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED
UNKNOWN, RELEASED = Verdict.UNKNOWN, Verdict.RELEASED
NONE, RECONNECT, SLOW_DOWN, QUOTA, STOP = RelayTrouble

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
    (DOT, 554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", DEFERRED, QUOTA),
    (RCPT, 450, "4.3.2 try later", RELEASED, SLOW_DOWN),
    (RCPT, 451, "4.3.2 try later", RELEASED, SLOW_DOWN),
    (RCPT, 452, "4.3.1 Insufficient system storage", RELEASED, SLOW_DOWN),
    (DOT, 454, "Throttling failure: Maximum sending rate exceeded.", DEFERRED, SLOW_DOWN),
    (DOT, 454, "Throttling failure: Daily message quota exceeded.", DEFERRED, QUOTA),
    (RCPT, 550, "5.4.5 Daily user sending limit exceeded", RELEASED, QUOTA),
    (DOT, 550, "5.7.1 Daily SMTP relay limit exceeded for customer", DEFERRED, QUOTA),
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

# What the services say, as they say it, by the action that follows.
SERVICES = {
    "wait for a person: login": [
        (
            LOGIN,
            535,
            "5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]",
            STOP,
        ),
        (
            LOGIN,
            535,
            "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            STOP,
        ),
        (
            LOGIN,
            535,
            "5.7.8 Username and Password not accepted. For more information, go to\nhttps://support",
            STOP,
        ),
        (LOGIN, 534, "5.7.9 Please log in with your web browser and then try again.", STOP),
        (LOGIN, 535, "Authentication Credentials Invalid", STOP),
        (LOGIN, 535, "5.7.8 Error: authentication failed: UGFzc3dvcmQ6", STOP),
        (MAIL, 530, "5.7.57 Client not authenticated to send mail. [AM0PR01CA0001]", STOP),
        (MAIL, 530, "5.7.0 Must issue a STARTTLS command first. ffacd0b85a97d-3f", STOP),
        (MAIL, 530, "Authentication required", STOP),
    ],
    "wait for a person: what our account may not do": [
        (DOT, 554, "5.2.252 SendAsDenied; news@example.org not allowed to send as office@example.org", STOP),
        (DOT, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", STOP),
        (DOT, 550, "5.1.8 Access denied, bad outbound sender AS(42004)", STOP),
        (DOT, 554, "Message rejected: Email address is not verified. The following identities failed", STOP),
        (DOT, 554, "Sending paused for this account. For more information, please check the inbox", STOP),
        (
            DOT,
            554,
            "Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:Send'",
            STOP,
        ),
        (RCPT, 553, "5.7.1 <news@example.org>: Sender address rejected: not owned by user office", STOP),
        (MAIL, 553, "5.7.1 <news@example.org>: Sender address rejected: not owned by user office", STOP),
    ],
    "slow down": [
        (MAIL, 421, "4.7.0 Try again later, closing connection. (MAIL) ffacd0b85a97d-3f", SLOW_DOWN),
        (
            MAIL,
            421,
            "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume",
            SLOW_DOWN,
        ),
        (RCPT, 421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail originating", SLOW_DOWN),
        (DATA, 421, "4.7.0 mx.example.org Error: too many errors", SLOW_DOWN),
        (MAIL, 421, "4.3.2 Service not available", SLOW_DOWN),
        (
            DATA,
            432,
            "4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
            SLOW_DOWN,
        ),
        (DOT, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=AM0PR01]", SLOW_DOWN),
        (MAIL, 451, "4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77714)", SLOW_DOWN),
        (RCPT, 451, "4.7.651 The mail server [192.0.2.1] has been temporarily rate limited", SLOW_DOWN),
        (RCPT, 452, "4.3.1 Insufficient system resources (UsedDiskSpace)", SLOW_DOWN),
        (DOT, 454, "Throttling failure: Maximum sending rate exceeded.", SLOW_DOWN),
        (DOT, 454, "Temporary service failure", SLOW_DOWN),
        (LOGIN, 454, "4.7.0 Too many login attempts, please try again later.", SLOW_DOWN),
        (
            MAIL,
            450,
            "4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.",
            SLOW_DOWN,
        ),
        (RCPT, 452, "4.5.3 Your message has too many recipients", SLOW_DOWN),
        (RCPT, 452, "4.3.1 Insufficient system storage", SLOW_DOWN),
    ],
    "wait long: a quota": [
        (DOT, 554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to", QUOTA),
        (
            DOT,
            550,
            "5.1.90 Your message can't be sent because you've reached your daily limit for message",
            QUOTA,
        ),
        (
            DOT,
            550,
            "5.7.232 Your message can't be sent because your trial tenant has exceeded its limit",
            QUOTA,
        ),
        (DOT, 550, "5.7.233 Your message can't be sent because your tenant exceeded its tenant", QUOTA),
        (MAIL, 550, "5.4.5 Daily user sending limit exceeded. For more information on Gmail sending", QUOTA),
        (DOT, 550, "5.4.5 Daily SMTP relay limit exceeded for user.", QUOTA),
        (MAIL, 550, "5.7.1 Daily SMTP relay sending limit exceeded for customer.", QUOTA),
        (DOT, 454, "Throttling failure: Daily message quota exceeded.", QUOTA),
        (LOGIN, 454, "Throttling failure: Daily message quota exceeded.", QUOTA),
    ],
    "a new connection": [
        (MAIL, 421, "4.4.2 mx.example.org Error: timeout exceeded", RECONNECT),
        (MAIL, 421, "4.4.1 Connection timed out. Total session duration: 00:10:00", RECONNECT),
        (MAIL, 421, "4.4.2 Message submission timed out while waiting; idle", RECONNECT),
        (MAIL, 452, "4.7.0 Too many messages in this session", RECONNECT),
    ],
    "our own bug: stop": [
        (MAIL, 552, "5.3.4 Message size exceeds fixed limit", STOP),
        (DOT, 552, "5.2.3 Your message exceeded Google's message size limits.", STOP),
        (DOT, 552, "5.3.4 Error: message file too big", STOP),
        (DOT, 552, "Message is too large", STOP),
        (RCPT, 555, "5.5.2 Syntax error, cannot decode response", STOP),
        (RCPT, 501, "5.5.4 Invalid arguments", STOP),
        (RCPT, 555, "5.5.4 Unsupported option: X", STOP),
    ],
    "the reader, later": [
        (
            RCPT,
            450,
            "4.2.0 <reader@example.com>: Recipient address rejected: Greylisted, see https://x",
            NONE,
        ),
        (RCPT, 451, "4.7.1 Greylisting in action, please come back later", NONE),
        (RCPT, 452, "4.2.2 The email account that you tried to reach is over quota. Please direct", NONE),
        (RCPT, 450, "4.2.1 The user you are trying to contact is receiving mail too quickly.", NONE),
        (RCPT, 450, "4.1.1 <reader@example.com>: Recipient address rejected: unverified address", NONE),
        (DOT, 451, "4.4.4 Mail received as unauthenticated, incoming to a recipient domain", NONE),
    ],
    "the reader, for good": [
        (RCPT, 550, "5.1.1 The email account that you tried to reach does not exist. Please try", NONE),
        (RCPT, 550, "5.2.1 The email account that you tried to reach is disabled.", NONE),
        (RCPT, 552, "5.2.2 The email account that you tried to reach is over quota.", NONE),
        (RCPT, 550, "5.4.1 Recipient address rejected: Access denied.", NONE),
        (
            RCPT,
            550,
            "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            NONE,
        ),
        (DOT, 550, "5.3.2 STOREDRV.Deliver; mailbox disabled", NONE),
        (DOT, 554, "delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0]", NONE),
        (RCPT, 550, "5.1.1 <reader@example.com>: Recipient address rejected: User unknown in local", NONE),
        (RCPT, 550, "5.7.1 <reader@example.net>: Relay access denied", NONE),
        (DOT, 550, "5.7.515 Access denied, sending domain EXAMPLE.ORG doesn't meet the required level", NONE),
        (DOT, 550, "5.7.26 Your email has been blocked because the sender is unauthenticated.", NONE),
        (DOT, 554, "5.7.9 Message not accepted for policy reasons. See https://postmaster", NONE),
        (
            DOT,
            553,
            "5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in",
            NONE,
        ),
    ],
}


def expected_verdict(action: str, phase: Phase, relay: RelayTrouble) -> Verdict:
    match action:
        case "our own bug: stop" | "the reader, for good":
            return REFUSED
        case "the reader, later":
            return DEFERRED
        case _:
            assert relay is not NONE
            return DEFERRED if phase is DOT else RELEASED


@pytest.mark.parametrize(
    ("action", "phase", "code", "text", "relay"),
    [(action, *answer) for action, answers in SERVICES.items() for answer in answers],
)
def test_what_the_services_say_leads_to_the_right_action(action, phase, code, text, relay):
    outcome = conclude(phase, parse_reply(code, text))
    assert (outcome.verdict, outcome.relay) == (expected_verdict(action, phase, relay), relay)
    # On a connection that has carried mail before, only the relay's trouble may read otherwise.
    again = conclude(phase, parse_reply(code, text), reused=True)
    assert again.verdict is outcome.verdict


@pytest.mark.parametrize(
    ("code", "text", "fresh", "reused"),
    [
        (451, "4.0.0 try again", SLOW_DOWN, RECONNECT),
        (450, "not now", SLOW_DOWN, RECONNECT),
        (503, "5.5.1 Error: nested MAIL command", STOP, RECONNECT),
        # These say plainly that it is not the connection.
        (451, "4.7.1 not now", SLOW_DOWN, SLOW_DOWN),
        (452, "4.3.1 Insufficient system storage", SLOW_DOWN, SLOW_DOWN),
        (450, "4.2.1 Peak SMTP relay limit exceeded for customer.", SLOW_DOWN, SLOW_DOWN),
        (550, "5.7.1 not you", STOP, STOP),
    ],
)
def test_not_now_at_mail_may_only_mean_that_a_used_connection_is_stale(code, text, fresh, reused):
    reply = parse_reply(code, text)
    assert conclude(MAIL, reply).relay is fresh
    assert conclude(MAIL, reply, reused=True).relay is reused
    assert conclude(MAIL, reply, reused=True).verdict is RELEASED


HARD = [
    (550, "5.1.1 The email account that you tried to reach does not exist. Please try"),
    (550, "5.1.1 <x@example.com>: Recipient address rejected: User unknown in virtual mailbox table"),
    (550, "5.1.2 Bad destination system address"),
    (551, "5.1.6 The mailbox has moved"),
    (556, "5.1.10 Recipient address has null MX"),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    (550, "5.4.4 Unable to route"),
    (550, "User unknown"),
    (550, "No such user here"),
    (550, "Unknown user"),
    (550, "sorry, no mailbox here by that name (#5.1.1)"),
    (554, "delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0] - mta1"),
    (550, "5.0.0 x@example.com... User unknown"),
    (550, "Invalid recipient x@example.com"),
    (550, "The recipient does not exist"),
    (550, "5.5.0 Recipient not found"),
]
NOT_HARD = [
    (552, "5.2.2 Mailbox full"),
    (550, "5.2.1 The email account that you tried to reach is disabled."),
    (550, "5.4.1 Recipient address rejected: Access denied."),
    (550, "5.7.1 Unknown user blocked by policy"),
    (550, "5.7.26 unauthenticated"),
    (550, "5.7.515 Access denied"),
    (554, "Message rejected as spam"),
    (550, "Blocked: no such user, says our block list"),
    (450, "4.1.1 User unknown"),
    (450, "User unknown"),
    (550, "5.1.8 Sender address rejected: Domain not found"),
    (550, "Sender address rejected: Domain not found"),
    (552, "5.3.4 Message too big"),
    (550, "5.4.5 Daily user sending limit exceeded"),
    (535, "5.7.8 User unknown"),
    (550, "rejected"),
    (550, "5.3.0 no such user"),
    (250, "2.1.5 ok"),
    (421, "User unknown, closing"),
]


@pytest.mark.parametrize(("code", "text"), HARD)
def test_nobody_there_is_a_hard_bounce(code, text):
    assert is_hard_bounce(parse_reply(code, text))
    assert not is_policy(parse_reply(code, text))


@pytest.mark.parametrize(("code", "text"), NOT_HARD)
def test_full_refused_passing_and_our_own_troubles_are_no_hard_bounce(code, text):
    assert not is_hard_bounce(parse_reply(code, text))


def test_no_reply_is_no_hard_bounce():
    assert not is_hard_bounce(None)


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


@given(st.sampled_from(Phase), REPLIES, st.booleans(), st.sampled_from(Silence), st.booleans())
def test_every_phase_and_answer_gives_a_step_the_ledger_allows(phase, reply, handed, silence, reused):
    outcome = conclude(phase, reply, silence=silence, handed=handed, reused=reused)
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
