"""Paths that an issue may name: inside its own folder, written the same way on every machine."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Literal

from mailer.picture import ENDINGS
from mailer.source import UNHIDE, hidden_part

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MOST_LISTED = 500

SHARED = "shared"
"""The folder beside the issues of what they share; the key of an entry that names a shared item."""
OF_SHARED = "shared:"
"""What the path of a picture in that folder begins with; an issue's own paths cannot."""

Trouble = tuple[str, str]
"""What is wrong with a path, and what to do."""


def picture_path(folder: Path, src: str) -> Path:
    """The file of a picture of the issue in that folder, or of what it shares with others."""
    home, inside = _home_of(folder, src)
    return home / inside


def _home_of(folder: Path, src: str) -> tuple[Path, str]:
    if src.startswith(OF_SHARED):
        return folder.parent / SHARED, src.removeprefix(OF_SHARED)
    return folder, src


def trouble_with(folder: Path, src: str) -> Trouble | None:
    """Why `src` cannot be taken from `folder`, or None where it names a file inside it.

    Refused: absolute paths, `..`, links leading out, addresses, backslashes, percent escapes, control signs,
    hidden names. A path that begins with `shared:` is one in the folder of what issues share, and of nothing else.
    """
    home, inside = _home_of(folder, src)
    trouble = _trouble_in(home, inside)
    if trouble is None or home == folder:
        return trouble
    message, hint = (words.replace("the issue's folder", f"issues/{SHARED}") for words in trouble)
    return message, hint


def _trouble_in(folder: Path, src: str) -> Trouble | None:
    if trouble := _badly_written(src):
        return trouble
    try:
        return _not_there(folder, src)
    except (OSError, ValueError, RuntimeError):
        return f'"{_short(src)}" cannot be read.', "Check the name and who may read the file."


def _badly_written(src: str) -> Trouble | None:
    shown = _short(src)
    if not src.strip():
        return "is empty.", "Name a picture in the issue's folder, such as images/argali.jpg."
    if any(ord(sign) < 0x20 or 0x7F <= ord(sign) <= 0x9F for sign in src):  # noqa: PLR2004
        return f'"{shown}" holds a control sign.', "Type the path anew."
    if "\\" in src:
        return f'"{shown}" has a backslash.', "Write the path with forward slashes: images/argali.jpg."
    if _ADDRESS.match(src):
        return f'"{shown}" is an address, not a file.', "Put the picture into the issue's folder and name it."
    if re.search(r"%[0-9A-Fa-f]{2}", src):
        return f'"{shown}" has a percent escape.', "Write the file's name as it is, or rename the file."
    if src.startswith(("/", "~")) or ".." in src.split("/"):
        return (
            f'"{shown}" leaves the issue\'s folder.',
            "Put the picture into the issue's folder and name it.",
        )
    if hidden := hidden_part(src):
        return f'"{shown}" is hidden by the name "{_short(hidden)}".', UNHIDE
    return None


def _not_there(folder: Path, src: str) -> Trouble | None:
    found = _as_on_disk(folder, src)
    if found == "link" and not (folder / src).resolve().is_relative_to(folder.resolve()):
        return f'"{_short(src)}" is a link out of the issue\'s folder.', "Put the picture itself there."
    path = folder / src
    if path.is_dir():
        return f'"{_short(src)}" is a folder.', "Name a picture in it."
    if found and path.is_file():
        return None
    return f'"{_short(src)}" is not in the issue\'s folder.', _nearest_picture(folder, src)


def _nearest_picture(folder: Path, src: str) -> str:
    """By their names alone: folders and endings are alike in all of them, and say nothing."""
    names = {PurePosixPath(name).stem.casefold(): name for name in _pictures(folder)}
    close = get_close_matches(PurePosixPath(src).stem.casefold(), names, n=1)
    return f'Did you mean "{names[close[0]]}"?' if close else "Add it, or remove the image."


def _as_on_disk(folder: Path, src: str) -> Literal["", "plain", "link"]:
    """Whether every name on the way is there, written as on disk (some systems do not mind, the next one
    does), and whether one of them is a link."""
    place, found = str(folder), False
    for part in Path(src).parts:
        if not os.path.isdir(place):  # noqa: PTH112
            return ""
        with os.scandir(place) as entries:
            here = next((entry for entry in entries if entry.name == part), None)
        if here is None:
            return "link" if Path(place, part).is_symlink() else ""
        found = found or here.is_symlink()
        place = here.path
    return "link" if found else "plain"


def _pictures(folder: Path) -> list[str]:
    names: list[str] = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in ENDINGS and not path.is_symlink() and not hidden_part(name):
            names.append(name)
        if len(names) >= _MOST_LISTED:
            break
    return names


def _short(text: str, most: int = 80) -> str:
    flat = "".join(sign if sign.isprintable() else "�" for sign in text)
    return flat if len(flat) <= most else flat[: most - 1] + "…"
