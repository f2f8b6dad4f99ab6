"""Names that count for nothing: hidden files, and what editors write on the way."""

from __future__ import annotations

UNHIDE = "Rename it, with no dot or tilde at the beginning and no tilde at the end."


def is_hidden(name: str) -> bool:
    """Whether a file or folder of that name is passed over wherever files are watched: `.x`, `~x`, `x~`."""
    return name.startswith((".", "~")) or name.endswith("~")


def hidden_part(path: str) -> str:
    """The first hidden name in a path with forward slashes; "" where there is none. `.` and `..` are no names."""
    return next((part for part in path.split("/") if part not in (".", "..") and is_hidden(part)), "")
