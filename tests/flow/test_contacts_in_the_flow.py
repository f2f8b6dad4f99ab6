"""Shared mailboxes, second addresses and forgotten people, through real sendings."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mailer.flow import ledger_of
from mailer.model.suppression import Because
from tests.flow.office import MailService, Office

HEAD = "email,given_name,family_name,country,roles,subscriptions,other_emails,messages\n"
SHARED = "wildlife.wing@example.org"
ROWS = (
    f"{SHARED},Arvind,Chaturvedi,KZ,partner; press,newsletter,,\n"
    f"{SHARED},Nitin,Deshmukh,KZ,partner; press,newsletter,,\n"
    "first@example.org,Aigerim,Sadykova,KZ,partner; press,newsletter,second@example.org,\n"
    "official@example.org,Saule,Zhumabekova,KZ,partner; press,newsletter,,notice\n"
)


def write(office: Office, rows: str = ROWS) -> Path:
    path = office.root / "recipients" / "contacts.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def send(office: Office, digest: str) -> str:
    options = ["--to", "everyone", "--relay", "office", "--yes", "--digest", digest]
    return office.run("send", "test-issue", *options)


def test_an_address_gets_one_mail_and_a_person_is_reached_where_they_can_be(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    write(office)
    with ledger_of(office.workspace) as ledger:
        ledger.suppress("first@example.org", Because.BOUNCED, "550 no such user")
    printed = send(office, office.approved())
    assert sorted(service.recipients) == ["second@example.org", SHARED]
    assert "shares the address with Arvind Chaturvedi, who gets it" in printed
    assert "may not get newsletters" in printed
    content = {to: body for to, _, body in service.accepted}
    assert b"Chaturvedi" in content[SHARED]
    assert b"Deshmukh" not in content[SHARED]
    assert b"second@example.org" in content["second@example.org"]


def test_who_unsubscribes_from_a_mail_to_the_second_address_gets_no_more(office: Office) -> None:
    write(office)
    with ledger_of(office.workspace) as ledger:
        ledger.suppress("first@example.org", Because.BOUNCED, "550 no such user")
        ledger.suppress("first@example.org", Because.UNSUBSCRIBED, "by the link")
    printed = office.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    assert "do-not-mail list: unsubscribed" in printed


def test_a_forgotten_reader_leaves_no_name_and_gets_nothing_twice_when_added_again(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    path = write(office)
    digest = office.approved()
    send(office, digest)
    with ledger_of(office.workspace) as ledger:
        ledger.suppress("second@example.org", Because.MANUAL, "asked by telephone")
    before = path.read_text()

    told = office.run("contacts", "forget", "second@example.org", "--because", "asked by letter", "--yes")
    assert "Aigerim Sadykova, row 4" in told
    assert "Row 4 is out of contacts.csv." in told
    assert "1 mail in the send record no longer names them." in told
    assert path.read_text() == before.replace(
        "first@example.org,Aigerim,Sadykova,KZ,partner; press,newsletter,second@example.org,\n", ""
    )
    with closing(sqlite3.connect(office.workspace.ledger_path)) as ledger_file:
        kept = "\n".join(ledger_file.iterdump())
    assert not [word for word in ("Aigerim", "Sadykova", "first@", "second@") if word in kept]

    path.write_text(before)
    again = send(office, digest)
    assert "Nothing to send" in again or "0 to send" in again
    assert service.recipients["first@example.org"] == 1
    with ledger_of(office.workspace) as ledger:
        assert ledger.suppressed(["second@example.org"], "newsletter")


def test_who_shares_a_mailbox_must_be_named_and_the_other_stays(office: Office) -> None:
    path = write(office)
    refused = office.run("contacts", "forget", SHARED, "--because", "left", "--yes", code=2)
    assert "is shared by Arvind Chaturvedi and Nitin Deshmukh" in refused
    assert f'forget "Arvind Chaturvedi <{SHARED}>"' in refused
    told = office.run("contacts", "forget", f"Nitin Deshmukh <{SHARED}>", "--because", "left", "--yes")
    assert "Arvind Chaturvedi stays" in told
    assert "Nitin" not in path.read_text()
    assert "Arvind" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["official@example.org", "--because", "left"], "Add --yes", 2),
        (["official@example.org", "--because", " ", "--yes"], "Say why", 2),
        (["stranger@example.org", "--because", "left", "--yes"], "neither in contacts.csv nor", 1),
        (["no address", "--because", "left", "--yes"], "is not an address", 2),
        ([f"Nobody <{SHARED}>", "--because", "left", "--yes"], "is called Nobody", 2),
    ],
)
def test_nothing_is_forgotten_by_mistake(office: Office, arguments: list[str], words: str, code: int) -> None:
    path = write(office)
    assert words in office.run("contacts", "forget", *arguments, code=code)
    assert path.read_text() == HEAD + ROWS


def test_the_check_says_what_is_wrong_in_every_file_at_once(office: Office) -> None:
    write(office, "nobody,A,B,KZ,press,,,\na@example.org,A,B,XX,,,,\n")
    segments = office.root / "recipients" / "segments.yaml"
    segments.write_text(segments.read_text() + "  lost:\n    title: Lost\n    rule:\n      segment: lots\n")
    printed = office.run("contacts", "check", code=1)
    for words in ("contacts.csv:2", "contacts.csv:3", "segments.yaml:", "3 stops"):
        assert words in printed


def test_the_last_holder_of_an_office_may_leave_and_groups_that_ask_for_it_are_named(office: Office) -> None:
    write(office, ROWS.replace("partner; press", "partner"))
    printed = office.run("contacts", "check")
    assert 'The group "press" asks for the role "press", which nobody has.' in printed
    assert "4" in office.run("audience", "everyone")


def test_the_check_tells_programs_the_same(office: Office) -> None:
    write(office)
    with ledger_of(office.workspace) as ledger:
        ledger.suppress("official@example.org", Because.BOUNCED, "550")
    said = json.loads(office.run("contacts", "check", "--on", "2016-12-19", "--format", "json"))
    assert (said["people"], said["on"]) == (4, "2016-12-19")
    found = {finding["rule"]: finding for finding in said["findings"]}
    assert found["contacts.unreachable"]["line"] == 5
    assert found["contacts.unreachable"]["severity"] == "warn"
    assert (
        "Saule Zhumabekova, partner and press: do-not-mail list: bounced"
        in found["contacts.unreachable"]["message"]
    )
    assert found["contacts.shared"]["line"] == 2


def test_verdicts_on_addresses_are_kept_for_the_same_file_and_a_damaged_memory_is_no_trouble(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(office, "a@bücher.example.org,A,B,KZ,partner; press,,,\nb@example.org,A,B,KZ,,,,\n")
    memory = office.workspace.state / "addresses.json"
    office.run("contacts", "check")
    assert json.loads(memory.read_bytes())["addresses"] == {"a@bücher.example.org": "a@bücher.example.org"}

    def never(email: str) -> str:
        raise AssertionError(email)

    with monkeypatch.context() as patched:
        patched.setattr("mailer.flow.known_addresses.in_full", never)
        office.run("contacts", "check")
        path.write_text(path.read_text().replace("b@example.org", "c@example.org"))
        with pytest.raises(AssertionError):
            office.run("contacts", "check")
    for damage in (b"", b"[]", b"{", b'{"of": 1}', b'{"of": 1, "addresses": {}}', b"\xff"):
        memory.write_bytes(damage)
        office.run("contacts", "check")
        assert json.loads(memory.read_bytes())["addresses"]
