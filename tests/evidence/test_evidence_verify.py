"""A record of notice a year later: intact, or where it was changed."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Color, Font
from openpyxl.worksheet.worksheet import Worksheet

from mailer.errors import MailerError, UsageError
from mailer.evidence.csv_form import to_csv
from mailer.evidence.json_form import to_json
from mailer.evidence.loose import MOST_BYTES
from mailer.evidence.making import NOTED
from mailer.evidence.reading import loose_of, read_loose
from mailer.evidence.record import COLUMNS, TITLES, Record, checks_of, clean, hash_of
from mailer.evidence.signing import is_signed, public_key, require_key
from mailer.evidence.verifying import Known, Note, Verdict, verify
from mailer.evidence.xlsx_form import ROWS, SUMMARY, to_xlsx
from tests.evidence.evidence_cases import DISPATCH, OTHER_SEED, SEED, record

OURS = Known((public_key(SEED),))
FORMS: dict[str, Callable[[Record], bytes]] = {"csv": to_csv, "json": to_json, "xlsx": to_xlsx}
MADE = record()
CSV, JSON, XLSX = (write(MADE.record) for write in FORMS.values())


def judged(content: bytes, known: Known = OURS) -> Verdict:
    return verify(loose_of(content, "a file"), known)


def said(content: bytes, known: Known = OURS) -> str:
    verdict = judged(content, known)
    assert not verdict.is_intact
    return "\n".join(verdict.troubles)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_as_it_was_exported_is_intact_in_every_form(form: str) -> None:
    verdict = judged(FORMS[form](MADE.record))
    assert verdict.troubles == ()
    assert (verdict.rows, verdict.signed, verdict.sendings) == (5, True, (DISPATCH.id,))


@pytest.mark.parametrize("content", [CSV, JSON], ids=["csv", "json"])
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_changed_byte_goes_unnoticed(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    changed = content[:place] + bytes([byte]) + content[place + 1 :]
    try:
        verdict = judged(changed)
    except MailerError:
        return
    assert not verdict.is_intact


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_changed_byte_in_a_row_is_located_by_its_line(data: st.DataObject) -> None:
    number = data.draw(st.integers(2, 6))
    lines = CSV.split(b"\r\n")
    line = lines[number - 1]
    place = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0x20, 0xFF).filter(lambda byte: byte != line[place]))
    lines[number - 1] = line[:place] + bytes([byte]) + line[place + 1 :]
    told = said(b"\r\n".join(lines))
    assert f"line {number}" in told


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_other_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(MailerError):
        loose_of(content, "a file")


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "number"])
def test_the_changed_cell_is_named(column: str) -> None:
    rows = json.loads(JSON)
    rows["rows"][2][column] += "x"
    told = said(json.dumps(rows).encode())
    assert told.startswith(f'entry 3: row 3 was changed in "{TITLES[column]}"')


def test_a_changed_number_is_told_as_that_and_not_as_a_row_gone_and_another_come() -> None:
    assert said(CSV.replace(b"\r\n3,", b"\r\n4,", 1)) == 'line 4: row 3 was changed in "No."'


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: [*rows[:2], *rows[3:]], "taken out: row 3"),
        (lambda rows: rows[:3], "taken out: rows 4, 5"),
        (lambda rows: [], "taken out: rows 1, 2, 3, 4, 5"),
        (
            lambda rows: [*rows[:3], rows[1], *rows[3:]],
            "line 5: row 2 stands here once more (it stands at line 3 too)",
        ),
        (
            lambda rows: [*rows[:2], rows[3], rows[2], rows[4]],
            "line 5: row 3 stands at another place than it did",
        ),
        (
            lambda rows: [*rows, rows[-1].replace(b"5,", b"6,", 1)],
            "line 7: a row that was not in the record",
        ),
    ],
)
def test_rows_taken_out_added_and_moved_are_told_apart(
    change: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    lines = CSV.split(b"\r\n")
    assert said(b"\r\n".join([lines[0], *change(lines[1:6]), *lines[6:]])) == told


def rewritten(column: str, value: str) -> Record:
    """The record with one cell of row 3 changed by somebody who knows how hashes are made, but has not the key."""
    rows, previous = [], ""
    for place, row in enumerate(MADE.record.rows):
        cells = list(row.cells)
        if place == 2:
            cells[COLUMNS.index(column)] = value
        previous = hash_of(previous, cells, checks_of(cells))
        rows.append(replace(row, cells=tuple(cells), checks=checks_of(cells), hash=previous))
    statement = dict(MADE.record.statement) | {"Head of the chain": previous}
    return replace(MADE.record, rows=tuple(rows), statement=statement)


@pytest.mark.parametrize("form", FORMS)
def test_who_makes_all_hashes_anew_cannot_sign_and_the_send_record_tells_which_cell_it_was(form: str) -> None:
    forged = FORMS[form](rewritten("became", "taken over by office"))
    told = said(forged)
    assert "the signature does not fit" in told
    honest = replace(rewritten("became", "taken over by office"), statement=MADE.record.statement)
    told = said(FORMS[form](honest), replace(OURS, rows=MADE.rows))
    assert 'row 3 was changed in "What became of it"' in told
    assert "only where the send record is" in said(FORMS[form](honest))


def test_another_office_s_key_and_no_signature_at_all_are_told() -> None:
    other = record(seed=OTHER_SEED).record
    assert "it is not signed by this office's key" in said(to_csv(other))
    assert judged(to_csv(other), Known((public_key(OTHER_SEED),))).is_intact
    assert judged(to_csv(other), Known((public_key(SEED), public_key(OTHER_SEED)))).is_intact
    assert "it has no signature" in said(to_csv(replace(other, signature="")))
    with pytest.raises(UsageError, match="not a public key"):
        require_key("ed25519:AAAA")


def test_base64_that_only_ends_otherwise_is_no_signature() -> None:
    signature = MADE.record.signature
    assert signature.endswith("Q==")
    assert not is_signed(MADE.record.statement, signature[:-3] + "R==", public_key(SEED))


def test_a_record_must_agree_with_what_dispatches_yaml_noted_when_the_sending_ended() -> None:
    noted = MADE.record.statement[f"{NOTED} {DISPATCH.id}"]
    agreed = judged(CSV, replace(OURS, notes={DISPATCH.id: Note(noted, "2017-01-24")}))
    assert agreed.is_intact
    assert agreed.noted[DISPATCH.id].on == "2017-01-24"
    other = replace(OURS, notes={DISPATCH.id: Note("sha256:" + "0" * 64, "2017-01-24")})
    assert said(CSV, other) == (
        "it does not agree with what dispatches.yaml noted of the sending 7f3c1a2b on 2017-01-24"
    )
    silent = judged(CSV, replace(OURS, notes={DISPATCH.id: Note("", "2017-01-24")}))
    assert silent.is_intact
    assert silent.remarks == ("dispatches.yaml notes nothing of the sending 7f3c1a2b.",)


def test_a_csv_saved_by_another_program_has_every_cell_and_is_not_what_was_exported() -> None:
    quoted = CSV.replace(b",Kazakhstan,", b',"Kazakhstan",', 1)
    assert "every cell is as it was signed, but the file was written anew" in said(quoted)
    assert "first three bytes" in said(CSV[3:])
    assert "every cell is as it was signed" in said(json.dumps(json.loads(JSON), indent=4).encode())


def workbook(change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(io.BytesIO(XLSX))
    change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_that_was_opened_and_saved_is_still_verified() -> None:
    assert judged(workbook(lambda book: None)).is_intact


WHITE = Color(rgb="FFFFFFFF")


def refused(sheet: Worksheet) -> Cell | MergedCell:
    return sheet.cell(4, 10)


def painted(sheet: Worksheet) -> None:
    refused(sheet).font = Font(color=WHITE)


def filtered(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:R6"
    sheet.auto_filter.add_filter_column(2, ["Kazakhstan"])


def with_a_drawing(sheet: Worksheet) -> None:
    sheet.add_chart(BarChart(), "J4")


def colouring(sheet: Worksheet) -> None:
    rule = CellIsRule("equal", ['"refused"'], font=Font(color=WHITE))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add("J2:J6", rule)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda sheet: setattr(refused(sheet), "number_format", ';;;"refused: 550"'),
            'the number format ";;;"refused: 550"", at cell J4 of the sheet "Record of notice"',
        ),
        (lambda sheet: setattr(sheet.row_dimensions[4], "hidden", True), "row 4 is hidden"),
        (lambda sheet: setattr(sheet.row_dimensions[4], "height", 0.5), "row 4 is hidden"),
        (lambda sheet: setattr(sheet.column_dimensions["J"], "hidden", True), "column J is hidden"),
        (lambda sheet: setattr(sheet.column_dimensions["J"], "width", 0.1), "column J is hidden"),
        (lambda sheet: setattr(sheet, "sheet_state", "hidden"), 'the sheet "Record of notice" is hidden'),
        (lambda sheet: setattr(sheet, "sheet_state", "veryHidden"), "is hidden"),
        (filtered, "a filter, in the sheet"),
        (lambda sheet: setattr(refused(sheet), "comment", Comment("taken over", "Ann")), "comments"),
        (with_a_drawing, "a drawing"),
        (colouring, "conditional formatting"),
        (painted, "letters in a colour, at cell J4"),
        (lambda sheet: setattr(refused(sheet), "font", Font(size=1)), "letters of 1 points, at cell J4"),
        (
            lambda sheet: setattr(
                refused(sheet), "value", CellRichText("ref", TextBlock(InlineFont(color=WHITE), "used"))
            ),
            "parts of its words look otherwise",
        ),
        (lambda sheet: setattr(sheet.sheet_format, "zeroHeight", True), "rows or columns are hidden"),
        (lambda sheet: sheet.merge_cells("J4:K4"), "merged cells"),
    ],
)
def test_a_workbook_that_shows_other_words_than_it_holds_is_not_intact(
    change: Callable[[Worksheet], object], told: str
) -> None:
    def meddle(book: Workbook) -> None:
        change(book[ROWS])

    found = said(workbook(meddle))
    assert "shows something else than it holds: " in found
    assert told in found


def test_what_is_hidden_a_thousand_times_is_told_a_few_times() -> None:
    def hide(book: Workbook) -> None:
        for number in range(2, 1002):
            book[SUMMARY].row_dimensions[number].hidden = True

    assert len(said(workbook(hide)).splitlines()) < 30
    assert "980 more like these" in said(workbook(hide))


def test_a_filter_without_criteria_and_another_window_hide_nothing() -> None:
    def arrange(book: Workbook) -> None:
        book[ROWS].auto_filter.ref = "A1:R6"
        book[ROWS].sheet_view.zoomScale = 150
        book[ROWS].column_dimensions["J"].width = 80

    assert judged(workbook(arrange)).is_intact


@pytest.mark.parametrize(
    ("sheet", "place", "value", "told"),
    [
        (ROWS, "J4", "taken over by office", 'row 4: row 3 was changed in "What became of it"'),
        (ROWS, "J4", "=1+1", "row 4: it has a number, a formula or a date where there was text"),
        (ROWS, "A2", 1, "row 2: it has a number, a formula or a date where there was text"),
        (ROWS, "C1", "Land", "the names of the columns"),
        (ROWS, "T4", "x", "row 4: it has 20 cells and not 18"),
        (SUMMARY, "A2", "Norway", 'the sheet "Summary" was changed'),
        (SUMMARY, "B2", 9, 'the sheet "Summary" has a number'),
        ("Signature", "B5", "4", "the signature does not fit"),
    ],
)
def test_a_changed_cell_of_a_workbook_is_located(sheet: str, place: str, value: object, told: str) -> None:
    def change(book: Workbook) -> None:
        book[sheet][place] = value

    assert told in said(workbook(change))


def test_a_sheet_that_is_far_larger_than_a_record_is_refused() -> None:
    def deep(book: Workbook) -> None:
        book[ROWS]["A1000000"] = "x"

    def wide(book: Workbook) -> None:
        for number in range(2, 40):
            book[SUMMARY].cell(number, 16_384, "x")

    for change in (deep, wide):
        with pytest.raises(MailerError, match="larger than a record can be"):
            loose_of(workbook(change), "a file")


def test_sheets_added_or_taken_out_are_told() -> None:
    assert 'the sheet "More" is not part of the record' in said(
        workbook(lambda book: book.create_sheet("More") and None)
    )
    assert 'the sheet "Summary" was taken out' in said(workbook(lambda book: book.remove(book[SUMMARY])))
    with pytest.raises(MailerError, match='no sheet "Signature"'):
        judged(workbook(lambda book: book.remove(book["Signature"])))


def test_no_cell_is_a_formula_for_a_spreadsheet() -> None:
    assert b"\r\n1,7f3c1a2b,Kazakhstan,,'=HYPERLINK(1)," in CSV
    sheet = load_workbook(io.BytesIO(XLSX))[ROWS]
    assert sheet["E2"].value == "=HYPERLINK(1)"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet.freeze_panes == "A2"
    assert sheet["E2"].quotePrefix


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"name,email\nAnn,a@example.org\n", "neither its head nor its statement"),
        (CSV[: len(CSV) // 2], "no statement after them"),
        (JSON[: len(JSON) // 2], "cut off or changed there"),
        (b'{"rows": 3, "statement": {}}', "its rows cannot be read"),
        (b'{"a": 1}', "some other JSON"),
        (b"[" * 100_000, "neither its head"),
        (b'{"rows":' + b"[" * 100_000, "not JSON that this program wrote"),
        (b'{"rows": ' + b"1" * 5000 + b"}", "not JSON that this program wrote"),
        (b"PK\x03\x04 and no more", "damaged"),
        (XLSX[: len(XLSX) // 2], "damaged"),
    ],
)
def test_what_is_no_record_or_cut_off_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(MailerError, match=why):
        loose_of(content, "a file")


def test_a_workbook_that_would_unpack_to_much_more_is_refused_unread() -> None:
    parts = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as book, zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in book.namelist():
            content = book.read(name)
            filler = b" " * 60_000_000 if name == "xl/worksheets/sheet2.xml" else b""
            bomb.writestr(name, content + filler)
    with pytest.raises(MailerError, match="refused unread"):
        loose_of(parts.getvalue(), "bomb.xlsx")


def test_a_file_of_100_mb_is_refused_without_being_read_whole(tmp_path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(MailerError, match="larger than 80 MB"):
            read_loose(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=60))
def test_whatever_a_name_or_an_answer_holds_comes_back_from_every_form(text: str) -> None:
    cells = list(MADE.record.rows[0].cells)
    cells[COLUMNS.index("person")] = clean(text)
    row = replace(MADE.record.rows[0], cells=tuple(cells))
    for write in FORMS.values():
        loose = loose_of(write(replace(MADE.record, rows=(row,))), "a file")
        assert [line.linked for line in loose.lines] == [row]
