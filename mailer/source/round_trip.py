"""Changing a YAML file that a person wrote: comments, order and quotes stay as they are."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from mailer.errors import Problem, ProblemsError
from mailer.source.reader import MAX_BYTES, decode, parse_yaml, read_bytes


def is_there(path: Path, shown: str) -> bool:
    """Whether there is a file. ProblemsError where it is a link to nothing.

    What it led to may be lost, and must not be begun anew as if there had been nothing.
    """
    if path.exists():
        return True
    if path.is_symlink():
        hint = "Bring the file back, or take the link away."
        problem = Problem("is a link to a file that is not there.", hint, shown, rule="file.yaml")
        raise ProblemsError([problem])
    return False


def load_round_trip(path: Path, shown: str) -> Any:
    """A YAML file as values that remember how they were written; an empty mapping where there is no file.

    Within the bounds of `read_yaml`, and with its ProblemsError.
    """
    if not is_there(path, shown):
        return CommentedMap()
    return parse_round_trip(read_bytes(path, shown, MAX_BYTES), shown)


def parse_round_trip(content: bytes, shown: str) -> Any:
    """The same for bytes at hand."""
    if parse_yaml(content, shown).data is None:
        return CommentedMap()
    return _yaml().load(StringIO(decode(content, shown), newline=None))


def dump_round_trip(path: Path, data: Any, head: str = "") -> None:
    """Write such values back, whole or not at all; `head` begins the file where it is new."""
    text = round_trip_text(data)
    if head and not path.exists():
        text = head + text
    write_atomically(path, text.encode())


def round_trip_text(data: Any) -> str:
    """Such values as they are written into a file."""
    out = StringIO()
    _yaml().dump(data, out)
    return out.getvalue()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file by `content`: readers see the old bytes or the new ones, also after a crash."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _mode(path))
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096
    yaml.preserve_quotes = True
    return yaml
