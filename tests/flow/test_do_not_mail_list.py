"""The do-not-mail list by its commands: many at once, all or none, and what waits does not go."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.flow import ledger_of
from mailer.flow.barring import kind_of
from mailer.model.dispatch import State
from mailer.model.suppression import Because
from tests.flow.office import Office
from tests.ledger.ledger_cases import a_plan


def listed(office: Office, *more: str) -> list[tuple[str, str, str]]:
    told = json.loads(office.run("suppressions", *more, "--format", "json"))
    return [(one["address"], one["because"], one["note"]) for one in told]


def events(office: Office, address: str) -> list[tuple[str, str, str]]:
    with ledger_of(office.workspace) as ledger:
        return [(event.kind.value, event.by, event.why) for event in ledger.events(address=address)]


def test_several_at_once_with_why_a_note_and_by_whom(office: Office) -> None:
    office.run(
        *("suppress", "Reader1@Example.org", "reader2@example.org"),
        *("--because", "unsubscribed", "--note", "by telephone", "--by", "Ann"),
    )
    assert listed(office) == [
        ("reader1@example.org", "unsubscribed", "by telephone"),
        ("reader2@example.org", "unsubscribed", "by telephone"),
    ]
    assert events(office, "reader1@example.org") == [("suppressed", "Ann", "unsubscribed: by telephone")]
    again = office.run("suppress", "reader1@example.org", "--because", "unsubscribed")
    assert "was on it already (unsubscribed, since" in again


@pytest.mark.parametrize(
    ("said", "kind", "note"),
    [
        ("unsubscribed", Because.UNSUBSCRIBED, ""),
        ("Bounced", Because.BOUNCED, ""),
        ("by-hand", Because.MANUAL, ""),
        ("by hand", Because.MANUAL, ""),
        ("asked by telephone", Because.MANUAL, "asked by telephone"),
        ("asked", Because.MANUAL, "asked"),
    ],
)
def test_a_reason_is_a_kind_or_words(said: str, kind: Because, note: str) -> None:
    assert kind_of(said) == (kind, note)


def test_a_misspelt_kind_bars_nobody_for_another_reason(office: Office) -> None:
    printed = office.run("suppress", "reader1@example.org", "--because", "unsubscibed", code=2)
    assert 'Did you mean "unsubscribed"' in printed
    assert "Why must they not be mailed?" in office.run("suppress", "reader1@example.org", code=2)
    assert listed(office) == []


@pytest.mark.parametrize(
    "text",
    [
        "reader1@example.org\n# left in May\n\nreader2@example.org\n",
        "\ufeffemail,why\nreader1@example.org,x\n\nreader2@example.org,\n",
        "Name;E-Mail\nOne;reader1@example.org\nTwo;READER2@example.org\n",
        'name\temail\n"A\tb"\treader1@example.org\nTwo\treader2@example.org\nTwo\treader2@example.org\n',
    ],
)
def test_a_file_has_one_a_line_or_a_column(office: Office, tmp_path: Path, text: str) -> None:
    path = tmp_path / "leave.csv"
    path.write_text(text, encoding="utf-8")
    office.run("suppress", "--file", str(path), "--because", "bounced")
    assert [address for address, _, _ in listed(office)] == ["reader1@example.org", "reader2@example.org"]


def test_all_that_is_wrong_in_a_file_is_told_at_once_by_line_and_nothing_is_done(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "leave.txt"
    path.write_text(
        "reader1@example.org\nno address\nA <reader2@example.org>\n\nx@localhost\n", encoding="utf-8"
    )
    printed = office.run("suppress", "--file", str(path), "--because", "bounced", code=1)
    for line in (2, 3, 5):
        assert f"{path}:{line}: " in printed
    assert "3 problems" in printed
    assert listed(office) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is no address"),
        (b"name,phone\nAnn,1\n", "has no column `email`"),
        (b"\xff\xfer\x00", "UTF-16"),
        ("Имя\nя@пример\n".encode("cp1251"), "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(
    office: Office, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "leave.csv"
    path.write_bytes(content)
    code = 2 if not content else 1
    assert said in office.run("suppress", "--file", str(path), "--because", "bounced", code=code)
    assert "does not exist" in office.run("suppress", "--file", "no.csv", "--because", "bounced", code=1)


def test_the_list_is_filtered_searched_and_exported_so_that_it_can_be_read_again(
    office: Office, tmp_path: Path
) -> None:
    office.run("suppress", "reader1@example.org", "--because", "bounced", "--note", "=1+1")
    office.run("suppress", "reader2@example.org", "--because", "asked by letter")
    assert [a for a, _, _ in listed(office, "--because", "bounced")] == ["reader1@example.org"]
    assert [a for a, _, _ in listed(office, "LETTER")] == ["reader2@example.org"]
    assert [a for a, _, _ in listed(office, "--because", "by-hand")] == ["reader2@example.org"]
    assert "fits" in office.run("suppressions", "nobody")
    assert "is no kind" in office.run("suppressions", "--because", "gone", code=2)
    exported = office.run("suppressions", "--format", "csv")
    assert "reader1@example.org,bounced,'=1+1," in exported
    path = tmp_path / "list.csv"
    path.write_text(exported, encoding="utf-8")
    printed = office.run("suppress", "--file", str(path), "--because", "complained")
    assert "reader2@example.org is on the do-not-mail list (complained)." in printed


def test_taking_off_needs_a_reason_and_tells_what_stood_there(office: Office) -> None:
    office.run("suppress", "reader1@example.org", "--because", "unsubscribed", "--note", "by mail")
    assert "Why may they be mailed again?" in office.run("unsuppress", "reader1@example.org", code=2)
    both = ("unsuppress", "reader1@example.org", "reader9@example.org", "--because", "asked again")
    assert "reader9@example.org is not on the do-not-mail list. Nothing was changed." in office.run(
        *both, code=1
    )
    assert len(listed(office)) == 1
    printed = office.run("unsuppress", "reader1@example.org", "--because", "asked again", "--by", "Ann")
    assert "is off the do-not-mail list (unsubscribed since" in printed
    assert "write to them only if they asked you to" in printed
    assert listed(office) == []
    assert events(office, "reader1@example.org")[-1] == ("unsuppressed", "Ann", "asked again")


def test_what_waits_for_them_in_a_paused_sending_is_left_out_when_it_goes_on(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        plan = a_plan(["reader1", "reader2", "reader3"], at=datetime.now(UTC))
        ledger.open_dispatch(plan)
        ledger.pause("d1", "wrong date", by="Ann")
    printed = office.run("suppress", "reader2@example.org", "--because", "unsubscribed")
    assert "A mail waits for this address in sending d1 (2016-12-cami), and will not go." in printed
    with ledger_of(office.workspace) as ledger, ledger.hold("d1") as holder:
        ledger.reopen("d1")
        claimed = ledger.claim("d1", 10, holder)
        assert [one.address for one in claimed] == ["reader1@example.org", "reader3@example.org"]
        (skipped,) = ledger.deliveries("d1", [State.SKIPPED])
        ledger.release(claimed)
    assert skipped.address == "reader2@example.org"
    report = office.run("report", "d1")
    assert "Left out on the way" in report
    assert "The address is on the do-not-mail list." in report


def test_an_unsubscribed_reader_still_gets_what_is_official(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        ledger.open_dispatch(a_plan(["reader1"], message_class="notice", at=datetime.now(UTC)))
    assert "will not go" not in office.run("suppress", "reader1@example.org", "--because", "unsubscribed")
    with ledger_of(office.workspace) as ledger, ledger.hold("d1") as holder:
        assert len(ledger.claim("d1", 10, holder)) == 1
