"""The words of a text file, in whatever encoding it came; where that is a guess, it is a doubt."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from mailer.model.contribution import Doubt
from mailer.model.finding import Severity
from mailer.source.encodings import MARKS, looks_cyrillic, wide
from mailer.source.packed import len_in_words, refuse

MOST_BYTES = 500_000
"""Of a text: some hundred and fifty pages."""
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_MOST_CONTROLS = 0.01
"""Of all signs: more of them are in no text."""
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒàáâãäåæçèéêëìíîïñòóôõöøùúûüœßŸÿŠšŽž‘’‚“”„«»‹›–—…•·°ºª§©®™€£¿¡¹²³½¼¾×±´¨\xa0\xad"
)
"""Signs beyond ASCII that Western European words are written with."""
_AS_UTF8 = "Save it as UTF-8: in the editor's Save As, choose the encoding UTF-8."
_NAMES = {
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
}


def text_of(content: bytes, file: str) -> tuple[str, tuple[Doubt, ...]]:
    """The text, with line ends as LF and without a byte order mark, and what is unsure about its encoding.

    ProblemsError where it is too large, no text, or in an encoding that cannot be told.
    """
    if len(content) > MOST_BYTES:
        raise refuse(
            file, f"has more than {len_in_words(MOST_BYTES)} of text.", "Divide it, and give its parts."
        )
    encoding, is_marked = _encoding_of(content, file)
    mark = next((each for each, name in MARKS if is_marked and name == encoding), b"")
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(file, "is in an encoding that cannot be told.", _AS_UTF8) from error
    if len(_CONTROLS.findall(text[:1_000_000])) > len(text[:1_000_000]) * _MOST_CONTROLS:
        raise refuse(file, "is no text.", "See that it is the right file.")
    if encoding not in _NAMES:
        return clean_text(text), ()
    return clean_text(text), (_read_as(encoding, text, is_marked),)


def clean_text(text: str) -> str:
    """The text with line ends as LF, and without signs that no text holds."""
    return _CONTROLS.sub("", re.sub(r"\r\n|\r|\x85|\u2028|\u2029|\f|\v", "\n", text))


def line_finder(text: str) -> Callable[[int], int]:
    """What gives the line, from 0, of a place in the text."""
    ends = [found.start() for found in re.finditer("\n", text)]
    return lambda offset: bisect_left(ends, offset)


def guessed(content: bytes) -> str:
    """The encoding of bytes that are no UTF-8: `cp1251` or `cp1252` where that is certain, "" where it is not."""
    name = "cp1251" if looks_cyrillic(content) else "cp1252"
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return ""
    beyond = [sign for sign in text if not sign.isascii()]
    if name == "cp1252":
        return name if set(beyond) <= _WESTERN else ""
    letters = [sign for sign in beyond if sign.isalpha()]
    # KOI8-R read so has its capitals and small letters changed over.
    small = sum(sign.islower() and "Ѐ" <= sign <= "ӿ" for sign in letters)
    return name if small * 10 >= len(letters) * 6 else ""


def _encoding_of(content: bytes, file: str) -> tuple[str, bool]:
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise refuse(file, "is UTF-32 text.", _AS_UTF8)
    for mark, name in MARKS:
        if content.startswith(mark):
            return name, True
    if name := wide(content):
        return name, False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if name := guessed(content):
            return name, False
        raise refuse(file, "is in an encoding that cannot be told.", _AS_UTF8) from error
    return "utf-8", False


def _read_as(encoding: str, text: str, is_marked: bool) -> Doubt:
    word = re.search(r"\w*[^\W\x00-\x7f]\w*", text)
    return Doubt(
        rule="import.encoding",
        severity=Severity.NOTE if is_marked else Severity.WARN,
        words=word[0][:30] if word else "",
        message=f"It is no UTF-8 text; it was read as {_NAMES[encoding]}.",
        hint="Look whether its letters are right.",
    )
