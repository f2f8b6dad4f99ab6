"""Changing words in a YAML file at their very place: every other byte stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from mailer.errors import ProblemsError
from mailer.source.document import Loc
from mailer.source.reader import parse_yaml
from mailer.source.scalar_places import Written, written_texts
from mailer.source.scalars import plain_value

MOST_SINGLY = 50
"""Texts that are changed one after another, where changing all at once did not give what was wanted."""


@dataclass(frozen=True, slots=True)
class Reword:
    """What is to change in the text at a place: signs from where to where, and what comes there instead."""

    loc: Loc
    old: str
    edits: tuple[tuple[int, int, str], ...]
    """In order, none over another."""

    @property
    def new(self) -> str:
        """The whole text afterwards."""
        text = self.old
        for start, end, words in reversed(self.edits):
            text = text[:start] + words + text[end:]
        return text


def reword(text: str, wanted: Sequence[Reword]) -> tuple[str, frozenset[Loc]]:
    """The file with those changes, and the places where they could not be made; those stay as they are.

    What comes out says, read again, just what it said before but for the changed words.
    """
    places = written_texts(text)
    edits = {each.loc: found for each in wanted if (found := _edits(text, places.get(each.loc), each))}
    able = [each for each in wanted if each.loc in edits]
    refused = {each.loc for each in wanted} - edits.keys()
    data = _data(text)
    if not able:
        return text, frozenset(refused)
    changed = _applied(text, (edit for found in edits.values() for edit in found))
    if _data(changed) == _expected(data, able):
        return changed, frozenset(refused)
    made: list[Reword] = []
    for each in able[:MOST_SINGLY]:
        more = [*made, each]
        trial = _applied(text, (edit for one in more for edit in edits[one.loc]))
        if _data(trial) == _expected(data, more):
            made = more
    changed = _applied(text, (edit for one in made for edit in edits[one.loc]))
    return changed, frozenset(refused | {each.loc for each in able} - {each.loc for each in made})


def _edits(text: str, written: Written | None, wanted: Reword) -> list[tuple[int, int, str]] | None:
    """The same changes in signs of the file; None where it is not certain where they are."""
    if written is None or written.value != wanted.old:
        return None
    cells = written.cells(text)
    if cells is None:
        return None
    found = []
    for start, end, words in wanted.edits:
        # What stays at the end is left as it is written: it may be a line's end.
        while words and start < end and wanted.old[end - 1] == words[-1]:
            end, words = end - 1, words[:-1]  # noqa: PLW2901
        if start == end and not words:
            continue
        if start == end or any(cells[at][0] == cells[at][1] for at in range(start, end)):
            return None
        if end - start == len(wanted.old) and not written.style and plain_value(words) != words:
            words = f'"{words}"'  # noqa: PLW2901
        found.append((cells[start][0], cells[end - 1][1], words))
    return found


def _applied(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    parts, reached = [], 0
    for start, end, words in sorted(edits):
        parts += [text[reached:start], words]
        reached = end
    return "".join([*parts, text[reached:]])


def _expected(data: Any, made: Iterable[Reword]) -> Any:
    changed = deepcopy(data)
    for each in made:
        around = changed
        for part in each.loc[:-1]:
            around = around[part]
        around[each.loc[-1]] = each.new
    return changed


def _data(text: str) -> Any:
    try:
        return parse_yaml(text.encode(), "").data
    except ProblemsError:
        return None
