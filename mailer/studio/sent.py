"""Files that somebody gives the studio: kept in memory until it is decided what becomes of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from threading import RLock
from time import monotonic

from fastapi import APIRouter, HTTPException, Request

MAX_FILE = 64_000_000
MAX_TOGETHER = 128_000_000
MOST_FILES = 40
MOST_HEAPS = 8
KEPT = 3600.0
"""Seconds after the last file for which a heap is kept."""
MAX_NAME = 200
TOO_LARGE = f"It is too large (at most {MAX_FILE // 1_000_000} MB, {MAX_TOGETHER // 1_000_000} MB together)."
NO_ROOM = "There is no room for it: take away others, or give fewer at once."


@dataclass(slots=True)
class Heap:
    """The files of one open page, by name."""

    files: dict[str, bytes] = field(default_factory=dict)
    touched: float = field(default_factory=monotonic)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(map(len, self.files.values()))


class Sent:
    """Heaps of files by their secret names. Safe to use from threads."""

    def __init__(self) -> None:
        self._heaps: dict[str, Heap] = {}
        self._lock = RLock()

    def begin(self) -> str:
        """A new heap's name. Old ones are forgotten; where there are too many, empty ones first, then the oldest."""
        with self._lock:
            now = monotonic()
            self._heaps = {n: heap for n, heap in self._heaps.items() if now - heap.touched < KEPT}
            while len(self._heaps) >= MOST_HEAPS:
                del self._heaps[min(self._heaps, key=self._use)]
            name = secrets.token_urlsafe(16)
            self._heaps[name] = Heap()
            return name

    def _use(self, name: str) -> tuple[bool, float]:
        """Grows with what would be lost if the heap were forgotten."""
        heap = self._heaps[name]
        return bool(heap.files), heap.touched

    def room(self, heap: str, name: str) -> int:
        """Bytes that a file of that name may have; 0 where there is no room. KeyError: no such heap."""
        with self._lock:
            found = self._heaps[heap]
            if self._is_full(found, name):
                return 0
            rest = found.size - len(found.files.get(name, b""))
            return max(0, min(MAX_FILE, MAX_TOGETHER - rest))

    def add(self, heap: str, name: str, content: bytes) -> bool:
        """Keep a file; one of the same name is replaced. KeyError where there is no such heap.

        False where others that came meanwhile have taken the room.
        """
        with self._lock:
            found = self._heaps[heap]
            if len(content) > self.room(heap, name) or self._is_full(found, name):
                return False
            found.files[name] = content
            found.touched = monotonic()
            return True

    def _is_full(self, heap: Heap, name: str) -> bool:
        return name not in heap.files and len(heap.files) >= MOST_FILES

    def files(self, heap: str) -> dict[str, bytes]:
        """Name → content, in the order in which they came; none where there is no such heap."""
        with self._lock:
            found = self._heaps.get(heap)
            return dict(found.files) if found else {}

    def drop(self, heap: str, name: str) -> None:
        """Forget one file."""
        with self._lock:
            if found := self._heaps.get(heap):
                found.files.pop(name, None)

    def forget(self, heap: str) -> None:
        """Forget all of it."""
        with self._lock:
            self._heaps.pop(heap, None)


def sent_routes(sent: Sent) -> APIRouter:
    """The one route by which a page hands over a file: its body is the file, and never grows beyond its bounds."""
    routes = APIRouter()

    @routes.post("/sent/{heap}")
    async def receive(request: Request, heap: str, name: str) -> dict[str, int]:
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise HTTPException(400, "The file's name cannot be used. Rename it.")
        try:
            room = sent.room(heap, name)
            content = bytearray()
            if not room:
                raise HTTPException(413, NO_ROOM)
            async for part in request.stream():
                content += part
                if len(content) > room:
                    raise HTTPException(413, TOO_LARGE)
            if not sent.add(heap, name, bytes(content)):
                raise HTTPException(413, NO_ROOM)
        except KeyError as error:
            raise HTTPException(410, "This page is not known any more: reload it.") from error
        return {"bytes": len(content)}

    return routes
