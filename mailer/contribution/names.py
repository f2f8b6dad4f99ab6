"""File names from outside, as they may be shown and used."""

from __future__ import annotations

import re
import unicodedata

_NOT_IN_NAMES = frozenset('<>:"|?*')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?= ?(?:\.|\Z))")
_MOST = 100


def safe_name(name: str, otherwise: str = "file") -> str:
    """The last part of the name, without what could lead anywhere, hide, or name a device; `otherwise` where nothing
    is left."""
    last = re.split(r"[/\\]", re.sub(r"\s", " ", name))[-1]
    plain = "".join(sign for sign in last if sign.isprintable() and sign not in _NOT_IN_NAMES)
    plain = re.sub(" +", " ", unicodedata.normalize("NFC", plain)).strip(" .")
    plain = _DEVICE.sub(r"\1_", plain, count=1) if _DEVICE.match(plain) else plain
    if len(plain) > _MOST:
        stem, _, ending = plain.rpartition(".")
        plain = f"{(stem or ending)[: _MOST - 10].strip(' .')}.{ending[:9]}".strip(" .")
    return plain or otherwise
