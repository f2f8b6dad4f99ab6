"""What a file is, told by its first bytes, and whether a workbook is small enough to be opened at all.

The directory of a ZIP archive says how large each part will be, and Python's reader gives no more than it says: so
sizes are known before anything is unpacked.
"""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from mailer.errors import Problem, ProblemsError

MAX_FILE = 64_000_000
MAX_PARTS = 5_000
MAX_TOTAL = 400_000_000
MAX_RATIO = 100
"""Unpacked bytes for each packed one. Sheets come to some 10 to 40; a bomb to thousands."""
_SMALL = 1_000_000
"""Parts up to this size are let be, however well they pack."""
_MAX_PART = {"xl/sharedStrings.xml": 100_000_000, "xl/styles.xml": 10_000_000, "xl/workbook.xml": 2_000_000}
_MAX_SHEET = 200_000_000
_MAX_OTHER_XML = 20_000_000

DAMAGE = (BadZipFile, zlib.error, OSError, EOFError, ValueError, OverflowError, NotImplementedError, KeyError)
"""What Python raises over an archive that is damaged. `NotImplementedError` is zipfile's word for parts that are
packed or encrypted in a way that it does not know: damage may look so, and it cannot be read either."""

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z]")
_AS_XLSX = "Open it in the program that made it, and save it as an Excel workbook (.xlsx) or as CSV UTF-8."


def refuse(file: str, message: str, hint: str, line: int | None = None) -> ProblemsError:
    """The error with which a whole file is turned away."""
    return ProblemsError([Problem(message, hint, file, line, rule="file.import")])


def kind_of(content: bytes, file: str) -> str:
    """`xlsx` or `csv`. ProblemsError, saying what it is and what to do, for files of other kinds."""
    start = content[:2000].lstrip()
    if not start:
        raise refuse(file, "is empty.", "See that the right file was saved.")
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
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
    try:
        parts = ZipFile(BytesIO(content))
    except DAMAGE as error:
        raise refuse(file, "is damaged: it cannot be unpacked.", "Save or download it again.") from error
    names = set(parts.namelist())
    if "xl/workbook.bin" in names:
        raise refuse(file, "is a binary workbook (.xlsb).", _AS_XLSX)
    if "content.xml" in names:
        raise refuse(file, "is an OpenDocument file.", _AS_XLSX)
    if "xl/workbook.xml" not in names:
        raise refuse(file, "is an archive, and no workbook.", "Unpack it and give the list that is in it.")
    _weigh(parts, file)
    _without_doctype(parts, file)
    return parts


def _weigh(parts: ZipFile, file: str) -> None:
    entries = parts.infolist()
    if len(entries) > MAX_PARTS or len({entry.filename for entry in entries}) != len(entries):
        raise refuse(file, "is not built as a workbook is.", _AS_XLSX)
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse(file, "is protected by a password.", "Take the password off, and save it.")
    for entry in entries:
        sheet = entry.filename.startswith("xl/worksheets/")
        most = _MAX_PART.get(entry.filename, _MAX_SHEET if sheet else _MAX_OTHER_XML)
        unpacked = entry.file_size
        too_large = unpacked > most and entry.filename.endswith((".xml", ".rels"))
        if too_large or (unpacked > _SMALL and unpacked > MAX_RATIO * max(entry.compress_size, 1)):
            message = (
                f"would unpack to {unpacked / 1e6:.0f} MB from {len_in_words(entry.compress_size)} "
                f"({entry.filename}): it is refused unread."
            )
            raise refuse(file, message, "Copy the rows that count into a new workbook, or save them as CSV.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        message = f"would unpack to {total / 1e6:.0f} MB: it is refused unread."
        raise refuse(file, message, "Copy the rows that count into a new workbook, or save them as CSV.")


def len_in_words(size: int) -> str:
    """A size as people say it."""
    return f"{size / 1e6:.1f} MB" if size >= _SMALL else f"{max(size // 1000, 1)} KB"


def _without_doctype(parts: ZipFile, file: str) -> None:
    for entry in parts.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        try:
            with parts.open(entry) as part:
                start = _COMMENT.sub(b"", part.read(65_536))
        except DAMAGE as error:
            raise refuse(
                file, f"is damaged: {entry.filename} cannot be unpacked.", "Save or download it again."
            ) from error
        # A DOCTYPE stands before the first element. UTF-16, in which it would not be seen, is not written by anybody.
        root = _ROOT.search(start)
        if root is None or b"<!" in start[: root.start()]:
            message = f"does not begin {entry.filename} as spreadsheet programs do (a DOCTYPE?): refused."
            raise refuse(file, message, "Ask for a list that was saved by a spreadsheet program.")
