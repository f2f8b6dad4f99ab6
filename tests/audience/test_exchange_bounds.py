"""Files that are too large, of another kind, or made to harm: refused in words, before anything large is read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mailer.audience.exchange import Choices, read_list
from mailer.audience.exchange.sheets import read_workbook
from mailer.errors import MailerError, ProblemsError
from tests.audience.lists import MEANINGS, cells, content, read, refused, told, xlsx

GOOD = content(xlsx(["Email", "Country"], ["a@example.org", "KZ"]))


def reason(folder: Path, given: bytes, name: str = "list.xlsx") -> str:
    path = folder / name
    path.write_bytes(given)
    with pytest.raises(ProblemsError) as caught:
        read_list(path, Choices(), MEANINGS, ())
    (problem,) = caught.value.problems
    assert problem.hint
    return problem.message


def changed(change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The good workbook with its parts changed, and more of them."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return out.getvalue()


def with_rows(rows: bytes) -> bytes:
    return changed(
        lambda name, data: data.replace(b"<sheetData>", b"<sheetData>" + rows) if "sheet1" in name else data
    )


def test_rows_that_pack_too_well_are_refused_unread(tmp_path: Path) -> None:
    bomb = with_rows(b"<row></row>" * 400_000)
    assert len(bomb) < 76_000
    words = reason(tmp_path, bomb)
    assert words.startswith("would unpack to 4 MB from ")
    assert words.endswith("(xl/worksheets/sheet1.xml): it is refused unread.")


PROGRAM = """
import resource, sys
from pathlib import Path
from mailer.audience.exchange.sheets import read_workbook
from mailer.errors import ProblemsError
import openpyxl, lxml.etree
content = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_workbook(content, "list.xlsx")
except ProblemsError as error:
    print(error.problems[0].message)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_too_many_rows_are_counted_in_little_memory(tmp_path: Path) -> None:
    row = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a@example.org</t></is></c></row>'
    bomb = tmp_path / "list.xlsx"
    bomb.write_bytes(with_rows("".join(row.format(n=n) for n in range(1, 150_001)).encode()))
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(bomb)], capture_output=True, text=True, check=True, timeout=120
    )
    words, grown = ended.stdout.splitlines()
    assert words == 'has more than 100,000 rows in the sheet "List".'
    assert int(grown) < (60_000 if sys.platform == "linux" else 60_000_000)


@pytest.mark.parametrize("number", [300_001, 1_048_576, 99_999_999_999, 10**4_000])
def test_one_row_far_below_the_others_is_refused_before_the_gap_is_filled(
    tmp_path: Path, number: int
) -> None:
    row = f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>z@example.org</t></is></c></row>'
    far = changed(
        lambda name, data: (
            data.replace(b"</sheetData>", row.encode() + b"</sheetData>") if "sheet1" in name else data
        )
    )
    assert reason(tmp_path, far) == 'has more than 300,000 rows, most of them empty, in the sheet "List".'


def test_a_gap_within_bounds_costs_little(tmp_path: Path) -> None:
    row = b'<row r="300000"><c r="GR300000" t="inlineStr"><is><t>z@example.org</t></is></c></row>'
    far = changed(
        lambda name, data: data.replace(b"</sheetData>", row + b"</sheetData>") if "sheet1" in name else data
    )
    (grid,) = read_workbook(far, "list.xlsx").grids
    assert grid.lines[-1].number == 300_000
    assert sum(len(line.cells) for line in grid.lines) == 3 * 200


def test_rows_out_of_their_order_are_refused_and_not_passed_over(tmp_path: Path) -> None:
    assert reason(tmp_path, with_rows(b'<row r="2"><c r="A2"><v>1</v></c></row>')) == (
        'is damaged: the sheet "List" cannot be read.'
    )


