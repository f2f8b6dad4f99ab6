"""import-maps.yaml: which columns of a list are which of ours, as somebody said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from mailer.audience.exchange.headings import folded
from mailer.config.workspace import shown
from mailer.model.base import Noun
from mailer.source import dump_round_trip, load_round_trip, read_noun

MAPS_FILE = "import-maps.yaml"
_HEAD = """\
# Columns of other people's lists, as somebody said once with `mailer contacts import FILE --map COLUMN=FIELD`.
# A list with the same headings is read in the same way the next time. An entry may be deleted at any time.
"""

DayOrder = Literal["day-first", "month-first"]


class RememberedMap(Noun):
    """How the columns of one list are read."""

    headings: tuple[str, ...]
    """All headings of the list: a list with the same ones is known by them, in whatever order."""
    columns: dict[str, str] = {}
    """Heading → our column, or `ignore`."""
    days: DayOrder | None = None
    """How 03/04/2016 is meant in it."""


class MapsFile(Noun):
    """import-maps.yaml: lists whose columns are known."""

    maps: tuple[RememberedMap, ...] = ()


def read_maps(folder: Path, root: Path) -> tuple[RememberedMap, ...]:
    """What is remembered; nothing where there is no file. ProblemsError where the file is wrong."""
    path = folder / MAPS_FILE
    if not path.exists():
        return ()
    return read_noun(MapsFile, path, shown(path, root))[0].maps


def remembered(maps: Iterable[RememberedMap], headings: Iterable[str]) -> RememberedMap | None:
    """The entry for a list with these headings."""
    wanted = _key(headings)
    return next((entry for entry in maps if _key(entry.headings) == wanted), None)


def remember(
    folder: Path, root: Path, headings: Iterable[str], columns: Mapping[str, str], days: DayOrder | None
) -> None:
    """Keep how a list was read, in place of what was kept for its headings before."""
    path = folder / MAPS_FILE
    document: Any = load_round_trip(path, shown(path, root))
    entries = document.setdefault("maps", [])
    listed = [text for text in headings if text]
    entry = next((known for known in entries if _key(known["headings"]) == _key(listed)), None)
    if entry is None:
        entry = {}
        entries.append(entry)
    entry["headings"] = listed
    entry["columns"] = dict(columns)
    if days:
        entry["days"] = days
    dump_round_trip(path, document, _HEAD)


def _key(headings: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(text) for text in headings if text)
