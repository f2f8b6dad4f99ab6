"""A list as offices really keep them: merged, struck out, hidden, with remarks; each understood or reported."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule
from openpyxl.styles import Font, PatternFill

from mailer.audience.exchange import Choices, read_list
from mailer.errors import UsageError
from mailer.model.audience import Role
from tests.audience.lists import MEANINGS, against, cells, content, person, read, refused, told, xlsx

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STRUCK = Font(strike=True)
NEWER_RULE = """\
<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"
 xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>
<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">
<x14:cfRule type="expression" priority="1" id="{{0}}"><xm:f>Old!$A$1=1</xm:f>
<x14:dxf><font><strike/></font></x14:dxf></x14:cfRule><xm:sqref>{}</xm:sqref></x14:conditionalFormatting>
</x14:conditionalFormattings></ext></extLst>"""
HOLDER = Role(name="national-focal-point", subject="cms")


def real_list() -> Workbook:
    book = xlsx(
        ["CMS National Focal Points, status of December 2016"],
        [],
        ["No.", "Pays", "Nom", "Courriel", "Téléphone", "Rôle", "Depuis"],
        [1, "Kazakhstan", "Dr. Aigerim SADYKOVA", "aigerim@example.org", "+7", "NFP", date(2016, 1, 5)],
        [2, None, "Erlan Nurgaliev", "erlan@example.org; e.n@example.com", None, None, None],
        ["updated in March"],
        [3, "Монголия", "Dorj, Bat-Erdene", "bat@example.org", None, "Press", "19.12.2016"],
        [4, "Tajikistan", "Old Person", "old@example.org"],
        [5, "Tajikistan", "Hidden Person", "hidden@example.org"],
        [6, "Norway", "Anna / Boris", "anna@example.org, boris@example.org"],
        [7, "Norway", "Asel Toktogulova", None],
        [8, "Norway", '=CONCATENATE("A","B")', "formula@example.org"],
        [9, "Norway", "Maya Gurung", None],
        ["No.", "Pays", "Nom", "Courriel", "Téléphone", "Rôle", "Depuis"],
        [],
        [10, "Norway", "Ola Nordmann", "ola@example.org", None, "Press"],
    )
    sheet = book["List"]
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("B4:B5")
    for cell in sheet[8]:
        cell.font = STRUCK
    sheet.row_dimensions[9].hidden = True
    sheet["D13"] = CellRichText(
        TextBlock(InlineFont(strike=True), "maya.old@example.org"), " maya@example.org"
    )
    sheet["F16"].font = STRUCK
    old = book.create_sheet("Old")
    old.append(["Email"])
    old.append(["x@example.org"])
    old.sheet_state = "hidden"
    return book


def test_the_living_are_taken_and_nobody_else(tmp_path: Path) -> None:
    listing = read(tmp_path, real_list())
    assert listing.head is not None
    assert listing.head.row == 3
    assert listing.head.ignored == ("No.", "Téléphone")
    assert cells(listing) == [
        {
            "country": "KZ",
            "title": "Dr.",
            "given_name": "Aigerim",
            "family_name": "Sadykova",
            "email": "aigerim@example.org",
            "roles": "national-focal-point",
            "since": "2016-01-05",
        },
        {
            "country": "KZ",
            "given_name": "Erlan",
            "family_name": "Nurgaliev",
            "email": "erlan@example.org",
            "other_emails": "e.n@example.com",
        },
        {
            "country": "MN",
            "given_name": "Bat-Erdene",
            "family_name": "Dorj",
            "email": "bat@example.org",
            "roles": "press",
            "since": "2016-12-19",
        },
        {"country": "NO", "given_name": "Maya", "family_name": "Gurung", "email": "maya@example.org"},
        {"country": "NO", "given_name": "Ola", "family_name": "Nordmann", "email": "ola@example.org"},
    ]


def test_whatever_was_not_taken_is_told_with_its_row(tmp_path: Path) -> None:
    listing = read(tmp_path, real_list())
    assert [str(one) for one in listing.people.left] == [
        'row 8 is struck out: "4 · Tajikistan · Old Person · old@example.org"',
        'row 9 is hidden: "5 · Tajikistan · Hidden Person · hidden@example.org"',
    ]
    words = told(listing)
    for expected in (
        'the sheet "Old" is hidden: nothing in it was read.',
        'row 4: "Kazakhstan" is one cell over B4:B5: taken for each of these rows.',
        "row 5: erlan@example.org is the address; e.n@example.com another of the same person.",
        'row 13: email: "maya.old@example.org" is struck out, and was not taken.',
        'row 16: roles: "Press" is struck out, and was not taken.',
        'row 1: "CMS National Focal Points, status of December 2016" stands above the headings.',
        'row 6: "updated in March" is a remark, and nobody.',
    ):
        assert expected in words
    assert refused(listing) == [
        'row 10: email: has two addresses ("anna@example.org, boris@example.org") and two names. '
        "Give each person a row of their own.",
        "row 11: email: has no address. Mend the cell, or take the row out.",
        "row 12: full name: C12 is a formula. Put the value itself there (copy, paste as values).",
    ]


def test_who_is_struck_out_or_hidden_is_asked_about_when_they_are_ours(tmp_path: Path) -> None:
    ours = [
        person("old@example.org", family_name="Person", roles=(HOLDER,)),
        person("hidden@example.org", family_name="Person", roles=(HOLDER,)),
        person("formula@example.org", family_name="Case", roles=(HOLDER,)),
    ]
    found = against(tmp_path, real_list(), ours)
    assert [(gone.contact.email, gone.why, gone.asks) for gone in found.gone] == [
        ("old@example.org", "struck out in row 8", True),
        ("hidden@example.org", "hidden in row 9", True),
    ]
    assert found.result[:3] == tuple(ours)


def test_struck_words_in_a_shared_string_are_seen_too(tmp_path: Path) -> None:
    """Excel keeps texts in a table beside the sheets; openpyxl writes them into the sheet."""
    plain = content(xlsx(["Email"], ["PLACE"]))
    out = BytesIO()
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1"><si>'
        "<r><rPr><strike/></rPr><t>left@example.org</t></r><r><t> here@example.org</t></r></si></sst>"
    )
    with zipfile.ZipFile(BytesIO(plain)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b't="inlineStr"><is><t>PLACE</t></is>', b't="s"><v>0</v>')
            if name == "xl/_rels/workbook.xml.rels":
                relation = f'<Relationship Id="rIdS" Type="{KIND}" Target="/xl/sharedStrings.xml"/>'
                data = data.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
            if name == "[Content_Types].xml":
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}"/>'
                data = data.replace(b"</Types>", part.encode() + b"</Types>")
            new.writestr(name, data)
        new.writestr("xl/sharedStrings.xml", shared)
    (tmp_path / "shared.xlsx").write_bytes(out.getvalue())
    listing = read_list(tmp_path / "shared.xlsx", Choices(), MEANINGS, ())
    assert cells(listing) == [{"email": "here@example.org"}]
    assert '"left@example.org" is struck out' in told(listing)


ROWS = (
    ["Email", "Name", "Status"],
    ["ann@example.org", "Ann Lee", "left"],
    ["bo@example.org", "Bo Kim", ""],
    ["cy@example.org", "Cy Roe", "left"],
)


@pytest.mark.parametrize(
    ("cells_ruled", "rows"),
    [
        ("A2:C4", [2, 3, 4]),
        ("A1:C1048576", [2, 3, 4]),
        ("$A$3:$C$3", [3]),
        ("B3", [3]),
        ("A2 C4:C9 A4", [2, 4]),
        ("D2:F4", []),
        ("A9:C20", []),
    ],
)
def test_a_row_that_a_rule_of_the_sheet_may_strike_out_is_not_taken(
    tmp_path: Path, cells_ruled: str, rows: list[int]
) -> None:
    """Whether the rule holds is a formula's affair: somebody must look."""
    book = xlsx(*ROWS)
    book["List"].conditional_formatting.add(cells_ruled, FormulaRule(formula=['$C2="left"'], font=STRUCK))
    listing = read(tmp_path, book)
    assert refused(listing) == [
        f"row {row}: may be struck out by a rule of the sheet (conditional formatting). "
        f"Look at row {row}, and remove the rule or the row."
        for row in rows
    ]
    assert len(cells(listing)) == 3 - len(rows)


