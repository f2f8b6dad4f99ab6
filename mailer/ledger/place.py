"""Where a ledger may lie: a local, writable disk that nothing copies behind its back.

SQLite's write-ahead log lives in memory that only programs of one machine share (sqlite.org/wal.html), and a folder
that is kept in step with other machines would put another machine's ledger over ours, or half of one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NETWORK = frozenset(
    """9p.drvfs acfs afpfs afs beegfs ceph cifs coda davfs drvfs fuse.ceph fuse.davfs fuse.gcsfuse fuse.glusterfs
    fuse.google-drive-ocamlfuse fuse.gvfsd-fuse fuse.juicefs fuse.onedriver fuse.rclone fuse.s3fs fuse.sshfs
    glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs shfs smb2 smb3 smbfs sshfs vboxsf vmhgfs
    fuse.vmhgfs-fuse webdav""".split()
)
"""File systems behind a network, or behind a virtual machine, as Linux and macOS call them."""

SYNCED = re.compile(
    r"^(dropbox|onedrive|googledrive|google drive|icloud ?drive|nextcloud|owncloud|seafile|pcloud ?drive|box sync)"
    r"( *[-(_@].*)?$|^(mobile documents|cloudstorage|my drive)$",
    re.IGNORECASE,
)
"""Names of folders that a service keeps in step with other machines."""

MARKERS = (".dropbox", ".dropbox.cache", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log")
"""What such a service leaves in the top folder."""


def place_trouble(path: Path, mounts: dict[Path, str]) -> str:
    """Why a ledger must not lie at `path`, in words, or "" where it may. `mounts`: mount point → file system."""
    place = path.resolve()
    for folder in place.parents:
        if SYNCED.match(folder.name) or any((folder / marker).exists() for marker in MARKERS):
            return (
                f"{folder} is kept in step with other machines, which can damage or double the send record."
            )
    for folder in place.parents:
        if folder in mounts:
            kind = mounts[folder]
            if kind.lower() in NETWORK:
                return f"{folder} is a network drive ({kind}), which cannot keep a send record safely."
            return ""
    return ""


def current_mounts() -> dict[Path, str]:
    """Every mount point of this machine and its file system; empty where the system does not say."""
    table = Path("/proc/self/mounts")
    if table.exists():
        return linux_mounts(table.read_text(encoding="utf-8", errors="surrogateescape"))
    if sys.platform == "darwin":
        listed = subprocess.run(["/sbin/mount"], capture_output=True, check=False, timeout=10)
        return macos_mounts(listed.stdout.decode("utf-8", "surrogateescape"))
    return {}


def linux_mounts(text: str) -> dict[Path, str]:
    """Mount points in a mount table as proc(5) has it; a later line covers an earlier one."""
    found = {}
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) > 3:  # noqa: PLR2004
            # A Windows drive under WSL 2 comes over 9p; other uses of 9p are local.
            windows = fields[2] == "9p" and "aname=drvfs" in fields[3]
            found[Path(_unescaped(fields[1]))] = "9p.drvfs" if windows else fields[2]
    return found


def macos_mounts(text: str) -> dict[Path, str]:
    """Mount points in what macOS's `mount` prints: `//user@host/share on /Volumes/share (smbfs, nodev)`."""
    lines = re.findall(r"^.+? on (/.*) \((\w+)[,)]", text, re.MULTILINE)
    return {Path(point): kind for point, kind in lines}


def _unescaped(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)
