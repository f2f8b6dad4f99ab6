"""Files of office programs, which are ZIP archives: whether one is small and plain enough to be opened at all.

The directory of an archive says how large each part will be, and Python's reader gives no more than it says: so sizes
are known before anything is unpacked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from mailer.errors import Problem, ProblemsError

MAX_FILE = 64_000_000
"""Bytes that a file from outside may have."""
MAX_PARTS = 5_000
MAX_TOTAL = 400_000_000
MAX_RATIO = 100
"""Unpacked bytes for each packed one. Sheets and texts come to some 10 to 40; a bomb to thousands."""
_SMALL = 1_000_000
"""Parts up to this size are let be, however well they pack."""

DAMAGE = (BadZipFile, zlib.error, OSError, EOFError, ValueError, OverflowError, NotImplementedError, KeyError)
"""What Python raises over an archive that is damaged. `NotImplementedError` is zipfile's word for parts that are
packed or encrypted in a way that it does not know: damage may look so, and it cannot be read either."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How Office's binary files begin, and those it has encrypted."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SAVE_AGAIN = "Save or download it again."

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<[^!?\s]", re.DOTALL)
"""What may stand before the first element (XML 1.0, 2.8), but for a DOCTYPE."""
_NO_XML = re.compile(r"(?:^|/)(?:media|embeddings|fonts|printerSettings)/")
"""Folders of parts that nobody reads as XML."""


def refuse(file: str, message: str, hint: str, line: int | None = None) -> ProblemsError:
    """The error with which a whole file is turned away."""
    return ProblemsError([Problem(message, hint, file, line, rule="file.import")])


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one kind of file may be, and the words for one that is otherwise."""

    noun: str
    """Such as "workbook"."""
    most: Callable[[str], int]
    """Bytes that an XML part of that name may have."""
    smaller: str
    """How to make one that is small enough."""
    otherwise: str
    """How to save it as one that is built as usual."""
    program: str
    """What writes such files: "spreadsheet programs"."""


def unpack(content: bytes, file: str) -> ZipFile:
    """The archive. ProblemsError where it is damaged."""
    try:
        return ZipFile(BytesIO(content))
    except DAMAGE as error:
        raise refuse(file, "is damaged: it cannot be unpacked.", SAVE_AGAIN) from error


def weigh(parts: ZipFile, file: str, bounds: Bounds) -> None:
    """ProblemsError where parts are too many, too large, encrypted, twice there or named like a way out."""
    entries = parts.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_PARTS or len({name.casefold() for name in names}) != len(names):
        raise refuse(file, f"is not built as a {bounds.noun} is.", bounds.otherwise)
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse(file, "is protected by a password.", "Take the password off, and save it.")
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise refuse(
                file, f"is not built as a {bounds.noun} is (a part leads out of it).", bounds.otherwise
            )
    for entry in entries:
        unpacked = entry.file_size
        too_large = unpacked > bounds.most(entry.filename) and not _NO_XML.search(entry.filename)
        if too_large or (unpacked > _SMALL and unpacked > MAX_RATIO * max(entry.compress_size, 1)):
            message = (
                f"would unpack to {unpacked / 1e6:.0f} MB from {len_in_words(entry.compress_size)} "
                f"({entry.filename}): it is refused unread."
            )
            raise refuse(file, message, bounds.smaller)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise refuse(file, f"would unpack to {total / 1e6:.0f} MB: it is refused unread.", bounds.smaller)


def len_in_words(size: int) -> str:
    """A size as people say it."""
    return f"{size / 1e6:.1f} MB" if size >= _SMALL else f"{max(size // 1000, 1)} KB"


def without_doctype(parts: ZipFile, file: str, bounds: Bounds) -> None:
    """ProblemsError where an XML part has a DOCTYPE, which could name entities or other files."""
    for entry in parts.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        try:
            with parts.open(entry) as part:
                start = part.read(65_536)
        except DAMAGE as error:
            raise refuse(file, f"is damaged: {entry.filename} cannot be unpacked.", SAVE_AGAIN) from error
        # A DOCTYPE stands before the first element. UTF-16, in which it would not be seen, is not written by anybody.
        if not _PROLOG.match(start):
            raise doctype_in(file, entry.filename, bounds)


def doctype_in(file: str, part: str, bounds: Bounds) -> ProblemsError:
    """The error over a part that begins with a DOCTYPE, or with what might hide one."""
    message = f"does not begin {part} as {bounds.program} do (a DOCTYPE?): refused."
    return refuse(file, message, f"Ask for a file that was saved by {bounds.program}.")
