"""Numbers and bullets of a Word document's lists, as Word counts them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from mailer.contribution.word_file import WordFile, tag
from mailer.contribution.word_styles import value_of

_BULLETS = {"bullet", "none", "picture"}
_Levels = dict[int, tuple[str, int]]


class Lists:
    """The document's lists; asked paragraph by paragraph, in order."""

    def __init__(self, file: WordFile) -> None:
        root = file.tree(file.part_of("numbering"))
        self._levels: dict[str, _Levels] = {}
        self._list_of: dict[str, str] = {}
        self._begins: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._met: set[str] = set()
        for one in root if root is not None else ():
            if one.tag == tag("w:abstractNum"):
                self._levels[one.get(tag("w:abstractNumId"), "")] = dict(map(_level, one.iter(tag("w:lvl"))))
            elif one.tag == tag("w:num"):
                number = one.get(tag("w:numId"), "")
                self._list_of[number] = value_of(one, "w:abstractNumId") or ""
                self._begins[number] = {
                    _whole(override.get(tag("w:ilvl")), 0): _whole(value_of(override, "w:startOverride"), 1)
                    for override in one.iter(tag("w:lvlOverride"))
                    if override.find(tag("w:startOverride")) is not None
                }

    def next(self, number: str, depth: int) -> tuple[str, int]:
        """How the next item of a list is marked (decimal, bullet, lowerLetter, …), and its number."""
        which = self._list_of.get(number, "")
        levels = self._levels.get(which, {})
        form, start = levels.get(depth, ("bullet", 1))
        if number not in self._met:
            self._met.add(number)
            for level, begin in self._begins.get(number, {}).items():
                self._counts[which][level] = begin - 1
        counts = self._counts[which]
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return ("bullet" if form in _BULLETS else form), counts[depth]


def _level(level: Any) -> tuple[int, tuple[str, int]]:
    form = value_of(level, "w:numFmt") or "decimal"
    return _whole(level.get(tag("w:ilvl")), 0), (form, _whole(value_of(level, "w:start"), 1))


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 7 else otherwise  # noqa: PLR2004
