"""One person twice is refused with both rows; two people at one address, and one with two, are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailer.audience import read_contacts
from mailer.errors import Problem, ProblemsError
from mailer.model.audience import Contact
from mailer.model.register import Registers

HEAD = "email,given_name,family_name,other_emails\n"


def read(tmp_path: Path, content: str) -> tuple[Contact, ...]:
    path = tmp_path / "contacts.csv"
    path.write_text(content, encoding="utf-8")
    return read_contacts(path, tmp_path, Registers())


def problems(tmp_path: Path, *rows: str, head: str = HEAD) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, head + "\n".join(rows) + "\n")
    return list(caught.value.problems)


def test_two_people_may_share_an_address(tmp_path: Path) -> None:
    people = read(
        tmp_path, HEAD + "office@example.org,Aigerim,Sadykova,\nOffice@EXAMPLE.org,Yerlan,Bekturov,\n"
    )
    assert [(contact.name, contact.address) for contact in people] == [
        ("Aigerim Sadykova", "office@example.org"),
        ("Yerlan Bekturov", "office@example.org"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Aigerim,Sadykova", "Aigerim,Sadykova"),
        ("Aigerim,Sadykova", "AIGERIM,SADYKOVA"),
        ("Aigerim,Sadykova", "Sadykova,Aigerim"),
        ("Aýna,Hojamyradova", "Ay\u0301na,Hojamyradova"),
        (",Aigerim Sadykova", "Aigerim,  Sadykova"),
        (",", ","),
    ],
)
def test_the_same_person_twice_is_refused_with_both_rows(tmp_path: Path, first: str, second: str) -> None:
    (problem,) = problems(
        tmp_path, f"a@example.org,{first},", "other@example.org,Not,Me,", f"A@example.org,{second},"
    )
    assert str(problem) == (
        'contacts.csv:4: email: "a@example.org" is in rows 2 and 4. Keep one of the two rows.'
    )


def test_who_shares_an_address_must_have_a_name(tmp_path: Path) -> None:
    for rows in (("a@example.org,A,B,", "a@example.org,,,"), ("a@example.org,,,", "a@example.org,A,B,")):
        (problem,) = problems(tmp_path, *rows)
        assert (problem.line, problem.field) == (3, "email")
        assert "write both names" in problem.hint


def test_three_at_one_address_are_told_apart_each(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "a@example.org,A,A,", "a@example.org,B,B,", "a@example.org,A,A,", "a@example.org,b,b,"
    )
    assert [problem.message for problem in found] == [
        '"a@example.org" is in rows 2 and 4.',
        '"a@example.org" is in rows 3 and 5.',
    ]


def test_one_person_may_have_several_addresses(tmp_path: Path) -> None:
    (contact,) = read(tmp_path, HEAD + "a@example.org,A,B,B@EXAMPLE.org ; c@bücher.example.org;\n")
    assert contact.addresses == ("a@example.org", "b@example.org", "c@bücher.example.org")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a@example.org,A,B,nobody"], '"nobody" is not an address to write to'),
        (["a@example.org,A,B,A B <b@example.org>"], "without a name"),
        (["a@example.org,A,B,A@example.org"], '"a@example.org" stands twice in this row.'),
        (["a@example.org,A,B,b@example.org; B@example.org"], '"b@example.org" stands twice in this row.'),
        (["a@example.org,A,B," + ";".join(f"x{n}@example.org" for n in range(11))], "has 11 addresses."),
        (["b@example.org,B,C,", "a@example.org,A,B,b@example.org"], "is the main address of B C, row 2."),
        (["a@example.org,A,B,b@example.org", "b@example.org,B,C,"], "is the main address of B C, row 3."),
        (["a@example.org,A,B,b@example.org", "b@example.org,B,A,"], "of the same person."),
        (
            ["a@example.org,A,B,c@example.org", "b@example.org,A,B,c@example.org"],
            '"c@example.org" is in rows 2 and 3, of the same person.',
        ),
    ],
)
def test_second_addresses_that_cannot_be_are_refused(tmp_path: Path, rows: list[str], words: str) -> None:
    (problem,) = problems(tmp_path, *rows)
    assert problem.field == "other_emails"
    assert words in problem.message
    assert problem.hint


def test_a_shared_mailbox_may_be_anybodys_second_address(tmp_path: Path) -> None:
    rows = "office@example.org,A,A,\noffice@example.org,B,B,\nc@example.org,C,C,office@example.org\n"
    assert len(read(tmp_path, HEAD + rows)) == 3
    assert (
        len(read(tmp_path, HEAD + "a@example.org,A,A,x@example.org\nb@example.org,B,B,x@example.org\n")) == 2
    )


def test_messages_and_the_day_on_file_are_read(tmp_path: Path) -> None:
    head = "email,messages,since,note\n"
    every, notices, none = read(
        tmp_path,
        head
        + "a@example.org,notice; newsletter,2015-03-01,Met in Quito\nb@example.org,notice,,\nc@example.org,none,,\n",
    )
    assert every.messages == ("newsletter", "notice")
    assert (every.since, every.note) == (date(2015, 3, 1), "Met in Quito")
    assert notices.messages == ("notice",)
    assert none.messages == ()


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("a@example.org,spam,,", "messages", '"spam" does not say which messages'),
        ("a@example.org,none; notice,,", "messages", "does not say which"),
        ("a@example.org,;,,", "messages", "does not say which"),
        ("a@example.org,,2015-02-30,", "since", '"2015-02-30" is not a day in the calendar.'),
        ("a@example.org,,March 2015,", "since", '"March 2015" is not a day: write YYYY-MM-DD.'),
        (f"a@example.org,,,{'x' * 2001}", "note", "is longer than 2000 signs."),
    ],
)
def test_other_columns_are_tested_too(tmp_path: Path, row: str, field: str, words: str) -> None:
    (problem,) = problems(tmp_path, row, head="email,messages,since,note\n")
    assert problem.field == field
    assert words in problem.message
    assert problem.hint


def test_an_apostrophe_that_guards_a_cell_is_no_part_of_it(tmp_path: Path) -> None:
    plus, quoted, real = read(
        tmp_path,
        "email,family_name\n'+a@example.org,'=1+1\nb@example.org,''=x\nc@example.org,'t Hooft\n",
    )
    assert (plus.address, plus.family_name) == ("+a@example.org", "=1+1")
    assert quoted.family_name == "'=x"
    assert real.family_name == "'t Hooft"
