"""In which letters a part of a mail is written: as it says where that can be so, else as its bytes look."""

from __future__ import annotations

import codecs

from mailer.contribution.text import guessed
from mailer.source.encodings import MARKS, wide

_WIDER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
}
"""Codec that a mail names → the one that is meant: the same with more signs (as browsers read them)."""
_SINGLE = frozenset(
    [f"iso8859-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)]
    + [f"cp{number}" for number in (437, 850, 852, 855, 857, 858, 862, 866, 874, *range(1250, 1259))]
    + [
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "mac-greek",
        "mac-latin2",
        "mac-turkish",
        "tis-620",
        "ptcp154",
        "kz1048",
    ]
)
"""One byte a letter, and ASCII as it is."""
_ESCAPING = frozenset({"iso2022_jp", "iso2022_jp_2"})
_OTHERS = _ESCAPING | set(
    "ascii utf-8 gb2312 gbk gb18030 big5 big5hkscs cp950 euc_kr cp949 shift_jis cp932 euc_jp".split()
)
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})


def decoded(content: bytes, charset: str) -> tuple[str, bool]:
    """Words of a part, and whether it is certain that they are read in the right letters.

    Only charsets that mails are written in are believed, and only where the bytes can be it: UTF-16 has its zero
    bytes, and what is UTF-8 throughout is not in an alphabet of single bytes.
    """
    said = _codec(charset)
    if said in _WIDE:
        return _wide(content)
    is_utf8 = _is_utf8(content)
    if content.isascii() and said not in _ESCAPING:
        return content.decode("ascii"), said in _SINGLE | _OTHERS or not charset
    if said in _SINGLE and is_utf8:
        return content.decode("utf-8"), False
    if said in _SINGLE | _OTHERS:
        for name in (_WIDER.get(said, said), said):
            try:
                return content.decode(name), True
            except UnicodeDecodeError:
                continue
    if is_utf8:
        return content.decode("utf-8"), not charset or said == "ascii"
    return content.decode(guessed(content) or "utf-8", "replace"), False


def _codec(charset: str) -> str:
    """Python's name of it; "" where it has none, or it cannot be a name."""
    try:
        return codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        return ""


def _wide(content: bytes) -> tuple[str, bool]:
    mark = next((mark for mark, name in MARKS if name in _WIDE and content.startswith(mark)), b"")
    name = dict(MARKS).get(mark) or wide(content)
    if not name:
        return content.decode("utf-8" if _is_utf8(content) else guessed(content) or "utf-8", "replace"), False
    text = content[len(mark) :].decode(name, "replace")
    return text, "\ufffd" not in text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
