"""Our workbook: what is exported, edited and imported comes back as it was, but for what was edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from mailer.audience.duplicates import duplicates
from mailer.audience.exchange import (
    Choices,
    Comparison,
    Terms,
    compare,
    contacts_csv,
    contacts_workbook,
    read_list,
)
from mailer.model.audience import Contact, Role, Subscription
from tests.audience.lists import DAY, MEANINGS, REGISTERS, person, refused, told

NFP = Role(name="national-focal-point", subject="cms", start=date(2015, 1, 1), letter="MoE 2015/1; annex")
LIST = Subscription(list="cami-newsletter", start=date(2015, 2, 1), source="web form")
OFFICE = (
    person(
        "Ann@example.org",
        title="Ms.",
        given_name="Ann",
        family_name="Lee",
        country="KZ",
        language="ru",
        roles=(NFP, Role(name="press", alternate=True)),
        subscriptions=(LIST, Subscription(list="cms-bulletin", end=date(2016, 1, 1))),
        since=date(2014, 5, 1),
        row=2,
    ),
    person(
        "office@example.org", given_name="Bo", family_name="Kim", messages=("notice",), roles=(NFP,), row=3
    ),
    person("office@example.org", given_name="Cy", family_name="Kim", roles=(Role(name="press"),), row=4),
)


def compared(content: bytes, standing: Sequence[Contact], folder: Path, name: str = "out.xlsx") -> Comparison:
    path = folder / name
    path.write_bytes(content)
    listing = read_list(path, Choices(), MEANINGS, standing)
    assert listing.whole
    return compare(standing, listing.people, Terms(REGISTERS, DAY, name, whole=True))


def edited(change: Callable[[Workbook], None], standing: Sequence[Contact] = OFFICE) -> bytes:
    book = load_workbook(BytesIO(contacts_workbook(standing, standing, REGISTERS, DAY)))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


WORDS = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="\u2028\u2029"), min_size=1, max_size=12
)
RISKY = st.sampled_from(
    [
        "=1+1",
        "Ann & Bo",
        "a/b; c",
        "+7 701",
        "-",
        "@home",
        "'=x",
        "_x0041_",
        "a  b",
        "г.\xa0Москва",
        '"q"',
        "TRUE",
        "007",
    ]
)
TEXT = st.one_of(st.just(""), WORDS, RISKY, st.lists(WORDS, max_size=3).map(" ".join))
REMARK = TEXT.map(lambda text: text.replace("{", "").replace("}", "").strip())
SLUGS = st.sampled_from(["national-focal-point", "press", "nfp", "x_1", "2016", "respondent-of-the-report"])
SUBJECTS = st.sampled_from(["", "cms", "CMS", "saiga", "snow-leopard", "Über", "a_b"])
DAYS = st.one_of(st.none(), st.dates(date(1890, 1, 1), date(2040, 1, 1)))


@st.composite
def spans(draw: Any) -> tuple[date | None, date | None]:
    start, end = draw(DAYS), draw(DAYS)
    return (end, start) if start and end and end < start else (start, end)


@st.composite
def people(draw: Any) -> list[Contact]:
    made = []
    for number in range(draw(st.integers(1, 4))):
        roles = []
        for _ in range(draw(st.integers(0, 3))):
            start, end = draw(spans())
            roles.append(
                Role(
                    name=draw(SLUGS),
                    subject=draw(SUBJECTS),
                    start=start,
                    end=end,
                    alternate=draw(st.booleans()),
                    letter=draw(REMARK),
                )
            )
        lists = []
        for name in draw(st.lists(st.sampled_from(["cami-newsletter", "b", "007"]), max_size=2)):
            start, end = draw(spans())
            lists.append(Subscription(list=name, start=start, end=end, source=draw(REMARK)))
        made.append(
            person(
                draw(st.sampled_from(["a", "=cmd", "+tag", "-x", "O'Brien", "'q"])) + f"{number}@example.org",
                title=draw(TEXT).strip(),
                given_name=draw(TEXT).strip(),
                family_name=f"F{number}",
                organization=draw(TEXT).strip(),
                note=draw(TEXT).strip(),
                salutation=draw(TEXT).strip(),
                language=draw(st.sampled_from([None, "ru", "zh-Hant", "kk"])),
                country=draw(st.sampled_from([None, "KZ", "NO"])),
                messages=draw(st.sampled_from([("newsletter", "notice"), ("newsletter",), ("notice",), ()])),
                other_emails=draw(
                    st.sampled_from([(), (f"other{number}@example.com", f"={number}@example.com")])
                ),
                roles=tuple(roles),
                subscriptions=tuple(lists),
                since=draw(DAYS),
                row=number + 2,
            )
        )
    return made


@settings(max_examples=25, deadline=None)
@given(contacts=people())
def test_export_and_import_change_nothing(
    contacts: list[Contact], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert not list(duplicates(contacts))
    folder = tmp_path_factory.mktemp("round")
    for content, name in (
        (contacts_workbook(contacts, contacts, REGISTERS, DAY), "out.xlsx"),
        (contacts_csv(contacts).encode("utf-8-sig"), "out.csv"),
    ):
        found = compared(content, contacts, folder, name)
        assert (found.refused, found.added, found.changed, found.gone) == ((), (), (), ())
        assert found.unchanged == tuple(contacts)


@settings(max_examples=8, deadline=None)
@given(contacts=people())
def test_a_spreadsheet_that_saves_it_again_changes_nothing(
    contacts: list[Contact], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = edited(lambda book: None, contacts)
    found = compared(content, contacts, tmp_path_factory.mktemp("round"))
    assert found.unchanged == tuple(contacts)


def test_the_workbook_is_made_for_people() -> None:
    book = load_workbook(BytesIO(contacts_workbook(OFFICE, OFFICE, REGISTERS, DAY)))
    assert book.sheetnames == ["Contacts", "Roles", "Subscriptions", "Read me", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    sheet = book["Contacts"]
    assert [cell.value for cell in sheet[1]][:3] == ["Email", "Other addresses", "Title"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:L4")
    assert sheet["H2"].value == "KZ – Kazakhstan"
    assert sheet["K2"].value.date() == date(2014, 5, 1)
    assert sheet["K2"].number_format == "yyyy-mm-dd"
    assert {str(one.sqref).partition(":")[0] for one in sheet.data_validations.dataValidation} == {
        "G2",
        "H2",
        "J2",
    }
    roles = book["Roles"]
    assert [cell.value for cell in roles[2]][:4] == [
        "Ann@example.org",
        "Ann Lee",
        "National Focal Point",
        "CMS",
    ]
    assert roles["E2"].value.date() == date(2015, 1, 1)
    assert roles["H2"].value == "MoE 2015/1; annex"
    assert len(roles.data_validations.dataValidation) == 3
    assert len(book["Subscriptions"].data_validations.dataValidation) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "'=1"])
def test_no_text_is_a_formula(text: str, tmp_path: Path) -> None:
    contacts = [replace(OFFICE[0], organization=text)]
    cell = load_workbook(BytesIO(contacts_workbook(contacts, contacts, REGISTERS, DAY)))["Contacts"]["I2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_the_columns_are_read_wherever_they_stand(tmp_path: Path) -> None:
    def move(book: Workbook) -> None:
        book["Roles"].insert_cols(1)
        book["Roles"]["A1"] = "Checked"

    assert compared(edited(move), OFFICE, tmp_path).unchanged == OFFICE


def test_rows_that_a_rule_of_the_sheet_may_strike_out_are_refused_and_those_people_left_alone(
    tmp_path: Path,
) -> None:
    def strike(book: Workbook) -> None:
        rule = FormulaRule(formula=["TRUE"], font=Font(strike=True))
        book["Contacts"].conditional_formatting.add("A1:L2", rule)
        book["Contacts"]["I2"] = "another ministry"
        book["Roles"].conditional_formatting.add("A4:B9", rule)
        book["Roles"]["H4"] = "another letter"

    found = compared(edited(strike), OFFICE, tmp_path)
    assert (found.changed, found.gone, found.result) == ((), (), OFFICE)
    doubted = [one for one in refused(found) if "may be struck out by a rule of the sheet" in one]
    assert [one.partition(":")[0] for one in doubted] == ["row 2", "Roles, row 4", "Roles, row 5"]


def test_edits_are_shown_field_by_field(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Contacts"]["H2"] = "UZ – Uzbekistan"
        book["Contacts"]["I3"] = "Agency"
        book["Roles"]["F2"] = date(2016, 6, 30)
        book["Roles"].append(["office@example.org", "Cy Kim", "Scientific Councillor", "CMS", "1.7.2016"])

    found = compared(edited(edit), OFFICE, tmp_path)
    assert [(e.old.name, [(c.field, c.old, c.new) for c in e.changes]) for e in found.changed] == [
        (
            "Ann Lee",
            [
                ("country", "KZ", "UZ"),
                (
                    "roles",
                    "national-focal-point:cms 2015-01-01.. {MoE 2015/1; annex}",
                    "national-focal-point:cms 2015-01-01..2016-06-30 {MoE 2015/1; annex}",
                ),
            ],
        ),
        ("Bo Kim", [("organization", "", "Agency")]),
        ("Cy Kim", [("roles", "", "scientific-councillor:cms 2016-07-01..")]),
    ]


def test_when_an_address_is_corrected_roles_follow_by_the_name(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Contacts"]["A2"] = "ann.lee@example.org"

    found = compared(edited(edit), OFFICE, tmp_path)
    (entry,) = found.changed
    assert [change.field for change in entry.changes] == ["email"]
    assert entry.new.roles == OFFICE[0].roles
    assert not found.gone


def test_whoever_is_new_gets_roles_from_the_other_sheet(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Contacts"].append(["new@example.org", None, "Mr.", "Dan", "Oz"])
        book["Roles"].append(["new@example.org", "", "Press"])
        book["Subscriptions"].append(["new@example.org", "", "cami-newsletter"])

    (added,) = compared(edited(edit), OFFICE, tmp_path).added
    assert added.contact.roles == (Role(name="press"),)
    assert added.contact.subscriptions == (
        Subscription(list="cami-newsletter", start=DAY, source="out.xlsx, 2016-12-19"),
    )


def test_a_role_row_of_nobody_is_refused(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Roles"].append(["who@example.org", "", "Press"])

    assert refused(compared(edited(edit), OFFICE, tmp_path)) == [
        'Roles, row 6: Email: "who@example.org" is nobody\'s address in the sheet Contacts. '
        "Add the person there, or correct the address."
    ]


def test_a_role_cell_that_is_wrong_leaves_the_person_as_they_are(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Roles"]["E2"] = "03/04/2016"
        book["Contacts"]["I2"] = "Agency"

    found = compared(edited(edit), OFFICE, tmp_path)
    assert refused(found)[0].startswith('Roles, row 2: "03/04/2016" may be')
    assert found.changed[0].new == replace(OFFICE[0], organization="Agency")


@pytest.mark.parametrize("how", ["hidden", "struck out"])
def test_role_rows_hidden_by_a_filter_or_struck_out_are_left_as_they_are(tmp_path: Path, how: str) -> None:
    def edit(book: Workbook) -> None:
        if how == "hidden":
            book["Roles"].row_dimensions[2].hidden = True
        else:
            for cell in book["Roles"][2]:
                cell.font = Font(strike=True)

    found = compared(edited(edit), OFFICE, tmp_path)
    assert found.unchanged == OFFICE
    assert f"Roles, row 2: is {how}: roles of Ann@example.org were left as they are." in told(found)


def test_people_hidden_by_a_filter_are_listed_and_stay(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Contacts"].row_dimensions[2].hidden = True

    found = compared(edited(edit), OFFICE, tmp_path)
    assert [str(left)[:17] for left in found.left] == ["row 2 is hidden: "]
    assert [gone.contact for gone in found.gone] == [OFFICE[0]]
    assert found.result == OFFICE


def test_a_deleted_subscription_stays_and_an_end_that_was_taken_out_too(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Subscriptions"]["E3"] = None
        book["Subscriptions"].delete_rows(2)

    found = compared(edited(edit), OFFICE, tmp_path)
    assert found.unchanged == OFFICE
    assert "the subscription to cami-newsletter is not in the file: it stays as it is." in told(found)
    assert "the subscription to cms-bulletin ended on 2016-01-01: nobody is subscribed again" in told(found)


def test_a_second_row_for_a_list_does_not_subscribe_again(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Subscriptions"].append(["Ann@example.org", "Ann Lee", "cms-bulletin", date(2016, 11, 1)])

    found = compared(edited(edit), OFFICE, tmp_path)
    assert found.unchanged == OFFICE
    assert "they have had cms-bulletin already" in told(found)


def test_an_end_that_was_written_in_ends_the_subscription(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Subscriptions"]["E2"] = date(2016, 12, 1)

    found = compared(edited(edit), OFFICE, tmp_path)
    assert not found.changed[0].new.subscribes_to("cami-newsletter", DAY)


def test_an_emptied_cell_is_empty_in_our_own_workbook(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["Contacts"]["C2"] = None

    (entry,) = compared(edited(edit), OFFICE, tmp_path).changed
    assert [(change.field, change.old, change.new) for change in entry.changes] == [("title", "Ms.", "")]


def test_without_its_sheets_of_roles_it_is_a_list_like_any_other(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        del book["Roles"]

    path = tmp_path / "list.xlsx"
    path.write_bytes(edited(edit))
    listing = read_list(path, Choices(sheet="Contacts"), MEANINGS, OFFICE)
    assert not listing.whole
    found = compare(OFFICE, listing.people, Terms(REGISTERS, DAY, "list.xlsx"))
    assert found.unchanged == OFFICE