def test_who_is_ours_and_may_be_struck_out_stays_as_they_are(tmp_path: Path) -> None:
    book = xlsx(*ROWS)
    book["List"].conditional_formatting.add(
        "A2:A2", CellIsRule(operator="equal", formula=['"x"'], font=STRUCK)
    )
    ours = [person("ann@example.org", family_name="Lee", roles=(HOLDER,))]
    found = against(tmp_path, book, ours)
    assert (found.gone, found.changed, found.result[0]) == ((), (), ours[0])


def test_rules_that_only_colour_are_of_no_account(tmp_path: Path) -> None:
    book = xlsx(*ROWS)
    sheet = book["List"]
    red = FormulaRule(formula=["TRUE"], font=Font(color="FF0000", strike=False), fill=PatternFill("solid"))
    sheet.conditional_formatting.add("A2:C4", red)
    sheet.conditional_formatting.add("A2:C4", ColorScaleRule(start_type="min", end_type="max"))
    sheet.conditional_formatting.add("Z1", FormulaRule(formula=["TRUE"], font=STRUCK))
    listing = read(tmp_path, book)
    assert (refused(listing), len(cells(listing))) == ([], 3)


@pytest.mark.parametrize(("cells_ruled", "rows"), [("A:C", [2, 3, 4]), ("3:3", [3]), ("C2 B4", [2, 4])])
@pytest.mark.parametrize("newer", [False, True])
def test_rules_of_whole_columns_and_in_the_newer_form_count_too(
    tmp_path: Path, cells_ruled: str, rows: list[int], newer: bool
) -> None:
    """As Excel writes them, and openpyxl does not."""
    book = xlsx(*ROWS)
    book["List"].conditional_formatting.add("A77", FormulaRule(formula=["TRUE"], font=STRUCK))
    rule = NEWER_RULE.format(cells_ruled) if newer else ""
    ruled = cells_ruled if not newer else "A77"
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content(book))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b'sqref="A77"' in data
                data = data.replace(b'sqref="A77"', f'sqref="{ruled}"'.encode())
                data = data.replace(b"</worksheet>", f"{rule}</worksheet>".encode())
            new.writestr(name, data)
    (tmp_path / "ruled.xlsx").write_bytes(out.getvalue())
    listing = read_list(tmp_path / "ruled.xlsx", Choices(), MEANINGS, ())
    assert [one.rows for one in listing.people.refused] == [(row,) for row in rows]


