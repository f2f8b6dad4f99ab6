"""After a mistake: paused at 60, mended and approved, the other 340 get the good one and the 60 the erratum."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import pytest

from mailer.content import read_approvals, read_receipts
from mailer.flow import ledger_of
from mailer.model.dispatch import DispatchState, State
from tests.flow.office import TODAY, MailService, Office
from tests.flow.test_signed_sendings import with_bad_key

LANGUAGES = ("en", "ru", "ar")
LABELS = {"en": "Correction: ", "ru": "Исправление: ", "ar": "تصويب: "}
TITLES = {"en": "The count was in May", "ru": "Учёт был в мае", "ar": "كان التعداد في مايو"}
WRONG, RIGHT = "in March", "in May"

ISSUE = f"""\
id: test-issue
series: Test newsletter
date: {TODAY}
authors: [Ann Author]
subject: Two reports and one date
preheader: What happened in the mountains this month, and what is next.
items:
  - kind: article
    id: first
    title: Snow leopards counted
    body: |
      {{{{salutation}}}}, the count in {{{{country|your country}}}} was {WRONG}.
  - kind: article
    id: press-only
    title: For the press
    show_to: press
    body: A briefing is on Tuesday.
"""
RUSSIAN = """\
language: ru
subject: Два отчёта и одна дата
items:
  first: {title: Снежных барсов посчитали, body: "{{salutation}}, учёт прошёл."}
  press-only: {title: Для прессы, body: Брифинг во вторник.}
"""
ARABIC = """\
language: ar
subject: تقريران وموعد واحد
items:
  first: {title: إحصاء نمور الثلوج, body: "{{salutation}}، تم التعداد."}
  press-only: {title: للصحافة, body: إحاطة يوم الثلاثاء.}
