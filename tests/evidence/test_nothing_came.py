"""Somebody says that they got nothing: a note, an honest answer, and the same issue once more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailer.flow.enquiry_words import LANGUAGES, words_in
from mailer.ledger import EventKind
from mailer.model.suppression import Because
from tests.evidence.sent_office import SentOffice
from tests.flow.office import MailService
from tests.flow.test_signed_sendings import with_bad_key
from tests.ledger.ledger_cases import NO_ANSWER, a_plan

AIGERIM, ENKHJARGAL, RUSTAM = "aigerim@example.org", "enkhjargal@example.org", "rustam@example.org"


def edit(sent: SentOffice, old: str, new: str) -> None:
    text = sent.contacts.read_text(encoding="utf-8")
    assert old in text
    sent.contacts.write_text(text.replace(old, new), encoding="utf-8")


def again(sent: SentOffice, who: str, *more: str, code: int = 0) -> str:
    return sent.run("person", who, "--again", "--because", "not in spam either", *more, code=code)


@pytest.fixture
def served(sent: SentOffice, one_service: MailService) -> MailService:
    """The mail service, with nothing kept and nobody refused."""
    one_service.accepted.clear()
    one_service.answers = {}
    return one_service


def test_each_mail_shows_their_time_and_utc(sent: SentOffice) -> None:
    printed = sent.run("person", RUSTAM)
    told = json.loads(sent.run("person", RUSTAM, "--format", "json"))
    (mail,) = told["mails"]
    at, local = datetime.fromisoformat(mail["at"]), datetime.fromisoformat(mail["local_at"])
    assert at == local
    assert local.utcoffset() != at.utcoffset()
    assert f"{local:%Y-%m-%d %H:%M} in TJ (UTC+5)" in printed
    assert f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" in printed
    assert mail["tries"][0]["outcome"] == "accepted"


def test_a_note_is_kept_and_shown_and_is_no_evidence(sent: SentOffice) -> None:
    before = sent.run("evidence", sent.sending, "--format", "json")
    words = 'telephoned 12 Jan: "found in spam" [/x]'
    assert "Noted for aigerim@example.org" in sent.run("person", "KZ", "--note", words, "--by", "Ann")
    printed = sent.run("person", AIGERIM)
    assert f"UTC (Ann): {words}" in printed
    (note,) = json.loads(sent.run("person", AIGERIM, "--format", "json"))["notes"]
    assert (note["why"], note["by"]) == (words, "Ann")
    after = sent.run("evidence", sent.sending, "--format", "json")
    assert json.loads(before)["rows"] == json.loads(after)["rows"]
    assert words not in after


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nobody@example.org", "--note", "x"), 1, "neither in contacts.csv nor in the send record"),
        ((AIGERIM, "--note", "  "), 2, "The note is empty"),
        (("NO", "--note", "x"), 2, "Nobody of Norway is in contacts.csv"),
        ((AIGERIM, "--note", "x", "--answer"), 2, "each do one thing"),
        ((AIGERIM, "--to", RUSTAM), 2, "belong to --again"),
        ((AIGERIM, "--of", "x"), 2, "--of belongs to"),
        ((AIGERIM, "--again"), 2, "Why is it sent again?"),
        ((AIGERIM, "--answer", "--of", "zz"), 2, 'no mail in a real sending "zz"'),
    ],
)
def test_what_cannot_be_meant_is_refused(
    sent: SentOffice, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in sent.run("person", *arguments, code=code)
    with sent.ledger() as ledger:
        assert not [event for event in ledger.events() if event.kind is EventKind.NOTED]


def test_of_several_people_of_a_country_one_must_be_named(sent: SentOffice) -> None:
    edit(sent, ",MN,", ",KZ,")
    printed = sent.run("person", "KZ", "--answer", code=2)
    assert "Which one: Aigerim Sadykova aigerim@example.org, Enkhjargal Bold" in printed


def test_the_answer_says_what_when_in_their_time_and_what_their_it_needs(sent: SentOffice) -> None:
    printed = sent.run("person", AIGERIM, "--answer")
    (mail,) = json.loads(sent.run("person", AIGERIM, "--format", "json"))["mails"]
    at = datetime.fromisoformat(mail["local_at"])
    for part in (
        "Dear Ms. Aigerim Sadykova,",
        "“Two reports and one date” was sent to aigerim@example.org",
        f"took it over on {at.day} {at:%B %Y} at {at:%H:%M} (Kazakhstan, UTC+5)",
        "Until today it has not come back",
        f"Message-ID:         {mail['message_id']}",
        f"Taken over (UTC):   {at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "Envelope sender:    newsletter@example.org",
        "Envelope recipient: aigerim@example.org",
        "Our mail service:   127.0.0.1:",
        "Its answer:         250 2.0.0 kept",
    ):
        assert part in printed
    assert "delivered" not in printed.casefold()


def test_who_was_refused_bounced_or_never_written_to_is_told_so(sent: SentOffice) -> None:
    refused = sent.run("person", ENKHJARGAL, "--answer")
    assert "was refused on" in refused
    assert "you could not get it" in refused
    assert "550 5.1.1 no such user" in refused
    assert "took it over" not in refused
    with sent.ledger() as ledger:
        ledger.suppress(RUSTAM, Because.BOUNCED, "550 gone")
    bounced = sent.run("person", RUSTAM, "--answer")
    assert "we were told that it could not be delivered" in bounced
    assert "has not come back" not in bounced
    edit(sent, "nodira@", "dilnoza@")
    never = sent.run("person", "dilnoza@example.org", "--answer")
    assert "you were not among those to whom it went" in never
    assert "Message-ID" not in never
    sent.run("suppress", "dilnoza@example.org", "--because", "unsubscribed")
    listed = sent.run("person", "dilnoza@example.org", "--answer")
    assert "the address was unsubscribed" in listed
    assert "not among those" not in listed


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Почтовая служба приняла его"),
        ("fr", "Le service de messagerie l’a pris en charge"),
        ("ar", "تسلّمتها خدمة البريد"),
        ("mn", "The mail service took it over"),
    ],
)
def test_the_answer_is_in_the_reader_s_language(sent: SentOffice, language: str, said: str) -> None:
    edit(sent, "Sadykova,,en,KZ", f"Sadykova,,{language},KZ")
    printed = sent.run("person", AIGERIM, "--answer")
    assert said in printed
    assert "--- For your IT department" in printed
    assert "{" not in printed


def test_all_languages_say_the_same_things() -> None:
    keys = {language: set(words_in(language)[1]) for language in LANGUAGES}
    assert set(map(frozenset, keys.values())) == {frozenset(keys["en"])}
    for language in LANGUAGES:
        for key, words in words_in(language)[1].items():
            holes = sorted(part.partition("}")[0] for part in words.split("{")[1:])
            english = words_in("en")[1][key].split("{")[1:]
            assert holes == sorted(part.partition("}")[0] for part in english), (language, key)


def test_a_key_that_cannot_be_used_is_found_before_it_goes_again(
    sent: SentOffice, served: MailService
) -> None:
    sent.use_relay(served.port)
    said = with_bad_key(sent)
    assert said in again(sent, AIGERIM, "--yes", code=1)
    with sent.ledger() as ledger:
        assert [one.id for one in ledger.dispatches(include_rehearsals=False)] == [sent.sending]
        assert not [event for event in ledger.events() if event.kind is EventKind.NOTED]
    assert not served.accepted


def test_the_same_issue_goes_again_as_a_named_repeat_from_the_approved_proof(
    sent: SentOffice, served: MailService
) -> None:
    sent.use_relay(served.port)
    printed = again(sent, AIGERIM, "--yes", "--by", "Ann")
    assert "FOR REAL" in printed
    assert "once more, as again-1" in printed
    again(sent, AIGERIM, "--yes")
    assert served.recipients == {AIGERIM: 2}
    assert set(served.message_ids.values()) == {1}
    mails = json.loads(sent.run("person", AIGERIM, "--format", "json"))["mails"]
    assert [mail["what"] for mail in mails] == [
        "test-issue, sent again as again-2",
        "test-issue, sent again as again-1",
        "test-issue",
    ]
    assert len({mail["message_id"] for mail in mails}) == 3
    assert "sent again as again-1 to aigerim@example.org, because not in spam either" in sent.run(
        "person", AIGERIM
    )


def test_it_goes_to_another_address_only_where_that_is_on_file(sent: SentOffice, served: MailService) -> None:
    sent.use_relay(served.port)
    assert "is not on file" in again(sent, AIGERIM, "--to", "private@example.org", "--yes", code=2)
    assert "is not an address" in again(sent, AIGERIM, "--to", "no@body@", "--yes", code=2)
    again(sent, AIGERIM, "--to", RUSTAM, "--yes")
    assert served.recipients == {RUSTAM: 1}
    ((_, _, content),) = served.accepted
    assert b"Ms. Sadykova" in content


def test_whoever_must_not_be_mailed_gets_nothing_again(sent: SentOffice, served: MailService) -> None:
    sent.use_relay(served.port)
    with sent.ledger() as ledger:
        ledger.suppress(AIGERIM, Because.BOUNCED)
    assert "It must not go to aigerim@example.org" in again(sent, AIGERIM, "--yes", code=2)
    with sent.ledger() as ledger:
        ledger.suppress(RUSTAM, Because.COMPLAINED)
    assert "do-not-mail list: complained" in again(sent, RUSTAM, "--yes", code=2)
    assert not served.accepted


def test_the_rules_of_a_real_sending_hold_for_a_repeat(sent: SentOffice, served: MailService) -> None:
    sent.use_relay(served.port)
    assert "There is no terminal to ask at" in again(sent, AIGERIM, code=2)
    approvals = sent.issue.parent / "approvals.yaml"
    kept = approvals.read_text(encoding="utf-8")
    approvals.unlink()
    assert "0 of 1 approval" in again(sent, AIGERIM, "--yes", code=1)
    approvals.write_text(kept, encoding="utf-8")
    settings = sent.settings.read_text(encoding="utf-8")
    sent.settings.write_text(settings.replace("record = ", 'record = "other" # '), encoding="utf-8")
    assert "ledger of record" in again(sent, AIGERIM, "--yes", code=1)
    sent.settings.write_text(settings, encoding="utf-8")
    edit(sent, "aigerim@", "timur@")
    assert "is not on file" in again(sent, AIGERIM, "--yes", code=2)
    assert not served.accepted


def test_what_was_never_sent_or_is_in_doubt_does_not_go_again(sent: SentOffice) -> None:
    assert "Nobody of Norway" in again(sent, "NO", "--yes", code=2)
    with sent.ledger() as ledger, ledger.hold("d1") as holder:
        ledger.open_dispatch(a_plan(["aigerim", "rustam"], at=datetime.now(UTC)))
        (claimed, _) = ledger.claim("d1", 2, holder)
        ledger.hand(claimed)
        ledger.settle(claimed, NO_ANSWER)
    assert "Decide it first: `mailer settle d1 aigerim@example.org" in again(sent, AIGERIM, "--yes", code=2)
    assert "has not gone yet" in again(sent, RUSTAM, "--yes", code=2)
    assert "do not know whether it was taken over" in sent.run("person", AIGERIM, "--answer")
    assert "has not been sent yet" in sent.run("person", RUSTAM, "--answer")
    edit(sent, "nodira@", "dilnoza@")
    assert "nothing can go again" in again(sent, "dilnoza@example.org", "--yes", code=2)


def test_a_reminder_does_not_go_again_for_it_may_be_true_no_more(sent: SentOffice) -> None:
    plan = a_plan(["aigerim"], at=datetime.now(UTC))
    with sent.ledger() as ledger:
        ledger.open_dispatch(replace(plan, dispatch=replace(plan.dispatch, slug="deadlines/national-report")))
    printed = again(sent, AIGERIM, "--yes", "--of", "d1", code=2)
    assert "`mailer remind national-report`" in printed