def test_half_an_address_struck_out_is_no_address(tmp_path: Path) -> None:
    book = xlsx(["Email", "Country"], ["PLACE", "KZ"])
    book["List"]["A2"] = CellRichText("ann", TextBlock(InlineFont(strike=True), "@example.org"))
    assert refused(read(tmp_path, book)) == [
        'row 2: email: "ann" is not an address. Mend the cell, or take the row out.'
    ]


def test_a_hidden_column_is_not_read(tmp_path: Path) -> None:
    book = xlsx(["Email", "Country", "Role"], ["a@example.org", "KZ", "Press"])
    book["List"].column_dimensions["B"].hidden = True
    listing = read(tmp_path, book)
    assert cells(listing) == [{"email": "a@example.org", "roles": "press"}]
    assert 'the column B "Country" is hidden: nothing in it was read.' in told(listing)


def test_columns_hidden_as_a_block_are_not_read_either(tmp_path: Path) -> None:
    book = xlsx(["Email", "Country", "Role"], ["a@example.org", "KZ", "Press"])
    book["List"].column_dimensions.group("B", "C", hidden=True)
    assert cells(read(tmp_path, book)) == [{"email": "a@example.org"}]


@pytest.mark.parametrize("height", ['ht="0" customHeight="1"', 'ht="0.75"', 'ht="0.0"', 'customHeight="1"'])
def test_a_row_of_no_height_is_hidden(tmp_path: Path, height: str) -> None:
    book = content(xlsx(["Email"], ["a@example.org"], ["b@example.org"]))
    flat = with_parts(book, "sheet1", b'<row r="2">', f'<row r="2" {height}>'.encode())
    (tmp_path / "flat.xlsx").write_bytes(flat)
    listing = read_list(tmp_path / "flat.xlsx", Choices(), MEANINGS, ())
    assert cells(listing) == [{"email": "b@example.org"}]
    assert [str(left) for left in listing.people.left] == ['row 2 is hidden: "a@example.org"']


