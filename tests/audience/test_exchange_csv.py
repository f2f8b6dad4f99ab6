"""Strangers' CSV files: whatever the encoding, delimiter and language, the same people."""

from __future__ import annotations

import csv
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.audience.exchange.bounds import kind_of
from mailer.audience.exchange.delimited import read_delimited
from mailer.audience.exchange.headings import field_of, is_heading
from mailer.errors import ProblemsError, UsageError
from tests.audience.lists import against, cells, person, read, refused, told

CYRILLIC = st.text("абвгдежзиклмнопрстуфхцчшщыьэюяё", min_size=2, max_size=9).map(str.capitalize)
WESTERN = st.builds(
    lambda start, accent, end: f"{start}{accent}{end}".capitalize(),
    st.text("bcdfglmnprst", min_size=1, max_size=5),
    st.sampled_from("àâçèéêëîïñóôöùûü"),
    st.text("aeioulmnrst", max_size=5),
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(rows: list[list[str]], delimiter: str) -> str:
    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def rows_read(content: bytes) -> list[list[str]]:
    assert kind_of(content, "list.csv") == "csv"
    grid = read_delimited(content, "list.csv", is_heading).grids[0]
    return [[cell.text for cell in line.cells] for line in grid.lines]


@FEW
@given(
    names=st.lists(CYRILLIC, min_size=2, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_russian_lists_read_the_same_in_every_encoding(
    names: list[str], encoding: str, delimiter: str
) -> None:
    rows = [["Фамилия", "Эл. почта", "Организация"]]
    rows += [[name, f"a{n}@example.org", f'Ведомство "{name}", отдел; 1'] for n, name in enumerate(names)]
    assert rows_read(written(rows, delimiter).encode(encoding)) == rows


@FEW
@given(
    names=st.lists(WESTERN, min_size=2, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_french_lists_read_the_same_in_every_encoding(
    names: list[str], encoding: str, delimiter: str
) -> None:
    rows = [["Nom de famille", "Courriel", "Pays"]]
    rows += [[name, f"a{n}@example.org", "Kazakhstan"] for n, name in enumerate(names)]
    assert rows_read(written(rows, delimiter).encode(encoding)) == rows


def test_a_guessed_encoding_is_told_with_a_word_to_look_at(tmp_path: Path) -> None:
    listing = read(tmp_path, "Фамилия;Эл. почта\nСадыкова;a@example.org\n".encode("cp1251"))
    assert listing.kind == "CSV, Windows-1251 (Cyrillic), semicolons"
    assert 'Windows-1251 (Cyrillic): it has "Фамилия"' in told(listing)
    assert cells(listing) == [{"email": "a@example.org", "family_name": "Садыкова"}]


def test_the_guess_can_be_overruled(tmp_path: Path) -> None:
    listing = read(tmp_path, "Email;Family name\na@example.org;ÉÈ\n".encode("cp1252"), encoding="cp1252")
    assert cells(listing)[0]["family_name"] == "ÉÈ"
    assert not told(listing)


def test_two_encodings_in_one_file_are_refused_with_the_rows(tmp_path: Path) -> None:
    content = "Email,Family name\na@example.org,Müller\n".encode() + "b@example.org,Çelik\n".encode("cp1252")
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, content)
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (
        3,
        "mixes encodings: UTF-8 in row 2, another one in row 3. Two lists have been put together.",
    )


def test_bytes_that_no_encoding_has_are_told_with_the_row(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, b"Email,Family name\na@example.org,M\xfcller\nb@example.org,\x81a\xfc\n")
    assert caught.value.problems[0].line == 3


def test_cut_off_utf_16_is_told_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="is not UTF-16 text all through"):
        read(tmp_path, "Email\na@example.org\n".encode("utf-16")[:-1])


def test_the_delimiter_that_a_file_names_itself_is_taken(tmp_path: Path) -> None:
    listing = read(tmp_path, "sep=|\r\nEmail|Country\r\na@example.org|Norway\r\n")
    assert cells(listing) == [{"email": "a@example.org", "country": "NO"}]
    assert listing.people.found[0].rows == (3,)


def test_commas_in_cells_do_not_hide_semicolons(tmp_path: Path) -> None:
    text = "Name;E-mail;Institution\n" + "".join(
        f"Ann Lee{n};a{n}@example.org;Ministry, Department, Unit\n" for n in range(9)
    )
    assert read(tmp_path, text).kind == "CSV, UTF-8, semicolons"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-mail", "email"),
        ("E-Mail Address *", "email"),
        ("Courriel", "email"),
        ("Correo electrónico", "email"),
        ("Эл. почта", "email"),
        ("E-Mail-Adresse", "email"),
        ("Email (work)", "email"),
        ("Country / Pays", "country"),
        ("Страна", "country"),
        ("PAÍS", "country"),
        ("Land", "country"),
        ("Фамилия", "family_name"),
        ("Prénom", "given_name"),
        ("Nachname", "family_name"),
        ("Apellidos", "family_name"),
        ("Full name", "full_name"),
        ("Ф.И.О.", "full_name"),
        ("Organisation", "organization"),
        ("Sprache", "language"),
        ("Téléphone", None),
        ("Address", None),
        ("Email / Phone", None),
    ],
)
def test_headings_are_known_in_many_languages(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Nom,Prénom,Courriel", {"family_name": "Lee", "given_name": "Ann"}),
        ("Name,Vorname,E-Mail", {"family_name": "Lee", "given_name": "Ann"}),
        ("Apellidos,Nombre,Correo", {"family_name": "Lee", "given_name": "Ann"}),
        ("Фамилия,Имя,Почта", {"family_name": "Lee", "given_name": "Ann"}),
    ],
)
def test_a_name_column_is_a_part_where_another_column_has_the_rest(
    tmp_path: Path, head: str, expected: dict[str, str]
) -> None:
    assert cells(read(tmp_path, f"{head}\nLee,Ann,a@example.org\n")) == [
        {"email": "a@example.org", **expected}
    ]