def test_rows_without_a_number_are_hidden_under_the_one_they_have(tmp_path: Path) -> None:
    row = '<row{}><c t="inlineStr"><is><t>{}</t></is></c></row>'
    rows = row.format("", "Email") + "<row/>" + row.format(' hidden="1"', "b@example.org")
    rows += row.format("", "c@example.org")
    data = changed(
        lambda name, data: (
            re.sub(rb"<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode(), data)
            if "sheet1" in name
            else data
        )
    )
    (tmp_path / "list.xlsx").write_bytes(data)
    assert cells(read_list(tmp_path / "list.xlsx", Choices(), MEANINGS, ())) == [{"email": "c@example.org"}]


def test_a_merged_cell_over_the_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    book = xlsx(["Email"], ["a@example.org"])
    data = changed(
        lambda name, data: (
            data.replace(
                b"</sheetData>",
                b'</sheetData><mergeCells count="1"><mergeCell ref="C1:XFD1048576"/></mergeCells>',
            )
            if "sheet1" in name
            else data
        )
    )
    (tmp_path / "list.xlsx").write_bytes(data)
    assert cells(read_list(tmp_path / "list.xlsx", Choices(), MEANINGS, ())) == [
        {"email": "a@example.org", "country": "KZ"}
    ]
    assert book


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    book = xlsx(["Email", *(f"c{n}" for n in range(300))])
    assert reason(tmp_path, content(book)) == 'has more than 200 columns in the sheet "List".'


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("before", [b"", b"<!-- <a " + b"x" * 70_000 + b" -->"])
def test_a_doctype_is_refused_wherever_it_hides(tmp_path: Path, part: str, before: bytes) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

    def insert(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        body = data.partition(b"?>")[2] if data.startswith(b"<?xml") else data
        return b'<?xml version="1.0"?>' + before + laughs + body

    assert "DOCTYPE" in reason(tmp_path, changed(insert))


def test_a_csv_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.write(b"Email\n")
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(ProblemsError, match="is larger than 64 MB"):
            read_list(path, Choices(), MEANINGS, ())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (OLE, "is a workbook of the old kind (.xls)."),
        (OLE + "EncryptedPackage".encode("utf-16-le") + bytes(500), "is protected by a password."),
        (b"%PDF-1.7\n", "is a PDF."),
        (b"<html><table><tr><td>a@example.org", "is a web page, whatever its name ends in."),
        (b"BEGIN:VCARD\nVERSION:3.0\n", "is a set of address cards (vCard)."),
        (b"", "is empty."),
        (b"  \n ", "is empty."),
        (GOOD[:200], "is damaged: it cannot be unpacked."),
        (b"PK\x03\x04" + bytes(100), "is damaged: it cannot be unpacked."),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path: Path, given: bytes, words: str) -> None:
    assert reason(tmp_path, given) == words


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("xl/workbook.bin", "is a binary workbook (.xlsb)."),
        ("content.xml", "is an OpenDocument file."),
        ("readme.txt", "is an archive, and no workbook."),
    ],
)
def test_archives_of_other_kinds_are_named(tmp_path: Path, part: str, words: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, b"x")
    assert reason(tmp_path, out.getvalue()) == words


def test_a_strict_workbook_is_told_how_to_be_saved(tmp_path: Path) -> None:
    strict = changed(
        lambda name, data: data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
    )
    assert reason(tmp_path, strict) == "is a Strict Open XML workbook."


def test_macros_and_links_to_other_files_are_told_and_not_followed(tmp_path: Path) -> None:
    extra = {
        "xl/vbaProject.bin": b"Sub Auto_Open()",
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
    }
    path = tmp_path / "list.xlsm"
    path.write_bytes(changed(lambda name, data: data, extra))
    listing = read_list(path, Choices(), MEANINGS, ())
    assert cells(listing) == [{"email": "a@example.org", "country": "KZ"}]
    assert "has macros: they were not run." in told(listing)
    assert "has links to other files: they were not followed." in told(listing)


def test_a_formula_is_refused_whatever_it_came_to(tmp_path: Path) -> None:
    data = changed(
        lambda name, data: (
            data.replace(b"<t>KZ</t>", b"<t>KZ</t>").replace(
                b't="inlineStr"><is><t>KZ</t></is>', b't="str"><f>"K"&amp;"Z"</f><v>KZ</v>'
            )
            if "sheet1" in name
            else data
        )
    )
    assert b"<f>" in zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    path = tmp_path / "list.xlsx"
    path.write_bytes(data)
    listing = read_list(path, Choices(), MEANINGS, ())
    assert refused(listing)[0].startswith("row 2: country: B2 is a formula.")
    assert not cells(listing)


def test_a_formula_in_a_column_that_is_not_read_harms_nobody(tmp_path: Path) -> None:
    listing = read(tmp_path, xlsx(["Email", "Total"], ["a@example.org", "=1+1"]))
    assert cells(listing) == [{"email": "a@example.org"}]


def test_an_error_value_is_refused(tmp_path: Path) -> None:
    assert refused(read(tmp_path, xlsx(["Email", "Country"], ["a@example.org", "#REF!"])))[0].startswith(
        "row 2: country: B2 is an error value (#REF!)."
    )


def test_an_empty_workbook_has_no_addresses(tmp_path: Path) -> None:
    assert reason(tmp_path, content(Workbook())) == "has no addresses in it, on any visible sheet."


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(MailerError, match="no ordinary file"):
        read_list(pipe, Choices(), MEANINGS, ())


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255))
def test_a_damaged_workbook_is_a_clear_error_or_still_a_list(at: int, value: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] = value
    with suppress(ProblemsError):
        assert read_workbook(bytes(damaged), "list.xlsx").kind == "Excel workbook"
