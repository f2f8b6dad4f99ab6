"""Whether two names as people type them are one person's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

UNSEEN = (
    *(range(0xAD, 0xAE), range(0x34F, 0x350), range(0x61C, 0x61D), range(0x115F, 0x1161)),
    *(range(0x17B4, 0x17B6), range(0x180B, 0x1810), range(0x200B, 0x2010), range(0x202A, 0x202F)),
    *(range(0x2060, 0x2070), range(0x2800, 0x2801), range(0x3164, 0x3165), range(0xFE00, 0xFE10)),
    *(range(0xFEFF, 0xFF00), range(0xFFA0, 0xFFA1), range(0xFFF0, 0xFFFC), range(0x1D173, 0x1D17B)),
    range(0xE0000, 0xE1000),
)
"""Signs that leave nothing on a page, though some of them count as letters; the empty Braille cell too."""
ALIKE = str.maketrans(
    "авеёѕіїјкӏмнорстухԁһԛԝѵь" + "αβεζηικμνορτυχγ" + "ıɑɡ01l|",
    "abeesiijkimhopctyxdhqwvb" + "abezhikmnoptyxy" + "iagoiii",
)
"""Small letters of which the small or the capital form looks like a Latin one, and what stands for each here."""
APOSTROPHES = range(0x2B0, 0x300)
"""Signs that count as letters, and are typed as an apostrophe or not at all."""
ACCENTED = frozenset({"LATIN", "CYRILLIC", "GREEK"})
"""Scripts in which a letter with a mark is often typed without it."""
TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"})
"""Scripts that stand in one word, also beside another."""


def name_key(name: str) -> str:
    """What is alike for every way to write one name: its letters and digits, without case, marks or alphabet."""
    kept: list[str] = []
    # Some marks become letters without case: that has to come first.
    for sign in unicodedata.normalize("NFKD", name.casefold()):
        kind = unicodedata.category(sign)
        if _is_unseen(sign) or kind[0] in "ZPCS" or ord(sign) in APOSTROPHES:
            continue
        if kind[0] == "M" and (not kept or _script(kept[-1]) in ACCENTED):
            continue
        kept.append(sign)
    return unicodedata.normalize("NFKC", "".join(kept).casefold()).translate(ALIKE)


def word_keys(name: str) -> list[str]:
    """The keys of its words, whatever their order: `Petrova, Irina` is `Irina Petrova`."""
    return sorted(key for word in _words(name) if (key := name_key(word)))


def is_among(name: str, names: Iterable[str]) -> bool:
    """Whether it is one of the names, however it is written."""
    return name_key(name) in {name_key(one) for one in names}


def has_unseen(text: str) -> bool:
    """Whether it has a sign that cannot be seen; blanks and ends of lines are none."""
    return any(_is_unseen(sign) or not sign.isprintable() for sign in " ".join(text.split()))


def why_no_name(name: str) -> str:
    """Why nobody can be known by that name, as the rest of a sentence; "" where somebody can."""
    if has_unseen(name):
        return "has a sign that cannot be seen"
    if not name_key(name):
        return "has no letter"
    for word in _words(name):
        scripts = {_script(sign) for sign in word if unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lo")}
        if len(scripts - TOGETHER) > 1:
            first, second = sorted(script.capitalize() for script in scripts - TOGETHER)[:2]
            return f'mixes {first} and {second} letters in one word, "{word}"'
    return ""


def _words(name: str) -> list[str]:
    """Runs of letters, marks and digits."""
    signs = unicodedata.normalize("NFKC", name)
    return "".join(s if unicodedata.category(s)[0] in "LMN" else " " for s in signs).split()


def _is_unseen(sign: str) -> bool:
    return any(ord(sign) in unseen for unseen in UNSEEN)


def _script(sign: str) -> str:
    """The first word of its name, which is that of its script."""
    return unicodedata.name(sign, "?").partition(" ")[0]
