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
        """A new heap's name. Old ones are forgotten, the oldest also where there are too many."""
        with self._lock:
            now = monotonic()
            self._heaps = {n: heap for n, heap in self._heaps.items() if now - heap.touched < KEPT}
            while len(self._heaps) >= MOST_HEAPS:
                del self._heaps[min(self._heaps, key=lambda name: self._heaps[name].touched)]
            name = secrets.token_urlsafe(16)
            self._heaps[name] = Heap()
            return name

    def room(self, heap: str, name: str) -> int:
        """Bytes that a file of that name may have; 0 where there is no such heap, or no room in it."""
        with self._lock:
            found = self._heaps.get(heap)
            if found is None or (name not in found.files and len(found.files) >= MOST_FILES):
                return 0
            rest = found.size - len(found.files.get(name, b""))
            return max(0, min(MAX_FILE, MAX_TOGETHER - rest))

    def add(self, heap: str, name: str, content: bytes) -> None:
        """Keep a file; one of the same name is replaced. KeyError where there is no such heap."""
        with self._lock:
            found = self._heaps[heap]
            found.files[name] = content
            found.touched = monotonic()

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
        room = sent.room(heap, name)
        if not room:
            raise HTTPException(
                413, "There is no room for it: reload the page, and give fewer files at once."
            )
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > room:
                most = f"at most {MAX_FILE // 1_000_000} MB, {MAX_TOGETHER // 1_000_000} MB together"
                raise HTTPException(413, f"It is too large ({most}).")
        try:
            sent.add(heap, name, bytes(content))
        except KeyError as error:
            raise HTTPException(413, "This page has been open for too long: reload it.") from error
        return {"bytes": len(content)}

    return routes
