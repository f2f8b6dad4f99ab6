"""What to say of signs that no font of this machine has."""

from __future__ import annotations

import unicodedata

EAST_ASIAN = frozenset("CJK HIRAGANA KATAKANA HANGUL BOPOMOFO IDEOGRAPHIC HALFWIDTH FULLWIDTH".split())
PICTURES = 0x1F000
"""From here on are signs that are drawn as small pictures."""
MOST_NAMED = 5
"""Signs named of one script."""


def undrawn_words(signs: str) -> str:
    """Which they are, by script, and the packages that bring fonts for them; "" where there are none.

    `No font here has these signs, and each is printed as an empty box: Tibetan ཀ (U+0F40). On Debian and Ubuntu: …`
    """
    if not signs:
        return ""
    scripts: dict[str, list[str]] = {}
    for sign in signs:
        scripts.setdefault(_script(sign), []).append(sign)
    listed = ", ".join(_named(script, found) for script, found in scripts.items())
    packages = sorted({package for sign in signs if (package := _package(sign))})
    how = f" On Debian and Ubuntu: `apt install {' '.join(packages)}`." if packages else " Write other signs."
    return f"No font here has these signs, and each is printed as an empty box: {listed}.{how}"


def _named(script: str, signs: list[str]) -> str:
    shown = ", ".join(
        f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"U+{ord(sign):04X}"
        for sign in signs[:MOST_NAMED]
    )
    more = len(signs) - MOST_NAMED
    return f"{script} {shown}" + (f" and {more} more" if more > 0 else "")


def _script(sign: str) -> str:
    """Its script, which is the first word of its name; `symbol` and `private` where it is of none."""
    category = unicodedata.category(sign)
    if category in ("Co", "Cn", "Cs"):
        return "private"
    if category[0] in "SPZC":
        return "symbol"
    name = unicodedata.name(sign, "sign").split()[0]
    return name if name == "CJK" else name.capitalize()


def _package(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Co", "Cn", "Cs"):
        return ""
    if unicodedata.name(sign, "").partition(" ")[0] in EAST_ASIAN:
        return "fonts-noto-cjk"
    return "fonts-noto-color-emoji" if category == "So" and ord(sign) >= PICTURES else "fonts-noto-core"
