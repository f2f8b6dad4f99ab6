"""The record as a workbook (ECMA-376): a summary with the statement, and a sheet of the rows.

Every cell is text, days and hours too: what is signed is exactly what is read. Opening and saving it in a
spreadsheet program changes no text, so it can still be verified; what makes it show other words is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from mailer.audience.exchange.bounds import open_parts
from mailer.errors import MailerError
from mailer.evidence.looks import MOST_TOLD, SHOWS, Looks, looks_of
from mailer.evidence.loose import MOST_ROWS, WIDTH, Line, Loose, linked_of, no_record
from mailer.evidence.record import FORM, TITLES, VERSION, Record

SUMMARY, ROWS, STATEMENT = "Summary", FORM, "Signature"
SHEETS = (SUMMARY, ROWS, STATEMENT)
SIGNATURE = "Signature"
WIDTHS = {
    "number": 6, "sending": 11, "country": 26, "role": 30, "person": 26, "address": 36, "language": 10,
    "what": 44, "when": 20, "became": 24, "answer": 36, "later": 24, "bounced": 24, "answered": 36,
    "handed_in": 20, "message_id": 30, "checks": 12, "hash": 18,
}  # fmt: skip
SUMMARY_WIDTHS = (30, 9, 12, 11, 11, 12, 60)
STATEMENT_WIDTHS = (28, 100)
TEXT = ("s", "inlineStr")
MOST_CELLS = 100
"""Cells of a row; of wider ones a few are read, so that they can be located."""
MOST_WIDE = 20


def to_xlsx(record: Record) -> bytes:
    """The workbook's bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _fill(book.create_sheet(SUMMARY), record.summary, SUMMARY_WIDTHS)
    lines = ([*TITLES.values()], *([*row.values] for row in record.rows))
    _fill(book.create_sheet(ROWS), lines, [WIDTHS[name] for name in TITLES])
    pairs = ((FORM, VERSION), *record.statement.items(), (SIGNATURE, record.signature))
    _fill(book.create_sheet(STATEMENT), pairs, STATEMENT_WIDTHS, head=False)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def from_xlsx(content: bytes, shown: str) -> Loose:
    """What the workbook holds. ProblemsError for what is none, damaged, or larger than it looks; MailerError for
    a workbook that is no record of notice.
    """
    from openpyxl import load_workbook

    open_parts(content, shown).close()
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False, rich_text=True)
        sheets: dict[str, list[list[str] | None]] = {}
        odd: list[str] = []
        for name in SHEETS:
            if name in book.sheetnames:
                sheets[name] = list(_lines(book[name], shown, odd))
                odd += looks_of(book, book[name])
        others = [name for name in book.sheetnames if name not in SHEETS]
        book.close()
    except MailerError:
        raise
    except Exception as error:  # A damaged part makes openpyxl raise whatever it meets first.
        raise no_record(shown, "the workbook is damaged and cannot be read") from error
    if STATEMENT not in sheets or ROWS not in sheets:
        raise no_record(shown, f'it has no sheet "{STATEMENT if ROWS in sheets else ROWS}"')
    troubles = [f'the sheet "{name}" is not part of the record' for name in others] + odd
    lines = sheets[ROWS]
    if not lines or lines[0] != [*TITLES.values()]:
        troubles.append(f'sheet "{ROWS}", row 1: the names of the columns are not those that were exported')
    rows = tuple(_line(number, values) for number, values in enumerate(lines[1:], 2))
    statement, signature = _statement(sheets[STATEMENT], troubles)
    summary = _summary(sheets, troubles)
    return Loose(rows, statement, signature, tuple(troubles), None, summary)


def _fill(sheet: Any, lines: Iterable[Sequence[str]], widths: Sequence[float], *, head: bool = True) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    if head:
        sheet.freeze_panes = "A2"
    plain, titled, unbroken = WriteOnlyCell(sheet), WriteOnlyCell(sheet), WriteOnlyCell(sheet)
    for cell in (plain, titled, unbroken):
        # A program that edits the cell would take what begins with = for a formula, unless it is told that it is
        # text (ECMA-376 18.8.45, quotePrefix; the format @ is text).
        cell.number_format, cell.quotePrefix = "@", True
        cell.alignment = Alignment(vertical="top", wrap_text=cell is not unbroken)
    titled.font = Font(bold=True)
    for number, line in enumerate(lines):
        # A hash, broken over six lines, would make its row as high; a line of one cell may run over the next ones.
        words, others = (plain, unbroken) if len(line) > 1 else (unbroken, unbroken)
        if head and number == 0:
            words = others = titled
        sheet.append([_text_cell(sheet, value, words if " " in value else others) for value in line])


def _text_cell(sheet: Any, value: str, model: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet, value)
    # openpyxl takes what begins with = for a formula. Styles are looked up anew wherever one is set: copied, a
    # workbook is written several times as fast.
    cell.data_type = "s"
    cell._style = model._style
    return cell


def _lines(sheet: Any, shown: str, odd: list[str]) -> Iterator[list[str] | None]:
    """The sheet's rows as text, without empty ones at the end; None for one with something else than text.

    Cells that show something else than their text are added to `odd`.

    The size that its head states is not believed. MailerError for more rows, or wider ones, than a record has.
    """
    sheet.reset_dimensions()
    looks, told = Looks(), 0
    empty = wide = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        wide += len(row) > MOST_CELLS
        if number > MOST_ROWS or wide > MOST_WIDE:
            raise no_record(shown, f'the sheet "{sheet.title}" is larger than a record can be')
        values = [cell.value for cell in row]
        while values and values[-1] is None:
            values.pop()
        if not values:
            empty += 1
            continue
        yield from ([] for _ in range(empty))
        empty = 0
        for cell in row:
            if told < MOST_TOLD and cell.value is not None and (how := looks.of_cell(cell)):
                odd.append(f'{SHOWS}: {how}, at cell {cell.coordinate} of the sheet "{sheet.title}"')
                told += 1
        is_text = all(cell.value is None or cell.data_type in TEXT for cell in row)
        yield [str(value or "") for value in values] if is_text else None


def _line(number: int, values: list[str] | None) -> Line:
    place = f"row {number}"
    if values is None:
        return Line(place, None, "has a number, a formula or a date where there was text")
    if not values:
        return Line(place, None, "is empty")
    linked = linked_of(values)
    return Line(place, linked, "" if linked else f"has {len(values)} cells and not {WIDTH}")


def _statement(lines: Sequence[list[str] | None], troubles: list[str]) -> tuple[dict[str, str], str]:
    pairs: dict[str, str] = {}
    for number, values in enumerate(lines, 1):
        pair = [*(values or ()), "", ""][:2]
        if values is None or not values or len(values) > 2 or pair[0] in pairs:  # noqa: PLR2004 - a pair
            troubles.append(f'sheet "{STATEMENT}", row {number}: the statement was changed here')
        else:
            pairs[pair[0]] = pair[1]
    if pairs.pop(FORM, "") != VERSION:
        troubles.append(f'sheet "{STATEMENT}", row 1: it was changed')
    return pairs, pairs.pop(SIGNATURE, "")


def _summary(sheets: dict[str, list[list[str] | None]], troubles: list[str]) -> tuple[tuple[str, ...], ...]:
    lines = sheets.get(SUMMARY)
    if lines is None:
        troubles.append(f'the sheet "{SUMMARY}" was taken out')
        return ()
    if None in lines:
        troubles.append(f'the sheet "{SUMMARY}" has a number, a formula or a date where there was text')
    return tuple(tuple(line or ()) for line in lines)
