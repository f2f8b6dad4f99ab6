"""Files that the studio has made for somebody to open or to save: kept in memory, the last few of them."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

MOST = 60
MOST_BYTES = 200_000_000
INLINE = frozenset({"application/pdf"})
"""What a browser may show by itself: nothing of it runs in our pages."""


@dataclass(frozen=True, slots=True)
class Made:
    """One file."""

    name: str
    media_type: str
    content: bytes


class Shelf:
    """Files by secret keys; the oldest go first. Safe to use from threads."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Made] = OrderedDict()
        self._lock = RLock()

    def put(self, name: str, media_type: str, content: bytes) -> str:
        """Keep a file; gives the address at which this studio has it, the same for the same file."""
        with self._lock:
            made = Made(name, media_type, content)
            key = next((k for k, each in self._files.items() if each == made), secrets.token_urlsafe(12))
            self._files[key] = made
            self._files.move_to_end(key)
            while len(self._files) > 1 and (len(self._files) > MOST or self._size() > MOST_BYTES):
                self._files.popitem(last=False)
            return f"/made/{key}/{quote(name, safe='')}"

    def get(self, key: str) -> Made | None:
        """The file of that key."""
        with self._lock:
            return self._files.get(key)

    def _size(self) -> int:
        return sum(len(made.content) for made in self._files.values())


def shelf_routes(shelf: Shelf) -> APIRouter:
    """The route that gives them: PDF to look at, everything else to save."""
    routes = APIRouter()

    @routes.get("/made/{key}/{name}")
    async def made(key: str, name: str, *, save: bool = False) -> Response:
        found = shelf.get(key)
        if found is None or found.name != name:
            raise HTTPException(404, "It is not kept any more: make it again.")
        how = "attachment" if save or found.media_type not in INLINE else "inline"
        headers = {
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(found.name, safe='')}",
            "Cache-Control": "no-store",
        }
        return Response(found.content, media_type=found.media_type, headers=headers)

    return routes