@pytest.mark.parametrize(
    ("whole", "parts", "guess"),
    [
        ("Aigerim Sadykova", ("", "Aigerim", "Sadykova"), True),
        ("Sadykova, Aigerim", ("", "Aigerim", "Sadykova"), False),
        ("Dr. Aigerim SADYKOVA", ("Dr.", "Aigerim", "Sadykova"), False),
        ("AL-SAMARAIE Layla", ("", "Layla", "Al-Samaraie"), False),
        ("Иванов Иван Иванович", ("", "Иван Иванович", "Иванов"), False),
        ("Иван Иванович Иванов", ("", "Иван Иванович", "Иванов"), False),
        ("Vincent van den Berg", ("", "Vincent", "van den Berg"), True),
        ("H.E. Mr. Bat Dorj", ("H.E. Mr.", "Bat", "Dorj"), True),
        ("Otgonbayar", ("", "", "Otgonbayar"), True),
    ],
)
def test_a_whole_name_is_split_with_care(
    tmp_path: Path, whole: str, parts: tuple[str, str, str], guess: bool
) -> None:
    listing = read(tmp_path, f'Full name;Email\n"{whole}";a@example.org\n')
    found = cells(listing)[0]
    assert tuple(found.get(name, "") for name in ("title", "given_name", "family_name")) == parts
    assert (f'"{whole}": given name' in told(listing)) is guess


def test_a_column_is_named_by_hand_where_its_heading_says_nothing(tmp_path: Path) -> None:
    text = "Ministry contact,Pays,Fax\na@example.org,Mongolie,1\n"
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert caught.value.hint == 'Say so: --map "Ministry contact=email".'
    listing = read(tmp_path, text, columns={"ministry CONTACT": "email"})
    assert cells(listing) == [{"email": "a@example.org", "country": "MN"}]
    assert listing.head is not None
    assert listing.head.ignored == ("Fax",)


