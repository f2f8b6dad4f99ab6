"""Rules of a sheet by which a program strikes cells out when it shows them (conditional formatting).

Whether a rule holds is not worked out here: a formula would have to be. Rows that one may strike out are in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_CELLS = "{http://schemas.microsoft.com/office/excel/2006/main}sqref"

RULES, NEWER_RULES = f"{_MAIN}conditionalFormatting", f"{_X14}conditionalFormatting"
"""ISO/IEC 29500-1 18.3.1.18; and [MS-XLSX] 2.6.12, whose rules hold their style themselves."""

DOUBT = "may be struck out by a rule of the sheet (conditional formatting)"


def doubt_hint(row: int) -> str:
    """What to do about a row that is in doubt."""
    return f"Look at row {row}, and remove the rule or the row."


def striking_styles(styles: Any) -> frozenset[str]:
    """The numbers of the differential styles (18.8.14) of a workbook's styles that strike out."""
    listed = [style for part in styles if part.tag == f"{_MAIN}dxfs" for style in part]
    return frozenset(str(number) for number, style in enumerate(listed) if _strikes_out(style))


def struck_cells(rules: Any, styles: frozenset[str]) -> list[str]:
    """References to the cells that one element of rules may strike out: "A2:F9"; none where its rules do not."""
    if rules.tag == RULES:
        may = any(rule.get("dxfId") in styles for rule in rules)
        return rules.get("sqref", "").split() if may else []
    if not _strikes_out(rules):
        return []
    return [ref for cells in rules.iter(_CELLS) for ref in (cells.text or "").split()]


def strikes(properties: Any) -> bool:
    """Whether the properties of a font strike out."""
    return any(
        mark.tag == f"{_MAIN}strike" and mark.get("val", "1") not in ("0", "false") for mark in properties
    )


def rows_within(spans: Iterable[tuple[int, int]], last: int) -> Iterator[int]:
    """Every row that a span holds, both ends included, once and in order, up to the last."""
    done = 0
    for first, end in sorted(spans):
        yield from range(max(first, done + 1), min(end, last) + 1)
        done = max(done, min(end, last))


def _strikes_out(style: Any) -> bool:
    return any(strikes(font) for font in style.iter(f"{_MAIN}font"))
