"""Deadlines as a workbook for the head of the office: a sheet each, with who owes it and when they were reminded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from mailer.flow.ladder_state import LadderState, Owing
from mailer.model.reminder import Standing
from mailer.remind.calendar import title_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = {
    "Country or person": 30,
    "Stands": 40,
    "Due": 12,
    "Who is reminded": 34,
    "Address": 36,
    "Last reminded": 14,
    "Step": 8,
    "Next reminder": 14,
    "Answer": 36,
    "More time until": 16,
    "On hold because": 30,
}
"""Title → width, in the order of the sheet."""
RED, GREY = "FF9C0006", "FF666666"
LONGEST_NAME = 31
"""Signs in the name of a sheet, which the format does not let be longer."""
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot hold."""


def as_workbook(states: Iterable[LadderState]) -> bytes:
    """An XLSX file (ECMA-376) with a sheet for each deadline; text in it is never taken for a formula."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    assert first is not None
    book.remove(first)
    for state in states:
        _fill(book.create_sheet(_name(state, book.sheetnames)), state)
    if not book.sheetnames:
        book.create_sheet("No deadlines")
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _name(state: LadderState, taken: Iterable[str]) -> str:
    """The deadline's name, as short as a sheet's must be, and not taken (capitals are the same)."""
    name = NOT_IN_NAMES.sub(" ", state.file.slug)[:LONGEST_NAME]
    known = {other.casefold() for other in taken}
    number = 2
    while name.casefold() in known:
        name = f"{state.file.slug[: LONGEST_NAME - 4]} ({number})"
        number += 1
    return name


def _fill(sheet: Worksheet, state: LadderState) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    deadline = state.file.deadline
    owed = len(state.outstanding)
    _write(sheet, 1, (f"{title_of(deadline)}: {owed} of {len(state.owing)} outstanding on {state.plan.day}",))
    _write(
        sheet,
        2,
        (f"due on {deadline.due} at {deadline.time} ({deadline.timezone}) {deadline.reference}".strip(),),
    )
    _write(sheet, 3, tuple(COLUMNS))
    done = [one for one in state.owing if not one.obligation.is_owed]
    for row, one in enumerate((*state.outstanding, *done), 4):
        _write(sheet, row, _cells(one, state.plan.day))
        colour = RED if one.unreached else GREY if not one.obligation.is_owed else ""
        for cell in sheet[row]:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if colour:
                cell.font = Font(color=colour)
    for place, width in enumerate(COLUMNS.values(), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet["A1"].font = Font(bold=True, size=13)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B4"
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(COLUMNS))}{max(3, sheet.max_row)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "3:3"


def _cells(one: Owing, day: date) -> tuple[str | date | None, ...]:
    extended = one.obligation.due if one.obligation.extended else None
    stand_ins = (
        f"{told.contact.name or told.address}{' (alternate)' if told.standing is Standing.ALTERNATE else ''}"
        for told in one.people
    )
    return (
        one.name,
        one.stands(day),
        one.obligation.due,
        "\n".join(stand_ins),
        "\n".join(told.address for told in one.people),
        one.last[0] if one.last else None,
        one.last[1] if one.last else "",
        one.next[0] if one.next else None,
        one.answered,
        extended,
        one.obligation.held,
    )


def _write(sheet: Worksheet, row: int, values: Iterable[str | date | None]) -> None:
    for column, value in enumerate(values, 1):
        if isinstance(value, date):
            sheet.cell(row, column, value).number_format = "yyyy-mm-dd"
        elif value:
            cell = sheet.cell(row, column, CONTROL.sub("", value))
            # What begins with = is text here, also for a program that edits the cell (ECMA-376 18.8.45).
            cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
