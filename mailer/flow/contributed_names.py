"""Names for what came in: ids of items and file names of photos, in letters that every machine takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

MAX_ID = 80
_READABLE = 60
"""Signs of an id that is made from a title; room is left for a number."""
_NOT_ON_WINDOWS = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_NEVER = frozenset({"shared"})
"""The folder of items that issues share."""

_LETTERS = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
    **dict(zip("іґўәқөұүһӣӯҳөæøðłđıə", "iguaqouuhiuhoaodldia", strict=True)),
    **dict(
        pair.split("=") for pair in "ё=yo ж=zh х=kh ц=ts ч=ch ш=sh щ=shch ъ= ь= ю=yu я=ya ї=yi є=ye".split()
    ),
    **dict(pair.split("=") for pair in "ғ=gh ң=ng җ=zh ҷ=j ß=ss æ=ae œ=oe þ=th ŋ=ng".split()),
}


def name_of(words: str, otherwise: str) -> str:
    """The words as a name: small letters a-z, digits, single hyphens; `otherwise` where none of them is left."""
    latin = "".join(_LETTERS.get(sign, sign) for sign in unicodedata.normalize("NFC", words[:400]).lower())
    plain = "".join(
        _LETTERS.get(sign, sign)
        for sign in unicodedata.normalize("NFKD", latin)
        if not unicodedata.combining(sign)
    )
    parts = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    name = ""
    for part in parts:
        longer = f"{name}-{part}" if name else part[:_READABLE]
        if len(longer) > _READABLE:
            break
        name = longer
    name = name or otherwise
    return f"{name}-item" if _NOT_ON_WINDOWS.fullmatch(name) or name in _NEVER else name


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number that nobody has: saiga-day-2."""
    name, number = wanted[:MAX_ID].rstrip("-"), 1
    while name in taken:
        number += 1
        name = f"{wanted[: MAX_ID - len(str(number)) - 1].rstrip('-')}-{number}"
    return name
