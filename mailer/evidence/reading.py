"""Reading a file that says it is a record of notice, whichever of the three forms it has."""

from __future__ import annotations

from pathlib import Path

from mailer.evidence.csv_form import from_csv, to_csv
from mailer.evidence.json_form import from_json, to_json
from mailer.evidence.loose import MOST_BYTES, Loose, no_record
from mailer.evidence.xlsx_form import from_xlsx
from mailer.source import read_bytes

ZIP = b"PK"


def read_loose(path: Path) -> Loose:
    """What the file holds. MailerError or ProblemsError where it is no record, cut off, or too large to be one."""
    return loose_of(read_bytes(path, path.name, MOST_BYTES), path.name)


def loose_of(content: bytes, shown: str) -> Loose:
    """The same for bytes at hand; `shown` is the file's name in messages."""
    if not content.strip():
        raise no_record(shown, "it is empty")
    if content.startswith(ZIP):
        return from_xlsx(content, shown)
    if content.lstrip()[:1] == b"{":
        return from_json(content, shown)
    return from_csv(content, shown)


def is_exact(loose: Loose) -> bool:
    """Whether the file is, byte for byte, what this program writes of what is in it. A workbook always is."""
    record = loose.record
    if loose.content is None or record is None:
        return record is not None
    write = to_json if loose.content.startswith(b"{") else to_csv
    try:
        return write(record) == loose.content
    except UnicodeEncodeError:
        return False
