"""Several files that people write, changed together: all of them or none."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.source import MAX_BYTES, alone_in, is_there, read_bytes, write_atomically


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file before and after."""

    path: Path
    before: bytes | None
    """None where it is begun."""
    after: bytes


def bytes_at(path: Path, shown: str) -> bytes | None:
    """A file's bytes; None where there is none. ProblemsError where it is a link to nothing."""
    return read_bytes(path, shown, MAX_BYTES) if is_there(path, shown) else None


def write_all_or_none(workspace: Workspace, rewrites: Iterable[Rewrite]) -> tuple[Path, ...]:
    """Write them while their folders are locked, and return their paths.

    MailerError where one has changed since it was read; OSError where one cannot be written: then all stand as
    they stood, or MailerError names those that do not.
    """
    rewrites = tuple(rewrites)
    with ExitStack() as stack:
        # In one order for all, so that no two wait for each other.
        for folder in sorted({each.path.parent for each in rewrites}):
            stack.enter_context(alone_in(folder))
        for each in rewrites:
            shown = workspace.shown(each.path)
            if bytes_at(each.path, shown) != each.before:
                raise MailerError(
                    f"{shown} has changed meanwhile: nothing was written.", "Import the file again."
                )
        done: list[Rewrite] = []
        try:
            for each in rewrites:
                done.append(each)
                write_atomically(each.path, each.after)
        except BaseException as error:
            if left := [workspace.shown(each.path) for each in done if not _is_put_back(each)]:
                raise MailerError(
                    f"Not all could be written ({error}), and {', '.join(left)} could not be put back.",
                    "See to the disk, and import the file again: what is in place already stays.",
                ) from error
            raise
    return tuple(each.path for each in rewrites)


def _is_put_back(rewrite: Rewrite) -> bool:
    try:
        if rewrite.before is None:
            rewrite.path.unlink(missing_ok=True)
        elif rewrite.path.read_bytes() != rewrite.before:
            write_atomically(rewrite.path, rewrite.before)
    except OSError:
        return False
    return True
