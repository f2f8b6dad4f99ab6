"""Pictures that were made before, kept by what they were made from: in memory, and in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import PIL
from PIL import features

from mailer import __version__
from mailer.errors import MailerError, ProblemsError
from mailer.picture.kinds import MAX_FILE_BYTES, PictureError, too_heavy
from mailer.picture.making import Made, Recipe, make_picture
from mailer.picture.opening import head_of
from mailer.source import read_bytes

MOST_ON_DISK = 256_000_000
MOST_IN_MEMORY = 64_000_000
MOST_STAMPS = 2_000
SETTLED = 2.0
"""Seconds after its last change from which a file's time and size tell whether it is still the same."""
ENDING = ".made"
SAID = ("media_type", "width", "height", "sha256", "origin", "notes")
_LEFT_OVER = 3600.0
"""Seconds after which a half-written file belongs to nobody."""

Stamp = tuple[int, int, int, int]


class PictureStore:
    """Made pictures, each made once. For any number of threads, and of processes on one folder.

    Files hold a line of JSON and the picture's bytes, and are believed only where the bytes have the hash,
    the kind and the size that the line names, and were made from the file asked for; a folder that cannot be
    written to costs speed and nothing else. `made` counts the pictures that had to be made.
    """

    def __init__(self, folder: Path | None = None, most_on_disk: int = MOST_ON_DISK) -> None:
        self.folder = folder
        self.most_on_disk = most_on_disk
        self.made = 0
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._sources: OrderedDict[Path, tuple[Stamp, str]] = OrderedDict()
        self._kept: OrderedDict[str, Made | PictureError] = OrderedDict()
        self._weight = 0

    def picture(self, path: Path, recipe: Recipe) -> Made:
        """The picture in that file as the recipe asks for it.

        PictureError where it cannot be made; MailerError where the file cannot be read.
        """
        source = self._source(path)
        found = self._recall(_key(source, recipe)) if source else None
        if found is None:
            content, source = self._read(path)
            found = self._from(content, source, recipe)
        if isinstance(found, PictureError):
            raise PictureError(found.message, found.hint)
        return found

    def _from(self, content: bytes, source: str, recipe: Recipe) -> Made | PictureError:
        key = _key(source, recipe)
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            found = self._recall(key) or self._load(key, source) or self._make(content, key, recipe)
            self._remember(key, found)
        with self._lock:
            self._turns.pop(key, None)
        return found

    def _make(self, content: bytes, key: str, recipe: Recipe) -> Made | PictureError:
        with self._lock:
            self.made += 1
        try:
            made = make_picture(content, recipe)
        except PictureError as error:
            return error
        self._write(key, made)
        return made

    def _source(self, path: Path) -> str | None:
        """The hash of a file whose time and size are as they were when it was read."""
        with self._lock:
            stamp, source = self._sources.get(path, (None, None))
        return source if stamp and stamp == _stamp(path) else None

    def _read(self, path: Path) -> tuple[bytes, str]:
        before = _stamp(path)
        try:
            content = read_bytes(path, path.name, MAX_FILE_BYTES)
        except ProblemsError as error:
            raise too_heavy() from error
        source = hashlib.sha256(content).hexdigest()
        if before and before == _stamp(path) and time.time_ns() - before[1] > SETTLED * 1e9:
            with self._lock:
                self._sources[path] = (before, source)
                while len(self._sources) > MOST_STAMPS:
                    self._sources.popitem(last=False)
        return content, source

    def _recall(self, key: str) -> Made | PictureError | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _remember(self, key: str, found: Made | PictureError) -> None:
        with self._lock:
            if key not in self._kept:
                self._weight += _weight(found)
            self._kept[key] = found
            while self._weight > MOST_IN_MEMORY and len(self._kept) > 1:
                self._weight -= _weight(self._kept.popitem(last=False)[1])

    def _load(self, key: str, source: str) -> Made | None:
        if self.folder is None:
            return None
        path = self.folder / f"{key}{ENDING}"
        try:
            head, _, content = read_bytes(path, path.name, MAX_FILE_BYTES).partition(b"\n")
            said = json.loads(head)
            made = Made(
                media_type=str(said["media_type"]),
                width=int(said["width"]),
                height=int(said["height"]),
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                origin=str(said["origin"]),
                notes=tuple(str(note) for note in said["notes"]),
            )
            if made.sha256 != said["sha256"] or made.origin != source or not _is_what_it_says(made):
                return None
            os.utime(path)
        except (MailerError, OSError, ValueError, KeyError, TypeError):
            return None
        return made

    def _write(self, key: str, made: Made) -> None:
        if self.folder is None:
            return
        head = {name: getattr(made, name) for name in SAID}
        draft = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".tmp", delete=False) as file:
                draft = Path(file.name)
                file.write(json.dumps(head).encode() + b"\n" + made.content)
            draft.replace(self.folder / f"{key}{ENDING}")
            self._prune(self.folder)
        except OSError:
            # The disk is full or not ours: the picture is made all the same.
            if draft is not None:
                with suppress(OSError):
                    draft.unlink(missing_ok=True)

    def _prune(self, folder: Path) -> None:
        """Let go of the files that were not asked for longest, down to the bound; and of abandoned drafts."""
        found = []
        for entry in os.scandir(folder):
            with suppress(OSError):
                found.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
        weight = sum(size for _, size, _ in found)
        for changed, size, path in sorted(found):
            abandoned = path.endswith(".tmp") and time.time() - changed > _LEFT_OVER
            if abandoned or (weight > self.most_on_disk and path.endswith(ENDING)):
                with suppress(OSError):
                    Path(path).unlink(missing_ok=True)
                weight -= size


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _is_what_it_says(made: Made) -> bool:
    return head_of(made.content) == (made.media_type, made.width, made.height)


def _weight(found: Made | PictureError) -> int:
    return len(found.content) if isinstance(found, Made) else 1_000


def _libraries() -> str:
    names = ("jpg", "libjpeg_turbo", "zlib", "zlib_ng", "webp", "littlecms2")
    return " ".join([PIL.__version__, *(f"{name} {_version(name)}" for name in names)])


def _version(name: str) -> str | None:
    return features.version(name)


def code_hash(folder: Path) -> str:
    """The hash of a package's source: with a line of it, what it makes may change."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes()
        found.update(f"{path.name} {len(content)}\n".encode() + content)
    return found.hexdigest()


_MADE_WITH = f"{__version__} {code_hash(Path(__file__).parent)} {_libraries()}"
"""A picture that was kept by another release, or made with another Pillow, is made anew."""


def _key(source: str, recipe: Recipe) -> str:
    return hashlib.sha256(f"{source} {recipe.words} {_MADE_WITH}".encode()).hexdigest()[:40]
