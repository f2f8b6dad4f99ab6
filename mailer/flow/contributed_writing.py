"""Writing what an import plans: whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from mailer.config import Workspace
from mailer.content import ISSUE_FILE
from mailer.errors import MailerError
from mailer.flow.contributed import Imported, ImportPlan
from mailer.flow.contributed_base import must_be_free
from mailer.flow.contributed_photos import IMAGES
from mailer.source import MAX_BYTES, alone_in, read_bytes, write_atomically


def write_import(workspace: Workspace, plan: ImportPlan) -> Imported:
    """Write it: photos first, issue.yaml last and at once, so that the issue can be read whenever it is cut off.

    MailerError where the issue was changed meanwhile; then, and where anything fails, all is as it was.
    """
    if plan.is_new:
        return _write_new(workspace, plan)
    with alone_in(plan.folder):
        path = plan.folder / ISSUE_FILE
        if read_bytes(path, plan.shown, MAX_BYTES) != plan.before:
            raise MailerError(
                f"{plan.shown} has been changed meanwhile.", "Nothing was written. Run it again."
            )
        made: list[Path] = []
        try:
            _write_photos(plan, plan.folder, made)
            write_atomically(path, plan.after)
        except BaseException:
            for photo in reversed(made):
                with suppress(OSError):
                    photo.rmdir() if photo.is_dir() else photo.unlink()
            raise
    return Imported(plan.slug, path, plan.items, tuple(photo for photo in made if not photo.is_dir()))


def _write_new(workspace: Workspace, plan: ImportPlan) -> Imported:
    """Make the folder beside its place and put it there whole."""
    workspace.issues.mkdir(parents=True, exist_ok=True)
    with alone_in(workspace.issues):
        must_be_free(plan.folder)
        draft = Path(tempfile.mkdtemp(prefix=f".{plan.slug}-", dir=workspace.issues))
        try:
            draft.chmod(workspace.issues.stat().st_mode & 0o777)
            (draft / IMAGES).mkdir()
            made: list[Path] = []
            _write_photos(plan, draft, made)
            write_atomically(draft / ISSUE_FILE, plan.after)
            draft.rename(plan.folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    photos = tuple(plan.folder / path.relative_to(draft) for path in made)
    return Imported(plan.slug, plan.folder / ISSUE_FILE, plan.items, photos)


def _write_photos(plan: ImportPlan, folder: Path, made: list[Path]) -> None:
    """Write the photos that are not there yet; `made` grows by all that is new on disk."""
    wanted = {photo.src: photo.content for photo in plan.photos if not photo.is_there}
    if wanted and not (folder / IMAGES).is_dir():
        (folder / IMAGES).mkdir()
        made.append(folder / IMAGES)
    for src, content in wanted.items():
        path = folder / src
        if path.exists() or path.is_symlink():
            raise MailerError(
                f"{src} has come into the folder meanwhile.", "Nothing was written. Run it again."
            )
        write_atomically(path, content)
        made.append(path)
