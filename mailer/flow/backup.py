"""All state that is not in the folders people keep in git, in one file: made whole or not at all, and read back.

In it: the send record with its secret keys, the frozen proofs, and, where asked for, the practice tray. Not in it:
what can be made again (pictures), what workers said, and the files that mailer.toml names for passwords and keys.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import BackupError, LedgerError
from mailer.flow.backup_file import LEDGER, About, Manifest, unpack, write_archive
from mailer.ledger import open_ledger, utc_now
from mailer.ledger.copying import Standing, copy_ledger, require_sound, standing_of
from mailer.proof import list_proofs
from mailer.relay import Tray
from mailer.source import alone_in

SCRATCH = ".backup-"
"""How folders begin in which a backup is made or looked at; what a killed program left is cleared by the next."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back and found whole."""

    path: Path
    size: int
    manifest: Manifest
    standing: Standing


def make_backup(workspace: Workspace, path: Path, *, with_tray: bool = False, force: bool = False) -> Backup:
    """Write everything into the new file `path`, read it back, and only then give it its name.

    A sending may run meanwhile: what is in it is one moment of the send record. BackupError where `path` is there
    already and `force` is not said, or where it cannot be written; LedgerError where there is no sound send record.
    """
    _require_free(path, force)
    # Refused in words where it is none; brought to this version of the tables where it is older.
    open_ledger(workspace.ledger_path, create=False).close()
    with scratch(workspace) as folder:
        copy = folder / LEDGER
        copy_ledger(workspace.ledger_path, copy)
        require_sound(copy)
        standing = standing_of(copy)
        about = About(
            created=utc_now(),
            ledger=standing.id,
            version=standing.version,
            dispatches=len(standing.dispatches),
            counts={state.value: count for state, count in standing.counts.items()},
            with_tray=with_tray,
        )
        # The copy first, then the proofs: every proof that the copy speaks of was frozen before it.
        content = ((LEDGER, copy), *_proofs(workspace), *(_tray(workspace) if with_tray else ()))
        with _whole_or_not(path, force) as draft:
            with draft.open("wb") as file:
                write_archive(file, about, content)
                file.flush()
                os.fsync(file.fileno())
            checked = check_backup(workspace, draft)
            if checked.standing != standing:
                raise BackupError(
                    f"{path} was read back, and is not what was written.", "Look after the disk."
                )
    return Backup(path, path.stat().st_size, checked.manifest, standing)


def check_backup(workspace: Workspace, path: Path) -> Backup:
    """A backup, all of it read: every hash, every page and reference of its send record, and its counts.

    BackupError or LedgerError, in words, where anything is wrong; nothing is changed. It needs room for the send
    record beside the one that is there.
    """
    with scratch(workspace) as folder:
        manifest, standing = unpack_checked(path, folder, with_everything=False)
    return Backup(path, path.stat().st_size, manifest, standing)


def unpack_checked(path: Path, folder: Path, *, with_everything: bool) -> tuple[Manifest, Standing]:
    """Check a backup and unpack it into the folder; only its send record, where not everything is wanted."""
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    manifest = unpack(path, folder, lambda name: with_everything or name == LEDGER)
    copy = folder / LEDGER
    try:
        standing = standing_of(copy)
        require_sound(copy)
    except LedgerError as error:
        said = error.message.replace(f"The send record {copy}", str(copy)).replace(
            str(copy), "its send record"
        )
        raise BackupError(f"{path}: {said}", error.hint) from error
    counts = {state.value: count for state, count in standing.counts.items()}
    if (standing.id, standing.version, counts) != (manifest.ledger, manifest.version, manifest.counts):
        raise BackupError(f"{path}: its send record is not the one that its manifest describes.")
    return manifest, standing


@contextmanager
def scratch(workspace: Workspace) -> Iterator[Path]:
    """An empty folder beside the send record, for this user only, gone at the end."""
    place = workspace.ledger_path.parent
    place.mkdir(parents=True, exist_ok=True)
    with alone_in(place):
        for left in place.glob(f"{SCRATCH}*"):
            _clear_if_dead(left)
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=place))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _clear_if_dead(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(handle)


def _require_free(path: Path, force: bool) -> None:
    if path.is_dir():
        raise BackupError(f"{path} is a folder.", "Name a file in it.")
    if path.exists() and not force:
        raise BackupError(f"{path} is there already.", "Name another file, or say --force to replace it.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.", "Make it first.")


@contextmanager
def _whole_or_not(path: Path, force: bool) -> Iterator[Path]:
    """A file beside `path`, for this user only, which takes its name once the block is left in order."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        if force or not _is_linked(draft, path):
            draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise BackupError(f"{path} has just been made by another program.", "Name another file.") from error
    finally:
        draft.unlink(missing_ok=True)


def _is_linked(draft: Path, path: Path) -> bool:
    """Whether the file has got its other name, which never replaces one; False on a disk that knows no links."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _proofs(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for digest in sorted(list_proofs(workspace.proofs)):
        for path in sorted((workspace.proofs / digest).iterdir()):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield f"proofs/{digest}/{path.name}", path


def _tray(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for message in Tray(workspace.outbox).list():
        yield f"tray/{message.id}.eml", workspace.outbox / f"{message.id}.eml"


def taken_at(manifest: Manifest) -> str:
    """When a backup was made, as people write it."""
    return f"{manifest.created:%-d %B %Y, %H:%M} UTC"
