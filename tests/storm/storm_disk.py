"""A disk that can be full on demand: a small file system of its own, or a limit on how large a file may grow."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = 64 * 1024 * 1024
LEAST = 4096


class Disk:
    """Where `folder` lies."""

    def __init__(self, folder: Path, *, is_mounted: bool) -> None:
        self.folder = folder
        self.is_mounted = is_mounted
        self._filler = folder / "filler"

    @property
    def how(self) -> str:
        """In words."""
        return "a full file system: ENOSPC" if self.is_mounted else "RLIMIT_FSIZE on the workers: EFBIG"

    def fill(self, pids: Sequence[int]) -> None:
        """From now on nothing can be added; without a file system of our own, not by these processes."""
        if not self.is_mounted:
            for pid in pids:
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (LEAST, resource.RLIM_INFINITY))
            return
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while filler.write(b"\0" * size) == size:
                        pass

    def free(self, pids: Sequence[int]) -> None:
        """There is room again."""
        self._filler.unlink(missing_ok=True)
        if not self.is_mounted:
            for pid in pids:
                with suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


@contextmanager
def small_disk(folder: Path, *, wanted: bool = True) -> Iterator[Disk]:
    """`folder` as a small file system of its own where `wanted` and this user may mount one; else as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    mounted = False
    if wanted and mount and os.geteuid() == 0:
        command = [mount, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield Disk(folder, is_mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