def test_a_column_can_be_left_out_by_hand(tmp_path: Path) -> None:
    text = "Email,Role\na@example.org,Head of unit\n"
    assert refused(read(tmp_path, text))[0].startswith('row 2: roles: "Head of unit" is no role in use here')
    assert cells(read(tmp_path, text, columns={"Role": "ignore"})) == [{"email": "a@example.org"}]


def test_a_column_that_is_not_there_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='The list has no column "Fonction"'):
        read(tmp_path, "Email,Role\na@example.org,Press\n", columns={"Fonction": "roles"})


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("KZ", "KZ"),
        ("KZ – Kazakhstan", "KZ"),
        ("Казахстан", "KZ"),
        ("Kasachstan", "KZ"),
        ("la Mongolie", "MN"),
        ("Iran", "IR"),
        ("Islamic Republic of Iran", "IR"),
        ("Russia", "RU"),
        ("Russie", "RU"),
        ("Norwegen", "NO"),
        ("NO", "NO"),
        ("uzbekistan ", "UZ"),
    ],
)
def test_countries_are_known_by_code_and_by_name(tmp_path: Path, given: str, code: str) -> None:
    assert cells(read(tmp_path, f"Email;Country\na@example.org;{given}\n"))[0]["country"] == code


def test_a_country_that_is_none_is_refused_with_the_likely_one(tmp_path: Path) -> None:
    assert refused(read(tmp_path, "Email;Country\na@example.org;Kazakstan\n")) == [
        'row 2: country: "Kazakstan" is no country of the register. Did you mean KZ (Kazakhstan)?'
    ]


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("ru", "ru"),
        ("RU", "ru"),
        ("Russian", "ru"),
        ("Русский", "ru"),
        ("français", "fr"),
        ("zh-Hant", "zh-Hant"),
    ],
)
def test_languages_are_known_by_tag_and_by_name(tmp_path: Path, given: str, tag: str) -> None:
    assert cells(read(tmp_path, f"Email;Language\na@example.org;{given}\n"))[0]["language"] == tag


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        ("National Focal Point (CMS)", "national-focal-point:cms"),
        ("NFP", "national-focal-point"),
        ("Alternate National Focal Point (CMS)", "national-focal-point:cms alternate"),
        ("Point focal national; Press", "national-focal-point; press"),
        ("national-focal-point:cms 2016-02-01..", "national-focal-point:cms 2016-02-01.."),
    ],
)
def test_roles_are_known_by_readable_name(tmp_path: Path, given: str, cell: str) -> None:
    assert cells(read(tmp_path, f'Email,Role\na@example.org,"{given}"\n'))[0]["roles"] == cell


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2016-12-19", "2016-12-19"),
        ("19.12.2016", "2016-12-19"),
        ("03.04.2016", "2016-04-03"),
        ("19/12/2016", "2016-12-19"),
        ("12/19/2016", "2016-12-19"),
        ("04/04/2016", "2016-04-04"),
        ("19 December 2016", "2016-12-19"),
        ("December 19, 2016", "2016-12-19"),
        ("19 декабря 2016 г.", "2016-12-19"),
        ("1er août 2016", "2016-08-01"),
        ("19 de diciembre de 2016", "2016-12-19"),
        ("19. Dezember 2016", "2016-12-19"),
    ],
)
def test_days_are_read_in_several_orders(tmp_path: Path, given: str, day: str) -> None:
    assert cells(read(tmp_path, f'Email;Since\na@example.org;"{given}"\n'))[0]["since"] == day


@pytest.mark.parametrize(("days", "day"), [("day-first", "2016-04-03"), ("month-first", "2016-03-04")])
def test_a_day_that_may_be_two_is_refused_until_somebody_says_which(
    tmp_path: Path, days: str, day: str
) -> None:
    text = "Email;Since\na@example.org;03/04/2016\n"
    assert refused(read(tmp_path, text)) == [
        'row 2: since: "03/04/2016" may be 2016-04-03 or 2016-03-04. Say --day-first or --month-first.'
    ]
    assert cells(read(tmp_path, text, days=days))[0]["since"] == day


