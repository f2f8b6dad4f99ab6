"""Why a mail was refused, in words that a person understands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.dispatch.advice import advice
from mailer.dispatch.reason_table import CODES, ENHANCED, SUBJECTS
from mailer.dispatch.reason_words import NOT_NOW, Whose
from mailer.dispatch.reasons import reason_of
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.relay.reply import parse_reply


def reason(code: int, text: str) -> str:
    return reason_of(parse_reply(code, text)).key


@pytest.mark.parametrize(
    ("code", "text", "key"),
    [
        (550, "5.1.1 <a@example.org>: Recipient address rejected: User unknown", "no-such-address"),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@example.org not found", "no-such-address"),
        (556, "5.1.10 Recipient address has null MX", "no-such-domain"),
        (550, "5.4.1 Recipient address rejected: Access denied. AS(201806281)", "no-such-address"),
        (
            550,
            "5.7.515 Access denied, sending domain example.org does not meet the requirements",
            "unauthenticated",
        ),
        (
            550,
            "5.7.26 Your email has been blocked because the sender is unauthenticated. DKIM",
            "unauthenticated",
        ),
        (
            421,
            "4.7.32 Your email has been rate limited because From: is not aligned with DKIM",
            "unauthenticated",
        ),
        (550, "5.7.25 The IP address sending this message does not have a PTR record", "no-reverse-name"),
        (421, "4.7.29 Your email was not sent over a TLS connection", "no-encryption"),
        (421, "4.7.28 Gmail has detected an unusual rate of unsolicited mail", "too-fast"),
        (550, "5.4.5 Daily user sending limit exceeded", "our-quota"),
        (554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", "our-quota"),
        (550, "5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", "blocked"),
        (550, "5.7.1 Our system has detected that this message is likely unsolicited mail", "taken-for-spam"),
        (550, "5.7.1 Relaying denied", "not-a-relay"),
        (550, "5.7.1 Delivery not authorized", "policy"),
        (550, "5.7.606 Access denied, banned sending IP [192.0.2.1]", "blocked"),
        (550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", "not-allowed"),
        (550, "5.1.8 Access denied, bad outbound sender", "account-barred"),
        (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "sender-refused"),
        (552, "5.2.2 The email account that you tried to reach is over quota", "mailbox-full"),
        (550, "5.2.1 The email account that you tried to reach is disabled", "mailbox-closed"),
        (450, "4.2.1 The user you are trying to contact is receiving mail too quickly", "too-fast"),
        (
            554,
            "delivery error: dd This user doesn't have a yahoo.com account (a@example.org)",
            "no-such-address",
        ),
        (421, "4.7.0 [TSS04] Messages temporarily deferred due to user complaints", "too-fast"),
        (553, "5.7.1 [BL21] Connections will not be accepted", "taken-for-spam"),
        (554, "5.7.9 Message not accepted for policy reasons", "taken-for-spam"),
        (450, "4.7.1 <a@example.org>: Recipient address rejected: Greylisted", "greylisted"),
        (451, "4.7.1 Please come back", "greylisted"),
        (550, "Requested action not taken: mailbox unavailable", "mailbox-unavailable"),
        (450, "Requested mail action not taken: mailbox unavailable", "mailbox-not-now"),
        (451, "4.2.0 Try again", "mailbox-not-now"),
        (450, "4.2.1 <a@example.org>: not now", "mailbox-not-now"),
        (450, "4.2.1 Mailbox disabled", "mailbox-not-now"),
        (452, "4.2.2 Mailbox full", "mailbox-full"),
        (550, "5.2.1 <a@example.org>: no", "mailbox-closed"),
        (550, "5.2.0 <a@example.org>: no", "mailbox-unavailable"),
        (550, "No such user here", "no-such-address"),
        (550, "", "mailbox-unavailable"),
        (552, "Message size exceeds fixed maximum message size", "too-large"),
        (552, "", "mailbox-full"),
        (551, "User not local", "moved"),
        (535, "5.7.8 Error: authentication failed", "login"),
        (451, "Temporary local problem", "server-busy"),
        (555, "MAIL FROM/RCPT TO parameters not recognized", "protocol"),
        (554, "Transaction failed", "unsaid"),
    ],
)
def test_what_the_great_ones_and_the_small_ones_say_is_understood(code: int, text: str, key: str) -> None:
    assert reason(code, text) == key


@pytest.mark.parametrize("kind", [4, 5])
@pytest.mark.parametrize("pair", ENHANCED)
def test_every_subject_and_detail_of_rfc_3463_has_words_of_its_subject(kind: int, pair: str) -> None:
    found = reason_of(Reply(kind * 100 + 50, "", f"{kind}.{pair}"))
    assert found.key != "unsaid"
    assert found.words.endswith(".")
    assert found.todo


@pytest.mark.parametrize("kind", [4, 5])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_detail_that_nobody_knows_is_told_by_its_subject(kind: int, subject: str) -> None:
    found = reason_of(Reply(kind * 100 + 51, "", f"{kind}.{subject}.399"))
    if kind == 4 and subject == "2":
        assert found == NOT_NOW
    else:
        assert found == SUBJECTS[subject] or subject == "0"


@pytest.mark.parametrize("code", CODES)
def test_a_bare_code_is_enough(code: int) -> None:
    assert reason_of(Reply(code)).key != "unsaid"


def test_a_rule_against_us_is_ours_and_a_wrong_address_the_reader_s() -> None:
    assert reason_of(parse_reply(550, "5.7.26 DKIM did not pass")).whose is Whose.OURS
    assert reason_of(parse_reply(550, "5.1.1 gone")).whose is Whose.READER
    assert reason_of(parse_reply(450, "4.3.2 later")).whose is Whose.SERVICE


@pytest.mark.parametrize(
    ("detail", "key"),
    [
        ("On the do-not-mail list: bounced.", "do-not-mail"),
        ("Its time had run out.", "given-up"),
        ("no answer after the final dot", "no-answer"),
        ("no answer at rcpt", "unreachable"),
        ("", "no-answer"),
        ("something else", "unsaid"),
    ],
)
def test_where_no_server_answered_our_own_words_say_why(detail: str, key: str) -> None:
    assert reason_of(None, detail).key == key


@settings(max_examples=150)
@given(
    code=st.integers(-5, 999),
    enhanced=st.one_of(st.just(""), st.from_regex(r"\A[2-5]\.\d{1,4}\.\d{1,4}\Z"), st.text(max_size=12)),
    text=st.text(max_size=200),
)
def test_whatever_a_server_answers_there_are_words_and_something_to_do(
    code: int, enhanced: str, text: str
) -> None:
    found = reason_of(Reply(code, text, enhanced))
    assert found.words
    assert found.todo
    assert reason_of(None, text).words


def test_a_long_answer_of_a_hostile_server_is_read_quickly() -> None:
    for text in ("recipient " * 100_000, "a" * 1_000_000, "daily " + "x " * 500_000):
        assert reason_of(Reply(550, text, "")).words


@pytest.mark.parametrize(
    ("phase", "said", "words"),
    [
        (Phase.CONNECT, "", "Look at host, port"),
        (Phase.CONNECT, "554 5.7.1 Client host [192.0.2.1] blocked using Spamhaus", "to have it taken off"),
        (Phase.CONNECT, "554 no service", "Look at host, port"),
        (Phase.LOGIN, "535 5.7.8 no", "Look at the user name"),
        (Phase.MAIL, "530 5.7.0 Authentication required", "Look at the user name"),
        (Phase.MAIL, "530 5.7.0 Must issue a STARTTLS command first", "Use security"),
        (Phase.MAIL, "550 5.1.8 Sender address rejected", r"look at `bounces`, \[sender\]"),
        (Phase.MAIL, "554 nothing", "look at `bounces`"),
        (Phase.MAIL, "552 5.3.4 Message size exceeds fixed limit", "^Make pictures smaller"),
        (Phase.DOT, "550 5.7.26 SPF and DKIM did not pass", "^Have the DNS records .*docs/dkim.md"),
        (Phase.DOT, "550 5.7.1 Delivery not authorized", "harms the sender's name"),
        (Phase.RCPT, "501 nothing", "report it with the answer"),
        (Phase.DOT, "", "Ask who runs the mail service"),
    ],
)
def test_what_stops_a_sending_says_what_to_do(phase: Phase, said: str, words: str) -> None:
    reply = parse_reply(int(said[:3]), said[4:]) if said else None
    told = advice(Outcome(Verdict.RELEASED, phase, reply))
    assert re.search(words, told), told
    assert not told.endswith(".")
