"""Plain routes for the page of an issue's proof as it lies in build/, and nothing beside it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from mailer.flow.proof_page import PAGE
from mailer.flow.proof_page_kept import page_file
from mailer.studio.desk import Desk

BEGINNING = "/proof-page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
# Same origin, or its frames and pictures would come without the cookie; scripts run in none of it.
_SHUT = "form-action 'none'; base-uri 'none'; sandbox allow-same-origin"
PAGE_POLICY = (
    "default-src 'none'; img-src 'self'; frame-src 'self'; style-src 'unsafe-inline'; "
    f"frame-ancestors 'none'; {_SHUT}"
)
MAIL_POLICY = (
    f"default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'; {_SHUT}"
)


def proof_page_address(slug: str) -> str:
    """Where the studio serves the page."""
    return f"{BEGINNING}/{quote(slug, safe='')}/{PAGE}"


def proof_page_routes(desk: Desk) -> APIRouter:
    """The page, its mails, their pictures and the screenshots."""
    routes = APIRouter()

    @routes.get(BEGINNING + "/{slug}/{name:path}")
    async def proof_page(slug: str, name: str) -> Response:
        return await asyncio.to_thread(_file, desk, slug, name)

    return routes


def _file(desk: Desk, slug: str, name: str) -> Response:
    workspace = desk.workspace()
    path = page_file(workspace.build, slug, name) if slug in desk.slugs() else None
    media_type = TYPES.get(path.suffix.lower()) if path else None
    if path is None or media_type is None:
        raise HTTPException(404, "The proof's page has no such file.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise HTTPException(404, "The proof's page is being written anew.") from error
    headers = {
        "Content-Security-Policy": PAGE_POLICY if name == PAGE else MAIL_POLICY,
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
