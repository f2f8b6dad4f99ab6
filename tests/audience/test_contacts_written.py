"""Contacts written back are the same people, and everything else in the file stays as it was."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import contact_cells, read_contacts, write_contacts
from mailer.audience.entries import EntryError
from mailer.audience.roles import parse_roles, write_roles
from mailer.audience.subscriptions import SubscriptionsError, parse_subscriptions, write_subscriptions
from mailer.errors import MailerError, ProblemsError
from mailer.model.audience import Contact, Role, Subscription
from mailer.model.register import Registers
from mailer.source.formulas import guarded, unguarded

HEAD = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions"

days = st.none() | st.dates(date(1970, 1, 1), date(2100, 1, 1))
slugs = st.from_regex(r"[a-z0-9]{1,5}([-_][a-z0-9]{1,5}){0,2}", fullmatch=True)
words = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=30
).map(str.strip)
"""What may stand in a cell; blanks at its ends are nobody's wish."""
remarks = words.map(lambda text: text.replace("{", "(").replace("}", ")").strip())
formulas = st.builds(
    "{}{}".format, st.sampled_from(["=1+1", "+49 228", "-", "@x", "'=a", '"=b', "＝c"]), words
)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[date | None, date | None]:
    start, end = draw(days), draw(days)
    return (end, start) if start and end and end < start else (start, end)


@st.composite
def some_role(draw: st.DrawFn) -> Role:
    start, end = draw(ranges())
    return Role(
        name=draw(slugs),
        subject=draw(st.just("") | slugs),
        start=start,
        end=end,
        alternate=draw(st.booleans()),
        letter=draw(remarks),
    )


@st.composite
def some_subscription(draw: st.DrawFn) -> Subscription:
    start, end = draw(ranges())
    return Subscription(list=draw(slugs), start=start, end=end, source=draw(remarks))


@st.composite
def some_contact(draw: st.DrawFn, number: int = 0) -> Contact:
    text = words | formulas.map(str.strip)
    return Contact(
        email=draw(
            st.sampled_from(["Some.Body{}@example.org", "+a{}@example.org", "'=b{}@example.com"])
        ).format(number),
        address="",
        other_emails=tuple(f"second{number}.{n}@example.org" for n in range(draw(st.integers(0, 2)))),
        title=draw(text),
        given_name=draw(text),
        family_name=f"{draw(text)} {number}".strip(),
        salutation=draw(text),
        language=draw(st.sampled_from([None, "en", "zh-Hant"])),
        country=draw(st.sampled_from([None, "KZ", "NO"])),
        organization=draw(text),
        roles=tuple(draw(st.lists(some_role(), max_size=3))),
        subscriptions=tuple(draw(st.lists(some_subscription(), max_size=3))),
        messages=draw(st.sampled_from([("newsletter", "notice"), ("notice",), ("newsletter",), ()])),
        since=draw(days),
        note=draw(text),
    )


@st.composite
def some_people(draw: st.DrawFn) -> tuple[Contact, ...]:
    people = (draw(some_contact(number)) for number in range(draw(st.integers(0, 4))))
    return tuple(replace(contact, address=contact.email.lower()) for contact in people)


def read(path: Path) -> tuple[Contact, ...]:
    return read_contacts(path, path.parent, Registers())


@given(some_people())
@settings(max_examples=60, deadline=None)
def test_people_are_written_and_read_back_the_same_and_no_cell_can_run_in_a_spreadsheet(
    tmp_path_factory: pytest.TempPathFactory, people: tuple[Contact, ...]
) -> None:
    path = tmp_path_factory.mktemp("people") / "contacts.csv"
    half = people[: len(people) // 2]
    for written in (half, people[::-1], people):
        write_contacts(path, written)
        assert read(path) == written
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [
            cell for cell in cells if cell.lstrip("\"' ")[:1] in ("=", "+", "-", "@") and cell[0] != "'"
        ]


@given(words | formulas)
def test_a_guarded_text_comes_back_whatever_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.lists(some_role(), max_size=4))
@settings(max_examples=60)
def test_roles_with_letters_and_alternates_are_written_and_read_back_the_same(roles: list[Role]) -> None:
    assert parse_roles(write_roles(roles)) == tuple(roles)


@given(st.lists(some_subscription(), max_size=4))
@settings(max_examples=60)
def test_subscriptions_are_written_and_read_back_the_same(subscriptions: list[Subscription]) -> None:
    assert parse_subscriptions(write_subscriptions(subscriptions)) == tuple(subscriptions)


