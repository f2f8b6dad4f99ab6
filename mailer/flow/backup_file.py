"""The one file of a backup: a ZIP archive whose manifest names every entry with its size and hash.

What is read from one is believed in nothing: names, sizes, hashes and the number of bytes are all checked, and
nothing outside a scratch folder is written before all of it has been.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ValidationError

from mailer import __version__
from mailer.errors import BackupError
from mailer.model.base import Noun

FORMAT = 1
"""Of the archive. A higher one was written by a newer program and is left alone."""
MANIFEST = "manifest.json"
LEDGER = "ledger.db"
MAX_MANIFEST = 64 * 1024 * 1024
CHUNK = 1024 * 1024
LEVEL = 3
"""Of deflate: a ledger shrinks to a fifth at it, three times as fast as at zlib's own choice."""
NAME = re.compile(
    r"ledger\.db"
    r"|proofs/[0-9a-f]{64}/[A-Za-z0-9][A-Za-z0-9._-]{0,150}"
    r"|tray/([A-Za-z0-9][A-Za-z0-9._-]{0,99}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.eml"
)
"""All that an entry may be called: relative, with forward slashes, without a way up."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    # zipfile raises it where an entry is packed in a way that it does not know.
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
)
"""What Python's reader raises on an archive that is none, is cut off, or was changed."""
AGAIN = "Take another backup: this one cannot be relied on."


class Entry(Noun):
    """One file in a backup."""

    name: str
    size: int
    sha256: str


class Manifest(Noun):
    """What a backup says of itself."""

    format: int
    program: str
    """The version of the program that made it."""
    created: datetime
    ledger: str
    """The send record's id."""
    version: int
    """Of the send record's tables."""
    dispatches: int
    counts: dict[str, int]
    """Mails by state."""
    with_tray: bool
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes that it takes when unpacked."""
        return sum(entry.size for entry in self.entries)

    def names(self, folder: str) -> list[str]:
        """Names of the entries in a folder."""
        return [entry.name for entry in self.entries if entry.name.startswith(f"{folder}/")]


class _Made(BaseModel):
    """All that can be relied on in a manifest of any format."""

    format: int


@dataclass(frozen=True, slots=True)
class About:
    """What goes into the manifest of a new backup beside its entries."""

    created: datetime
    ledger: str
    version: int
    dispatches: int
    counts: Mapping[str, int]
    with_tray: bool


def write_archive(file: IO[bytes], about: About, content: Iterable[tuple[str, Path]]) -> Manifest:
    """Write an archive of these files under these names. One that is gone meanwhile is left out."""
    entries: list[Entry] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name, path in content:
            entry = _add(archive, name, path)
            if entry is not None:
                entries.append(entry)
        manifest = Manifest(
            format=FORMAT,
            program=__version__,
            created=about.created,
            ledger=about.ledger,
            version=about.version,
            dispatches=about.dispatches,
            counts=dict(about.counts),
            with_tray=about.with_tray,
            entries=tuple(entries),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup's archive and its manifest, which fit each other. BackupError where it is none, or damaged."""
    with broken_in_words(path), path.open("rb") as file, zipfile.ZipFile(file) as archive:
        yield archive, _manifest(archive, path)


def unpack(path: Path, into: Path, wanted: Callable[[str], bool] = lambda _name: True) -> Manifest:
    """Check every byte of the backup, and put the wanted entries into the folder. BackupError where one is wrong.

    Never more bytes are written than the manifest says, and never where they would not fit.
    """
    with open_archive(path) as (archive, manifest):
        needed = sum(entry.size for entry in manifest.entries if wanted(entry.name))
        if needed > shutil.disk_usage(into).free:
            raise BackupError(
                f"{path} needs {needed:,} bytes when unpacked, and the disk of {into.parent} has less.",
                "Make room.",
            )
        for entry in manifest.entries:
            target = into / entry.name if wanted(entry.name) else None
            if target is not None:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _read(archive, entry, target, path)
    return manifest


@contextmanager
def broken_in_words(path: Path) -> Iterator[None]:
    """Turn what Python says of a damaged archive into a BackupError."""
    try:
        yield
    except BackupError:
        raise
    except BROKEN as error:
        raise _damaged(path, "it is not an archive, is cut off, or was changed") from error
    except OSError as error:
        # A seek to a place before the file, which a damaged directory names; anything else is the disk's trouble.
        if error.errno != errno.EINVAL:
            raise
        raise _damaged(path, "it is not an archive, is cut off, or was changed") from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    infos = archive.infolist()
    by_name = {info.filename: info for info in infos}
    if MANIFEST not in by_name:
        raise BackupError(
            f"{path} is an archive, but not a backup made by `mailer backup`.", "Name another file."
        )
    if by_name[MANIFEST].file_size > MAX_MANIFEST:
        raise _damaged(path, "its manifest is too long")
    with archive.open(MANIFEST) as file:
        raw = file.read(MAX_MANIFEST + 1)
    try:
        _require_known(raw, path)
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise _damaged(path, "its manifest cannot be read") from error
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise _damaged(path, "it is packed in a way that no backup is")
    said = {entry.name: entry.size for entry in manifest.entries}
    there = {info.filename: info.file_size for info in infos if info.filename != MANIFEST}
    if len(infos) != len(by_name) or len(said) != len(manifest.entries) or said != there:
        raise _damaged(path, "its manifest names other files than it has")
    strange = sorted(name for name in said if not NAME.fullmatch(name) or ".." in name)
    if strange or LEDGER not in said:
        what = (
            f"it has {strange[0]!r} in it, which no backup has" if strange else "it has no send record in it"
        )
        raise _damaged(path, what)
    return manifest


def _require_known(raw: bytes, path: Path) -> None:
    made = _Made.model_validate_json(raw)
    if made.format > FORMAT:
        raise BackupError(
            f"{path} was made by a newer version of this program (format {made.format}; this one knows {FORMAT}).",
            "Update this program.",
        )


def _read(archive: zipfile.ZipFile, entry: Entry, target: Path | None, path: Path) -> None:
    digest, size = sha256(), 0
    with archive.open(entry.name) as file, (target or Path(os.devnull)).open("wb") as out:
        if target is not None:
            target.chmod(0o600)
        while piece := file.read(CHUNK):
            size += len(piece)
            if size > entry.size:
                break
            digest.update(piece)
            out.write(piece)
        if target is not None:
            out.flush()
            os.fsync(out.fileno())
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise _damaged(path, f"{entry.name} is not what was put into it")


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Entry | None:
    digest, size = sha256(), 0
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file, archive.open(name, "w", force_zip64=True) as out:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return Entry(name=name, size=size, sha256=digest.hexdigest())


def _damaged(path: Path, why: str) -> BackupError:
    return BackupError(f"{path} is not a whole backup: {why}.", AGAIN)
