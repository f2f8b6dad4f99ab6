"""What makes a workbook show other words than its cells hold (ECMA-376 18.3.1, 18.8): formats, hidden parts, notes.

Only what spreadsheet programs write of their own accord when a record is saved is let be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Any
from xml.parsers import expat

MOST_TOLD = 20
"""Of one sheet."""
SHOWS = "shows something else than it holds"
IN_PARTS = "parts of its words look otherwise than the others"
FORMATS = ("@", "General")
SMALLEST = 6.0
"""Points of a letter that can still be read, and of the lowest row."""
NARROWEST = 2.0
"""Signs in the narrowest column."""

_PLAIN = frozenset(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection autoFilter sortState "
    "phoneticPr printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks ignoredErrors".split()
)
"""What a sheet may consist of; of a filter, that it has no criteria is seen to besides."""
_CALLED = {
    "conditionalFormatting": "conditional formatting",
    "drawing": "a drawing",
    "legacyDrawing": "comments or drawings",
    "comments": "comments",
    "threadedComment": "comments",
    "vmlDrawing": "comments or drawings",
    "mergeCells": "merged cells",
    "dataValidations": "words that appear when a cell is chosen",
    "hyperlinks": "links",
    "hyperlink": "links",
    "picture": "a picture",
}
_BLACK = ("00000000", "FF000000")
_AUTOMATIC = (8, 64)
"""Indexed colours: black, and whatever the system writes in."""


class Looks:
    """Asked about every cell with words in it, and about each sheet as a whole."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}
        """A style's number → what is odd about it."""

    def of_cell(self, cell: Any) -> str:
        """What is odd about how the cell is shown; "" where nothing is. The cell is openpyxl's, and has a value."""
        if isinstance(cell.value, list):
            return IN_PARTS
        style = cell._style_id
        if style not in self._known:
            self._known[style] = _style_of(cell)
        return self._known[style]


def looks_of(book: Any, sheet: Any) -> Iterator[str]:
    """What makes openpyxl's sheet as a whole show something else, each in words with its place.

    ValueError or expat's error where the part is damaged.
    """
    name, path = sheet.title, sheet._worksheet_path
    if sheet.sheet_state != "visible":
        yield f'{SHOWS}: the sheet "{name}" is hidden'
    form = _Form(name)
    with book._archive.open(path) as part:
        reader = expat.ParserCreate(namespace_separator=" ")
        reader.StartElementHandler, reader.EndElementHandler = form.begin, form.end
        reader.ParseFile(part)
    for kind in dict.fromkeys(_linked(book._archive, path)):
        if kind != "printerSettings":
            form.tell(f'{_CALLED.get(kind, kind)}, in the sheet "{name}"')
    told = list(form.told)
    yield from (f"{SHOWS}: {words}" for words in told[:MOST_TOLD])
    if len(told) > MOST_TOLD:
        yield f'{SHOWS}: {len(told) - MOST_TOLD} more like these, in the sheet "{name}"'


class _Form:
    """A sheet's part, element by element."""

    def __init__(self, name: str) -> None:
        self.told: dict[str, None] = {}
        self._name = name
        self._depth = 0
        self._scrolled = False
        self._cell = ""

    def tell(self, words: str) -> None:
        self.told[words] = None

    def begin(self, tag: str, values: Mapping[str, str]) -> None:
        self._depth += 1
        element = tag.rpartition(" ")[2]
        if self._depth == 2 and element not in _PLAIN:  # noqa: PLR2004 - right below the root
            self.tell(f'{_CALLED.get(element, element)}, in the sheet "{self._name}"')
        elif element == "c":
            self._cell = values.get("r", "")
        elif element == "rPr":
            # Of words that stand in the cell itself; those in the table of strings come with their parts.
            self.tell(f'{IN_PARTS}, at cell {self._cell} of the sheet "{self._name}"')
        elif element == "row":
            self._row(values)
        elif element == "col":
            self._column(values)
        elif element == "sheetFormatPr":
            self._usual(values)
        elif element == "filterColumn":
            self.tell(f'a filter, in the sheet "{self._name}"')
        elif element == "sheetView":
            self._scrolled = values.get("topLeftCell", "A1") != "A1"
        elif element == "pane" and self._scrolled and values.get("state", "").startswith("frozen"):
            self.tell(f'rows or columns that cannot be scrolled to, in the sheet "{self._name}"')

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def _row(self, values: Mapping[str, str]) -> None:
        if _is_true(values, "hidden") or float(values.get("ht", SMALLEST)) < SMALLEST:
            self.tell(f'row {values.get("r", "?")} is hidden, in the sheet "{self._name}"')

    def _column(self, values: Mapping[str, str]) -> None:
        if _is_true(values, "hidden") or float(values.get("width", NARROWEST)) < NARROWEST:
            from openpyxl.utils import get_column_letter

            first, last = int(values["min"]), int(values["max"])
            which = f"column {get_column_letter(first)} is"
            if last > first:
                which = f"columns {get_column_letter(first)} to {get_column_letter(last)} are"
            self.tell(f'{which} hidden, in the sheet "{self._name}"')

    def _usual(self, values: Mapping[str, str]) -> None:
        narrow = float(values.get("defaultColWidth", NARROWEST)) < NARROWEST
        low = float(values.get("defaultRowHeight", SMALLEST)) < SMALLEST
        if _is_true(values, "zeroHeight") or narrow or low:
            self.tell(f'rows or columns are hidden, in the sheet "{self._name}"')


def _style_of(cell: Any) -> str:
    if cell.number_format not in FORMATS:
        return f'the number format "{cell.number_format[:60]}"'
    font = cell.font
    if font.sz is not None and font.sz < SMALLEST:
        return f"letters of {font.sz:g} points"
    return "" if font.color is None or _is_dark(font.color) else "letters in a colour"


def _is_dark(color: Any) -> bool:
    match color.type:
        case "rgb":
            return color.rgb in _BLACK and not color.tint
        case "theme":
            return color.theme == 1 and not color.tint
        case "indexed":
            return color.indexed in _AUTOMATIC and not color.tint
        case _:
            return True


def _linked(archive: Any, path: str) -> Iterator[str]:
    """The kinds of parts that belong to a sheet."""
    from defusedxml.ElementTree import fromstring

    name = f"{dirname(path)}/_rels/{basename(path)}.rels"
    if name in archive.namelist():
        for one in fromstring(archive.read(name)):
            yield one.get("Type", "").rpartition("/")[2]


def _is_true(values: Mapping[str, str], name: str) -> bool:
    return values.get(name, "0").strip().lower() in ("1", "true", "on")
