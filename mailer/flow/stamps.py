"""Telling whether files have changed without reading them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mailer.source import is_hidden

Stamp = tuple[tuple[str, int, int, int], ...]
"""Name, size, time of the last writing and of the last change of any kind, of each file."""


def stamp_of(*places: Path) -> Stamp:
    """The stamp of files and of all that folders hold: the same stamp is the same content.

    The time of the last change of any kind sees what a copy that keeps the times of its files (`cp -p`,
    `rsync -t`) would hide. Hidden files and what editors write on the way do not count. A folder that links lead
    to more than once is looked through once.
    """
    return tuple(entry for place in places for entry in _entries(str(place), set()))


def _entries(place: str, seen: set[tuple[int, int]]) -> Iterator[tuple[str, int, int, int]]:
    """Every file under a place, in a fixed order; of a folder that was `seen`, only which one it is."""
    try:
        info = os.stat(place)  # noqa: PTH116 - hundreds at every look; a Path costs more than the question
        if not stat.S_ISDIR(info.st_mode):
            yield (place, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
            return
        which = (info.st_dev, info.st_ino)
        if which in seen:
            yield (place, *which, 0)
            return
        seen.add(which)
        with os.scandir(place) as found:
            inside = sorted((entry.name, entry.path) for entry in found)
    except OSError:
        yield (place, 0, 0, 0)
        return
    for name, path in inside:
        if not is_hidden(name):
            yield from _entries(path, seen)
