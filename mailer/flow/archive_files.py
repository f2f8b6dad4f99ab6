"""The files of the archive on disk: its own list of them, and changing no file that is somebody else's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.archive import Archive
from mailer.source import read_bytes, write_atomically

ARCHIVE_FILE = "archive.json"
MOST_BYTES = 20_000_000
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of the files."""

    written: int
    """New ones and changed ones."""
    removed: tuple[str, ...]
    """Files that the archive has no more."""
    left: tuple[str, ...]
    """Files that it has no more, which somebody has changed since: they stay."""


def sha256(content: bytes) -> str:
    """Of a file, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_archive(folder: Path) -> Archive:
    """What stands in the archive; nothing where there is none yet. MailerError where its list cannot be used."""
    path = folder / ARCHIVE_FILE
    if not path.is_file():
        return Archive()
    try:
        return Archive.model_validate_json(read_bytes(path, path.name, MOST_BYTES))
    except ValidationError as error:
        raise MailerError(
            f"{path} is not the list of an archive that this program can read.",
            "Bring it back as it was; or move the whole folder away, and build the archive anew: "
            "`mailer build --archive`.",
        ) from error


def write_archive(folder: Path, before: Archive, after: Archive, content: Mapping[str, bytes]) -> Swept:
    """Write the files of `content`, then take away those of `before` that `after` has no more.

    The list comes first, with the files of both, so that whatever is cut off goes on at the next building.
    ProblemsError, with nothing written, where a file would take the place of one that is not the archive's, or that
    somebody has changed since.
    """
    if problems := list(_in_the_way(folder, before, content)):
        raise ProblemsError(problems)
    both = {**after.files, **before.files}
    changed = {name: digest for name, digest in after.files.items() if before.files.get(name) != digest}
    _write(folder / ARCHIVE_FILE, _listed(after, both, {**before.under_way, **changed}))
    written = sum(_write(folder / name, content[name]) for name in sorted(content, key=_reachable_last))
    gone = sorted(before.files.keys() - after.files.keys())
    removed = tuple(name for name in gone if _remove(folder, name, _known(before, name)))
    left = tuple(name for name in gone if (folder / name).exists())
    _write(folder / ARCHIVE_FILE, _listed(after, after.files))
    return Swept(written, removed, left)


def _reachable_last(name: str) -> tuple[bool, str]:
    """Indexes and feeds, which lead to all others, come after them."""
    return "/" not in name, name


def _known(archive: Archive, name: str) -> set[str]:
    """What the file may be, if it is as the archive wrote it."""
    return {each[name] for each in (archive.files, archive.under_way) if name in each}


def _listed(archive: Archive, files: Mapping[str, str], under_way: Mapping[str, str] = NOTHING) -> bytes:
    said = {"files": dict(files), "under_way": dict(under_way)}
    values = archive.model_copy(update=said).model_dump(mode="json")
    return (json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _in_the_way(folder: Path, before: Archive, content: Mapping[str, bytes]) -> Iterator[Problem]:
    home = folder.resolve()
    for name, wanted in sorted(content.items()):
        path = folder / name
        if not path.resolve().is_relative_to(home):
            yield Problem("leads out of the archive's folder.", "Take the link away.", str(path))
        elif path.is_dir() or any(parent.is_file() for parent in _between(path, folder)):
            yield Problem("stands where the archive has another file.", "Move it away.", str(path))
        elif not path.exists() or (there := path.read_bytes()) == wanted:
            continue
        elif name not in before.files:
            hint = "Move it away, or build the archive somewhere else: --out DIR."
            yield Problem("is there already, and is not the archive's.", hint, str(path))
        elif sha256(there) not in _known(before, name):
            hint = (
                "Put it into the issue or the template if it is to stay. Move the file away, and build again."
            )
            yield Problem("was changed by somebody since the archive wrote it.", hint, str(path))


def _between(path: Path, folder: Path) -> Iterator[Path]:
    """The folders of a file, below the archive's and that one itself."""
    for parent in path.parents:
        yield parent
        if parent == folder:
            return


def _write(path: Path, content: bytes) -> bool:
    """Whether there was something to write: who copies the folder on sees what is new by its time."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return True


def _remove(folder: Path, name: str, known: Collection[str]) -> bool:
    path = folder / name
    is_inside = path.resolve().is_relative_to(folder.resolve())
    if not is_inside or path.is_symlink() or not path.is_file() or sha256(path.read_bytes()) not in known:
        return False
    path.unlink()
    for parent in _between(path, folder):
        if parent != folder:
            with suppress(OSError):  # it holds something else
                parent.rmdir()
    return True