@pytest.mark.parametrize("given", ["31/02/2016", "42723", "3/4/16", "2016", "soon", "December 2016"])
def test_what_is_no_day_is_refused(tmp_path: Path, given: str) -> None:
    assert "since" in refused(read(tmp_path, f"Email;Since\na@example.org;{given}\n"))[0]


@given(text=st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    content = ("Email,Country\n" + text).encode("utf-8", "replace")
    with suppress(ProblemsError):
        assert read_delimited(content, "list.csv", is_heading).kind.startswith("CSV")


@given(content=st.binary(min_size=1, max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with suppress(ProblemsError):
        if kind_of(content, "x") == "csv":
            assert read_delimited(content, "list.csv", is_heading).kind.startswith("CSV")


@pytest.mark.parametrize("sign", list("=+-@"))
def test_a_guarded_cell_comes_back_as_it_was(tmp_path: Path, sign: str) -> None:
    found = against(tmp_path, f"Email,Organization\na@example.org,'{sign}SUM(1)\n", [person("b@example.org")])
    assert found.added[0].contact.organization == f"{sign}SUM(1)"


@pytest.mark.parametrize(
    "words", ["=HYPERLINK(1)", "=cmd|calc", "+cmd|calc", "-2+cmd|calc", "@SUM(1)", " =A1", "\uff1dA1"]
)
def test_a_formula_in_a_cell_is_nobodys_name(tmp_path: Path, words: str) -> None:
    listing = read(tmp_path, f"Email;Family name\na@example.org;{words}\nb@example.org;Lee\n")
    assert [one["email"] for one in cells(listing)] == ["b@example.org"]
    assert refused(listing) == [
        "row 2: family name: B2 is a formula. Put the value itself there (copy, paste as values)."
    ]


@pytest.mark.parametrize(
    "words", ["+7 (727) 123-45-67", "+43 1 26060 ext. 12", "-", "--", "- see above", "'=A1"]
)
def test_a_telephone_number_a_dash_or_guarded_text_is_no_formula(tmp_path: Path, words: str) -> None:
    listing = read(tmp_path, f"Email;Note\na@example.org;{words}\n")
    assert cells(listing)[0]["note"] == words.removeprefix("'")


def test_a_heading_that_says_so_puts_the_family_name_first(tmp_path: Path) -> None:
    listing = read(
        tmp_path, "Эл. почта;ФИО\na@example.org;Каримов Бек\nb@example.org;Анна Ивановна Петрова\n"
    )
    names = [(one["family_name"], one["given_name"]) for one in cells(listing)]
    assert names == [("Каримов", "Бек"), ("Петрова", "Анна Ивановна")]
    listing = read(tmp_path, "Эл. почта;Контактное лицо\na@example.org;Бек Каримов\n")
    assert cells(listing)[0]["family_name"] == "Каримов"


@pytest.mark.parametrize(
    "words", ["Иванова Анна, Сидоров Олег", "Lee Ann, Kim Bo, Oz Cy", "Dr. Ann Lee, Mr. Bo Kim"]
)
def test_two_people_in_one_cell_are_not_made_one(tmp_path: Path, words: str) -> None:
    listing = read(tmp_path, f"Email;Full name\na@example.org;{words}\n")
    assert not cells(listing)
    assert "may be two people. Give each a row of their own" in refused(listing)[0]


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("GARCÍA LÓPEZ, Ana María", "García López"),
        ("van der Berg, Jan Peter", "van der Berg"),
        ("Иванова Петрова, Анна Олеговна", "Иванова Петрова"),
        ("Smith, John B.", "Smith"),
    ],
)
def test_one_name_with_a_comma_is_one_person(tmp_path: Path, words: str, family: str) -> None:
    listing = read(tmp_path, f"Email;Full name\na@example.org;{words}\n")
    assert (cells(listing)[0]["family_name"].casefold(), refused(listing)) == (family.casefold(), [])
