"""Reading contacts: people as values, or every problem of the file with its row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import AddressError, normalise, read_contacts
from mailer.audience.roles import RolesError, parse_roles, write_roles
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.audience import Contact, Role, Subscription
from mailer.model.register import Country, Registers

HEAD = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
REGISTERS = Registers(
    {
        "KZ": Country(iso2="KZ", iso3="KAZ", names={"en": "Kazakhstan", "ru": "Казахстан"}),
        "NO": Country(iso2="NO", iso3="NOR", names={"en": "Norway"}),
    }
)


def read(tmp_path: Path, content: str | bytes) -> tuple[Contact, ...]:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_contacts(path, tmp_path, REGISTERS)


def problems(tmp_path: Path, content: str | bytes) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, content)
    return list(caught.value.problems)


def test_people_are_read_in_order_with_their_rows(tmp_path: Path) -> None:
    first, second = read(
        tmp_path,
        "\ufeff" + HEAD + 'Aigul@EXAMPLE.org,Ms.,Aigül,"O, Brien",,ru,KZ,"Ministry, Dept","press;'
        ' national-focal-point:cms 2015-01-01..2016-06-30",cami-newsletter; other\n\n'
        "b@example.com,,,,,,,,,\n",
    )
    assert (first.email, first.address, first.row) == ("Aigul@EXAMPLE.org", "aigul@example.org", 2)
    assert (first.name, first.organization) == ("Aigül O, Brien", "Ministry, Dept")
    assert first.roles == (
        Role(name="press"),
        Role(name="national-focal-point", subject="cms", start=date(2015, 1, 1), end=date(2016, 6, 30)),
    )
    assert first.subscriptions == (Subscription(list="cami-newsletter"), Subscription(list="other"))
    assert (second.row, second.country, second.language, second.roles) == (4, None, None, ())


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_sign_that_turns_the_direction_of_a_name_is_told_with_row_and_column(
    tmp_path: Path, sign: str
) -> None:
    (problem,) = problems(tmp_path, f"email,given_name\na@example.org,Ann\nb@example.org,B{sign}oris\n")
    assert (problem.line, problem.field) == (3, "given_name")
    assert problem.message == "holds an unseen sign that turns the direction of the text."
    assert problem.hint == "Type the cell anew."


def test_the_marks_that_stand_in_arabic_names_are_let_be(tmp_path: Path) -> None:
    (contact,) = read(tmp_path, "email,given_name\na@example.org,علي\u200f \u200eX\n")
    assert contact.given_name == "علي\u200f \u200eX"


def test_no_is_norway(tmp_path: Path) -> None:
    assert read(tmp_path, "email,country\na@example.org,NO\n")[0].country == "NO"


def test_columns_may_stand_in_any_order_and_be_left_out(tmp_path: Path) -> None:
    (contact,) = read(tmp_path, "Family_Name, EMAIL\r\nX,a@example.org\r\n")
    assert (contact.family_name, contact.address) == ("X", "a@example.org")


def test_every_problem_comes_at_once_with_its_row(tmp_path: Path) -> None:
    rows = [
        "a@example.org,,,,,en,KZ,,,",
        "a@EXAMPLE.org,,,,,en,KZ,,,",
        "not-an-address,,,,,en,KZ,,,",
        "c@example.org,,,,,english,KZ,,,",
        "d@example.org,,,,,kz,KZ,,,",
        "e@example.org,,,,,en,Kazakstan,,,",
        "f@example.org,,,,,en,XX,,,",
        "g@example.org,,,,,en,KZ,,press 2016-02-30..,",
        "h@example.org,,,,,en,KZ,,press 2017-01-01..2016-01-01,",
        "i@example.org,,,,,en,KZ,,,Big News",
        "j@example.org,,short",
        'k@example.org,,"Jo\nhn",,,en,KZ,,,',
        "l@example.org,,J\x00ohn,,,en,KZ,,,",
        f"m@example.org,,{'x' * 200},,,en,KZ,,,",
        "n@server.invalid,,,,,xx,,,,",
    ]
    found = problems(tmp_path, HEAD + "\n".join(rows) + "\n")
    assert [(problem.line, problem.field) for problem in found] == [
        (3, "email"),
        (4, "email"),
        (5, "language"),
        (6, "language"),
        (7, "country"),
        (8, "country"),
        (9, "roles"),
        (10, "roles"),
        (11, "subscriptions"),
        (12, ""),
        (13, "given_name"),
        (15, "given_name"),
        (16, "given_name"),
        (17, "email"),
        (17, "language"),
    ]
    assert str(found[0]) == (
        'contacts.csv:3: email: "a@example.org" is in rows 2 and 3. Keep one of the two rows.'
    )
    assert found[4].hint == 'Did you mean "KZ"?'
    assert "line break" in found[10].message
    assert all(problem.hint for problem in found)


def test_only_the_first_two_hundred_problems_are_listed(tmp_path: Path) -> None:
    found = problems(tmp_path, "email\n" + "nobody\n" * 1000)
    assert len(found) == 201
    assert found[-1].message == "and 800 more problems."


@pytest.mark.parametrize(
    ("content", "words", "hint"),
    [
        ("e-mail,title\na@example.org,Ms.\n", '"e-mail" is not a column here.', 'Did you mean "email"?'),
        ("email,first_name\n", '"first_name" is not a column here.', '"given_name"'),
        ("email,zzz\n", '"zzz" is not a column here.', "Known: country, family_name"),
        ("title\nMs.\n", 'the column "email" is missing.', "email,title"),
        ("email,email\n", 'the column "email" is there twice.', "Keep one"),
        ("email;title\na@example.org;Ms.\n", "has semicolons between its columns.", "commas"),
        ("email\ttitle\n", "has tabs between its columns.", "commas"),
        ("", "is empty.", "Its first row is: email,title"),
        ("\n\n", 'the column "email" is missing.', "email,title"),
        ("email,\n", '"" is not a column here.', "Known: "),
        ('email\n"a@example.org\nb@example.org\n', "is not valid CSV", "quotes"),
        ('email\n"a"b@example.org\n', "is not valid CSV", "quotes"),
    ],
)
def test_a_wrong_form_is_told_with_the_way_out(tmp_path: Path, content: str, words: str, hint: str) -> None:
    found = problems(tmp_path, content)
    assert any(words in problem.message and hint in problem.hint for problem in found), found


@pytest.mark.parametrize(
    ("encoding", "text", "likely"),
    [
        ("cp1252", "Müller-Lüdenscheidt", "Windows-1252 (Western European)"),
        ("cp1251", "Айгуль Иванова", "Windows-1251 (Cyrillic)"),
        ("utf-16", "Aigul", "UTF-16"),
    ],
)
def test_a_wrong_encoding_is_named_with_its_row(
    tmp_path: Path, encoding: str, text: str, likely: str
) -> None:
    content = f"email,given_name\na@example.org,plain\nb@example.org,{text}\n"
    (problem,) = problems(tmp_path, content.encode(encoding))
    assert likely in problem.message
    assert problem.line == (1 if encoding == "utf-16" else 3)
    assert "UTF-8" in problem.hint


def test_an_unclosed_quote_over_much_text_is_no_traceback(tmp_path: Path) -> None:
    assert problems(tmp_path, 'email\n"' + "x" * 300_000)
    assert problems(tmp_path, "email\n" + "x" * 300_000 + "\n")


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match=r"contacts\.csv does not exist"):
        read_contacts(tmp_path / "contacts.csv", tmp_path, REGISTERS)


@pytest.mark.parametrize(
    ("given_", "known_as"),
    [
        ("A.b@EXAMPLE.Org", "a.b@example.org"),
        ("o'brien+x@sub.example.com", "o'brien+x@sub.example.com"),
        ("a@xn--bcher-kva.example.org", "a@bücher.example.org"),
        ("a@BÜCHER.example.org", "a@bücher.example.org"),
    ],
)
def test_addresses_have_one_form(given_: str, known_as: str) -> None:
    assert normalise(given_) == known_as


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@",
        "@example.org",
        "a@b",
        "a b@example.org",
        "A B <a@example.org>",
        "<a@example.org>",
        "a@example.org, b@example.org",
        "a@localhost",
        "a@x.localhost",
        "a@x.invalid",
        "a@x.test",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example..org",
        "a@example.org.",
        f"{'a' * 65}@example.org",
        f"a@{'x.' * 130}org",
        "a@example.org> SIZE=1",
        "a\r\n@example.org",
        "ü@example.org",
        "a@example.org\u2028",
    ],
)
def test_what_cannot_be_written_to_is_refused_in_words(email: str) -> None:
    with pytest.raises(AddressError) as caught:
        normalise(email)
    assert len(str(caught.value)) > 5


address_like = st.from_regex(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,12}@[a-zA-Z0-9.-]{1,20}\.(org|com|de|Info)", fullmatch=True
)


@given(address_like)
@settings(max_examples=200, deadline=None)
def test_the_quick_way_never_takes_what_the_full_test_refuses(email: str) -> None:
    try:
        quick = normalise(email)
    except AddressError:
        return
    found = validate_email(email, check_deliverability=False, strict=True, allow_smtputf8=False)
    assert quick == found.normalized.lower()


days = st.none() | st.dates(date(1970, 1, 1), date(2100, 1, 1))
slugs = st.from_regex(r"[a-z0-9]{1,5}([-_][a-z0-9]{1,5}){0,2}", fullmatch=True)


@st.composite
def some_role(draw: st.DrawFn) -> Role:
    start, end = draw(days), draw(days)
    if start and end and end < start:
        start, end = end, start
    return Role(name=draw(slugs), subject=draw(st.just("") | slugs), start=start, end=end)


@given(st.lists(some_role(), max_size=4))
def test_roles_are_written_and_read_back_the_same(roles: list[Role]) -> None:
    assert parse_roles(write_roles(roles)) == tuple(roles)


@pytest.mark.parametrize(
    "cell",
    [
        "Press",
        "press:",
        ":cms",
        "press:a:b",
        "press 2016",
        "press 2016-01-01",
        "press 1..2",
        "a b c",
        "press,x",
        "-",
    ],
)
def test_roles_written_otherwise_are_refused_in_words(cell: str) -> None:
    with pytest.raises(RolesError) as caught:
        parse_roles(cell)
    wrong = str(caught.value).split('"')[1]
    assert wrong
    assert wrong in cell


def test_days_may_stand_in_brackets_and_ends_may_be_open() -> None:
    assert parse_roles("press:x [2016-01-01..]; b ..2016-01-01 ;; c ..") == (
        Role(name="press", subject="x", start=date(2016, 1, 1)),
        Role(name="b", end=date(2016, 1, 1)),
        Role(name="c"),
    )


csv_like = st.lists(
    st.sampled_from(
        [
            HEAD,
            "email,roles\n",
            "a@example.org",
            "b@example.com",
            ",",
            ",",
            "\n",
            "\r\n",
            '"',
            ";",
            "press:cms 2016-01-01..",
            "é",
            "\x00",
            "\u2028",
            "KZ",
            "ru",
            "x" * 50,
            "\ufeff",
            "\t",
            "=1+1",
        ]
    ),
    max_size=30,
).map("".join)


@given(
    csv_like.map(str.encode)
    | csv_like.map(lambda text: HEAD.encode() + text.encode())
    | st.binary(max_size=200)
)
@settings(max_examples=200, deadline=None)
def test_any_file_is_people_or_problems(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        contacts = read(folder, content)
    except ProblemsError as error:
        told = error.problems
    else:
        told = ()
        assert len({(contact.address, contact.name) for contact in contacts}) == len(contacts)
    assert all(problem.file == "contacts.csv" and problem.message for problem in told)
