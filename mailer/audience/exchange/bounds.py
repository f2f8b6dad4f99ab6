"""What a file is, told by its first bytes, and whether a workbook is small enough to be opened at all."""

from __future__ import annotations

import re
from zipfile import ZipFile

from mailer.source.packed import ENCRYPTED, OLE, Bounds, refuse, unpack, weigh, without_doctype

_MAX_PART = {"xl/sharedStrings.xml": 100_000_000, "xl/styles.xml": 10_000_000, "xl/workbook.xml": 2_000_000}
_MAX_SHEET = 200_000_000
_MAX_OTHER_XML = 20_000_000
_AS_XLSX = "Open it in the program that made it, and save it as an Excel workbook (.xlsx) or as CSV UTF-8."


def _most(part: str) -> int:
    return _MAX_PART.get(part, _MAX_SHEET if part.startswith("xl/worksheets/") else _MAX_OTHER_XML)


_WORKBOOK = Bounds(
    noun="workbook",
    most=_most,
    smaller="Copy the rows that count into a new workbook, or save them as CSV.",
    otherwise=_AS_XLSX,
    program="spreadsheet programs",
)


def kind_of(content: bytes, file: str) -> str:
    """`xlsx` or `csv`. ProblemsError, saying what it is and what to do, for files of other kinds."""
    start = content[:2000].lstrip()
    if not start:
        raise refuse(file, "is empty.", "See that the right file was saved.")
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise refuse(
                file,
                "is protected by a password.",
                "Open it, take the password off (File, Info), and save it.",
            )
        raise refuse(file, "is a workbook of the old kind (.xls).", _AS_XLSX)
    others = (
        (rb"%PDF", "is a PDF."),
        (rb"\{\\rtf", "is a word processor's document (RTF)."),
        (rb"BEGIN:VCARD", "is a set of address cards (vCard)."),
        (rb"(?s)<\?xml.*Workbook", "is a workbook of an old kind (XML Spreadsheet 2003)."),
        (
            rb"(?is)(?:\xef\xbb\xbf)?<(?:!doctype|html|table|meta)",
            "is a web page, whatever its name ends in.",
        ),
    )
    for pattern, words in others:
        if re.match(pattern, start):
            raise refuse(file, words, _AS_XLSX)
    return "csv"


def open_parts(content: bytes, file: str) -> ZipFile:
    """The parts of a workbook, each within bounds and free of DOCTYPEs. ProblemsError where they are not."""
    parts = unpack(content, file)
    names = set(parts.namelist())
    if "xl/workbook.bin" in names:
        raise refuse(file, "is a binary workbook (.xlsb).", _AS_XLSX)
    if "content.xml" in names:
        raise refuse(file, "is an OpenDocument file.", _AS_XLSX)
    if "xl/workbook.xml" not in names:
        raise refuse(file, "is an archive, and no workbook.", "Unpack it and give the list that is in it.")
    weigh(parts, file, _WORKBOOK)
    without_doctype(parts, file, _WORKBOOK)
    return parts