"""


@pytest.fixture
def newsroom(office: Office, service: MailService) -> Office:
    """Four hundred readers of three languages, and a mail service."""
    office.use_relay(service.port)
    office.issue.write_text(ISSUE, encoding="utf-8")
    (office.issue.parent / "issue.ru.yaml").write_text(RUSSIAN, encoding="utf-8")
    (office.issue.parent / "issue.ar.yaml").write_text(ARABIC, encoding="utf-8")
    settings = office.root / "mailer.toml"
    languages = 'languages = ["en", "ru", "ar"]'
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('languages = ["en"]', languages), "utf-8"
    )
    readers(office, 400)
    return office


def readers(office: Office, number: int) -> None:
    head = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
    rows = [
        f"reader{n}@example.org,Ms.,Reader,Number{n},,{LANGUAGES[n % 3]},KZ,,partner,newsletter\n"
        for n in range(number)
    ]
    (office.root / "recipients" / "contacts.csv").write_text(head + "".join(rows), encoding="utf-8")


def language_of(address: str) -> str:
    return LANGUAGES[int(re.sub(r"\D", "", address)) % 3]


def mend(office: Office) -> None:
    office.issue.write_text(ISSUE.replace(WRONG, RIGHT), encoding="utf-8")


def write_erratum(office: Office) -> None:
    path = office.issue.parent / "erratum.yaml"
    text = path.read_text(encoding="utf-8")
    for language, title in TITLES.items():
        text = re.sub(
            rf'(  {language}:\n    title: )""[^\n]*\n    text: ""[^\n]*',
            rf'\g<1>"{title}"\n    text: "Not **March**. See [all dates](https://example.org/dates)."',
            text,
        )
    path.write_text(text, encoding="utf-8")


def pause_at(office: Office, service: MailService, number: int) -> str:
    """Send the wrong issue and pause it once so many are taken over; its id."""
    digest = office.approved()
    with ledger_of(office.workspace) as ledger:

        def pause(count: int) -> None:
            if count >= number:
                (dispatch,) = ledger.dispatches()
                ledger.pause(dispatch.id, "wrong", by="Head")

        service.on_accepted = pause
        office.run(*sending(digest), code=1)
        service.on_accepted = lambda _count: None
        (dispatch,) = ledger.dispatches()
        assert dispatch.state is DispatchState.PAUSED
        return dispatch.id


def sending(digest: str) -> tuple[str, ...]:
    return ("send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest)


def approve_both(office: Office, code: int = 1) -> list[str]:
    """Have the proofs that `correct` asks for approved; their digests."""
    printed = office.run("correct", "test-issue", code=code)
    digests = re.findall(r"digest ([0-9a-f]{64})", printed)
    for digest in digests:
        assert "cannot approve" in office.run("approve", digest, "--by", "ann author", code=1)
        office.run("approve", digest, "--by", "Head of Unit")
    return digests


def correct(office: Office, digests: list[str], *more: str, code: int = 0) -> str:
    named = [part for digest in digests for part in ("--digest", digest)]
    return office.run("correct", "test-issue", "--yes", *named, *more, code=code)


def read(content: bytes) -> tuple[str, str, Message]:
    """Subject, the text part, and the whole."""
    message = message_from_bytes(content)
    part = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return str(make_header(decode_header(message["Subject"]))), payload.decode(), message


def test_the_rest_gets_the_good_one_and_those_who_got_the_wrong_one_the_erratum(
    newsroom: Office, service: MailService
) -> None:
    service.answers = {"reader399@example.org": "550 5.1.1 no such user"}
    wrong = pause_at(newsroom, service, 60)
    got_it = dict.fromkeys(to for to, _, _ in service.accepted)
    first = len(got_it)
    assert 60 <= first < 80, "what was in hand when it was paused has ended"
    begun = newsroom.run("correct", "test-issue", "--because", "wrong month", code=1)
    assert f"{first} taken over" in begun
    assert "mend the issue" in begun
    write_erratum(newsroom)
    assert "still as it was when it went out" in newsroom.run("correct", "test-issue", code=1)
    mend(newsroom)
    digests = approve_both(newsroom)
    assert len(digests) == 2
    gone, *_ = got_it
    newsroom.run("suppress", gone, "--because", "asked")
    printed = correct(newsroom, digests, "--by", "Head of Office")
    assert f"left out: 1 (do-not-mail list: manual): {gone}" in printed

    later = service.accepted[first:]
    told = {to: content for to, _, content in later if to in got_it}
    rest = {to: content for to, _, content in later if to not in got_it}
    assert Counter(to for to, _, _ in later).most_common(1)[0][1] == 1
    assert told.keys() == got_it.keys() - {gone}
    assert rest.keys() == {f"reader{n}@example.org" for n in range(399)} - got_it.keys()
    assert max(service.message_ids.values()) == 1
    first_ids = {to: message_id for to, message_id, _ in service.accepted[:first]}
    for to, content in told.items():
        subject, text, message = read(content)
        assert subject.startswith(LABELS[language_of(to)])
        assert TITLES[language_of(to)] in text
        assert message["In-Reply-To"] == first_ids[to]
    for to, content in rest.items():
        subject, text, message = read(content)
        assert not subject.startswith(LABELS[language_of(to)])
        assert TITLES[language_of(to)] not in text
        assert "In-Reply-To" not in message
        assert WRONG not in text
    with ledger_of(newsroom.workspace) as ledger:
        ended = ledger.find_dispatch(wrong)
        counts = ledger.report(wrong).counts
        new = [one for one in ledger.dispatches() if one.id != wrong]
    assert ended.state is DispatchState.CANCELLED
    assert counts[State.CANCELLED] == 400 - first
    assert ended.why.startswith("corrected by Head of Office: wrong month; ")
    assert all(one.id in ended.why for one in new)
    assert {one.occasion for one in new} == {"test-issue", "test-issue/erratum-1"}
    assert "corrected by Head of Office" in newsroom.run("report", wrong)
    assert {one.digest for one in read_receipts(newsroom.issue.parent)} == {ended.digest, *digests}
    assert {one.digest for one in read_approvals(newsroom.issue.parent)} == {ended.digest, *digests}
    again = correct(newsroom, digests)
    assert "Nobody is left to send to" in again
    assert len(service.accepted) == first + len(later)


def test_a_key_that_cannot_be_used_is_found_before_anything_is_planned(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 9)
    wrong = pause_at(newsroom, service, 3)
    had, digests = len(service.accepted), begin(newsroom)
    said = with_bad_key(newsroom)
    assert said in correct(newsroom, digests, code=1)
    with ledger_of(newsroom.workspace) as ledger:
        assert [(one.id, one.state) for one in ledger.dispatches()] == [(wrong, DispatchState.PAUSED)]
    assert len(service.accepted) == had


def begin(office: Office, *more: str) -> list[str]:
    """From the first run of `correct` to two approved proofs; their digests."""
    office.run("correct", "test-issue", *more, code=1)
    write_erratum(office)
    mend(office)
    return approve_both(office)


@pytest.mark.slow
def test_who_may_have_the_wrong_one_gets_the_erratum_and_never_the_good_one(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 12)
    keep = service.handle_DATA

    async def cut_off(server: Any, session: Any, envelope: Any) -> str:
        if envelope.rcpt_tos == ["reader2@example.org"]:
            server.transport.close()
            return "421 4.3.0 gone"
        return await keep(server, session, envelope)

    service.handle_DATA = cut_off  # type: ignore[method-assign]
    newsroom.use_relay(service.port, connections=1)
    pause_at(newsroom, service, 5)
    service.handle_DATA = keep  # type: ignore[method-assign]
    had = len(service.accepted)
    digests = begin(newsroom)
    printed = correct(newsroom, digests)
    assert "In doubt: 1 may have it, so they get the erratum too: reader2@example.org" in printed
    later = service.accepted[had:]
    (content,) = [content for to, _, content in later if to == "reader2@example.org"]
    assert read(content)[0].startswith(LABELS["ar"])
    assert len(later) == 12


@pytest.mark.slow
def test_a_correction_that_is_killed_goes_on_and_nobody_gets_it_twice(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 40)
    pause_at(newsroom, service, 15)
    had = dict.fromkeys(to for to, _, _ in service.accepted)
    first = len(service.accepted)
    digests = begin(newsroom)
    service.delay = 0.2
    named = [part for digest in digests for part in ("--digest", digest)]
    running = newsroom.start("correct", "test-issue", "--yes", *named)
    wait_for(lambda: len(service.accepted) > first + 4)
    running.kill()
    running.wait()
    with ledger_of(newsroom.workspace) as ledger:
        workers = ledger.workers()
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
    service.delay = 0.0
    time.sleep(0.5)
    printed = correct(newsroom, digests)
    assert "FOR REAL" in printed
    with ledger_of(newsroom.workspace) as ledger:
        doubts = [d.email for one in ledger.dispatches() for d in ledger.report(one.id).doubts]
        (wrong,) = [one for one in ledger.dispatches() if one.state is DispatchState.CANCELLED]
        others = {one.id for one in ledger.dispatches() if one.id != wrong.id}
        assert all(one in wrong.why for one in others)
        assert len(others) == 2
    later = Counter(to for to, _, _ in service.accepted[first:])
    assert later.keys() == {f"reader{n}@example.org" for n in range(40)}
    assert max(later.values()) == 1, "what was in hand at the kill is in doubt, not sent again"
    assert len(doubts) <= 3 * len(workers), "one a connection at the most"
    for to, _, content in service.accepted[first:]:
        assert read(content)[0].startswith(LABELS[language_of(to)]) == (to in had)


def test_whoever_has_left_or_unsubscribed_since_and_what_they_get(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 6)
    newsroom.run(*sending(newsroom.approved()))
    contacts = newsroom.root / "recipients" / "contacts.csv"
    lines = contacts.read_text(encoding="utf-8").splitlines()
    left = [line for line in lines if not line.startswith("reader1@")]
    left = [
        line.replace("newsletter", "newsletter ..2020-01-01") if line.startswith("reader3@") else line
        for line in left
    ]
    contacts.write_text("\n".join(line.replace(",ar,", ",en,") for line in left) + "\n", encoding="utf-8")
    digests = begin(newsroom)
    assert len(digests) == 1, "the sending had finished: nobody is left for the good one"
    printed = correct(newsroom, digests)
    assert "left out: 1 (not subscribed): reader3@example.org" in printed
    told = {to: read(content) for to, _, content in service.accepted[6:]}
    assert told.keys() == {f"reader{n}@example.org" for n in (0, 1, 2, 4, 5)}
    assert told["reader1@example.org"][0].startswith(LABELS["ru"]), "he is on file no more, and reads Russian"
    assert told["reader2@example.org"][0].startswith(LABELS["ar"]), "in the language of then"
    with ledger_of(newsroom.workspace) as ledger:
        (wrong,) = [one for one in ledger.dispatches() if one.occasion == "test-issue"]
        assert wrong.state is DispatchState.FINISHED
        assert "erratum-1" in wrong.why


@pytest.mark.slow
def test_a_second_erratum_goes_to_everybody_who_got_something_wrong(
    newsroom: Office, service: MailService
) -> None:
    readers(newsroom, 9)
    pause_at(newsroom, service, 3)
    correct(newsroom, begin(newsroom))
    before = len(service.accepted)
    newsroom.issue.write_text(ISSUE.replace(WRONG, "in June"), encoding="utf-8")
    assert "has gone out" in newsroom.run("correct", "test-issue", code=1)
    newsroom.run("correct", "test-issue", "--new", code=1)
    assert (newsroom.issue.parent / "erratum-1.yaml").exists()
    write_erratum(newsroom)
    digests = approve_both(newsroom)
    printed = correct(newsroom, digests)
    assert "erratum-2" in printed
    assert Counter(to for to, _, _ in service.accepted[before:]) == Counter(
        f"reader{n}@example.org" for n in range(9)
    )
    assert max(service.message_ids.values()) == 1


@pytest.mark.slow
def test_it_can_be_practised_and_touches_no_real_sending(newsroom: Office, service: MailService) -> None:
    readers(newsroom, 9)
    wrong = pause_at(newsroom, service, 3)
    had = len(service.accepted)
    newsroom.run("resume", wrong)
    newsroom.run("correct", "test-issue", code=1)
    write_erratum(newsroom)
    mend(newsroom)
    printed = newsroom.run("correct", "test-issue", "--relay", "outbox", "--yes")
    assert "no real sending is paused" in printed
    assert len(service.accepted) == 9
    assert had < 9
    with ledger_of(newsroom.workspace) as ledger:
        assert ledger.find_dispatch(wrong).why == ""
        (practised,) = [one for one in ledger.dispatches() if one.is_rehearsal]
        assert ledger.report(practised.id).counts == {State.ACCEPTED: 9}
    assert "for those who got the wrong one" in newsroom.run("correct", "test-issue", code=1)


@pytest.mark.slow
def test_a_rehearsal_that_was_wrong_is_corrected_in_the_practice_tray(newsroom: Office) -> None:
    readers(newsroom, 9)
    newsroom.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    newsroom.run("correct", "test-issue", code=1)
    write_erratum(newsroom)
    mend(newsroom)
    assert "was a rehearsal" in newsroom.run("correct", "test-issue", "--relay", "office", code=2)
    printed = newsroom.run("correct", "test-issue", "--yes")
    assert "Correction:" in printed or "erratum-1" in printed
    with ledger_of(newsroom.workspace) as ledger:
        assert [one.occasion for one in ledger.dispatches()] == ["test-issue/erratum-1", "test-issue"]


def test_what_was_never_sent_or_of_another_issue_is_refused(newsroom: Office, service: MailService) -> None:
    assert "never sent" in newsroom.run("correct", "test-issue", code=1)
    readers(newsroom, 3)
    newsroom.run(*sending(newsroom.approved()))
    assert "No sending" in newsroom.run("correct", "test-issue", "--of", "zzzz", code=1)
    digests = begin(newsroom)
    assert "--digest of each proof" in newsroom.run("correct", "test-issue", "--yes", code=2)
    assert "no terminal" in newsroom.run("correct", "test-issue", code=2)
    printed = newsroom.run("correct", "test-issue", "--dry-run")
    assert "3 to send" in printed
    assert len(service.accepted) == 3
    assert len(digests) == 1


def test_every_mistake_in_the_erratum_is_told_with_its_line(newsroom: Office) -> None:
    mistakes: list[tuple[Callable[[str], str], str]] = [
        (lambda text: text.replace('title: "The count', 'titel: "The count'), "title"),
        (lambda text: re.sub(r"  en:\n(    .*\n)+", "", text), 'no words in "en"'),
        (lambda text: text + '  fr: {title: "A", text: "B"}\n', "nobody reads the issue in fr"),
        (
            lambda text: text.replace("name: erratum-1", "name: first"),
            'An item of the issue is called "first"',
        ),
        (lambda text: text.replace("name: erratum-1", "name: Erratum 1"), "name"),
        (lambda text: re.sub('title: "The count[^"]*"', 'title: " "', text), "words.en.title"),
    ]
    readers(newsroom, 3)
    newsroom.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    newsroom.run("correct", "test-issue", code=1)
    write_erratum(newsroom)
    mend(newsroom)
    path = newsroom.issue.parent / "erratum.yaml"
    right = path.read_text(encoding="utf-8")
    for change, said in mistakes:
        path.write_text(change(right), encoding="utf-8")
        printed = newsroom.run("correct", "test-issue", code=1)
        assert said in printed
        assert re.search(r"erratum\.yaml:\d+", printed), printed


def test_hostile_words_of_an_erratum_stay_words(newsroom: Office) -> None:
    readers(newsroom, 3)
    newsroom.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    newsroom.run("correct", "test-issue", code=1)
    write_erratum(newsroom)
    path = newsroom.issue.parent / "erratum.yaml"
    words = path.read_text(encoding="utf-8")
    mend(newsroom)
    path.write_text(words.replace(TITLES["en"], "A\\r\\nBcc: x@example.org"), encoding="utf-8")
    assert "control sign" in newsroom.run("correct", "test-issue", "--yes", code=1)
    hostile = "<script>alert(1)</script> Bcc: x@example.org %%slot:name%%"
    path.write_text(words.replace(TITLES["en"], hostile), encoding="utf-8")
    newsroom.run("correct", "test-issue", "--yes")
    (mail,) = [
        file.read_bytes()
        for file in (newsroom.root / ".mailer" / "outbox").rglob("*.eml")
        if b"reader0@" in file.read_bytes() and b"Correction" in file.read_bytes()
    ]
    message = message_from_bytes(mail)
    assert message["Bcc"] is None
    html = next(p for p in message.walk() if p.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(html, bytes)
    assert b"<script" not in html


def test_send_only_to_those_who_were_refused_or_had_it_taken_over(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    office.people(6)
    service.answers = {f"reader{n}@example.org": "550 5.1.1 no such user" for n in (1, 2)}
    digest = office.approved()
    office.run(*sending(digest))
    assert "Name the repeat" in office.run(*sending(digest), "--only", "refused", code=2)
    assert "--only" in office.run(*sending(digest), "--only", "both", "--repeat", "x", code=2)
    service.answers = {}
    office.run(*sending(digest), "--only", "refused", "--repeat", "again")
    assert sorted(to for to, _, _ in service.accepted[4:]) == ["reader1@example.org", "reader2@example.org"]
    office.run(*sending(digest), "--only", "accepted", "--repeat", "addendum")
    assert sorted(to for to, _, _ in service.accepted[6:]) == [f"reader{n}@example.org" for n in (0, 3, 4, 5)]


def wait_for(there: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)