def test_a_row_whose_height_a_program_set_to_0_is_hidden(tmp_path: Path) -> None:
    book = xlsx(["Email"], ["a@example.org"], ["b@example.org"])
    book["List"].row_dimensions[2].height = 0
    book["List"].row_dimensions[3].height = 8
    assert cells(read(tmp_path, book)) == [{"email": "b@example.org"}]


def with_parts(book: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as given, zipfile.ZipFile(out, "w") as changed:
        for name in given.namelist():
            data = given.read(name)
            changed.writestr(name, data.replace(old, new) if part in name else data)
    return out.getvalue()


def test_several_sheets_with_addresses_are_asked_about(tmp_path: Path) -> None:
    book = xlsx(["Email"], ["a@example.org"], name="Asia")
    other = book.create_sheet("Europe")
    other.append(["Email"])
    other.append(["b@example.org"])
    book.create_sheet("Notes").append(["nothing here"])
    with pytest.raises(UsageError, match='several sheets with addresses: "Asia", "Europe"'):
        read(tmp_path, book)
    assert cells(read(tmp_path, book, sheet="Europe")) == [{"email": "b@example.org"}]
    with pytest.raises(UsageError, match='no visible sheet "Afrika"'):
        read(tmp_path, book, sheet="Afrika")


def test_a_country_as_a_heading_between_rows_is_told_and_not_carried(tmp_path: Path) -> None:
    listing = read(tmp_path, xlsx(["Name", "Email"], ["Kazakhstan"], ["Ann Lee", "a@example.org"]))
    assert "country" not in cells(listing)[0]
    assert "It is a country's name: give the list a country column" in told(listing)


def test_numbers_and_truth_values_are_text(tmp_path: Path) -> None:
    book = xlsx(["Email", "Organization", "Note"], ["a@example.org", 42, True])
    assert cells(read(tmp_path, book)) == [{"email": "a@example.org", "organization": "42", "note": "TRUE"}]


def test_a_name_before_an_address_is_left_out_and_told(tmp_path: Path) -> None:
    listing = read(tmp_path, xlsx(["Email"], ['"Lee, Ann" <a@example.org>'], ["mailto:b@example.org"]))
    assert [one["email"] for one in cells(listing)] == ["a@example.org", "b@example.org"]
    assert "row 2" in told(listing)


def test_the_same_person_twice_is_joined_where_the_rows_agree(tmp_path: Path) -> None:
    book = xlsx(
        ["Email", "Full name", "Country", "Role"],
        ["a@example.org", "Lee, Ann", "KZ", "Press"],
        ["A@example.org", "Lee, Ann", None, "NFP"],
        ["b@example.org", "Lee, Bo", "KZ", None],
        ["b@example.org", "Lee, Bo", "UZ", None],
    )
    listing = read(tmp_path, book)
    assert cells(listing) == [
        {
            "email": "a@example.org",
            "given_name": "Ann",
            "family_name": "Lee",
            "country": "KZ",
            "roles": "press; national-focal-point",
        }
    ]
    assert listing.people.found[0].rows == (2, 3)
    assert "a@example.org is in rows 2 and 3, which agree: joined." in told(listing)
    assert refused(listing) == [
        'rows 4 and 5: country: b@example.org stands in rows 4 and 5, with "KZ" and "UZ". '
        "Keep one row, or let both say the same."
    ]


def test_two_people_may_share_a_mailbox(tmp_path: Path) -> None:
    book = xlsx(["Email", "Full name"], ["office@example.org", "Lee, Ann"], ["office@example.org", "Kim, Bo"])
    found = against(tmp_path, book)
    assert [added.contact.name for added in found.added] == ["Ann Lee", "Bo Kim"]
    assert "office@example.org is in rows 2 and 3 under different names: taken for a shared mailbox." in told(
        found
    )


def test_beside_two_names_a_nameless_row_is_refused(tmp_path: Path) -> None:
    book = xlsx(
        ["Email", "Full name"],
        ["office@example.org", "Lee, Ann"],
        ["office@example.org", "Kim, Bo"],
        ["office@example.org", None],
    )
    found = against(tmp_path, book)
    assert len(found.added) + len(found.refused) == 3
    assert found.refused
