"""A backup back in its place: first what it would cost, then all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.errors import BackupError, MailerError, ProofError
from mailer.flow.backup import scratch, taken_at, unpack_checked
from mailer.flow.backup_file import LEDGER, Manifest
from mailer.flow.backup_loss import Lost, what_is_lost
from mailer.ledger import utc_now
from mailer.ledger.copying import RESTORED_FROM, standing_of
from mailer.ledger.replacing import Woken, living_holders, overwrite, put_in_place, wake
from mailer.proof import load_proof


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    woken: Woken
    kept: Path | None
    """Where the send record lies that stood here before."""
    proofs: int
    """Frozen proofs that were not here."""
    mails: int
    """Of the practice tray, likewise."""
    strange: tuple[str, ...]
    """Sendings that receipts beside issues tell of, and the backup does not know: it is older than they are."""


def restore_backup(
    workspace: Workspace,
    path: Path,
    *,
    replace: bool = False,
    by: str = "",
    clock: Callable[[], datetime] = utc_now,
) -> Restored:
    """Put a backup's state in the place of this workspace's, after all of it was checked.

    A kill at any moment leaves the former send record or the new one. BackupError, with nothing changed: a backup
    that is not whole, a sending under way, and, unless `replace` is said, something here that the backup has not.
    """
    with scratch(workspace) as folder:
        manifest, standing = unpack_checked(path, folder, with_everything=True)
        lost = what_is_lost(workspace.ledger_path, standing)
        _require_right(workspace, lost, manifest, replace)
        why = f"{RESTORED_FROM} {taken_at(manifest)}: look what went out since"
        woken = wake(folder / LEDGER, why, by, clock)
        proofs = _put_proofs(folder / "proofs", workspace.proofs)
        mails = _put_mails(folder / "tray", workspace.outbox)
        kept = _kept_name(workspace.ledger_path, clock())

        def is_right() -> None:
            _require_right(workspace, what_is_lost(workspace.ledger_path, standing), manifest, replace)

        _swap(workspace.ledger_path, folder / LEDGER, kept, lost, is_right)
        strange = _strange_receipts(workspace)
    return Restored(manifest, woken, kept if kept.exists() else None, proofs, mails, strange)


def _require_right(workspace: Workspace, lost: Lost, manifest: Manifest, replace: bool) -> None:
    if living_holders(workspace.ledger_path):
        raise BackupError(
            "A sending is under way: nothing was restored.",
            "Pause it with `mailer pause ID`, wait until its worker has ended, and restore then.",
        )
    if lost and not replace:
        raise BackupError(
            f"Nothing was restored: the send record here has what the backup of {taken_at(manifest)} has not: "
            f"{'; '.join(lost.in_words())}.",
            "Restore it nevertheless with --replace. What stands here now is kept beside it.",
        )


def _swap(path: Path, new: Path, kept: Path, lost: Lost, is_right: Callable[[], None]) -> None:
    if not path.exists():
        is_right()
        put_in_place(path, new, None)
    elif lost.unreadable:
        is_right()
        put_in_place(path, new, kept)
    else:
        overwrite(path, new, kept, is_right)


def _kept_name(path: Path, at: datetime) -> Path:
    name = f"{path.name}.before-{at:%Y-%m-%dT%H%M%SZ}"
    free = (path.with_name(f"{name}{end}") for end in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(place for place in free if not place.exists())


def _put_proofs(unpacked: Path, proofs: Path) -> int:
    """Put proofs there that are missing or damaged. Whole ones stay: the same digest is the same content."""
    put = 0
    for folder in sorted(unpacked.iterdir()) if unpacked.is_dir() else []:
        target = proofs / folder.name
        if target.exists():
            try:
                load_proof(folder.name, proofs)
                continue
            except ProofError:
                target.replace(Path(tempfile.mkdtemp(prefix=".damaged-", dir=proofs)) / folder.name)
        proofs.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, target)
        put += 1
    return put


def _put_mails(unpacked: Path, outbox: Path) -> int:
    put = 0
    for mail in sorted(unpacked.rglob("*.eml")) if unpacked.is_dir() else []:
        target = outbox / mail.relative_to(unpacked)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(mail, target)
            put += 1
    return put


def _strange_receipts(workspace: Workspace) -> tuple[str, ...]:
    known = standing_of(workspace.ledger_path).dispatches
    folders = [*workspace.issues.glob("*"), *(workspace.recipients / "deadlines").glob("*")]
    found = []
    for folder in sorted(folder for folder in folders if folder.is_dir()):
        # A receipt that cannot be read is said where somebody sends, with its line.
        with suppress(MailerError, OSError):
            found += [f"{r.id} ({folder.name})" for r in read_receipts(folder) if r.id not in known]
    return tuple(found)
