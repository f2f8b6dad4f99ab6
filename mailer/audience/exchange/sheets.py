"""A workbook's sheets as grids: what is struck out, hidden, merged or a formula is told from what stands there."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from mailer.audience.exchange.anatomy import Anatomy, Block, Pieces, read_anatomy
from mailer.audience.exchange.bounds import open_parts
from mailer.audience.exchange.grid import (
    CHOICES,
    GROUP_MARK,
    MARK,
    NO_CELL,
    Cell,
    Found,
    Grid,
    Line,
    Told,
    column_letter,
    short,
)
from mailer.audience.exchange.striking_rules import striking_styles
from mailer.source.packed import DAMAGE, refuse

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_SHEETS = 100

_STRICT = "http://purl.oclc.org/ooxml"
_ENDS = re.compile(r"_x000[DA]_")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(content: bytes, file: str) -> Found:
    """The visible sheets of an XLSX workbook. ProblemsError where it is too large, damaged, or made to harm.

    Formulas are not worked out, macros not run, links to other files not followed.
    """
    parts = open_parts(content, file)
    told: list[Told] = []
    if "xl/vbaProject.bin" in parts.namelist():
        told.append(Told("has macros: they were not run."))
    if any(name.startswith("xl/externalLinks/") for name in parts.namelist()):
        told.append(Told("has links to other files: they were not followed."))
    styles = "xl/styles.xml"
    striking = striking_styles(_xml(parts, styles, file)) if styles in parts.namelist() else frozenset[str]()
    visible: dict[str, Anatomy] = {}
    hidden: list[str] = []
    for name, path, state in _sheets(parts, file):
        if state != "visible":
            hidden.append(name)
        elif path in parts.namelist():
            visible[name] = read_anatomy(partial(parts.open, path), file, name, striking)
    book = _open(content, file)
    try:
        grids = tuple(_grid(book, name, form, file) for name, form in visible.items() if form.filled_rows)
        ours, group = _property(book, MARK), _property(book, GROUP_MARK)
    finally:
        book.close()
    for name in hidden:
        if not (ours and name == CHOICES):
            told.append(Told(f'the sheet "{short(name)}" is hidden: nothing in it was read.'))
    return Found(grids, "Excel workbook", tuple(told), group)


def _sheets(parts: ZipFile, file: str) -> Iterator[tuple[str, str, str]]:
    """Name, part and state of every sheet, in their order."""
    book = _xml(parts, "xl/workbook.xml", file)
    if str(book.tag).startswith("{" + _STRICT):
        raise refuse(
            file, "is a Strict Open XML workbook.", 'Save it as "Excel Workbook (.xlsx)", without Strict.'
        )
    relations = _xml(parts, "xl/_rels/workbook.xml.rels", file)
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    listed = [sheet for part in book for sheet in part if str(sheet.tag).endswith("}sheet")]
    if len(listed) > MAX_SHEETS:
        raise refuse(
            file, f"has more than {MAX_SHEETS} sheets.", "Copy the one that counts into a new workbook."
        )
    for sheet in listed:
        target = targets.get(sheet.get(_RELATION), "")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        yield sheet.get("name", ""), path, sheet.get("state", "visible")


def _xml(parts: ZipFile, name: str, file: str) -> Any:
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(parts.read(name), forbid_dtd=True)
    except (SyntaxError, *DAMAGE) as error:
        raise refuse(file, f"is damaged: {name} cannot be read.", "Open it and save it again.") from error


def _open(content: bytes, file: str) -> Workbook:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # What openpyxl will not keep when it saves is of no account: nothing is saved.
            warnings.simplefilter("ignore")
            return load_workbook(
                BytesIO(content), read_only=True, rich_text=True, keep_links=False, keep_vba=False
            )
    except Exception as error:  # Whatever stands in a stranger's file, it is the file that is at fault.
        raise refuse(file, "is damaged: it cannot be opened.", "Open it and save it again.") from error


def _property(book: Any, name: str) -> str:
    try:
        return str(book.custom_doc_props[name].value or "")
    except (KeyError, AttributeError):
        return ""


def _grid(book: Workbook, name: str, form: Anatomy, file: str) -> Grid:
    sheet: Any = book[name]
    sheet.reset_dimensions()
    lines: list[Line] = []
    doubtful = form.doubtful_rows
    rows = sheet.iter_rows(min_row=1, max_row=form.last_row, max_col=form.columns)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, row in enumerate(rows, start=1):
                cells = [
                    _cell(cell, form.rich.get((number, index)), f"{column_letter(index)}{number}")
                    if cell.value is not None or (number, index) in form.rich
                    else NO_CELL
                    for index, cell in enumerate(row if number in form.filled_rows else ())
                ]
                lines.append(Line(number, tuple(cells), number in form.hidden_rows, number in doubtful))
    except Exception as error:  # As above.
        message = f'is damaged: row {len(lines) + 1} of the sheet "{name}" cannot be read.'
        raise refuse(file, message, "Open it and save it again.") from error
    told = [*_carry(lines, form.blocks)]
    return Grid(tuple(lines), name, frozenset(form.hidden_columns), tuple(told), form.filtered)


def _cell(cell: Any, inline: Pieces | None, place: str) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(fault=f"{place} is a formula")
    if cell.data_type == "e":
        return Cell(fault=f"{place} is an error value ({short(str(value), 12)})")
    struck = bool(cell.font and cell.font.strike)
    # Words with a font of their own say themselves whether they are struck out; the rest is as the cell is.
    pieces = [(text, struck if out is None else out) for text, out in inline or _pieces(value)]
    standing = _words(text for text, out in pieces if not out)
    gone = _words(text for text, out in pieces if out)
    return Cell(standing, _day(value) if standing else None, gone)


def _pieces(value: Any) -> Iterator[tuple[str, bool | None]]:
    if not isinstance(value, list):
        yield _text(value), None
        return
    for piece in value:
        font = getattr(piece, "font", None)
        yield str(piece), None if font is None else bool(font.strike)


def _words(parts: Iterator[str]) -> str:
    return _ESCAPED.sub("_", _ENDS.sub("\n", "".join(parts))).strip()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return _day_text(value)
    return str(value)


def _day_text(value: datetime | date) -> str:
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ", "minutes")
    return value.isoformat()[:10]


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (time, timedelta)):
        return None
    return value if isinstance(value, date) else None


def _carry(lines: list[Line], blocks: list[Block]) -> Iterator[Told]:
    """Put the value of a cell that is merged over several rows into each of them, and tell of it."""
    for block in blocks:
        last = min(block.last_row, len(lines))
        if block.first_row >= last or block.first_row > len(lines):
            continue
        value = lines[block.first_row - 1].cell(block.first_column)
        if value == NO_CELL:
            continue
        for number in range(block.first_row + 1, last + 1):
            line = lines[number - 1]
            cells = list(line.cells) + [NO_CELL] * (block.first_column + 1 - len(line.cells))
            if any(cell != NO_CELL for cell in cells):
                cells[block.first_column] = value
                lines[number - 1] = replace(line, cells=tuple(cells))
        letter = column_letter(block.first_column)
        shown = short(value.text or value.struck, 40)
        text = f'"{shown}" is one cell over {letter}{block.first_row}:{letter}{last}: taken for each of these rows.'
        yield Told(text, block.first_row)
