"""Plain routes for the archive as it lies in build/: its pages are looked at before they are handed over."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from mailer.errors import MailerError
from mailer.flow.archive import FOLDER
from mailer.flow.archive_files import read_archive
from mailer.studio.desk import Desk

ARCHIVE = "/archive-pages"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xml": "application/atom+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
}
# Same origin, or its pictures would come without the cookie; no script runs in it.
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox allow-same-origin allow-popups allow-downloads"
)


def archive_routes(desk: Desk) -> APIRouter:
    """Its pages, texts, calendar files and pictures: what its own list names, and nothing else."""
    routes = APIRouter()

    @routes.get(ARCHIVE + "/{name:path}")
    async def archived(name: str) -> Response:
        content = await asyncio.to_thread(_file, desk.workspace().build / FOLDER, name)
        media_type = TYPES.get(Path(name).suffix.lower())
        if content is None or media_type is None:
            raise HTTPException(404, "The archive has no such file: build it.")
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return Response(content, media_type=media_type, headers=headers)

    return routes


def _file(folder: Path, name: str) -> bytes | None:
    """The file, where the archive's list names it and it lies inside the folder."""
    try:
        if name not in read_archive(folder).files:
            return None
        path = (folder / name).resolve()
        return path.read_bytes() if path.is_relative_to(folder.resolve()) else None
    except (MailerError, OSError):
        return None
