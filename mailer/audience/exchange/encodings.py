"""In which encoding a stranger's text file is: found out where bytes say so, guessed and told where they do not."""

from __future__ import annotations

import re

from mailer.source.encodings import MARKS, looks_cyrillic, wide
from mailer.source.packed import refuse

KNOWN = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
}
"""Python's name → what people are told."""

_SHOWN_ROWS = 3


def text_in(content: bytes, file: str, encoding: str = "") -> tuple[str, str, str]:
    """The text, the encoding, and an example of a word where the encoding is a guess ("" where it is not).

    Looks for a byte order mark, then for UTF-16 without one, then tries UTF-8, then weighs Windows-1251 against
    Windows-1252. ProblemsError naming the rows where two encodings are mixed, or where none fits.
    """
    if encoding:
        return _decoded(content, encoding, file), encoding, ""
    for mark, name in MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], name, file), name, ""
    if name := wide(content):
        return _decoded(content, name, file), name, ""
    try:
        return content.decode("utf-8"), "utf-8", ""
    except UnicodeDecodeError:
        _refuse_mixture(content, file)
    name = "cp1251" if looks_cyrillic(content) else "cp1252"
    text = _decoded(content, name, file)
    word = re.search(r"\w*[^\W\x00-\x7f]\w*", text)
    return text, name, word[0][:30] if word else ""


def _decoded(content: bytes, encoding: str, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = _row_of(content, error.start, encoding)
        message = f"is not {KNOWN[encoding]} text all through."
        raise refuse(file, message, "Look at this row; save the list again as CSV UTF-8.", row) from error


def _row_of(content: bytes, at: int, encoding: str) -> int:
    return content[:at].decode(encoding, "replace").count("\n") + 1


def _refuse_mixture(content: bytes, file: str) -> None:
    """Rows in UTF-8 beside rows in another encoding: no one reading of the file is right."""
    modern: list[int] = []
    other: list[int] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            other.append(number)
        else:
            modern.append(number)
    if modern and other:
        message = (
            f"mixes encodings: UTF-8 in {_rows(modern)}, another one in {_rows(other)}. "
            "Two lists have been put together."
        )
        hint = "Mend the names in these rows, and save the list as CSV UTF-8."
        raise refuse(file, message, hint, min(modern[0], other[0]) if len(modern) > len(other) else other[0])


def _rows(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_SHOWN_ROWS])
    more = len(numbers) - _SHOWN_ROWS
    return f"row{'s' if len(numbers) > 1 else ''} {shown}" + (f" and {more} more" if more > 0 else "")