@given(st.text(st.sampled_from("ab-1:.;{}[] \t2016-01-02alternate"), max_size=60))
@settings(max_examples=300)
def test_any_cell_is_entries_or_refused_in_words(cell: str) -> None:
    for parse in (parse_roles, parse_subscriptions):
        with suppress(EntryError):
            assert all(entry.start is None or isinstance(entry.start, date) for entry in parse(cell))


def test_roles_say_who_stands_in_and_by_which_letter() -> None:
    assert parse_roles(
        "national-focal-point:cms 2016-02-01.. alternate {MoE 2016/4; annex}; press alternate;chair{L 1}"
    ) == (
        Role(
            name="national-focal-point",
            subject="cms",
            start=date(2016, 2, 1),
            alternate=True,
            letter="MoE 2016/4; annex",
        ),
        Role(name="press", alternate=True),
        Role(name="chair", letter="L 1"),
    )


def test_subscriptions_say_since_when_and_where_it_is_known_from() -> None:
    (first, second) = parse_subscriptions(
        "cami-newsletter 2015-03-01.. {web form}; cms-bulletin ..2016-06-30"
    )
    assert first == Subscription(list="cami-newsletter", start=date(2015, 3, 1), source="web form")
    assert not first.holds_on(date(2015, 2, 28))
    assert second.holds_on(date(2016, 6, 30))
    assert not second.holds_on(date(2016, 7, 1))


@pytest.mark.parametrize(
    "cell",
    [
        "Big News",
        "a b",
        "a 2016-02-30..",
        "a 2017-01-01..2016-01-01",
        "a {x",
        "a x}",
        "a {x} {y}",
        "{x}",
        "a 2016",
    ],
)
def test_subscriptions_written_otherwise_are_refused_in_words(cell: str) -> None:
    with pytest.raises(SubscriptionsError):
        parse_subscriptions(cell)


# The file around them


def test_rows_that_say_the_same_stay_as_a_person_wrote_them(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(
        "\ufeffFamily_Name, EMAIL,roles\r\n"
        '"One", one@EXAMPLE.org ,press [2016-01-01..]\r\n'
        "\r\n"
        "Two,two@example.org,\r\n"
        "Three,three@example.org,press\r\n".encode()
    )
    one, two, three = read(path)
    write_contacts(path, [three, one, replace(two, family_name="Zwei, Dr.", other_emails=("2@example.org",))])
    assert path.read_bytes().decode() == (
        "\ufefffamily_name,email,roles,other_emails\r\n"
        "Three,three@example.org,press,\r\n"
        '"One", one@EXAMPLE.org ,press [2016-01-01..],\r\n'
        '"Zwei, Dr.",two@example.org,,2@example.org\r\n'
    )


def test_a_file_in_which_nothing_changed_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "recipients" / "contacts.csv"
    path = tmp_path / "contacts.csv"
    path.write_bytes(sample.read_bytes())
    write_contacts(path, read(path))
    assert path.read_bytes() == sample.read_bytes()


def test_a_new_file_has_the_usual_columns_and_those_that_somebody_needs(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    write_contacts(path, [])
    assert path.read_text() == HEAD + "\n"
    path.unlink()
    write_contacts(path, [Contact(email="a@example.org", address="a@example.org", note="=1+1")])
    assert path.read_text() == f"{HEAD},note\na@example.org,,,,,,,,,,'=1+1\n"


def test_a_file_that_cannot_be_read_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("email,shoe_size\na@example.org,44\n")
    with pytest.raises(ProblemsError, match="shoe_size"):
        write_contacts(path, [Contact(email="a@example.org", address="a@example.org")])
    assert "44" in path.read_text()


@pytest.mark.parametrize(
    "change",
    [
        {"given_name": "a\nb"},
        {"email": "nobody"},
        {"address": "somebody.else@example.org"},
        {"language": "english"},
        {"note": " blank "},
        {"roles": (Role(name="press", letter="{"),)},
        {"other_emails": ("a@example.org",)},
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("email\na@example.org\n")
    (contact,) = read(path)
    with pytest.raises(MailerError):
        write_contacts(path, [replace(contact, **change)])  # type: ignore[arg-type]
    assert path.read_text() == "email\na@example.org\n"


def test_every_column_has_its_cell() -> None:
    cells = contact_cells(Contact(email="A@example.org", address="a@example.org", messages=("notice",)))
    assert cells["email"] == "A@example.org"
    assert cells["messages"] == "notice"
    assert len(cells) == 14
